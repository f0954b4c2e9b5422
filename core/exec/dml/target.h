// Target tables of UPDATE and DELETE: which columns of the statement's query hold a target's row.
#pragma once

#include <memory>
#include <vector>

#include "core/exec/plan_names.h"
#include "core/plan/bind/binder.h"
#include "core/plan/execution.h"

namespace sixfold::txn {
class TableWriter;
}

namespace sixfold::exec {

/// A table whose rows change; its full row stands at columns [begin, begin + column count) of the
/// query's output, then, for tables without a key, the row id.
struct ChangeTarget {
  TableRef* ref = nullptr;
  catalog::TablePtr table;
  uint32_t begin = 0;

  uint32_t width() const { return static_cast<uint32_t>(table->columns.size()); }
  uint32_t output_width() const { return width() + (table->implicit_row_id ? 1 : 0); }
};

/// Makes the table's rows be read whole and locked; adds the row id's pseudo column.
void MakeTarget(TableRef* ref);
/// Appends the target's columns to the block's output.
void OutputTarget(Binder& binder, QueryBlock* block, ChangeTarget* target);
/// The row of an outer join that was not there.
bool IsNullComplemented(const ChangeTarget& target, const types::Value* row);
/// Bytes that are the same for the same row of the target.
void AppendRowIdentity(const ChangeTarget& target, const types::Value* row, std::string* key);

std::unique_ptr<txn::TableWriter> NewTargetWriter(const ChangeTarget& target, Execution& execution);

}  // namespace sixfold::exec
