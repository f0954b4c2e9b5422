// How two expressions are compared: decided once at binding, applied for each row.
#pragma once

#include <optional>
#include <vector>

#include "core/exec/functions/arguments.h"
#include "core/exec/plan_names.h"
#include "core/plan/expression/function.h"
#include "core/types/compare.h"

namespace sixfold::exec {

class Comparison {
 public:
  Comparison() = default;
  /// Arguments a and b of the call; 1267 where their collations clash.
  Comparison(const FunctionCall& call, size_t a, size_t b, BindContext& context);

  /// Neither value is NULL.
  int Compare(const types::Value& x, const types::Value& y, EvalContext& context) const {
    const bool integers = x.kind() == types::ValueKind::kInt && y.kind() == types::ValueKind::kInt;
    if (integers && !x_year_ && !y_year_) {
      return x.int_value() < y.int_value() ? -1 : x.int_value() > y.int_value();
    }
    if (same_charset_ && x.is_string() && y.is_string())
      return collation_->Compare(x.bytes(), y.bytes());
    return CompareMixed(x, y, context);
  }
  bool Equal(const types::Value& x, const types::Value& y, EvalContext& context) const {
    if (same_charset_ && x.is_string() && y.is_string())
      return collation_->Equal(x.bytes(), y.bytes());
    return Compare(x, y, context) == 0;
  }
  /// Compares as dates whatever the types say.
  void CompareDates() {
    kind_ = types::CompareKind::kDatetime;
    same_charset_ = false;
  }
  types::CompareKind kind() const { return kind_; }
  const types::Collation* collation() const { return collation_; }

 private:
  int CompareMixed(const types::Value& x, const types::Value& y, EvalContext& context) const;

  types::CompareKind kind_ = types::CompareKind::kString;
  const types::Collation* collation_ = nullptr;
  const types::DataType* x_type_ = nullptr;
  const types::DataType* y_type_ = nullptr;
  bool same_charset_ = false;  // compared as strings, and both of the collation's charset
  bool strict_dates_ = false;  // a constant text that is no date is an error
  bool text_with_integer_ = false;
  // A constant beside a YEAR column, as the year it means: 99 is 1999, '0' is 2000.
  std::optional<int64_t> x_year_;
  std::optional<int64_t> y_year_;
};

/// The comparisons a call makes: each of its arguments with the first one, unless said otherwise.
struct ComparisonState : CallState {
  std::vector<Comparison> comparisons;
};

}  // namespace sixfold::exec
