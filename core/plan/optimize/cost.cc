#include "core/plan/optimize/cost.h"

#include <algorithm>
#include <cmath>

namespace sixfold::plan {

double EqualRows(double table_rows, uint32_t parts, bool unique_key) {
  if (unique_key) return 1;
  if (parts == 0) return table_rows;
  return std::max(1.0, table_rows * std::pow(0.05, parts));
}

double IntervalSelectivity(size_t intervals, bool points, bool both_bounds, double table_rows) {
  if (points)
    return std::min(1.0, std::max(1.0, table_rows * 0.05) * static_cast<double>(intervals) /
                             std::max(1.0, table_rows));
  const double one = both_bounds ? 0.1 : 0.33;
  // Many intervals come near to all rows and never reach them.
  return 1.0 - std::pow(1.0 - one, static_cast<double>(intervals));
}

double ScanCost(double rows, double ranges, bool clustered_or_covering) {
  constexpr double kSeek = 1.0;
  constexpr double kLookup = 1.5;
  return ranges * kSeek + rows * (clustered_or_covering ? 1.0 : 1.0 + kLookup);
}

double FilterSelectivity(bool equality) { return equality ? 0.1 : 0.33; }

}  // namespace sixfold::plan
