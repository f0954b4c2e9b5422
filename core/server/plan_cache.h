// PlanCache: plans of text statements of one session, found by their text with literals taken out
// (core/sql/parameterize.h) and by what else decides a plan: current database, sql_mode, connection
// collation. A statement gets in when its key comes a second time, so that texts run once cost no
// planning twice. Bounded; the least recently used goes first. Plans check their tables themselves
// at each execution, and privileges too. One thread.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/arena.h"
#include "core/base/checksum.h"
#include "core/exec/statement.h"
#include "core/sql/parameterize.h"

namespace sixfold::sql {
struct Statement;
}

namespace sixfold::server {

class Session;

/// A plan with the text and tree it points into.
struct CachedPlan {
  std::string key;
  std::string text;
  Arena arena;
  const sql::Statement* tree = nullptr;
  std::unique_ptr<exec::PreparedStatement> plan;  // made by the first run
};

class PlanCache {
 public:
  ~PlanCache();

  /// What to run instead of the text; null: parse it as it is. `*parameters` receives the literals,
  /// whose bytes live until the next call.
  CachedPlan* Find(Session& session, std::string_view text,
                   std::vector<exec::Parameter>* parameters);
  /// Its first run failed before there was a plan.
  void Drop(CachedPlan* entry);
  void Clear();

 private:
  using Entries = std::list<std::unique_ptr<CachedPlan>>;  // most recently used first

  CachedPlan* Add(Session& session, std::string_view text);
  void BindLiterals(Session& session, std::vector<exec::Parameter>* parameters);

  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> by_key_;
  std::unordered_map<uint64_t, bool> seen_once_;  // hashes of keys
  sql::ParameterizedText parameterized_;
  std::string key_;
  Arena arena_;
};

}  // namespace sixfold::server
