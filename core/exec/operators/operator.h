// Operators and cursors: a physical plan is an immutable tree of Operators, shared between runs;
// a run has one Cursor for each. Cursors pull batches from their children.
//
// Batches inside a query block are as wide as the block: each table's used columns have their slots
// [begin, end) in join order, and an operator fills the slots of the tables below it only.
// Aggregation, windows and projection start new layouts (bind/block.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/exec/execution.h"
#include "core/types/row_batch.h"

namespace sixfold::exec {

using types::RowBatch;
using types::Value;

class Cursor {
 public:
  virtual ~Cursor() = default;
  /// Starts from the beginning, again if need be; `outer` is the enclosing block's row.
  virtual void Open(const EvalContext* outer) = 0;
  /// The next rows, never none; null at the end. The batch is the cursor's: the caller may change
  /// its values, and they stay until the next call.
  virtual RowBatch* Next() = 0;
};

class Operator {
 public:
  virtual ~Operator() = default;
  virtual std::unique_ptr<Cursor> NewCursor(Execution& execution) const = 0;
  virtual std::string Describe() const = 0;
  virtual std::vector<const Operator*> children() const { return {}; }
  /// Lines of EXPLAIN for what the operator reads itself.
  virtual std::vector<std::string> inner_notes() const { return {}; }

  double estimated_rows = 1;
  double estimated_cost = 0;
};

/// Grows with each batch, so that the first rows come early and scans run over full vectors.
inline uint32_t NextBatchCapacity(uint32_t capacity) {
  return capacity >= types::kMaxBatchRows      ? types::kMaxBatchRows
         : capacity * 4 > types::kMaxBatchRows ? types::kMaxBatchRows
                                               : capacity * 4;
}

/// Makes an emptied batch larger, up to the maximum.
inline void GrowBatch(RowBatch* batch) {
  const uint32_t capacity = NextBatchCapacity(batch->capacity());
  if (capacity != batch->capacity()) batch->Reserve(capacity);
}

/// Copies slots [begin, end) of a row.
inline void CopySlots(const RowBatch& from, uint32_t from_row, RowBatch* to, uint32_t to_row,
                      uint32_t begin, uint32_t end) {
  for (uint32_t s = begin; s < end; s++) to->at(s, to_row) = from.at(s, from_row);
}

/// Same, with their bytes in the target's arena.
void DeepCopySlots(const RowBatch& from, uint32_t from_row, RowBatch* to, uint32_t to_row,
                   uint32_t begin, uint32_t end);

}  // namespace sixfold::exec
