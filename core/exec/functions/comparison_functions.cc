// Comparison operators and what is built of them: =, <=>, BETWEEN, IN, LIKE, GREATEST, IS NULL …
#include <algorithm>

#include "core/exec/functions/comparison.h"
#include "core/exec/functions/tables.h"
#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/result_type.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using types::Collation;
using types::Value;

const Comparison& ComparisonOf(const FunctionCall& call, size_t i = 0) {
  return static_cast<const ComparisonState*>(call.state())->comparisons[i];
}

// Compares the first argument with each of the others.
void BindCompareFirst(FunctionCall& call, BindContext& context) {
  auto state = std::make_unique<ComparisonState>();
  for (size_t i = 1; i < call.args().size(); ++i)
    state->comparisons.emplace_back(call, 0, i, context);
  call.set_state(std::move(state));
  BindBool(call);
}

void BindNullSafe(FunctionCall& call, BindContext& context) {
  BindCompareFirst(call, context);
  types::DataType type = call.type();
  type.nullable = false;
  call.set_type(type);
}

struct IsEqual {
  static bool Holds(int order) { return order == 0; }
};
struct IsNotEqual {
  static bool Holds(int order) { return order != 0; }
};
struct IsLess {
  static bool Holds(int order) { return order < 0; }
};
struct IsLessOrEqual {
  static bool Holds(int order) { return order <= 0; }
};
struct IsGreater {
  static bool Holds(int order) { return order > 0; }
};
struct IsGreaterOrEqual {
  static bool Holds(int order) { return order >= 0; }
};

template <typename Relation>
Value EvalRelation(const FunctionCall& call, EvalContext& context) {
  const Value x = call.EvalArg(0, context);
  if (x.is_null()) return Value::Null();
  const Value y = call.EvalArg(1, context);
  if (y.is_null()) return Value::Null();
  return Value::Bool(Relation::Holds(ComparisonOf(call).Compare(x, y, context)));
}

Value EvalEqual(const FunctionCall& call, EvalContext& context) {
  const Value x = call.EvalArg(0, context);
  if (x.is_null()) return Value::Null();
  const Value y = call.EvalArg(1, context);
  if (y.is_null()) return Value::Null();
  return Value::Bool(ComparisonOf(call).Equal(x, y, context));
}

Value EvalNullSafeEqual(const FunctionCall& call, EvalContext& context) {
  const Value x = call.EvalArg(0, context);
  const Value y = call.EvalArg(1, context);
  if (x.is_null() || y.is_null()) return Value::Bool(x.is_null() && y.is_null());
  return Value::Bool(ComparisonOf(call).Equal(x, y, context));
}

// Beside a date all three are dates.
void BindBetween(FunctionCall& call, BindContext& context) {
  BindCompareFirst(call, context);
  bool has_date = false;
  bool all_dates = true;
  for (const Expression* arg : call.args()) {
    const types::DataType& type = arg->type();
    const bool is_date = type.IsTemporal() && type.id != types::TypeId::kTime;
    has_date |= is_date;
    all_dates &= is_date || (type.IsString() && arg->IsConstant());
  }
  if (!has_date || !all_dates) return;
  auto state =
      std::make_unique<ComparisonState>(static_cast<const ComparisonState&>(*call.state()));
  for (Comparison& comparison : state->comparisons) comparison.CompareDates();
  call.set_state(std::move(state));
}

// BETWEEN: false as soon as one bound excludes the value, even where the other is NULL.
Value EvalBetween(const FunctionCall& call, EvalContext& context) {
  const Value x = call.EvalArg(0, context);
  if (x.is_null()) return Value::Null();
  const Value low = call.EvalArg(1, context);
  const Value high = call.EvalArg(2, context);
  if (!low.is_null() && ComparisonOf(call, 0).Compare(x, low, context) < 0)
    return Value::Bool(false);
  if (!high.is_null() && ComparisonOf(call, 1).Compare(x, high, context) > 0)
    return Value::Bool(false);
  return low.is_null() || high.is_null() ? Value::Null() : Value::Bool(true);
}

Value EvalIn(const FunctionCall& call, EvalContext& context) {
  const Value x = call.EvalArg(0, context);
  if (x.is_null()) return Value::Null();
  bool saw_null = false;
  for (size_t i = 1; i < call.args().size(); ++i) {
    const Value y = call.EvalArg(i, context);
    if (y.is_null()) {
      saw_null = true;
    } else if (ComparisonOf(call, i - 1).Equal(x, y, context)) {
      return Value::Bool(true);
    }
  }
  return saw_null ? Value::Null() : Value::Bool(false);
}

// IS NULL and IS TRUE: never NULL themselves.

void BindNotNullBool(FunctionCall& call, BindContext&) {
  BindBool(call);
  types::DataType type = call.type();
  type.nullable = false;
  call.set_type(type);
}

template <bool wanted>
Value EvalIsNull(const FunctionCall& call, EvalContext& context) {
  return Value::Bool(call.EvalArg(0, context).is_null() == wanted);
}

template <bool truth, bool positive>
Value EvalIsTruth(const FunctionCall& call, EvalContext& context) {
  const Value x = call.EvalArg(0, context);
  const bool is =
      !x.is_null() && types::ToBool(x, call.arg(0).type(), ConversionOf(context)) == truth;
  return Value::Bool(is == positive);
}

// GREATEST and LEAST compare in the type they give: as dates beside a date, as texts beside a text.

void BindExtreme(FunctionCall& call, BindContext& context) {
  std::vector<const types::DataType*> all;
  std::vector<const types::DataType*> temporals;
  for (const Expression* arg : call.args()) {
    all.push_back(&arg->type());
    if (arg->type().IsTemporal()) temporals.push_back(&arg->type());
  }
  types::DataType type = types::CommonType(temporals.empty() ? all : temporals);
  type.nullable = AnyNullable(call) || temporals.size() != all.size();
  if (temporals.empty()) type.nullable = AnyNullable(call);
  if (type.IsString()) {
    const bool nullable = type.nullable;
    BindText(call, context, types::TextLengthOf(type));
    type = call.type();
    type.nullable = nullable;
  }
  call.set_type(type);
}

template <int direction>
Value EvalExtreme(const FunctionCall& call, EvalContext& context) {
  const types::ConversionContext conversion = ConversionOf(context);
  Value best;
  for (size_t i = 0; i < call.args().size(); ++i) {
    const Value x =
        types::ConvertToType(call.EvalArg(i, context), call.arg(i).type(), call.type(), conversion);
    if (x.is_null()) return Value::Null();
    if (i == 0 || types::CompareSameType(x, best, call.type()) * direction > 0) best = x;
  }
  return best;
}

// INTERVAL(n, n1, n2 …): how many of the ascending numbers are not above n.
void BindInterval(FunctionCall& call, BindContext&) {
  BindInt(call, 2);
  types::DataType type = call.type();
  type.nullable = false;
  call.set_type(type);
}

Value EvalInterval(const FunctionCall& call, EvalContext& context) {
  double x;
  if (!DoubleArg(call, 0, context, &x)) return Value::Int(-1);
  size_t i = 1;
  for (; i < call.args().size(); ++i) {
    double bound;
    if (DoubleArg(call, i, context, &bound) && bound > x) break;
  }
  return Value::Int(static_cast<int64_t>(i - 1));
}

// FIELD(x, a, b …): which of them is equal to x, from 1; 0 for none. Of texts only as texts, of
// numbers only as numbers, else as reals.

void BindField(FunctionCall& call, BindContext& context) {
  BindCompareFirst(call, context);
  BindInt(call, 3);
}

bool AllText(const FunctionCall& call) {
  return std::all_of(call.args().begin(), call.args().end(),
                     [](const Expression* arg) { return arg->type().IsString(); });
}
bool AllNumbers(const FunctionCall& call) {
  return std::all_of(call.args().begin(), call.args().end(),
                     [](const Expression* arg) { return arg->type().IsNumeric(); });
}

Value EvalField(const FunctionCall& call, EvalContext& context) {
  const Value x = call.EvalArg(0, context);
  if (x.is_null()) return Value::Int(0);
  const bool by_type = AllText(call) || AllNumbers(call);
  const types::ConversionContext conversion = ConversionOf(context);
  for (size_t i = 1; i < call.args().size(); ++i) {
    const Value y = call.EvalArg(i, context);
    if (y.is_null()) continue;
    const bool equal = by_type ? ComparisonOf(call, i - 1).Equal(x, y, context)
                               : types::ToDouble(x, call.arg(0).type(), conversion) ==
                                     types::ToDouble(y, call.arg(i).type(), conversion);
    if (equal) return Value::Int(static_cast<int64_t>(i));
  }
  return Value::Int(0);
}

// LIKE: the collation agreed on by text and pattern, applied to both as texts.

struct LikeState : CallState {
  const Collation* collation;
};

void BindLike(FunctionCall& call, BindContext& context) {
  auto state = std::make_unique<LikeState>();
  uint8_t coercibility;
  state->collation = AgreeOnCollation(call, 0, 2, context, &coercibility);
  call.set_state(std::move(state));
  BindBool(call);
}

uint32_t EscapeOf(const FunctionCall& call, const Collation& collation, EvalContext& context) {
  if (call.args().size() < 3) return '\\';
  const Value escape = call.EvalArg(2, context);
  if (escape.is_null()) return '\\';
  const std::string_view text =
      types::ToTextIn(escape, call.arg(2).type(), *collation.charset, ConversionOf(context));
  if (text.empty()) return 0;
  const char* at = text.data();
  const char* end = at + text.size();
  const uint32_t code_point = types::DecodeChar(*collation.charset, &at, end);
  if (at != end) throw MakeError(ErrorCode::kWrongArguments, "ESCAPE");
  return code_point;
}

Value EvalLike(const FunctionCall& call, EvalContext& context) {
  const Value text = call.EvalArg(0, context);
  if (text.is_null()) return Value::Null();
  const Value pattern = call.EvalArg(1, context);
  if (pattern.is_null()) return Value::Null();
  const Collation& collation = *static_cast<const LikeState*>(call.state())->collation;
  const types::ConversionContext conversion = ConversionOf(context);
  const std::string_view x =
      types::ToTextIn(text, call.arg(0).type(), *collation.charset, conversion);
  const std::string_view y =
      types::ToTextIn(pattern, call.arg(1).type(), *collation.charset, conversion);
  return Value::Bool(collation.Like(x, y, EscapeOf(call, collation, context)));
}

constexpr FunctionDef kComparisonTable[] = {
    {"=", 2, 2, BindCompareFirst, EvalEqual},
    {"<=>", 2, 2, BindNullSafe, EvalNullSafeEqual},
    {"<>", 2, 2, BindCompareFirst, EvalRelation<IsNotEqual>},
    {"!=", 2, 2, BindCompareFirst, EvalRelation<IsNotEqual>},
    {"<", 2, 2, BindCompareFirst, EvalRelation<IsLess>},
    {"<=", 2, 2, BindCompareFirst, EvalRelation<IsLessOrEqual>},
    {">", 2, 2, BindCompareFirst, EvalRelation<IsGreater>},
    {">=", 2, 2, BindCompareFirst, EvalRelation<IsGreaterOrEqual>},
    {"between", 3, 3, BindBetween, EvalBetween},
    {"field", 2, -1, BindField, EvalField},
    {"in", 2, -1, BindCompareFirst, EvalIn},
    {"is null", 1, 1, BindNotNullBool, EvalIsNull<true>},
    {"is not null", 1, 1, BindNotNullBool, EvalIsNull<false>},
    {"isnull", 1, 1, BindNotNullBool, EvalIsNull<true>},
    {"is true", 1, 1, BindNotNullBool, EvalIsTruth<true, true>},
    {"is not true", 1, 1, BindNotNullBool, EvalIsTruth<true, false>},
    {"is false", 1, 1, BindNotNullBool, EvalIsTruth<false, true>},
    {"is not false", 1, 1, BindNotNullBool, EvalIsTruth<false, false>},
    {"is unknown", 1, 1, BindNotNullBool, EvalIsNull<true>},
    {"is not unknown", 1, 1, BindNotNullBool, EvalIsNull<false>},
    {"greatest", 2, -1, BindExtreme, EvalExtreme<1>},
    {"least", 2, -1, BindExtreme, EvalExtreme<-1>},
    {"interval", 2, -1, BindInterval, EvalInterval},
    {"like", 2, 3, BindLike, EvalLike},
};

}  // namespace

FunctionTable ComparisonFunctions() { return kComparisonTable; }

}  // namespace sixfold::exec
