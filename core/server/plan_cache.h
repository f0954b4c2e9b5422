// PlanCache: the statements one session has planned from texts, found by their text with literals
// taken out (core/sql/parameterize.h) and by what else decides a plan: current database, sql_mode,
// connection collation and a few variables more (Session::plan_variables). What this session has
// not planned it takes from the instance's SharedPlans, and gives them what it planned. A text gets
// in when its key comes a second time to the instance, so that texts run once cost no planning
// twice. Bounded; the least recently used goes first.
//
// Plans check their tables themselves at each execution, and privileges too: neither a changed
// definition nor somebody else's rights come with a shared plan. One thread.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/arena.h"
#include "core/exec/statement.h"
#include "core/server/shared_plans.h"
#include "core/sql/parameterize.h"

namespace sixfold::server {

class Session;

struct CachedPlan {
  std::string key;
  std::shared_ptr<const StatementSource> source;
  std::unique_ptr<exec::PreparedStatement> plan;  // made by the first run where none was shared
  uint32_t shared_plans = 0;                      // of plan->plans_made()
};

class PlanCache {
 public:
  explicit PlanCache(SharedPlans& shared) : shared_(shared) {}
  ~PlanCache();

  /// What to run instead of the text; null: parse it as it is. `*parameters` receives the literals,
  /// whose bytes live until the next call.
  CachedPlan* Find(Session& session, std::string_view text,
                   std::vector<plan::Parameter>* parameters);
  /// After each run: shares a plan that run made; forgets the entry if it failed to make one.
  void NoteRun(CachedPlan* entry);
  void Clear();

 private:
  using Entries = std::list<std::unique_ptr<CachedPlan>>;  // most recently used first

  CachedPlan* Insert(std::unique_ptr<CachedPlan> entry);
  std::unique_ptr<CachedPlan> Adopt(const SharedPlan& shared);
  std::unique_ptr<CachedPlan> Parse(Session& session, std::string_view text);
  void BindLiterals(Session& session, std::vector<plan::Parameter>* parameters);

  SharedPlans& shared_;
  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> by_key_;
  sql::ParameterizedText parameterized_;
  std::string key_;
  Arena arena_;
};

}  // namespace sixfold::server
