// The cost model: how many rows a condition leaves and what reading them costs. A cost of 1 is
// reading one row in key order. Without histograms the guesses are those of MySQL's defaults.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sixfold::plan {

/// Rows for equality on the first `parts` columns of an index.
double EqualRows(double table_rows, uint32_t parts, bool unique_key);
/// Part of the rows in `intervals` intervals of one column (points: single values).
double IntervalSelectivity(size_t intervals, bool points, bool both_bounds, double table_rows);
/// Reading `rows` rows in `ranges` ranges; not clustered: a look-up for each.
double ScanCost(double rows, double ranges, bool clustered_or_covering);
/// Rows a condition that no index answers leaves.
double FilterSelectivity(bool equality);

}  // namespace sixfold::plan
