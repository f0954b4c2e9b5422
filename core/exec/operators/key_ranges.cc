#include "core/exec/operators/key_ranges.h"

#include "core/exec/subquery_run.h"
#include "core/plan/bind/block.h"
#include "core/plan/expression/subquery.h"
#include "core/types/compare_values.h"

namespace sixfold::exec {

namespace {

using types::Value;

struct Interval {
  bool has_lower = false, has_upper = false;
  bool lower_inclusive = true, upper_inclusive = true;
  Value lower, upper;

  bool IsPoint(const types::DataType& type) const {
    return has_lower && has_upper && lower_inclusive && upper_inclusive &&
           CompareValues(lower, upper, type) == 0;
  }
};

using Intervals = std::vector<Interval>;

/// NULL sorts first: an interval without a lower bound begins behind it.
Interval NotNull() {
  Interval all;
  all.has_lower = true;
  all.lower_inclusive = false;
  return all;
}

void AddPoint(const IntervalSpec& spec, const types::DataType& type, EvalContext& context,
              Arena* arena, Intervals* out) {
  const Value value = spec.lower->Eval(context);
  Interval point;
  point.has_lower = point.has_upper = true;
  if (value.is_null()) {
    if (spec.null_safe) out->push_back(point);
    return;
  }
  Value converted;
  switch (ConvertForIndex(value, spec.lower->type(), type, context.execution->Conversion(arena),
                          &converted)) {
    case IndexFit::kExact:
      point.lower = point.upper = converted;
      out->push_back(point);
      return;
    case IndexFit::kUnusable:
      out->push_back(NotNull());
      return;
    default:
      return;
  }
}

void AddSubqueryPoints(const SubqueryExpr& subquery, const types::DataType& type,
                       EvalContext& context, Arena* arena, Intervals* out) {
  const types::DataType& from = subquery.query().columns[0].type;
  types::DataType stored;
  for (const Value& value : InValues(subquery, context, &stored)) {
    if (value.is_null()) continue;
    Value converted;
    const IndexFit fit = ConvertForIndex(value, subquery.hashable() ? stored : from, type,
                                         context.execution->Conversion(arena), &converted);
    if (fit == IndexFit::kUnusable) {
      out->push_back(NotNull());
    } else if (fit == IndexFit::kExact) {
      Interval point;
      point.has_lower = point.has_upper = true;
      point.lower = point.upper = converted;
      out->push_back(point);
    }
  }
}

void AddRange(const IntervalSpec& spec, const types::DataType& type, EvalContext& context,
              Arena* arena, Intervals* out) {
  Interval range = NotNull();
  if (spec.lower != nullptr) {
    const Value value = spec.lower->Eval(context);
    if (value.is_null()) return;
    Value converted;
    const IndexFit fit = ConvertForIndex(value, spec.lower->type(), type,
                                         context.execution->Conversion(arena), &converted);
    if (fit == IndexFit::kNone) return;
    if (fit != IndexFit::kUnusable) {
      range.lower = Keep(converted, arena);
      range.lower_inclusive =
          fit == IndexFit::kAbove || (fit == IndexFit::kExact && spec.lower_inclusive);
    }
  }
  if (spec.upper != nullptr) {
    const Value value = spec.upper->Eval(context);
    if (value.is_null()) return;
    Value converted;
    const IndexFit fit = ConvertForIndex(value, spec.upper->type(), type,
                                         context.execution->Conversion(arena), &converted);
    if (fit == IndexFit::kNone) return;
    if (fit != IndexFit::kUnusable) {
      range.has_upper = true;
      range.upper = Keep(converted, arena);
      range.upper_inclusive =
          fit == IndexFit::kBelow || (fit == IndexFit::kExact && spec.upper_inclusive);
    }
  }
  out->push_back(range);
}

int CompareLower(const Interval& a, const Interval& b, const types::DataType& type) {
  if (a.has_lower != b.has_lower) return a.has_lower ? 1 : -1;
  if (!a.has_lower) return 0;
  const int c = CompareValues(a.lower, b.lower, type);
  if (c != 0) return c;
  return a.lower_inclusive == b.lower_inclusive ? 0 : a.lower_inclusive ? -1 : 1;
}

int CompareUpper(const Interval& a, const Interval& b, const types::DataType& type) {
  if (a.has_upper != b.has_upper) return a.has_upper ? -1 : 1;
  if (!a.has_upper) return 0;
  const int c = CompareValues(a.upper, b.upper, type);
  if (c != 0) return c;
  return a.upper_inclusive == b.upper_inclusive ? 0 : a.upper_inclusive ? 1 : -1;
}

bool IsEmpty(const Interval& i, const types::DataType& type) {
  if (!i.has_lower || !i.has_upper) return false;
  const int c = CompareValues(i.lower, i.upper, type);
  return c > 0 || (c == 0 && !(i.lower_inclusive && i.upper_inclusive));
}

/// Sorted by lower bound, overlapping ones joined.
void Normalize(Intervals* list, const types::DataType& type) {
  std::erase_if(*list, [&](const Interval& i) { return IsEmpty(i, type); });
  std::sort(list->begin(), list->end(),
            [&](const Interval& a, const Interval& b) { return CompareLower(a, b, type) < 0; });
  Intervals merged;
  for (const Interval& next : *list) {
    if (!merged.empty()) {
      Interval& last = merged.back();
      const int gap =
          !last.has_upper || !next.has_lower ? 1 : CompareValues(last.upper, next.lower, type);
      if (gap > 0 || (gap == 0 && (last.upper_inclusive || next.lower_inclusive))) {
        if (CompareUpper(last, next, type) < 0) {
          last.has_upper = next.has_upper;
          last.upper = next.upper;
          last.upper_inclusive = next.upper_inclusive;
        }
        continue;
      }
    }
    merged.push_back(next);
  }
  *list = std::move(merged);
}

Intervals Intersect(const Intervals& a, const Intervals& b, const types::DataType& type) {
  Intervals result;
  for (const Interval& x : a) {
    for (const Interval& y : b) {
      Interval both = CompareLower(x, y, type) >= 0 ? x : y;
      const Interval& upper = CompareUpper(x, y, type) <= 0 ? x : y;
      both.has_upper = upper.has_upper;
      both.upper = upper.upper;
      both.upper_inclusive = upper.upper_inclusive;
      if (!IsEmpty(both, type)) result.push_back(both);
    }
  }
  return result;
}

Intervals EvaluatePart(const KeyPartAccess& part, EvalContext& context, Arena* arena) {
  Intervals result;
  bool first = true;
  for (const std::vector<IntervalSpec>& predicate : part.predicates) {
    Intervals list;
    for (const IntervalSpec& spec : predicate) {
      if (spec.in_subquery != nullptr) {
        AddSubqueryPoints(*spec.in_subquery, part.type, context, arena, &list);
      } else if (spec.is_null) {
        Interval null_point;
        null_point.has_lower = null_point.has_upper = true;
        list.push_back(null_point);
      } else if (spec.not_null) {
        list.push_back(NotNull());
      } else if (spec.equality()) {
        AddPoint(spec, part.type, context, arena, &list);
      } else {
        AddRange(spec, part.type, context, arena, &list);
      }
    }
    if (list.size() > 1) Normalize(&list, part.type);
    std::erase_if(list, [&](const Interval& i) { return IsEmpty(i, part.type); });
    result = first ? std::move(list) : Intersect(result, list, part.type);
    first = false;
  }
  if (part.prefix) {
    for (Interval& i : result)
      i.lower_inclusive = i.lower_inclusive || !i.lower.is_null(), i.upper_inclusive = true;
  }
  return result;
}

}  // namespace

void EvaluateRanges(const AccessPath& path, EvalContext& context, Arena* arena,
                    std::vector<KeyRange>* ranges) {
  ranges->clear();
  ranges->emplace_back();
  for (size_t p = 0; p < path.parts.size(); p++) {
    const KeyPartAccess& part = path.parts[p];
    const Intervals list = EvaluatePart(part, context, arena);
    std::vector<KeyRange> extended;
    bool points_only = true;
    for (const Interval& i : list) points_only = points_only && i.IsPoint(part.type);
    for (const KeyRange& base : *ranges) {
      for (const Interval& i : list) {
        KeyRange range = base;
        if (i.has_lower) {
          range.lower.push_back(Keep(i.lower, arena));
          range.lower_inclusive = i.lower_inclusive;
        }
        if (i.has_upper) {
          range.upper.push_back(Keep(i.upper, arena));
          range.upper_inclusive = i.upper_inclusive;
        }
        extended.push_back(std::move(range));
      }
    }
    *ranges = std::move(extended);
    if (!points_only || part.prefix) break;
  }
}

bool EvaluatePoint(const AccessPath& path, EvalContext& context, Arena* arena, Value* key) {
  for (size_t p = 0; p < path.parts.size(); p++) {
    const KeyPartAccess& part = path.parts[p];
    Expression* expression = part.predicates[0][0].lower;
    const Value value = expression->Eval(context);
    if (value.is_null()) return false;
    if (ConvertForIndex(value, expression->type(), part.type, context.execution->Conversion(arena),
                        &key[p]) != IndexFit::kExact)
      return false;
  }
  return true;
}

}  // namespace sixfold::exec
