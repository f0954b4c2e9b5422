// AccessPath: how a table's rows are found through one of its indexes, and the ranges that follows
// from it once the constants (or the outer row of a join) are known.
//
// Each used key part has predicates that all hold; a predicate is a list of intervals of which one
// holds (col IN (…), col < 3 OR col > 7). At run time they become disjoint key ranges in key order.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/exec/execution.h"
#include "core/exec/expression.h"
#include "core/types/data_type.h"

namespace sixfold::exec {

/// An interval of one column, with bounds still to be evaluated; null: no bound. NULLs are inside
/// only where is_null says so, or null_safe finds one.
struct IntervalSpec {
  Expression* lower = nullptr;
  Expression* upper = nullptr;  // the same expression as lower: equality
  bool lower_inclusive = true;
  bool upper_inclusive = true;
  bool is_null = false;
  bool not_null = false;   // col IS NOT NULL
  bool null_safe = false;  // col <=> expr
  /// col IN (subquery): its rows are the values.
  const class SubqueryExpr* in_subquery = nullptr;
  bool equality() const { return is_null || (lower != nullptr && lower == upper); }
};

struct KeyPartAccess {
  uint32_t column = 0;
  types::DataType type;
  bool prefix = false;
  std::vector<std::vector<IntervalSpec>> predicates;
  /// One value: further parts may follow, and order within it is that of the next parts.
  bool single_value = false;
};

struct AccessPath {
  uint32_t index = 0;
  bool backward = false;
  bool ordered = false;              // its order is made use of
  std::vector<KeyPartAccess> parts;  // none: the whole index
  bool unique_point = false;         // one value for each part of a unique index: at most one row
  bool covering = false;
};

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
