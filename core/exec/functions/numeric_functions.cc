// Mathematical functions, rounding, RAND and FORMAT.
#include <cmath>
#include <numbers>

#include "core/base/random.h"
#include "core/exec/functions/number.h"
#include "core/exec/functions/tables.h"
#include "core/plan/session_context.h"
#include "core/types/convert.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/format.h"
#include "core/types/result_type.h"

namespace sixfold::exec {
namespace {

using types::DataType;
using types::Decimal;
using types::DecimalRounding;
using types::TypeId;
using types::Value;

void SetKeepingNull(FunctionCall& call, DataType type) {
  type.nullable = AnyNullable(call);
  call.set_type(type);
  call.set_coercibility(5);
}

void BindReal(FunctionCall& call, BindContext&) { SetKeepingNull(call, RealType()); }
void BindNullableReal(FunctionCall& call, BindContext&) { BindDouble(call); }

// Functions of one real argument.
using RealFunction = double (*)(double);

template <RealFunction function>
Value EvalReal(const FunctionCall& call, EvalContext& context) {
  double x;
  if (!DoubleArg(call, 0, context, &x)) return Value::Null();
  return FiniteResult(call, context, function(x));
}

double ToDegrees(double x) { return x * 180 / std::numbers::pi; }
double ToRadians(double x) { return x * std::numbers::pi / 180; }
double Cotangent(double x) { return 1 / std::tan(x); }
double Sine(double x) { return std::sin(x); }
double Cosine(double x) { return std::cos(x); }
double Tangent(double x) { return std::tan(x); }
double Exponential(double x) { return std::exp(x); }

// NULL outside their domain, without a word.
template <RealFunction function>
Value EvalArcFunction(const FunctionCall& call, EvalContext& context) {
  double x;
  if (!DoubleArg(call, 0, context, &x) || x < -1 || x > 1) return Value::Null();
  return Value::Double(function(x));
}
double ArcSine(double x) { return std::asin(x); }
double ArcCosine(double x) { return std::acos(x); }

Value EvalAtan(const FunctionCall& call, EvalContext& context) {
  double x, y;
  if (!DoubleArg(call, 0, context, &x)) return Value::Null();
  if (call.args().size() == 1) return Value::Double(std::atan(x));
  return DoubleArg(call, 1, context, &y) ? Value::Double(std::atan2(x, y)) : Value::Null();
}

Value EvalSqrt(const FunctionCall& call, EvalContext& context) {
  double x;
  return DoubleArg(call, 0, context, &x) && x >= 0 ? Value::Double(std::sqrt(x)) : Value::Null();
}

Value EvalPower(const FunctionCall& call, EvalContext& context) {
  double x, y;
  if (!DoubleArg(call, 0, context, &x) || !DoubleArg(call, 1, context, &y)) return Value::Null();
  return FiniteResult(call, context, std::pow(x, y));
}

Value BadLogarithm(EvalContext& context) {
  if (context.diagnostics != nullptr)
    context.diagnostics->Warn(ErrorCode::kInvalidArgumentForLogarithm);
  return Value::Null();
}

template <RealFunction function>
Value EvalLogarithm(const FunctionCall& call, EvalContext& context) {
  double x;
  if (!DoubleArg(call, 0, context, &x)) return Value::Null();
  return x <= 0 ? BadLogarithm(context) : Value::Double(function(x));
}
double NaturalLog(double x) { return std::log(x); }
double BinaryLog(double x) { return std::log2(x); }
double DecimalLog(double x) { return std::log10(x); }

Value EvalLog(const FunctionCall& call, EvalContext& context) {
  if (call.args().size() == 1) return EvalLogarithm<NaturalLog>(call, context);
  double base, x;
  if (!DoubleArg(call, 0, context, &base) || !DoubleArg(call, 1, context, &x)) return Value::Null();
  if (base <= 0 || base == 1 || x <= 0) return BadLogarithm(context);
  return Value::Double(std::log(x) / std::log(base));
}

void BindPi(FunctionCall& call, BindContext&) {
  DataType type = RealType(6);
  type.nullable = false;
  type.length = 8;
  call.set_type(type);
  call.set_coercibility(5);
}
Value EvalPi(const FunctionCall&, EvalContext&) { return Value::Double(std::numbers::pi); }

// ABS, SIGN

void BindAbs(FunctionCall& call, BindContext&) {
  const DataType& a = call.arg(0).type();
  switch (NumberKindOf(a)) {
    case NumberKind::kInteger:
      return SetKeepingNull(call, IntegerType(IsUnsignedNumber(a)));
    case NumberKind::kDecimal:
      return SetKeepingNull(call, DecimalType(types::IntegerDigitsOf(a), types::ScaleOf(a)));
    case NumberKind::kReal:
      return SetKeepingNull(call, RealType(std::min(31, types::ScaleOf(a))));
  }
}

Value EvalAbs(const FunctionCall& call, EvalContext& context) {
  if (call.type().id == TypeId::kDouble) {
    double x;
    return DoubleArg(call, 0, context, &x) ? Value::Double(std::fabs(x)) : Value::Null();
  }
  if (call.type().id == TypeId::kDecimal) {
    Decimal x;
    return DecimalArg(call, 0, context, &x) ? DecimalValue(context, x.Abs()) : Value::Null();
  }
  int64_t x;
  bool is_unsigned;
  if (!IntArg(call, 0, context, &x, &is_unsigned)) return Value::Null();
  if (is_unsigned) return Value::Uint(static_cast<uint64_t>(x));
  if (x == INT64_MIN) ThrowOutOfRange(call, context, "BIGINT");
  return Value::Int(x < 0 ? -x : x);
}

void BindSign(FunctionCall& call, BindContext&) { SetKeepingNull(call, IntegerType(false, 21)); }

Value EvalSign(const FunctionCall& call, EvalContext& context) {
  double x;
  if (!DoubleArg(call, 0, context, &x)) return Value::Null();
  return Value::Int(x > 0 ? 1 : x < 0 ? -1 : 0);
}

// CEILING, FLOOR

void BindWhole(FunctionCall& call, BindContext&) {
  const DataType& a = call.arg(0).type();
  switch (NumberKindOf(a)) {
    case NumberKind::kInteger:
      return SetKeepingNull(call, IntegerType(IsUnsignedNumber(a)));
    case NumberKind::kReal:
      return SetKeepingNull(call, RealType());
    case NumberKind::kDecimal:
      break;
  }
  // Up to 18 digits the result is an integer.
  if (types::IntegerDigitsOf(a) < 18) return SetKeepingNull(call, IntegerType(IsUnsignedNumber(a)));
  SetKeepingNull(call, DecimalType(types::IntegerDigitsOf(a) + 1, 0));
}

template <bool up>
Value EvalWhole(const FunctionCall& call, EvalContext& context) {
  if (call.type().id == TypeId::kDouble) {
    double x;
    if (!DoubleArg(call, 0, context, &x)) return Value::Null();
    return Value::Double(up ? std::ceil(x) : std::floor(x));
  }
  if (NumberKindOf(call.arg(0).type()) == NumberKind::kInteger) {
    int64_t x;
    bool is_unsigned;
    if (!IntArg(call, 0, context, &x, &is_unsigned)) return Value::Null();
    return call.type().is_unsigned ? Value::Uint(static_cast<uint64_t>(x)) : Value::Int(x);
  }
  Decimal x;
  if (!DecimalArg(call, 0, context, &x)) return Value::Null();
  Decimal::Round(x, 0, up ? DecimalRounding::kCeiling : DecimalRounding::kFloor, &x);
  if (call.type().id == TypeId::kDecimal) return DecimalValue(context, x);
  int64_t whole;
  x.ToInt64(&whole);
  return call.type().is_unsigned ? Value::Uint(static_cast<uint64_t>(whole)) : Value::Int(whole);
}

// ROUND, TRUNCATE

// The number of decimals, where it is known at binding.
bool ConstantPlaces(const FunctionCall& call, int64_t* places) {
  *places = 0;
  if (call.args().size() == 1) return true;
  Arena arena;
  const Value value = KnownValue(call.arg(1), &arena);
  if (value.is_null()) return false;
  *places = types::ToInteger(value, call.arg(1).type(), {.arena = &arena}).bits;
  return true;
}

void BindRound(FunctionCall& call, BindContext&) {
  const DataType& a = call.arg(0).type();
  int64_t places;
  const bool known = call.args().size() == 1 || call.arg(1).type().IsInteger()
                         ? ConstantPlaces(call, &places)
                         : false;
  switch (NumberKindOf(a)) {
    case NumberKind::kInteger:
      return SetKeepingNull(call, IntegerType(IsUnsignedNumber(a)));
    case NumberKind::kReal:
      return SetKeepingNull(
          call, RealType(known ? static_cast<int>(std::clamp<int64_t>(places, 0, 31)) : 31));
    case NumberKind::kDecimal:
      break;
  }
  const int own_scale = std::min(types::ScaleOf(a), 30);
  const int scale = known ? static_cast<int>(std::clamp<int64_t>(places, 0, 30)) : own_scale;
  SetKeepingNull(call, DecimalType(types::IntegerDigitsOf(a) + 1, scale));
}

double RoundReal(double x, int64_t places, bool truncate) {
  if (places > 308 || !std::isfinite(x)) return x;
  if (places < -308) return 0;
  const double power = std::pow(10.0, static_cast<double>(std::abs(places)));
  const double scaled = places < 0 ? x / power : x * power;
  if (!std::isfinite(scaled)) return x;
  const double whole = truncate ? std::trunc(scaled) : std::rint(scaled);
  const double result = places < 0 ? whole * power : whole / power;
  return std::isfinite(result) ? result : x;
}

Value RoundInteger(const FunctionCall& call, EvalContext& context, int64_t bits, bool is_unsigned,
                   int64_t places, bool truncate) {
  auto as_is = [&](int64_t v) {
    return is_unsigned ? Value::Uint(static_cast<uint64_t>(v)) : Value::Int(v);
  };
  if (places >= 0) return as_is(bits);
  if (places < -20) return as_is(0);
  Decimal x = is_unsigned ? Decimal::FromUint(static_cast<uint64_t>(bits)) : Decimal::FromInt(bits);
  Decimal::Round(x, static_cast<int>(places),
                 truncate ? DecimalRounding::kTruncate : DecimalRounding::kHalfUp, &x);
  if (is_unsigned) {
    uint64_t result;
    if (x.ToUint64(&result) != types::DecimalStatus::kOk)
      ThrowOutOfRange(call, context, "BIGINT UNSIGNED");
    return Value::Uint(result);
  }
  int64_t result;
  if (x.ToInt64(&result) != types::DecimalStatus::kOk) ThrowOutOfRange(call, context, "BIGINT");
  return Value::Int(result);
}

template <bool truncate>
Value EvalRound(const FunctionCall& call, EvalContext& context) {
  int64_t places = 0;
  bool is_unsigned = false;
  if (call.args().size() > 1 && !IntArg(call, 1, context, &places, &is_unsigned))
    return Value::Null();
  places = is_unsigned && places < 0 ? 400 : std::clamp<int64_t>(places, -400, 400);
  if (call.type().id == TypeId::kDouble) {
    double x;
    return DoubleArg(call, 0, context, &x) ? Value::Double(RoundReal(x, places, truncate))
                                           : Value::Null();
  }
  if (call.type().id == TypeId::kDecimal) {
    Decimal x;
    if (!DecimalArg(call, 0, context, &x)) return Value::Null();
    const int scale = static_cast<int>(std::min<int64_t>(places, call.type().scale));
    if (Decimal::Round(x, scale, truncate ? DecimalRounding::kTruncate : DecimalRounding::kHalfUp,
                       &x) != types::DecimalStatus::kOk) {
      ThrowOutOfRange(call, context, "DECIMAL");
    }
    x.set_scale(call.type().scale);
    return DecimalValue(context, x);
  }
  int64_t x;
  if (!IntArg(call, 0, context, &x, &is_unsigned)) return Value::Null();
  return RoundInteger(call, context, x, is_unsigned, places, truncate);
}

// RAND(seed): MySQL's own generator, so that a seed gives its numbers. A constant seed goes on from
// row to row of a run, another one starts anew for each row. Plans are shared, so where a run
// stands is kept by thread; a run that moves to another thread starts over there.

constexpr uint32_t kRandModulus = 0x3FFFFFFF;
constexpr size_t kRandRuns = 4;

struct RandRun {
  const FunctionCall* call = nullptr;
  const Execution* execution = nullptr;
  int64_t statement_time_us = 0;
  uint32_t seed1 = 0;
  uint32_t seed2 = 0;

  void Seed(uint32_t seed) {
    seed1 = (seed * 0x10001u + 55555555u) % kRandModulus;
    seed2 = (seed * 0x10000001u) % kRandModulus;
  }
  double Next() {
    seed1 = static_cast<uint32_t>((uint64_t{seed1} * 3 + seed2) % kRandModulus);
    seed2 = static_cast<uint32_t>((uint64_t{seed1} + seed2 + 33) % kRandModulus);
    return static_cast<double>(seed1) / kRandModulus;
  }
};

void BindRand(FunctionCall& call, BindContext&) {
  DataType type = RealType();
  type.nullable = false;
  call.set_type(type);
  call.set_coercibility(5);
}

// The place of this call's run, *is_new where it begins.
RandRun& RunOf(const FunctionCall& call, EvalContext& context, bool* is_new) {
  static thread_local RandRun runs[kRandRuns];
  static thread_local size_t next = 0;
  const int64_t now = context.session != nullptr ? context.session->statement_time_us() : 0;
  *is_new = false;
  for (RandRun& run : runs) {
    if (run.call == &call && run.execution == context.execution && run.statement_time_us == now)
      return run;
  }
  *is_new = true;
  RandRun& run = runs[next++ % kRandRuns];
  run = {.call = &call, .execution = context.execution, .statement_time_us = now};
  return run;
}

Value EvalRand(const FunctionCall& call, EvalContext& context) {
  if (call.args().empty()) {
    constexpr double kUnit = 1.0 / (uint64_t{1} << 53);
    return Value::Double(static_cast<double>(context.session->random().Next64() >> 11) * kUnit);
  }
  bool is_new;
  RandRun& run = RunOf(call, context, &is_new);
  if (is_new || !call.arg(0).IsConstant()) {
    int64_t seed = 0;
    IntArg(call, 0, context, &seed);
    run.Seed(static_cast<uint32_t>(seed));
  }
  return Value::Double(run.Next());
}

// FORMAT(number, decimals [, locale])

struct GroupingStyle {
  std::string_view locale;
  std::string_view point;
  std::string_view separator;  // of thousands
};

constexpr GroupingStyle kGroupingStyles[] = {
    {"en_US", ".", ","}, {"de_DE", ",", "."}, {"de_AT", ",", ""},  {"de_CH", ".", "'"},
    {"fr_FR", ",", ""},  {"es_ES", ",", ""},  {"it_IT", ",", ""},  {"nl_NL", ",", ""},
    {"pt_BR", ",", "."}, {"ru_RU", ",", "."}, {"sv_SE", ",", "."}, {"da_DK", ",", "."},
    {"pl_PL", ",", ""},  {"cs_CZ", ",", "."}, {"tr_TR", ",", "."}, {"en_GB", ".", ","},
    {"ja_JP", ".", ","}, {"zh_CN", ".", ","}, {"fi_FI", ",", " "}, {"nb_NO", ",", "."},
    {"hu_HU", ",", "."}, {"el_GR", ",", "."}, {"id_ID", ",", "."}, {"uk_UA", ",", "."},
};

void BindFormat(FunctionCall& call, BindContext& context) {
  BindPlainText(call, context, ArgLength(call, 0) + 65);
}

const GroupingStyle& StyleOf(std::string_view locale, EvalContext& context) {
  for (const GroupingStyle& style : kGroupingStyles) {
    if (types::EqualsIgnoreAsciiCase(style.locale, locale)) return style;
  }
  context.diagnostics->Warn(ErrorCode::kUnknownLocale, locale);
  return kGroupingStyles[0];
}

std::string Grouped(std::string_view digits, const GroupingStyle& style) {
  std::string text;
  if (!digits.empty() && digits[0] == '-') {
    text = "-";
    digits.remove_prefix(1);
  }
  const size_t point = std::min(digits.find('.'), digits.size());
  for (size_t i = 0; i < point; ++i) {
    if (i > 0 && (point - i) % 3 == 0) text += style.separator;
    text += digits[i];
  }
  if (point < digits.size()) text.append(style.point).append(digits.substr(point + 1));
  return text;
}

Value EvalFormat(const FunctionCall& call, EvalContext& context) {
  const Value number = call.EvalArg(0, context);
  int64_t places;
  if (number.is_null() || !IntArg(call, 1, context, &places)) return Value::Null();
  places = std::clamp<int64_t>(places, 0, Decimal::kMaxScale);
  const GroupingStyle* style = &kGroupingStyles[0];
  std::string_view locale;
  if (call.args().size() > 2 && TextArg(call, 2, context, &locale))
    style = &StyleOf(locale, context);
  const DataType& type = call.arg(0).type();
  std::string digits;
  if (NumberKindOf(type) == NumberKind::kReal) {
    const double x = RoundReal(types::ToDouble(number, type, ConversionOf(context)), places, false);
    types::AppendDouble(x, static_cast<int>(places), &digits);
  } else {
    digits = types::ToDecimal(number, type, ConversionOf(context))
                 .Rounded(static_cast<int>(places))
                 .ToString();
  }
  return TextResult(context, Grouped(digits, *style));
}

constexpr FunctionDef kNumericTable[] = {
    {"abs", 1, 1, BindAbs, EvalAbs},
    {"acos", 1, 1, BindNullableReal, EvalArcFunction<ArcCosine>},
    {"asin", 1, 1, BindNullableReal, EvalArcFunction<ArcSine>},
    {"atan", 1, 2, BindReal, EvalAtan},
    {"atan2", 1, 2, BindReal, EvalAtan},
    {"ceil", 1, 1, BindWhole, EvalWhole<true>},
    {"ceiling", 1, 1, BindWhole, EvalWhole<true>},
    {"cos", 1, 1, BindReal, EvalReal<Cosine>},
    {"cot", 1, 1, BindReal, EvalReal<Cotangent>},
    {"degrees", 1, 1, BindReal, EvalReal<ToDegrees>},
    {"exp", 1, 1, BindReal, EvalReal<Exponential>},
    {"floor", 1, 1, BindWhole, EvalWhole<false>},
    {"format", 2, 3, BindFormat, EvalFormat},
    {"ln", 1, 1, BindNullableReal, EvalLogarithm<NaturalLog>},
    {"log", 1, 2, BindNullableReal, EvalLog},
    {"log10", 1, 1, BindNullableReal, EvalLogarithm<DecimalLog>},
    {"log2", 1, 1, BindNullableReal, EvalLogarithm<BinaryLog>},
    {"pi", 0, 0, BindPi, EvalPi},
    {"pow", 2, 2, BindReal, EvalPower},
    {"power", 2, 2, BindReal, EvalPower},
    {"radians", 1, 1, BindReal, EvalReal<ToRadians>},
    {"rand", 0, 1, BindRand, EvalRand, false},
    {"round", 1, 2, BindRound, EvalRound<false>},
    {"sign", 1, 1, BindSign, EvalSign},
    {"sin", 1, 1, BindReal, EvalReal<Sine>},
    {"sqrt", 1, 1, BindNullableReal, EvalSqrt},
    {"tan", 1, 1, BindReal, EvalReal<Tangent>},
    {"truncate", 2, 2, BindRound, EvalRound<true>},
};

}  // namespace

FunctionTable NumericFunctions() { return kNumericTable; }

}  // namespace sixfold::exec
