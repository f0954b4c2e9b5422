// HashIndex: finds rows of a RowStore by the values of some columns. Open addressing over row
// numbers; equal rows are chained in order of insertion.
#pragma once

#include <cstdint>
#include <vector>

#include "core/exec/operators/row_store.h"
#include "core/types/compare.h"
#include "core/types/data_type.h"

namespace sixfold::exec {

class HashIndex {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  HashIndex(const RowStore* store, std::vector<uint32_t> columns,
            std::vector<types::DataType> types)
      : store_(store), columns_(std::move(columns)), types_(std::move(types)) {
    Clear();
  }

  void Clear() {
    slots_.assign(64, kNone);
    next_.clear();
    tail_.clear();
    hashes_.clear();
    distinct_ = 0;
  }

  /// Of values in the order of the columns.
  uint64_t Hash(const types::Value* key) const {
    uint64_t hash = 0x9e3779b97f4a7c15ull;
    for (size_t i = 0; i < types_.size(); i++) {
      hash = (hash ^ HashOf(key[i], types_[i])) * 0xff51afd7ed558ccdull;
      hash ^= hash >> 32;
    }
    return hash;
  }

  /// First row with these values; kNone where there is none.
  uint32_t Find(const types::Value* key, uint64_t hash) const {
    for (size_t slot = hash & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1)) {
      const uint32_t row = slots_[slot];
      if (row == kNone) return kNone;
      if (hashes_[row] == hash && Matches(row, key)) return row;
    }
  }
  uint32_t NextEqual(uint32_t row) const { return next_[row]; }

  /// Row `store->size() - 1`, which was just appended and has these values.
  void Add(const types::Value* key, uint64_t hash) {
    const auto row = static_cast<uint32_t>(next_.size());
    next_.push_back(kNone);
    tail_.push_back(row);
    hashes_.push_back(hash);
    const uint32_t first = Find(key, hash);
    if (first != kNone) {
      next_[tail_[first]] = row;
      tail_[first] = row;
      return;
    }
    if (++distinct_ * 2 > slots_.size()) Rehash();
    Place(row);
  }

 private:
  bool Matches(uint32_t row, const types::Value* key) const {
    const types::Value* values = store_->row(row);
    for (size_t i = 0; i < columns_.size(); i++) {
      const types::Value& mine = values[columns_[i]];
      if (mine.is_null() != key[i].is_null()) return false;
      if (!mine.is_null() && CompareValues(mine, key[i], types_[i]) != 0) return false;
    }
    return true;
  }
  void Place(uint32_t row) {
    size_t slot = hashes_[row] & (slots_.size() - 1);
    while (slots_[slot] != kNone) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = row;
  }
  void Rehash() {
    std::vector<uint32_t> old = std::move(slots_);
    slots_.assign(old.size() * 4, kNone);
    for (uint32_t row : old) {
      if (row != kNone) Place(row);
    }
  }

  const RowStore* store_;
  std::vector<uint32_t> columns_;
  std::vector<types::DataType> types_;
  std::vector<uint32_t> slots_;  // first row of each distinct key
  std::vector<uint32_t> next_;   // of equal rows
  std::vector<uint32_t> tail_;   // last of the chain, kept at its first row
  std::vector<uint64_t> hashes_;
  size_t distinct_ = 0;
};

}  // namespace sixfold::exec
