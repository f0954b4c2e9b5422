#include "core/exec/ddl/complete_row.h"

#include <algorithm>

#include "core/exec/dml/row_program.h"
#include "core/exec/functions/registry.h"
#include "core/exec/subquery_run.h"
#include "core/plan/bind/binder.h"
#include "core/plan/bind/plan_memory.h"
#include "core/plan/execution.h"

namespace sixfold::exec {

using catalog::ColumnDef;
using types::Value;

struct RowCompletion::Work {
  PlanMemory memory;
  RowProgram* program = nullptr;
  std::unique_ptr<Execution> execution;
  std::unique_ptr<RowWork> row;
};

bool HasComputedDefault(const ColumnDef& column) {
  return column.default_expression && !column.default_expression->starts_with("CURRENT_TIMESTAMP");
}

RowCompletion::RowCompletion(SessionContext& session, const catalog::TablePtr& table) {
  needed_ = !table->checks.empty() ||
            std::any_of(table->columns.begin(), table->columns.end(), [](const ColumnDef& column) {
              return column.generated.has_value() || HasComputedDefault(column);
            });
  if (!needed_) return;
  work_ = std::make_unique<Work>();
  Binder binder(session, BuiltinFunctions(), work_->memory, {}, {});
  work_->program = NewRowProgram(binder, table, table->name);
  AssignRowSlots(work_->program);
  work_->execution =
      std::make_unique<Execution>(session, Subqueries(), std::span<const Parameter>(),
                                  work_->memory.constant_count, work_->memory.state_count);
  work_->row = std::make_unique<RowWork>(*work_->program, *work_->execution, false);
}

RowCompletion::~RowCompletion() = default;

void RowCompletion::Complete(std::span<Value> row, const std::vector<bool>& defaulted) {
  RowWork& work = *work_->row;
  work.NextRow(++rows_);
  for (uint32_t c = 0; c < row.size(); ++c) work.column(c) = row[c];
  for (uint32_t c = 0; c < row.size(); ++c) {
    if (defaulted[c]) work.column(c) = work.DefaultValue(c);
  }
  work.ComputeGenerated();
  work.Check();
  for (uint32_t c = 0; c < row.size(); ++c) row[c] = work.column(c);
}

}  // namespace sixfold::exec
