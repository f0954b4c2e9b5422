// CAST, CONVERT … USING, COLLATE and BINARY. The target type stands in the call's type before it is
// bound.
#include "core/exec/functions/number.h"
#include "core/exec/functions/tables.h"
#include "core/types/charset.h"
#include "core/types/convert.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/json.h"
#include "core/types/result_type.h"
#include "core/types/sql_error.h"
#include "core/types/time_zone.h"

namespace sixfold::exec {
namespace {

using types::DataType;
using types::Decimal;
using types::TypeId;
using types::Value;

constexpr uint32_t kUnlimited = UINT32_MAX;

// CAST(x AS CHAR(n)) keeps n apart from the type, whose length is that of the result.
struct CastState : CallState {
  uint32_t limit = kUnlimited;  // characters or bytes
  bool pads = false;            // BINARY(n) is filled up with zeros
};

void BindTextCast(FunctionCall& call, DataType type) {
  auto state = std::make_unique<CastState>();
  state->limit = type.length;
  state->pads = type.id == TypeId::kBinary;
  if (type.length == kUnlimited)
    type.length = static_cast<uint32_t>(std::min<uint64_t>(ArgLength(call, 0), kUnlimited));
  const bool is_binary = type.collation->IsBinary();
  if (uint64_t{type.length} * type.collation->charset->mbmaxlen > 65535) {
    type.id = is_binary ? TypeId::kLongBlob : TypeId::kLongText;
  } else {
    type.id = is_binary ? TypeId::kVarbinary : TypeId::kVarchar;
  }
  call.set_type(type);
  call.set_coercibility(2);
  call.set_state(std::move(state));
}

void BindCast(FunctionCall& call, BindContext&) {
  DataType type = call.type();
  // A text may turn out to be no date, so only what cannot fail keeps NOT NULL.
  type.nullable = call.arg(0).type().nullable || type.IsTemporal() || type.id == TypeId::kJson;
  if (type.IsString()) return BindTextCast(call, type);
  call.set_type(type);
  call.set_coercibility(5);
}

std::string_view CutText(const FunctionCall& call, std::string_view text, EvalContext& context) {
  const auto& state = static_cast<const CastState&>(*call.state());
  const types::Charset& charset = CharsetOf(call);
  const size_t fits =
      state.limit == kUnlimited ? text.size() : types::PrefixBytes(charset, text, state.limit);
  if (fits < text.size()) {
    const std::string kind =
        fmt::format("{}({})", call.type().collation->IsBinary() ? "BINARY" : "CHAR", state.limit);
    types::WarnTruncated(ConversionOf(context), kind, text);
    return text.substr(0, fits);
  }
  if (!state.pads || text.size() >= state.limit) return text;
  std::string padded(text);
  padded.resize(state.limit, '\0');
  return context.arena->Copy(padded);
}

Value CastToText(const FunctionCall& call, const Value& value, EvalContext& context) {
  const std::string_view text =
      types::ToTextIn(value, call.arg(0).type(), CharsetOf(call), ConversionOf(context));
  return Value::String(CutText(call, text, context));
}

Value CastToInteger(const FunctionCall& call, const Value& value, EvalContext& context) {
  const types::ConversionContext conversion = ConversionOf(context);
  const DataType& from = call.arg(0).type();
  const types::Integer number = types::ToInteger(value, from, conversion);
  const bool is_number =
      value.kind() == types::ValueKind::kDouble || value.kind() == types::ValueKind::kDecimal;
  if (call.type().is_unsigned) {
    if (value.is_string() && number.IsNegative()) {
      context.diagnostics->Add(
          types::Severity::kWarning, ErrorCode::kUnknownError,
          "Cast to unsigned converted negative integer to its positive complement");
    }
    return Value::Uint(static_cast<uint64_t>(number.bits));
  }
  if (number.is_unsigned && number.bits < 0) {
    if (value.is_string()) {
      context.diagnostics->Add(
          types::Severity::kWarning, ErrorCode::kUnknownError,
          "Cast to signed converted positive out-of-range integer to its negative complement");
    } else if (is_number) {
      types::WarnTruncated(conversion, "INTEGER", types::ToText(value, from, conversion));
      return Value::Int(INT64_MAX);
    }
  }
  return Value::Int(number.bits);
}

Value CastToDecimal(const FunctionCall& call, const Value& value, EvalContext& context) {
  const DataType& to = call.type();
  Decimal result =
      types::ToDecimal(value, call.arg(0).type(), ConversionOf(context)).Rounded(to.scale);
  if (result.IntegerDigits() > to.precision - to.scale) {
    context.diagnostics->Warn(ErrorCode::kWarnDataOutOfRange, "CAST", context.diagnostics->row());
    result = Decimal::Max(to.precision, to.scale, result.is_negative());
  }
  return DecimalValue(context, result);
}

Value CastToTemporal(const FunctionCall& call, const Value& value, EvalContext& context) {
  const DataType& to = call.type();
  const DataType& from = call.arg(0).type();
  const types::ConversionContext conversion = ConversionOf(context);
  if (to.id == TypeId::kTime) {
    int64_t micros;
    if (!types::ToTime(value, from, conversion, &micros)) return Value::Null();
    return Value::Time(types::RoundTimeMicros(micros, 0, to.scale, false));
  }
  types::DateTime t;
  if (!types::ToDatetime(value, from, types::DateRulesOf(conversion.sql_mode), conversion, &t))
    return Value::Null();
  if (to.id == TypeId::kDate) return Value::Date(types::PackDate(t));
  if (!types::RoundDatetime(&t, 0, to.scale, false)) return Value::Null();
  return Value::Datetime(types::PackDatetime(t));
}

Value CastToYear(const FunctionCall& call, const Value& value, EvalContext& context) {
  const types::ConversionContext conversion = ConversionOf(context);
  int64_t year;
  if (value.kind() == types::ValueKind::kDate || value.kind() == types::ValueKind::kDatetime) {
    types::DateTime t;
    if (!types::ToDatetime(value, call.arg(0).type(), {}, conversion, &t)) return Value::Null();
    year = t.year;
  } else {
    year = types::ToInteger(value, call.arg(0).type(), conversion).bits;
    if (year > 0 && year < 70) year += 2000;
    if (year >= 70 && year < 100) year += 1900;
    if (year == 0 && value.is_string()) year = 2000;
  }
  if (year != 0 && (year < 1901 || year > 2155)) {
    types::WarnTruncated(conversion, "YEAR", types::ToText(value, call.arg(0).type(), conversion));
    return Value::Null();
  }
  return Value::Int(year);
}

Value CastToJson(const FunctionCall& call, const Value& value, EvalContext& context) {
  const DataType& from = call.arg(0).type();
  const types::ConversionContext conversion = ConversionOf(context);
  if (value.kind() == types::ValueKind::kJson) return value;
  if (!value.is_string() || from.id == TypeId::kEnum || from.id == TypeId::kSet) {
    return Value::Json(context.arena->Copy(types::ToJsonText(value, from, conversion)));
  }
  if (from.collation != nullptr && from.collation->IsBinary()) {
    return Value::Json(context.arena->Copy(types::ToJsonText(value, from, conversion)));
  }
  types::Json json;
  std::string error;
  size_t error_at;
  if (!types::ParseJson(types::ToTextIn(value, from, types::kUtf8mb4Charset, conversion), &json,
                        &error, &error_at)) {
    throw MakeError(ErrorCode::kInvalidJsonTextInParam, 1, "cast_as_json", error, error_at);
  }
  return Value::Json(context.arena->Copy(types::PrintJson(json)));
}

Value EvalCast(const FunctionCall& call, EvalContext& context) {
  const Value value = call.EvalArg(0, context);
  if (value.is_null()) return value;
  const DataType& to = call.type();
  if (to.IsString()) return CastToText(call, value, context);
  if (to.IsInteger()) return CastToInteger(call, value, context);
  if (to.IsTemporal()) return CastToTemporal(call, value, context);
  switch (to.id) {
    case TypeId::kDecimal:
      return CastToDecimal(call, value, context);
    case TypeId::kYear:
      return CastToYear(call, value, context);
    case TypeId::kJson:
      return CastToJson(call, value, context);
    default:
      return types::ConvertToType(value, call.arg(0).type(), to, ConversionOf(context));
  }
}

// CONVERT(x USING charset)

void BindConvertUsing(FunctionCall& call, BindContext&) {
  DataType type = call.type();
  type.id = TypeId::kVarchar;
  type.length = kUnlimited;
  type.nullable = true;
  BindTextCast(call, type);
}

Value EvalConvertUsing(const FunctionCall& call, EvalContext& context) {
  const Value value = call.EvalArg(0, context);
  return value.is_null() ? value : CastToText(call, value, context);
}

// x COLLATE c

void BindCollate(FunctionCall& call, BindContext& context) {
  const types::Collation* collation = call.type().collation;
  const DataType& from = call.arg(0).type();
  DataType type = from;
  if (from.IsString() && from.collation != nullptr) {
    if (from.collation->charset != collation->charset) {
      throw MakeError(ErrorCode::kCollationCharsetMismatch, collation->name,
                      from.collation->charset->name);
    }
  } else {
    type = {.id = TypeId::kVarchar,
            .nullable = from.nullable,
            .length = static_cast<uint32_t>(ArgLength(call, 0))};
  }
  type.collation = collation;
  if (type.id == TypeId::kEnum || type.id == TypeId::kSet)
    type = {.id = TypeId::kVarchar,
            .nullable = from.nullable,
            .length = static_cast<uint32_t>(ArgLength(call, 0)),
            .collation = collation};
  call.set_type(type);
  call.set_coercibility(0);
}

Value EvalCollate(const FunctionCall& call, EvalContext& context) {
  const Value value = call.EvalArg(0, context);
  if (value.is_null()) return value;
  return Value::String(
      types::ToTextIn(value, call.arg(0).type(), CharsetOf(call), ConversionOf(context)));
}

void BindBinaryOperator(FunctionCall& call, BindContext&) {
  BindTextCast(
      call,
      {.id = TypeId::kVarbinary, .length = kUnlimited, .collation = &types::kBinaryCollation});
}

constexpr FunctionDef kCastTable[] = {
    {"binary", 1, 1, BindBinaryOperator, EvalConvertUsing},
    {"cast", 1, 1, BindCast, EvalCast},
    {"collate", 1, 1, BindCollate, EvalCollate},
    {"convert_using", 1, 1, BindConvertUsing, EvalConvertUsing},
};

}  // namespace

FunctionTable CastFunctions() { return kCastTable; }

}  // namespace sixfold::exec
