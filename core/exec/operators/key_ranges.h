// The key ranges of an AccessPath, once the constants or the outer row of a join are known:
// disjoint and in key order.
#pragma once

#include <vector>

#include "core/exec/plan_names.h"
#include "core/plan/execution.h"
#include "core/plan/physical/table_access.h"

namespace sixfold::exec {

struct KeyRange {
  std::vector<types::Value> lower, upper;
  bool lower_inclusive = true, upper_inclusive = true;
};

/// Evaluates the bounds; values live in `arena`. No ranges: no row can match.
void EvaluateRanges(const AccessPath& path, EvalContext& context, Arena* arena,
                    std::vector<KeyRange>* ranges);
/// For unique_point: fills the key; false when no row can match.
bool EvaluatePoint(const AccessPath& path, EvalContext& context, Arena* arena, types::Value* key);

enum class IndexFit : uint8_t { kExact, kBelow, kAbove, kNone, kUnusable };
/// The value as one of the column's type, for comparing with the column's values: kBelow means that
/// the converted value is the next one below, kAbove the next above, kNone that no row compares
/// equal (NULL), kUnusable that the comparison is not in the column's order.
IndexFit ConvertForIndex(const types::Value& value, const types::DataType& from,
                         const types::DataType& column, const types::ConversionContext& context,
                         types::Value* converted);

}  // namespace sixfold::exec
