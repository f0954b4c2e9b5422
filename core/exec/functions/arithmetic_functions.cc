// The arithmetic operators. The kind of number an operation is done in is decided by the types at
// binding and kept as the type of the result.
#include <cmath>

#include "core/exec/functions/number.h"
#include "core/exec/functions/tables.h"
#include "core/plan/session_context.h"
#include "core/types/convert.h"
#include "core/types/result_type.h"
#include "core/types/sql_mode.h"

namespace sixfold::exec {
namespace {

using types::DataType;
using types::Decimal;
using types::DecimalStatus;
using types::Integer;
using types::TypeId;
using types::Value;
using Wide = __int128;

Wide WideOf(Integer number) {
  return number.is_unsigned ? Wide{static_cast<uint64_t>(number.bits)} : Wide{number.bits};
}

bool IntegerArg(const FunctionCall& call, size_t i, EvalContext& context, Integer* out) {
  return IntArg(call, i, context, &out->bits, &out->is_unsigned);
}

// The result as the call's BIGINT, signed or not; 1690 where it does not fit.
Value WideResult(const FunctionCall& call, EvalContext& context, Wide value) {
  if (call.type().is_unsigned) {
    if (value < 0 || value > Wide{UINT64_MAX}) ThrowOutOfRange(call, context, "BIGINT UNSIGNED");
    return Value::Uint(static_cast<uint64_t>(value));
  }
  if (value < Wide{INT64_MIN} || value > Wide{INT64_MAX}) ThrowOutOfRange(call, context, "BIGINT");
  return Value::Int(static_cast<int64_t>(value));
}

struct Plus {
  static constexpr bool Int64(int64_t a, int64_t b, int64_t* out) {
    return !__builtin_add_overflow(a, b, out);
  }
  static Wide Exact(Wide a, Wide b) { return a + b; }
  static DecimalStatus Apply(const Decimal& a, const Decimal& b, Decimal* out) {
    return Decimal::Add(a, b, out);
  }
  static double Apply(double a, double b) { return a + b; }
};
struct Minus {
  static constexpr bool Int64(int64_t a, int64_t b, int64_t* out) {
    return !__builtin_sub_overflow(a, b, out);
  }
  static Wide Exact(Wide a, Wide b) { return a - b; }
  static DecimalStatus Apply(const Decimal& a, const Decimal& b, Decimal* out) {
    return Decimal::Subtract(a, b, out);
  }
  static double Apply(double a, double b) { return a - b; }
};
struct Times {
  static constexpr bool Int64(int64_t a, int64_t b, int64_t* out) {
    return !__builtin_mul_overflow(a, b, out);
  }
  static Wide Exact(Wide a, Wide b) { return a * b; }
  static DecimalStatus Apply(const Decimal& a, const Decimal& b, Decimal* out) {
    return Decimal::Multiply(a, b, out);
  }
  static double Apply(double a, double b) { return a * b; }
};

template <typename Operation>
Value EvalDecimalOperation(const FunctionCall& call, EvalContext& context) {
  Decimal a, b;
  if (!DecimalArg(call, 0, context, &a) || !DecimalArg(call, 1, context, &b)) return Value::Null();
  if (Operation::Apply(a, b, &a) != DecimalStatus::kOk) ThrowOutOfRange(call, context, "DECIMAL");
  return DecimalValue(context, a);
}

template <typename Operation>
Value EvalRealOperation(const FunctionCall& call, EvalContext& context) {
  double a, b;
  if (!DoubleArg(call, 0, context, &a) || !DoubleArg(call, 1, context, &b)) return Value::Null();
  return FiniteResult(call, context, Operation::Apply(a, b));
}

template <typename Operation>
Value EvalOperation(const FunctionCall& call, EvalContext& context) {
  if (call.type().id == TypeId::kDecimal) return EvalDecimalOperation<Operation>(call, context);
  if (call.type().id == TypeId::kDouble) return EvalRealOperation<Operation>(call, context);
  Integer a, b;
  if (!IntegerArg(call, 0, context, &a) || !IntegerArg(call, 1, context, &b)) return Value::Null();
  int64_t sum;
  if (!a.is_unsigned && !b.is_unsigned && !call.type().is_unsigned &&
      Operation::Int64(a.bits, b.bits, &sum))
    return Value::Int(sum);
  return WideResult(call, context, Operation::Exact(WideOf(a), WideOf(b)));
}

void SetNumberType(FunctionCall& call, DataType type) {
  type.nullable = AnyNullable(call);
  call.set_type(type);
  call.set_coercibility(5);
}

bool EitherUnsigned(const FunctionCall& call) {
  return IsUnsignedNumber(call.arg(0).type()) || IsUnsignedNumber(call.arg(1).type());
}

int RealScale(const DataType& a, const DataType& b) {
  const int scale = std::max(types::ScaleOf(a), types::ScaleOf(b));
  return scale < 31 ? scale : 31;
}

// Of sums and differences.
void BindAdditive(FunctionCall& call, bool is_unsigned) {
  const DataType& a = call.arg(0).type();
  const DataType& b = call.arg(1).type();
  switch (NumberKindOf(a, b)) {
    case NumberKind::kInteger:
      return SetNumberType(call, IntegerType(is_unsigned));
    case NumberKind::kReal:
      return SetNumberType(call, RealType(RealScale(a, b)));
    case NumberKind::kDecimal:
      break;
  }
  const int integer_digits = std::max(types::IntegerDigitsOf(a), types::IntegerDigitsOf(b)) + 1;
  SetNumberType(call, DecimalType(integer_digits, std::max(types::ScaleOf(a), types::ScaleOf(b))));
}

void BindPlus(FunctionCall& call, BindContext&) { BindAdditive(call, EitherUnsigned(call)); }

void BindMinus(FunctionCall& call, BindContext& context) {
  const uint64_t mode = context.session != nullptr ? context.session->sql_mode() : 0;
  BindAdditive(call, EitherUnsigned(call) && (mode & types::kSqlModeNoUnsignedSubtraction) == 0);
}

void BindTimes(FunctionCall& call, BindContext&) {
  const DataType& a = call.arg(0).type();
  const DataType& b = call.arg(1).type();
  switch (NumberKindOf(a, b)) {
    case NumberKind::kInteger:
      return SetNumberType(call, IntegerType(EitherUnsigned(call)));
    case NumberKind::kReal:
      return SetNumberType(call, RealType(std::min(31, types::ScaleOf(a) + types::ScaleOf(b))));
    case NumberKind::kDecimal:
      break;
  }
  SetNumberType(call, DecimalType(types::IntegerDigitsOf(a) + types::IntegerDigitsOf(b),
                                  types::ScaleOf(a) + types::ScaleOf(b)));
}

struct DivisionState : CallState {
  int increment = 4;
};

int DivisionIncrement(BindContext& context) {
  return context.session != nullptr
             ? static_cast<int>(context.session->UnsignedVariable("div_precision_increment"))
             : 4;
}

void BindDivide(FunctionCall& call, BindContext& context) {
  const DataType& a = call.arg(0).type();
  const DataType& b = call.arg(1).type();
  auto state = std::make_unique<DivisionState>();
  state->increment = DivisionIncrement(context);
  const int scale = types::ScaleOf(a) + state->increment;
  DataType type;
  if (NumberKindOf(a, b) == NumberKind::kReal) {
    const int real_scale = std::max(types::ScaleOf(a), types::ScaleOf(b)) + state->increment;
    type = RealType(RealScale(a, b) < 31 && real_scale < 31 ? real_scale : 31);
  } else {
    type = DecimalType(types::IntegerDigitsOf(a) + std::min(types::ScaleOf(b), 30), scale);
  }
  type.nullable = true;
  call.set_type(type);
  call.set_coercibility(5);
  call.set_state(std::move(state));
}

Value EvalDivide(const FunctionCall& call, EvalContext& context) {
  if (call.type().id == TypeId::kDouble) {
    double a, b;
    if (!DoubleArg(call, 0, context, &a) || !DoubleArg(call, 1, context, &b)) return Value::Null();
    if (b == 0) return DivisionByZero(context);
    return FiniteResult(call, context, a / b);
  }
  Decimal a, b;
  if (!DecimalArg(call, 0, context, &a) || !DecimalArg(call, 1, context, &b)) return Value::Null();
  const int increment = static_cast<const DivisionState*>(call.state())->increment;
  switch (Decimal::Divide(a, b, increment, &a)) {
    case DecimalStatus::kDivisionByZero:
      return DivisionByZero(context);
    case DecimalStatus::kOverflow:
      ThrowOutOfRange(call, context, "DECIMAL");
    default:
      return DecimalValue(context, a);
  }
}

void BindIntegerDivide(FunctionCall& call, BindContext&) {
  DataType type = IntegerType(EitherUnsigned(call));
  type.nullable = true;
  call.set_type(type);
  call.set_coercibility(5);
}

Value EvalIntegerDivide(const FunctionCall& call, EvalContext& context) {
  if (NumberKindOf(call.arg(0).type(), call.arg(1).type()) == NumberKind::kInteger) {
    Integer a, b;
    if (!IntegerArg(call, 0, context, &a) || !IntegerArg(call, 1, context, &b))
      return Value::Null();
    if (b.bits == 0) return DivisionByZero(context);
    return WideResult(call, context, WideOf(a) / WideOf(b));
  }
  Decimal a, b;
  if (!DecimalArg(call, 0, context, &a) || !DecimalArg(call, 1, context, &b)) return Value::Null();
  const DecimalStatus status = Decimal::Divide(a, b, 0, &a);
  if (status == DecimalStatus::kDivisionByZero) return DivisionByZero(context);
  if (status == DecimalStatus::kOverflow)
    ThrowOutOfRange(call, context, call.type().is_unsigned ? "BIGINT UNSIGNED" : "BIGINT");
  Decimal::Round(a, 0, types::DecimalRounding::kTruncate, &a);
  if (call.type().is_unsigned) {
    uint64_t result;
    if (a.ToUint64(&result) != DecimalStatus::kOk)
      ThrowOutOfRange(call, context, "BIGINT UNSIGNED");
    return Value::Uint(result);
  }
  int64_t result;
  if (a.ToInt64(&result) != DecimalStatus::kOk) ThrowOutOfRange(call, context, "BIGINT");
  return Value::Int(result);
}

void BindModulo(FunctionCall& call, BindContext&) {
  const DataType& a = call.arg(0).type();
  const DataType& b = call.arg(1).type();
  DataType type;
  switch (NumberKindOf(a, b)) {
    case NumberKind::kInteger:
      type = IntegerType(IsUnsignedNumber(a));
      break;
    case NumberKind::kReal:
      type = RealType(RealScale(a, b));
      break;
    case NumberKind::kDecimal:
      type = DecimalType(std::max(types::IntegerDigitsOf(a), types::IntegerDigitsOf(b)),
                         std::max(types::ScaleOf(a), types::ScaleOf(b)));
      break;
  }
  type.nullable = true;
  call.set_type(type);
  call.set_coercibility(5);
}

Value EvalModulo(const FunctionCall& call, EvalContext& context) {
  if (call.type().id == TypeId::kDouble) {
    double a, b;
    if (!DoubleArg(call, 0, context, &a) || !DoubleArg(call, 1, context, &b)) return Value::Null();
    return b == 0 ? DivisionByZero(context) : Value::Double(std::fmod(a, b));
  }
  if (call.type().id == TypeId::kDecimal) {
    Decimal a, b;
    if (!DecimalArg(call, 0, context, &a) || !DecimalArg(call, 1, context, &b))
      return Value::Null();
    if (Decimal::Modulo(a, b, &a) == DecimalStatus::kDivisionByZero) return DivisionByZero(context);
    return DecimalValue(context, a);
  }
  Integer a, b;
  if (!IntegerArg(call, 0, context, &a) || !IntegerArg(call, 1, context, &b)) return Value::Null();
  if (b.bits == 0) return DivisionByZero(context);
  return WideResult(call, context, WideOf(a) % WideOf(b));
}

// A constant whose negation is no BIGINT: negative ones (MySQL draws the line there) and those from
// 2^63 on, but for the literal 9223372036854775808 itself.
bool NegatesBeyondBigInt(const FunctionCall& call) {
  const Expression& arg = call.arg(0);
  const bool is_literal = dynamic_cast<const FunctionCall*>(&arg) == nullptr;
  Arena arena;
  const Value value = KnownValue(arg, &arena);
  if (value.is_null()) return false;
  const Integer number = types::ToInteger(value, arg.type(), {.arena = &arena});
  if (number.bits >= 0) return false;
  return !(is_literal && number.is_unsigned && number.bits == INT64_MIN);
}

void BindNegate(FunctionCall& call, BindContext&) {
  const DataType& a = call.arg(0).type();
  switch (NumberKindOf(a)) {
    case NumberKind::kInteger:
      if (NegatesBeyondBigInt(call))
        return SetNumberType(call, DecimalType(types::IntegerDigitsOf(a), 0));
      return SetNumberType(call, IntegerType(false));
    case NumberKind::kDecimal:
      return SetNumberType(call, DecimalType(types::IntegerDigitsOf(a), types::ScaleOf(a)));
    case NumberKind::kReal:
      return SetNumberType(call, RealType(std::min(31, types::ScaleOf(a))));
  }
}

Value EvalNegate(const FunctionCall& call, EvalContext& context) {
  if (call.type().id == TypeId::kDouble) {
    double a;
    return DoubleArg(call, 0, context, &a) ? Value::Double(-a) : Value::Null();
  }
  if (call.type().id == TypeId::kDecimal) {
    Decimal a;
    return DecimalArg(call, 0, context, &a) ? DecimalValue(context, a.Negated()) : Value::Null();
  }
  Integer a;
  if (!IntegerArg(call, 0, context, &a)) return Value::Null();
  return WideResult(call, context, -WideOf(a));
}

constexpr FunctionDef kArithmeticTable[] = {
    {"+", 2, 2, BindPlus, EvalOperation<Plus>},
    {"-", 2, 2, BindMinus, EvalOperation<Minus>},
    {"*", 2, 2, BindTimes, EvalOperation<Times>},
    {"/", 2, 2, BindDivide, EvalDivide},
    {"div", 2, 2, BindIntegerDivide, EvalIntegerDivide},
    {"%", 2, 2, BindModulo, EvalModulo},
    {"mod", 2, 2, BindModulo, EvalModulo},
    {"neg", 1, 1, BindNegate, EvalNegate},
};

}  // namespace

FunctionTable ArithmeticFunctions() { return kArithmeticTable; }

}  // namespace sixfold::exec
