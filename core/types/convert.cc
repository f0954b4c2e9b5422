#include "core/types/convert.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "core/base/arena.h"
#include "core/base/check.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/format.h"
#include "core/types/labels.h"
#include "core/types/sql_mode.h"
#include "core/types/time_zone.h"

namespace sixfold::types {
namespace {

constexpr size_t kWarningTextBytes = 128;
constexpr double kInt64Limit = 9223372036854775808.0;
constexpr double kUint64Limit = 18446744073709551616.0;

bool IsSpaceByte(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigitByte(char c) { return c >= '0' && c <= '9'; }

size_t SkipSpaceBytes(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && IsSpaceByte(text[at])) ++at;
  return at;
}

// The text of a string value as numbers and dates are read from: in an ASCII-based charset.
std::string_view AsciiBasedText(const Value& value, const DataType& type,
                                const ConversionContext& context) {
  if (type.collation == nullptr || type.collation->charset->IsAsciiBased()) return value.bytes();
  std::string text;
  ConvertCharset(value.bytes(), *type.collation->charset, kUtf8mb4Charset, &text);
  CHECK(context.arena != nullptr);
  return context.arena->Copy(text);
}

std::string_view WarningText(std::string_view text) {
  return text.substr(
      0, PrefixBytes(kUtf8mb4Charset, text.substr(0, kWarningTextBytes), kWarningTextBytes));
}

// JSON scalars convert as what they hold: quotes off strings, true is 1.
std::string JsonScalarText(std::string_view json) {
  if (json == "true") return "1";
  if (json == "false" || json == "null") return "0";
  if (json.size() >= 2 && json.front() == '"') return std::string(json.substr(1, json.size() - 2));
  return std::string(json);
}

Integer IntegerOfDouble(double value) {
  const double rounded = std::rint(value);
  if (std::isnan(value)) return {0, false};
  if (rounded >= kUint64Limit) return {-1, true};
  if (rounded >= kInt64Limit) return {static_cast<int64_t>(static_cast<uint64_t>(rounded)), true};
  if (rounded < -kInt64Limit) return {INT64_MIN, false};
  return {static_cast<int64_t>(rounded), false};
}

Integer IntegerOfDecimal(const Decimal& value) {
  int64_t result;
  if (value.ToInt64(&result) == DecimalStatus::kOk || value.is_negative()) return {result, false};
  uint64_t large;
  value.ToUint64(&large);
  return {static_cast<int64_t>(large), true};
}

int64_t LocalDatetime(const Value& value, const DataType& type, const ConversionContext& context) {
  if (type.id != TypeId::kTimestamp) return value.int_value();
  CHECK(context.time_zone != nullptr);
  return context.time_zone->TimestampToLocal(value.int_value());
}

// Whole seconds, rounded, of a temporal as a number.
int64_t TemporalInteger(const Value& value, const DataType& type,
                        const ConversionContext& context) {
  if (value.kind() == ValueKind::kDate) return DateNumber(value.int_value());
  if (value.kind() == ValueKind::kTime)
    return TimeNumber(RoundTimeMicros(value.int_value(), 0, 0, false));
  DateTime t = UnpackDatetime(LocalDatetime(value, type, context));
  RoundDatetime(&t, 0, 0, false);
  return DatetimeNumber(PackDatetime(t));
}

// 20240229123456.250000 as text: exact for decimals, and doubles read it.
std::string TemporalNumberText(const Value& value, const DataType& type,
                               const ConversionContext& context) {
  int64_t number;
  int microsecond = 0;
  bool negative = false;
  if (value.kind() == ValueKind::kDate) {
    number = DateNumber(value.int_value());
  } else if (value.kind() == ValueKind::kTime) {
    const DateTime t = UnpackTime(value.int_value());
    negative = t.negative;
    microsecond = t.microsecond;
    number = std::abs(TimeNumber(value.int_value()));
  } else {
    const int64_t local = LocalDatetime(value, type, context);
    microsecond = UnpackDatetime(local).microsecond;
    number = DatetimeNumber(local);
  }
  std::string text = fmt::format("{}{}", negative ? "-" : "", number);
  const int fsp = type.IsTemporal() ? type.scale : 6;
  if (fsp > 0 && value.kind() != ValueKind::kDate)
    text += fmt::format(".{:06}", microsecond).substr(0, fsp + 1);
  return text;
}

Decimal ParseDecimalText(std::string_view text, const ConversionContext& context) {
  Decimal result;
  size_t consumed;
  const size_t spaces = SkipSpaceBytes(text);
  const DecimalStatus status = Decimal::FromString(text.substr(spaces), &result, &consumed);
  const bool garbage = consumed == 0 || !OnlySpaces(text.substr(spaces + consumed));
  if (garbage || status == DecimalStatus::kOverflow) WarnTruncated(context, "DECIMAL", text);
  return result;
}

double ParseDoubleText(std::string_view text, const ConversionContext& context) {
  size_t consumed;
  const double result = ParseDouble(text, &consumed);
  if (consumed == 0 || !OnlySpaces(text.substr(consumed))) WarnTruncated(context, "DOUBLE", text);
  return result;
}

Integer ParseIntegerText(std::string_view text, const ConversionContext& context) {
  size_t consumed;
  bool overflow;
  const Integer result = ParseInteger(text, &consumed, &overflow);
  if (overflow || consumed == 0 || !OnlySpaces(text.substr(consumed)))
    WarnTruncated(context, "INTEGER", text);
  return result;
}

// The number behind an ENUM or SET value.
uint64_t LabelNumber(const Value& value, const DataType& type) {
  return type.id == TypeId::kEnum ? value.enum_index() : SetBits(type, value.bytes());
}

// The number that a hex literal's bytes are, big-endian; of more than eight the last eight.
Integer HexLiteralNumber(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return {static_cast<int64_t>(number), true};
}

bool HasLabels(const DataType& type) {
  return (type.id == TypeId::kEnum || type.id == TypeId::kSet) && type.labels;
}

const char* KindName(TemporalKind kind) {
  return kind == TemporalKind::kTime ? "time" : "datetime";
}

// To the session's zone where the text named one of its own.
void ApplyOffset(const ParsedTemporal& parsed, const ConversionContext& context, DateTime* t) {
  if (!parsed.has_offset || t->HasZeroInDate()) return;
  const int64_t utc =
      UnixMicrosOfDatetime(PackDatetime(*t)) - parsed.offset_seconds * kMicrosPerSecond;
  const int64_t offset =
      context.time_zone != nullptr ? context.time_zone->OffsetAt(utc / kMicrosPerSecond) : 0;
  *t = UnpackDatetime(DatetimeFromUnixMicros(utc + offset * kMicrosPerSecond));
}

bool TextToDatetime(std::string_view text, const DateRules& rules, const ConversionContext& context,
                    DateTime* out) {
  ParsedTemporal parsed;
  const bool ok = ParseDatetime(text, rules, &parsed);
  *out = parsed.value;
  if (!ok) {
    WarnIncorrect(context, "datetime", text);
    return false;
  }
  if (parsed.warnings.any()) WarnTruncated(context, "datetime", text);
  ApplyOffset(parsed, context, out);
  if (parsed.nanoseconds > 0) RoundDatetime(out, parsed.nanoseconds, 6, false);
  return true;
}

// A number's whole part and its fraction in microseconds.
struct SplitNumber {
  int64_t whole;
  int microsecond;
};

SplitNumber SplitDecimal(const Decimal& value) {
  Decimal whole;
  Decimal fraction;
  Decimal::Round(value, 0, DecimalRounding::kTruncate, &whole);
  Decimal::Subtract(value, whole, &fraction);
  Decimal::Multiply(fraction, Decimal::FromInt(kMicrosPerSecond), &fraction);
  SplitNumber result{};
  int64_t micros;
  whole.ToInt64(&result.whole);
  fraction.ToInt64(&micros);
  result.microsecond = static_cast<int>(std::min<int64_t>(std::abs(micros), kMicrosPerSecond - 1));
  return result;
}

SplitNumber NumberParts(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kUint:
      return {value.uint_value() > INT64_MAX ? INT64_MAX : value.int_value(), 0};
    case ValueKind::kDouble: {
      Decimal decimal;
      Decimal::FromDouble(value.double_value(), &decimal);
      return SplitDecimal(decimal);
    }
    case ValueKind::kDecimal:
      return SplitDecimal(value.decimal());
    default:
      return {value.int_value(), 0};
  }
}

bool NumberAsDatetime(const Value& value, const DataType& type, const DateRules& rules,
                      const ConversionContext& context, DateTime* out) {
  const SplitNumber number = NumberParts(value);
  TemporalWarnings warnings;
  const bool ok = NumberToDatetime(number.whole, rules, out, &warnings);
  if (!ok) {
    WarnIncorrect(context, "datetime", ToText(value, type, context));
    return false;
  }
  if (number.microsecond > 0) {
    out->microsecond = number.microsecond;
    out->kind = TemporalKind::kDatetime;
  }
  return true;
}

bool TimeOfDayOnly(const DateTime& t, int64_t* micros) {
  DateTime clock = t;
  clock.negative = false;
  *micros = TimeMicros(clock);
  return true;
}

}  // namespace

DateRules DateRulesOf(uint64_t sql_mode) {
  return {.allow_zero_in_date = (sql_mode & kSqlModeNoZeroInDate) == 0,
          .allow_zero_date = (sql_mode & kSqlModeNoZeroDate) == 0,
          .allow_invalid_dates = (sql_mode & kSqlModeAllowInvalidDates) != 0};
}

bool OnlySpaces(std::string_view text) { return SkipSpaceBytes(text) == text.size(); }

void WarnTruncated(const ConversionContext& context, std::string_view kind, std::string_view text) {
  if (context.diagnostics == nullptr) return;
  context.diagnostics->Warn(ErrorCode::kTruncatedWrongValue, kind, WarningText(text));
}

void WarnIncorrect(const ConversionContext& context, std::string_view kind, std::string_view text) {
  if (context.diagnostics == nullptr) return;
  context.diagnostics->Add(Severity::kWarning, ErrorCode::kTruncatedWrongValue,
                           FormatError(ErrorCode::kWrongValue, kind, WarningText(text)));
}

double ParseDouble(std::string_view text, size_t* consumed) {
  size_t at = SkipSpaceBytes(text);
  *consumed = 0;
  const size_t sign = at;
  if (at < text.size() && text[at] == '+') ++at;
  const size_t digits = at + (at < text.size() && text[at] == '-' ? 1 : 0);
  // from_chars would also read "inf" and "nan".
  const bool starts_number =
      digits < text.size() &&
      (IsDigitByte(text[digits]) ||
       (text[digits] == '.' && digits + 1 < text.size() && IsDigitByte(text[digits + 1])));
  if (!starts_number || (at > sign && digits > at)) return 0;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
  *consumed = end - text.data();
  if (error == std::errc::result_out_of_range) {
    const std::string copy(text.substr(at, end - text.data() - at));
    value = std::strtod(copy.c_str(), nullptr);
    if (std::isinf(value)) value = value < 0 ? -1.7976931348623157e308 : 1.7976931348623157e308;
  }
  return value;
}

Integer ParseInteger(std::string_view text, size_t* consumed, bool* overflow) {
  size_t at = SkipSpaceBytes(text);
  *consumed = 0;
  *overflow = false;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  const size_t start = at;
  uint64_t value = 0;
  for (; at < text.size() && IsDigitByte(text[at]); ++at) {
    const uint64_t digit = text[at] - '0';
    *overflow |= value > (UINT64_MAX - digit) / 10;
    value = value * 10 + digit;
  }
  if (at == start) return {};
  *consumed = at;
  if (negative) {
    *overflow |= value > uint64_t{1} << 63;
    return {*overflow ? INT64_MIN : static_cast<int64_t>(0 - value), false};
  }
  if (*overflow) return {-1, true};
  return {static_cast<int64_t>(value), value > INT64_MAX};
}

Integer ToInteger(const Value& value, const DataType& type, const ConversionContext& context) {
  switch (value.kind()) {
    case ValueKind::kInt:
      return {value.int_value(), false};
    case ValueKind::kUint:
      return {static_cast<int64_t>(value.uint_value()), true};
    case ValueKind::kDouble:
      return IntegerOfDouble(value.double_value());
    case ValueKind::kDecimal:
      return IntegerOfDecimal(value.decimal());
    case ValueKind::kString:
      if (HasLabels(type)) return {static_cast<int64_t>(LabelNumber(value, type)), false};
      if (type.IsHexLiteral()) return HexLiteralNumber(value.bytes());
      return ParseIntegerText(AsciiBasedText(value, type, context), context);
    case ValueKind::kJson:
      return ParseIntegerText(JsonScalarText(value.bytes()), context);
    case ValueKind::kDate:
    case ValueKind::kTime:
    case ValueKind::kDatetime:
      return {TemporalInteger(value, type, context), false};
    case ValueKind::kNull:
      break;
  }
  return {};
}

double ToDouble(const Value& value, const DataType& type, const ConversionContext& context) {
  switch (value.kind()) {
    case ValueKind::kInt:
      return static_cast<double>(value.int_value());
    case ValueKind::kUint:
      return static_cast<double>(value.uint_value());
    case ValueKind::kDouble:
      return value.double_value();
    case ValueKind::kDecimal:
      return value.decimal().ToDouble();
    case ValueKind::kString:
      if (HasLabels(type)) return static_cast<double>(LabelNumber(value, type));
      if (type.IsHexLiteral()) return HexLiteralNumber(value.bytes()).ToDouble();
      return ParseDoubleText(AsciiBasedText(value, type, context), context);
    case ValueKind::kJson:
      return ParseDoubleText(JsonScalarText(value.bytes()), context);
    case ValueKind::kDate:
    case ValueKind::kTime:
    case ValueKind::kDatetime:
      return std::strtod(TemporalNumberText(value, type, context).c_str(), nullptr);
    case ValueKind::kNull:
      break;
  }
  return 0;
}

Decimal ToDecimal(const Value& value, const DataType& type, const ConversionContext& context) {
  Decimal result;
  switch (value.kind()) {
    case ValueKind::kInt:
      return Decimal::FromInt(value.int_value());
    case ValueKind::kUint:
      return Decimal::FromUint(value.uint_value());
    case ValueKind::kDouble:
      Decimal::FromDouble(value.double_value(), &result);
      return result;
    case ValueKind::kDecimal:
      return value.decimal();
    case ValueKind::kString:
      if (HasLabels(type)) return Decimal::FromUint(LabelNumber(value, type));
      if (type.IsHexLiteral()) {
        return Decimal::FromUint(static_cast<uint64_t>(HexLiteralNumber(value.bytes()).bits));
      }
      return ParseDecimalText(AsciiBasedText(value, type, context), context);
    case ValueKind::kJson:
      return ParseDecimalText(JsonScalarText(value.bytes()), context);
    case ValueKind::kDate:
    case ValueKind::kTime:
    case ValueKind::kDatetime: {
      size_t consumed;
      Decimal::FromString(TemporalNumberText(value, type, context), &result, &consumed);
      return result;
    }
    case ValueKind::kNull:
      break;
  }
  return result;
}

bool ToBool(const Value& value, const DataType& type, const ConversionContext& context) {
  switch (value.kind()) {
    case ValueKind::kInt:
    case ValueKind::kUint:
    case ValueKind::kDate:
    case ValueKind::kTime:
    case ValueKind::kDatetime:
      return value.int_value() != 0;
    case ValueKind::kDecimal:
      return !value.decimal().is_zero();
    case ValueKind::kNull:
      return false;
    default:
      return ToDouble(value, type, context) != 0;
  }
}

std::string_view ToText(const Value& value, const DataType& type,
                        const ConversionContext& context) {
  if (value.kind() == ValueKind::kString || value.kind() == ValueKind::kJson) return value.bytes();
  std::string text;
  AppendText(value, type, context.time_zone != nullptr ? *context.time_zone : TimeZone::Utc(),
             &text);
  CHECK(context.arena != nullptr);
  return context.arena->Copy(text);
}

std::string_view ToTextIn(const Value& value, const DataType& type, const Charset& charset,
                          const ConversionContext& context) {
  const std::string_view text = ToText(value, type, context);
  const Charset* from = &kUtf8mb4Charset;
  if (value.kind() == ValueKind::kString && type.collation != nullptr)
    from = type.collation->charset;
  if (type.id == TypeId::kBit) from = &kBinaryCharset;
  const size_t odd = from->kind == CharsetKind::kBinary ? text.size() % charset.mbminlen : 0;
  if (odd != 0) {  // a short first character: its missing bytes are zeros
    std::string padded(charset.mbminlen - odd, '\0');
    padded.append(text);
    return context.arena->Copy(padded);
  }
  const bool same = from == &charset || from->kind == CharsetKind::kBinary ||
                    charset.kind == CharsetKind::kBinary ||
                    (from->IsAsciiBased() && charset.IsAsciiBased() && IsAscii(text));
  if (same) return text;
  std::string converted;
  ConvertCharset(text, *from, charset, &converted);
  return context.arena->Copy(converted);
}

DateTime LocalNow(const ConversionContext& context) {
  const int64_t offset =
      context.time_zone != nullptr
          ? context.time_zone->OffsetAt(context.statement_time_us / kMicrosPerSecond)
          : 0;
  return UnpackDatetime(
      DatetimeFromUnixMicros(context.statement_time_us + offset * kMicrosPerSecond));
}

bool ToDatetime(const Value& value, const DataType& type, const DateRules& rules,
                const ConversionContext& context, DateTime* out) {
  *out = DateTime();
  TemporalWarnings warnings;
  switch (value.kind()) {
    case ValueKind::kDate:
    case ValueKind::kDatetime:
      *out = value.kind() == ValueKind::kDate ? UnpackDate(value.int_value())
                                              : UnpackDatetime(LocalDatetime(value, type, context));
      if (CheckDate(*out, rules, &warnings)) return true;
      WarnIncorrect(context, "datetime", ToText(value, type, context));
      *out = DateTime();
      return false;
    case ValueKind::kTime: {
      const DateTime now = LocalNow(context);
      const int64_t day = DayNumber(now.year, now.month, now.day) * 86400 * kMicrosPerSecond;
      return DatetimeFromMicros(day + value.int_value(), out);
    }
    case ValueKind::kString:
      return TextToDatetime(AsciiBasedText(value, type, context), rules, context, out);
    case ValueKind::kJson:
      return TextToDatetime(JsonScalarText(value.bytes()), rules, context, out);
    case ValueKind::kNull:
      return false;
    default:
      return NumberAsDatetime(value, type, rules, context, out);
  }
}

bool ToTime(const Value& value, const DataType& type, const ConversionContext& context,
            int64_t* micros) {
  *micros = 0;
  switch (value.kind()) {
    case ValueKind::kTime:
      *micros = value.int_value();
      return true;
    case ValueKind::kDate:
      return true;
    case ValueKind::kDatetime:
      return TimeOfDayOnly(UnpackDatetime(LocalDatetime(value, type, context)), micros);
    case ValueKind::kNull:
      return false;
    case ValueKind::kString:
    case ValueKind::kJson: {
      const std::string text(value.kind() == ValueKind::kJson
                                 ? JsonScalarText(value.bytes())
                                 : std::string(AsciiBasedText(value, type, context)));
      ParsedTemporal parsed;
      const bool ok = ParseTime(text, &parsed);
      if (!ok || parsed.warnings.any()) WarnTruncated(context, KindName(TemporalKind::kTime), text);
      if (!ok) return false;
      if (parsed.value.kind != TemporalKind::kTime) return TimeOfDayOnly(parsed.value, micros);
      *micros = TimeMicros(parsed.value);
      if (parsed.nanoseconds > 0) *micros = RoundTimeMicros(*micros, parsed.nanoseconds, 6, false);
      return true;
    }
    default:
      break;
  }
  const SplitNumber number = NumberParts(value);
  DateTime t;
  TemporalWarnings warnings;
  const bool ok = NumberToTime(number.whole, &t, &warnings);
  if (!ok || warnings.any()) WarnTruncated(context, "time", ToText(value, type, context));
  if (!ok) return false;
  if (t.kind != TemporalKind::kTime) {
    t.microsecond = number.microsecond;
    return TimeOfDayOnly(t, micros);
  }
  if (!warnings.out_of_range) t.microsecond = number.microsecond;
  *micros = TimeMicros(t);
  return true;
}

}  // namespace sixfold::types
