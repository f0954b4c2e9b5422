// Rows kept for a whole execution: of derived tables read in several places, and of recursive
// tables.
#pragma once

#include "core/exec/operators/row_store.h"

namespace sixfold::exec {

struct DerivedRows final : RunState {
  DerivedRows(uint32_t width, MemoryMeter* memory) : rows(width, memory) {}
  RowStore rows;
};

/// Rows of a recursive table: all so far; the last round's are [round_begin, round_end).
struct WorkingRows final : RunState {
  WorkingRows(uint32_t width, MemoryMeter* memory) : rows(width, memory) {}
  RowStore rows;
  size_t round_begin = 0, round_end = 0;
};

}  // namespace sixfold::exec
