// Plan: what Prepare makes of a statement and Execute runs, any number of times. Immutable.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/exec/plan_names.h"
#include "core/exec/result_sink.h"
#include "core/plan/bind/plan_memory.h"
#include "core/plan/execution.h"

namespace sixfold::sql {
struct Statement;
}

namespace sixfold::exec {

class Plan {
 public:
  virtual ~Plan() = default;
  virtual StatementResult Run(Execution& execution, ResultSink& sink) const = 0;
  /// For EXPLAIN; null: nothing to show.
  virtual const PlanNode* root() const { return nullptr; }

  std::vector<ResultColumn> columns;
  PlanMemory memory;
};

/// Throws SqlError; `types`: of the parameters known so far.
std::unique_ptr<Plan> MakePlan(SessionContext& session, const sql::Statement& tree,
                               std::string_view text, std::span<const types::DataType> types);

std::unique_ptr<Plan> PlanSelect(SessionContext& session, const sql::Statement& tree,
                                 std::string_view text, std::span<const types::DataType> types);
std::unique_ptr<Plan> PlanInsert(SessionContext& session, const sql::Statement& tree,
                                 std::string_view text, std::span<const types::DataType> types);
std::unique_ptr<Plan> PlanUpdate(SessionContext& session, const sql::Statement& tree,
                                 std::string_view text, std::span<const types::DataType> types);
std::unique_ptr<Plan> PlanDelete(SessionContext& session, const sql::Statement& tree,
                                 std::string_view text, std::span<const types::DataType> types);
std::unique_ptr<Plan> PlanDo(SessionContext& session, const sql::Statement& tree,
                             std::string_view text, std::span<const types::DataType> types);
std::unique_ptr<Plan> PlanLoadData(SessionContext& session, const sql::Statement& tree,
                                   std::string_view text, std::span<const types::DataType> types);
std::unique_ptr<Plan> PlanExplain(SessionContext& session, const sql::Statement& tree,
                                  std::string_view text, std::span<const types::DataType> types);

}  // namespace sixfold::exec
