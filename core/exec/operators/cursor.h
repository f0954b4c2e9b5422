// Cursor: one run of a node of a plan. Cursors pull batches from the cursors of the node's
// children. One thread.
#pragma once

#include <memory>

#include "core/exec/plan_names.h"
#include "core/plan/execution.h"
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

/// A cursor over the node and all below it; both must outlive it.
std::unique_ptr<Cursor> NewCursor(const PlanNode& node, Execution& execution);

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

/// Keeps the rows of the batch for which all filters are true, moving slots [begin, end) up.
void FilterBatch(const std::vector<Expression*>& filters, EvalContext& context, RowBatch* batch,
                 uint32_t begin, uint32_t end);

}  // namespace sixfold::exec
