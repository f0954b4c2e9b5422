// RowBatch: up to `capacity` rows, columns in vectors. Operators pull batches; the first one of a
// scan is small and they grow, so that a point read costs nothing extra.
//
// Values in a batch point into the batch's arena or into what its producer keeps: they are valid
// until the next Reset() of the batch or the next call on its producer, whichever is first. Whoever
// keeps a value longer copies it (CopyValue). None points into a map: the read transaction it came
// from may end at any time between two calls of a reader.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/arena.h"
#include "core/types/value.h"

namespace sixfold::types {

inline constexpr uint32_t kFirstBatchRows = 8;
inline constexpr uint32_t kMaxBatchRows = 512;

class RowBatch {
 public:
  explicit RowBatch(uint32_t column_count, uint32_t capacity = kFirstBatchRows)
      : column_count_(column_count) {
    Reserve(capacity);
  }

  uint32_t column_count() const { return column_count_; }
  uint32_t capacity() const { return capacity_; }
  uint32_t rows() const { return rows_; }
  bool full() const { return rows_ == capacity_; }

  Value* column(uint32_t c) { return &values_[size_t{c} * capacity_]; }
  const Value* column(uint32_t c) const { return &values_[size_t{c} * capacity_]; }
  Value& at(uint32_t c, uint32_t row) { return values_[size_t{c} * capacity_ + row]; }
  const Value& at(uint32_t c, uint32_t row) const { return values_[size_t{c} * capacity_ + row]; }

  void set_rows(uint32_t rows) { rows_ = rows; }
  uint32_t AddRow() { return rows_++; }
  /// Empties the batch and its arena.
  void Reset() {
    rows_ = 0;
    arena_.Reset();
  }
  /// Only on an empty batch.
  void Reserve(uint32_t capacity) {
    capacity_ = capacity;
    values_ = std::make_unique<Value[]>(size_t{column_count_} * capacity);
  }
  Arena* arena() { return &arena_; }

 private:
  uint32_t column_count_;
  uint32_t capacity_ = 0;
  uint32_t rows_ = 0;
  std::unique_ptr<Value[]> values_;  // column-major
  Arena arena_;
};

}  // namespace sixfold::types
