#include <algorithm>

#include "core/exec/functions/temporal_arguments.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/types/charset.h"
#include "core/types/convert.h"
#include "core/types/decimal.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/metadata.h"
#include "core/types/sql_error.h"
#include "core/types/time_zone.h"

namespace sixfold::exec {

using types::Collation;
using types::DataType;
using types::TypeId;
using types::Value;

types::ConversionContext ConversionOf(EvalContext& context) {
  types::ConversionContext conversion;
  conversion.diagnostics = context.diagnostics;
  conversion.arena = context.arena;
  if (context.session != nullptr) {
    conversion.sql_mode = context.session->sql_mode();
    conversion.time_zone = &SessionZone(context);
    conversion.statement_time_us = context.session->statement_time_us();
  }
  return conversion;
}

const types::TimeZone& SessionZone(EvalContext& context) {
  // One look-up for all rows of a statement: zones live for ever.
  static thread_local std::string name;
  static thread_local const types::TimeZone* zone = nullptr;
  const std::string& wanted = context.session->time_zone();
  if (zone == nullptr || name != wanted) {
    name = wanted;
    zone = types::TimeZone::Find(wanted);
    if (zone == nullptr) zone = &types::TimeZone::System();
  }
  return *zone;
}

bool TextArg(const FunctionCall& call, size_t i, EvalContext& context, std::string_view* out) {
  const Value value = call.EvalArg(i, context);
  if (value.is_null()) return false;
  const DataType& type = call.arg(i).type();
  const Collation* wanted = call.type().collation;
  // Same character set: the bytes as they are.
  if (value.is_string() && (wanted == nullptr || type.collation == nullptr ||
                            type.collation->charset == wanted->charset)) {
    *out = value.bytes();
    return true;
  }
  const types::ConversionContext conversion = ConversionOf(context);
  *out = wanted != nullptr ? types::ToTextIn(value, type, *wanted->charset, conversion)
                           : types::ToText(value, type, conversion);
  return true;
}

bool BytesArg(const FunctionCall& call, size_t i, EvalContext& context, std::string_view* out) {
  const Value value = call.EvalArg(i, context);
  if (value.is_null()) return false;
  *out = value.is_string() ? value.bytes()
                           : types::ToText(value, call.arg(i).type(), ConversionOf(context));
  return true;
}

bool IntArg(const FunctionCall& call, size_t i, EvalContext& context, int64_t* out,
            bool* is_unsigned) {
  const Value value = call.EvalArg(i, context);
  if (value.is_null()) return false;
  if (value.kind() == types::ValueKind::kInt) {
    *out = value.int_value();
    if (is_unsigned != nullptr) *is_unsigned = false;
    return true;
  }
  const types::Integer integer = types::ToInteger(value, call.arg(i).type(), ConversionOf(context));
  *out = integer.bits;
  if (is_unsigned != nullptr) *is_unsigned = integer.is_unsigned;
  return true;
}

bool DoubleArg(const FunctionCall& call, size_t i, EvalContext& context, double* out) {
  const Value value = call.EvalArg(i, context);
  if (value.is_null()) return false;
  *out = value.kind() == types::ValueKind::kDouble
             ? value.double_value()
             : types::ToDouble(value, call.arg(i).type(), ConversionOf(context));
  return true;
}

bool DecimalArg(const FunctionCall& call, size_t i, EvalContext& context, types::Decimal* out) {
  const Value value = call.EvalArg(i, context);
  if (value.is_null()) return false;
  *out = value.kind() == types::ValueKind::kDecimal
             ? value.decimal()
             : types::ToDecimal(value, call.arg(i).type(), ConversionOf(context));
  return true;
}

Value KnownValue(const Expression& expression, Arena* arena) {
  EvalContext none;
  none.arena = arena;
  if (dynamic_cast<const LiteralExpr*>(&expression) != nullptr) return expression.Eval(none);
  const auto* call = dynamic_cast<const FunctionCall*>(&expression);
  if (call == nullptr || call->def().name != "neg") return Value::Null();
  return KnownValue(call->arg(0), arena).is_null() ? Value::Null() : expression.Eval(none);
}

Value TextResult(EvalContext& context, std::string_view text) {
  return Value::String(context.arena->Copy(text));
}

Value DecimalValue(EvalContext& context, const types::Decimal& decimal) {
  return Value::DecimalRef(context.arena->New<types::Decimal>(decimal));
}

Value DecimalResult(EvalContext& context, int64_t units, int units_scale, int scale) {
  // Through text: the units' point is moved without a division.
  std::string digits = std::to_string(units < 0 ? -units : units);
  while (static_cast<int>(digits.size()) <= units_scale) digits.insert(digits.begin(), '0');
  digits.insert(digits.size() - static_cast<size_t>(units_scale), ".");
  if (units < 0) digits.insert(digits.begin(), '-');
  types::Decimal decimal;
  size_t consumed;
  types::Decimal::FromString(digits, &decimal, &consumed);
  types::Decimal::Round(decimal, scale, types::DecimalRounding::kTruncate, &decimal);
  return DecimalValue(context, decimal);
}

namespace {

const Collation* ConnectionCollation(BindContext& context) {
  const Collation* collation =
      context.session != nullptr ? context.session->connection_collation() : nullptr;
  return collation != nullptr ? collation : &types::kUtf8mb4Collation;
}

struct Agreement {
  const Collation* collation = nullptr;
  uint8_t coercibility = 7;
  bool conflict = false;
};

bool IsUnicode(const Collation& collation) {
  return collation.charset->kind >= types::CharsetKind::kUtf8mb3;
}

/// The rules of MySQL's manual, "Collation Coercibility in Expressions".
void Join(const Collation* collation, uint8_t coercibility, Agreement* agreement) {
  if (agreement->collation == nullptr || coercibility < agreement->coercibility) {
    // A stronger operand wins, unless it is weaker in what it can hold: Unicode wins over bytes
    // sets.
    const bool keeps = agreement->collation != nullptr && IsUnicode(*agreement->collation) &&
                       !IsUnicode(*collation) && !collation->IsBinary() &&
                       agreement->coercibility <= 2 && coercibility != 0;
    if (!keeps) *agreement = {collation, coercibility, false};
    return;
  }
  if (coercibility > agreement->coercibility || collation == agreement->collation) return;
  const Collation* other = agreement->collation;
  if (collation->charset != other->charset) {
    if (collation->IsBinary() || other->IsBinary()) {
      agreement->collation = &types::kBinaryCollation;
    } else if (IsUnicode(*collation) &&
               (!IsUnicode(*other) || other->charset->mbmaxlen < collation->charset->mbmaxlen)) {
      agreement->collation = collation;
    } else if (IsUnicode(*other) && (!IsUnicode(*collation) ||
                                     collation->charset->mbmaxlen < other->charset->mbmaxlen)) {
      return;
    } else {
      agreement->conflict = coercibility < 4;
    }
    return;
  }
  // Same set, same strength: a _bin collation wins; else explicit ones clash, implicit ones become
  // none.
  if (collation->ComparesBytes() != other->ComparesBytes()) {
    if (collation->ComparesBytes()) agreement->collation = collation;
    return;
  }
  agreement->conflict = true;
}

}  // namespace

const Collation* AgreeOnCollation(const FunctionCall& call, size_t from, size_t to,
                                  BindContext& context, uint8_t* coercibility) {
  Agreement agreement;
  to = std::min(to, call.args().size());
  for (size_t i = from; i < to; ++i) {
    const DataType& type = call.arg(i).type();
    if (type.id == TypeId::kNull) continue;
    const bool text = type.collation != nullptr;
    // Numbers and temporals are ASCII text of the connection: they bend to anything.
    Join(text ? type.collation : ConnectionCollation(context),
         text ? call.arg(i).coercibility() : 5, &agreement);
  }
  if (agreement.conflict) {
    const DataType &a = call.arg(from).type(), &b = call.arg(std::min(from + 1, to - 1)).type();
    if (a.collation != nullptr && b.collation != nullptr) {
      static constexpr const char* kStrength[] = {"EXPLICIT",  "NONE",    "IMPLICIT", "SYSCONST",
                                                  "COERCIBLE", "NUMERIC", "IGNORABLE"};
      throw MakeError(
          ErrorCode::kCantAggregate2collations, a.collation->name,
          kStrength[std::min<int>(call.arg(from).coercibility(), 6)], b.collation->name,
          kStrength[std::min<int>(call.arg(std::min(from + 1, to - 1)).coercibility(), 6)],
          call.def().name);
    }
  }
  if (agreement.collation == nullptr) {
    *coercibility = 6;
    return ConnectionCollation(context);
  }
  *coercibility = std::min<uint8_t>(agreement.coercibility, 5);
  return agreement.collation;
}

bool AnyNullable(const FunctionCall& call) {
  return std::any_of(call.args().begin(), call.args().end(),
                     [](const Expression* e) { return e->type().nullable; });
}

namespace {

void SetText(FunctionCall& call, const Collation* collation, uint64_t length,
             uint8_t coercibility) {
  DataType type;
  type.collation = collation;
  const bool binary = collation->IsBinary();
  const uint64_t bytes = length * collation->charset->mbmaxlen;
  if (bytes <= 65535) {
    type.id = binary ? TypeId::kVarbinary : TypeId::kVarchar;
  } else if (bytes <= 16777215) {
    type.id = binary ? TypeId::kMediumBlob : TypeId::kMediumText;
  } else {
    type.id = binary ? TypeId::kLongBlob : TypeId::kLongText;
  }
  type.length = static_cast<uint32_t>(std::min<uint64_t>(length, UINT32_MAX));
  type.nullable = true;
  call.set_type(type);
  call.set_coercibility(coercibility);
}

void SetNumber(FunctionCall& call, TypeId id, uint32_t length, bool is_unsigned) {
  DataType type;
  type.id = id;
  type.length = length;
  type.is_unsigned = is_unsigned;
  if (id == TypeId::kDouble) type.scale = 31;
  call.set_type(type);
  call.set_coercibility(5);
}

}  // namespace

void BindText(FunctionCall& call, BindContext& context, uint64_t length, size_t from, size_t to) {
  uint8_t coercibility;
  const Collation* collation = AgreeOnCollation(call, from, to, context, &coercibility);
  if (collation->IsBinary()) {
    // Characters of the arguments count as bytes now.
    uint64_t widest = 1;
    for (size_t i = from; i < std::min(to, call.args().size()); ++i) {
      const Collation* own = call.arg(i).type().collation;
      if (own != nullptr) widest = std::max<uint64_t>(widest, own->charset->mbmaxlen);
    }
    length *= widest;
  }
  SetText(call, collation, length, coercibility);
}

void BindPlainText(FunctionCall& call, BindContext& context, uint64_t length) {
  SetText(call, ConnectionCollation(context), length, 4);
}

void BindBinary(FunctionCall& call, uint64_t length) {
  SetText(call, &types::kBinaryCollation, length, 4);
}
void BindInt(FunctionCall& call, uint32_t length, bool is_unsigned) {
  SetNumber(call, length > 11 ? TypeId::kBigInt : TypeId::kInt, length, is_unsigned);
}
void BindBigInt(FunctionCall& call, bool is_unsigned) {
  SetNumber(call, TypeId::kBigInt, is_unsigned ? 20 : 21, is_unsigned);
}
void BindBool(FunctionCall& call) {
  SetNumber(call, TypeId::kInt, 1, false);
  DataType type = call.type();
  type.is_boolean = true;
  call.set_type(std::move(type));
}
void BindDouble(FunctionCall& call) { SetNumber(call, TypeId::kDouble, 23, false); }

uint64_t TextLength(const DataType& type) {
  if (type.id == TypeId::kNull) return 0;
  if (type.IsString()) return type.length;
  return types::DisplayLength(type);
}

uint64_t ArgLength(const FunctionCall& call, size_t i) { return TextLength(call.arg(i).type()); }

const types::Charset& CharsetOf(const FunctionCall& call) {
  return call.type().collation != nullptr ? *call.type().collation->charset
                                          : types::kUtf8mb4Charset;
}

bool TooLong(const FunctionCall& call, EvalContext& context, uint64_t bytes) {
  const uint64_t limit = context.session->UnsignedVariable("max_allowed_packet");
  if (bytes <= limit) return false;
  context.diagnostics->Warn(ErrorCode::kWarnAllowedPacketOverflowed, call.def().name, limit);
  return true;
}

// Temporal arguments.

bool DatetimeArg(const FunctionCall& call, size_t i, EvalContext& context, types::DateTime* out) {
  const Value value = call.EvalArg(i, context);
  if (value.is_null()) return false;
  types::DateRules rules;
  // Functions take zero dates and zero parts; those that cannot use them return NULL themselves.
  return types::ToDatetime(value, call.arg(i).type(), rules, ConversionOf(context), out);
}

bool TimeArg(const FunctionCall& call, size_t i, EvalContext& context, int64_t* micros) {
  const Value value = call.EvalArg(i, context);
  if (value.is_null()) return false;
  return types::ToTime(value, call.arg(i).type(), ConversionOf(context), micros);
}

types::DateTime LocalNow(EvalContext& context, int fsp) {
  static constexpr int64_t kUnits[] = {1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
  const int64_t now = context.session->statement_time_us();
  const int64_t utc = types::DatetimeFromUnixMicros(now - now % kUnits[fsp]);
  return types::UnpackDatetime(SessionZone(context).TimestampToLocal(utc));
}

namespace {

void SetTemporal(FunctionCall& call, TypeId id, uint32_t base_length, int fsp) {
  DataType type;
  type.id = id;
  type.scale = static_cast<uint8_t>(fsp);
  type.length = base_length + (fsp > 0 ? 1 + static_cast<uint32_t>(fsp) : 0);
  call.set_type(type);
  call.set_coercibility(5);
}

}  // namespace

void BindDate(FunctionCall& call) { SetTemporal(call, TypeId::kDate, 10, 0); }
void BindDatetime(FunctionCall& call, int fsp) { SetTemporal(call, TypeId::kDatetime, 19, fsp); }
void BindTime(FunctionCall& call, int fsp) { SetTemporal(call, TypeId::kTime, 10, fsp); }

int FspOf(const FunctionCall& call, size_t i) {
  if (i >= call.args().size()) return 0;
  const DataType& type = call.arg(i).type();
  if (type.IsTemporal()) return type.scale;
  if (type.IsInteger() || type.id == TypeId::kNull) return 0;
  if (type.id == TypeId::kDecimal) return std::min<int>(type.scale, 6);
  if (type.IsString() && call.arg(i).IsConstant()) {
    // A literal shows how many digits it has.
    Arena arena;
    const Value value = KnownValue(call.arg(i), &arena);
    if (!value.is_string()) return 6;
    const size_t point = value.bytes().rfind('.');
    if (point == std::string_view::npos) return 0;
    return static_cast<int>(std::min<size_t>(value.bytes().size() - point - 1, 6));
  }
  return 6;
}

Value DateResult(const types::DateTime& t) { return Value::Date(types::PackDate(t)); }
Value DatetimeResult(const types::DateTime& t) { return Value::Datetime(types::PackDatetime(t)); }

}  // namespace sixfold::exec
