// RowStore: rows kept in memory past their batch, values copied. What sorts, hash joins, windows
// and materialised tables hold; charged to the execution's memory.
#pragma once

#include <vector>

#include "core/base/arena.h"
#include "core/exec/plan_names.h"
#include "core/plan/execution.h"
#include "core/types/compare_values.h"
#include "core/types/row_batch.h"

namespace sixfold::exec {

class RowStore {
 public:
  RowStore(uint32_t width, MemoryMeter* memory) : width_(width), memory_(memory) {}
  ~RowStore() { memory_->Release(charged_); }
  RowStore(const RowStore&) = delete;
  RowStore& operator=(const RowStore&) = delete;

  uint32_t width() const { return width_; }
  size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  types::Value* row(size_t i) { return rows_[i]; }
  const types::Value* row(size_t i) const { return rows_[i]; }
  std::vector<types::Value*>& rows() { return rows_; }
  Arena* arena() { return &arena_; }

  /// Columns [begin, begin + width) of a batch's row.
  types::Value* Append(const types::RowBatch& batch, uint32_t row, uint32_t begin = 0) {
    types::Value* values = NewRow();
    for (uint32_t c = 0; c < width_; c++) values[c] = KeepCharged(batch.at(begin + c, row));
    rows_.push_back(values);
    return values;
  }
  types::Value* Append(const types::Value* from) {
    types::Value* values = NewRow();
    for (uint32_t c = 0; c < width_; c++) values[c] = KeepCharged(from[c]);
    rows_.push_back(values);
    return values;
  }
  /// Drops the row appended last (its bytes stay until Clear).
  void PopBack() { rows_.pop_back(); }
  void Clear() {
    rows_.clear();
    arena_.Reset();
    memory_->Release(charged_);
    charged_ = 0;
  }
  void CopyTo(size_t i, types::RowBatch* batch, uint32_t to_row, uint32_t begin = 0) const {
    for (uint32_t c = 0; c < width_; c++) batch->at(begin + c, to_row) = rows_[i][c];
  }

 private:
  types::Value* NewRow() {
    const size_t bytes = sizeof(types::Value) * width_;
    Charge(bytes + sizeof(types::Value*));
    return static_cast<types::Value*>(
        arena_.Allocate(bytes == 0 ? 1 : bytes, alignof(types::Value)));
  }
  types::Value KeepCharged(const types::Value& value) {
    if (!HasBytes(value)) return value;
    Charge(value.kind() == types::ValueKind::kDecimal ? 56 : value.bytes().size());
    return types::CopyValue(value, &arena_);
  }
  void Charge(size_t bytes) {
    charged_ += bytes;
    memory_->Charge(bytes);
  }

  uint32_t width_;
  MemoryMeter* memory_;
  uint64_t charged_ = 0;
  Arena arena_;
  std::vector<types::Value*> rows_;
};

}  // namespace sixfold::exec
