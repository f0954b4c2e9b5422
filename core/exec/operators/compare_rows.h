// The order of rows by some of their columns.
#pragma once

#include <vector>

#include "core/plan/physical/row_nodes.h"
#include "core/types/compare_values.h"

namespace sixfold::exec {

inline int CompareRows(const types::Value* a, const types::Value* b,
                       const std::vector<plan::SortColumn>& columns) {
  for (const plan::SortColumn& column : columns) {
    const int c = CompareValues(a[column.column], b[column.column], column.type);
    if (c != 0) return column.descending ? -c : c;
  }
  return 0;
}

}  // namespace sixfold::exec
