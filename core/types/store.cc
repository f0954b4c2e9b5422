// One function per family of column types; each says with a Report what did not fit.
#include "core/types/store.h"

#include <cfloat>
#include <charconv>
#include <cmath>

#include "core/base/arena.h"
#include "core/base/check.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/format.h"
#include "core/types/json.h"
#include "core/types/labels.h"
#include "core/types/metadata.h"
#include "core/types/sql_mode.h"
#include "core/types/time_zone.h"

namespace sixfold::types {
namespace {

constexpr size_t kShownValueBytes = 128;
// One store of one value.
struct Store {
  const Value& value;
  const DataType& from;
  const DataType& to;
  std::string_view column;
  const StoreContext& context;

  const ConversionContext& conversion() const { return context.conversion; }
  Arena* arena() const { return context.conversion.arena; }
  Diagnostics& diagnostics() const { return *context.conversion.diagnostics; }
  ConversionContext Quiet() const {
    ConversionContext quiet = context.conversion;
    quiet.diagnostics = nullptr;
    return quiet;
  }

  // An error in strict mode, else a warning.
  void Report(ErrorCode code, std::string message) const {
    if (context.IsStrict()) throw SqlError(code, LookUpError(code).sqlstate, std::move(message));
    diagnostics().Add(Severity::kWarning, code, std::move(message));
  }
  void ReportOutOfRange() const {
    Report(ErrorCode::kWarnDataOutOfRange,
           FormatError(ErrorCode::kWarnDataOutOfRange, column, diagnostics().row()));
  }
  void ReportTruncated() const {
    Report(ErrorCode::kWarnDataTruncated,
           FormatError(ErrorCode::kWarnDataTruncated, column, diagnostics().row()));
  }
  void NoteTruncated() const {
    diagnostics().Note(ErrorCode::kWarnDataTruncated, column, diagnostics().row());
  }
  void ReportTooLong() const {
    if (!context.IsStrict()) return ReportTruncated();
    Report(ErrorCode::kDataTooLong,
           FormatError(ErrorCode::kDataTooLong, column, diagnostics().row()));
  }
  void ReportIncorrect(std::string_view kind, std::string_view shown) const {
    Report(ErrorCode::kTruncatedWrongValueForField,
           FormatError(ErrorCode::kTruncatedWrongValueForField, kind,
                       shown.substr(0, kShownValueBytes), column, diagnostics().row()));
  }
  std::string_view Text() const { return ToTextIn(value, from, kUtf8mb4Charset, Quiet()); }
};

bool IsPlainText(const Store& s) {
  return s.value.is_string() && !s.from.IsHexLiteral() && s.from.id != TypeId::kEnum &&
         s.from.id != TypeId::kSet;
}

// Integers.

struct IntegerRange {
  int64_t low;
  uint64_t high;
};

IntegerRange RangeOf(const DataType& type) {
  int bits = 64;
  switch (type.id) {
    case TypeId::kTinyInt:
      bits = 8;
      break;
    case TypeId::kSmallInt:
      bits = 16;
      break;
    case TypeId::kMediumInt:
      bits = 24;
      break;
    case TypeId::kInt:
      bits = 32;
      break;
    default:
      break;
  }
  if (type.is_unsigned) return {0, UINT64_MAX >> (64 - bits)};
  return {INT64_MIN >> (64 - bits), static_cast<uint64_t>(INT64_MAX >> (64 - bits))};
}

Value IntegerOfType(uint64_t bits, const DataType& type) {
  return type.is_unsigned ? Value::Uint(bits) : Value::Int(static_cast<int64_t>(bits));
}

Value StoreRange(const Store& s, Integer number) {
  const IntegerRange range = RangeOf(s.to);
  if (number.IsNegative() ? number.bits < range.low
                          : static_cast<uint64_t>(number.bits) > range.high) {
    s.ReportOutOfRange();
    return IntegerOfType(number.IsNegative() ? static_cast<uint64_t>(range.low) : range.high, s.to);
  }
  return IntegerOfType(static_cast<uint64_t>(number.bits), s.to);
}

// "12.5e1" rounds; the first thing that is no number ends it. Reports texts that are not all
// number.
Integer IntegerOfText(const Store& s, std::string_view text) {
  size_t consumed;
  bool overflow;
  Integer result = ParseInteger(text, &consumed, &overflow);
  const bool goes_on = consumed < text.size() &&
                       (text[consumed] == '.' || text[consumed] == 'e' || text[consumed] == 'E');
  if (consumed == 0 || goes_on) {
    size_t start = 0;
    while (start < text.size() && text[start] == ' ') ++start;
    Decimal decimal;
    Decimal::FromString(text.substr(start), &decimal, &consumed);
    if (consumed > 0) {
      consumed += start;
      result = ToInteger(Value::DecimalRef(&decimal), DataType{.id = TypeId::kDecimal}, s.Quiet());
    }
  }
  if (consumed == 0) {
    s.ReportIncorrect("integer", text);
  } else if (!OnlySpaces(text.substr(consumed))) {
    s.ReportTruncated();
  }
  return result;
}

Integer ReadInteger(const Store& s) {
  if (IsPlainText(s)) return IntegerOfText(s, s.Text());
  return ToInteger(s.value, s.from, s.conversion());
}

/// Whether an exact number, rounded, fits 64 bits of its sign.
bool FitsInteger(const Decimal& decimal) {
  int64_t low;
  uint64_t high;
  return (decimal.is_negative() ? decimal.ToInt64(&low) : decimal.ToUint64(&high)) !=
         DecimalStatus::kOverflow;
}

Value StoreInteger(const Store& s) {
  if (s.value.kind() == ValueKind::kDecimal && !FitsInteger(s.value.decimal())) {
    s.ReportOutOfRange();
    const IntegerRange limits = RangeOf(s.to);
    return IntegerOfType(
        s.value.decimal().is_negative() ? static_cast<uint64_t>(limits.low) : limits.high, s.to);
  }
  const bool is_real = s.value.kind() == ValueKind::kDouble;
  const double rounded = is_real ? std::rint(s.value.double_value()) : 0;
  const bool below = rounded < -9223372036854775808.0;
  const bool above = rounded >= 18446744073709551616.0;
  if (!below && !above) return StoreRange(s, ReadInteger(s));
  s.ReportOutOfRange();
  const IntegerRange range = RangeOf(s.to);
  return IntegerOfType(below ? static_cast<uint64_t>(range.low) : range.high, s.to);
}

Value StoreYear(const Store& s) {
  const Integer number = ReadInteger(s);
  int64_t year = number.bits;
  const bool from_text = IsPlainText(s);
  if (s.value.kind() == ValueKind::kTime) return Value::Int(LocalNow(s.conversion()).year);
  if (s.value.kind() == ValueKind::kDate || s.value.kind() == ValueKind::kDatetime)
    year = year > 99999999 ? year / 10000000000 : year / 10000;
  if (year < 0 || number.is_unsigned || (year > 99 && year < 1901) || year > 2155) {
    s.ReportOutOfRange();
    return Value::Int(0);
  }
  if (year != 0 || (from_text && s.Text().size() < 4 && !s.Text().empty())) {
    if (year < 70) year += 2000;
    if (year < 100) year += 1900;
  }
  return Value::Int(year);
}

Value StoreBit(const Store& s) {
  const uint64_t limit = s.to.length >= 64 ? UINT64_MAX : (uint64_t{1} << s.to.length) - 1;
  uint64_t bits = 0;
  bool too_long = false;
  if (s.value.is_string() && s.from.id != TypeId::kEnum && s.from.id != TypeId::kSet) {
    std::string_view bytes = s.value.bytes();
    while (!bytes.empty() && bytes.front() == '\0') bytes.remove_prefix(1);
    too_long = bytes.size() > 8;
    for (const char byte : bytes.substr(0, 8)) bits = bits << 8 | static_cast<unsigned char>(byte);
  } else {
    bits = static_cast<uint64_t>(ToInteger(s.value, s.from, s.conversion()).bits);
  }
  if (!too_long && bits <= limit) return Value::Uint(bits);
  s.ReportTooLong();
  return Value::Uint(limit);
}

// Reals.

double RealOfText(const Store& s, std::string_view text) {
  size_t consumed;
  const double result = ParseDouble(text, &consumed);
  if (consumed == 0 || !OnlySpaces(text.substr(consumed))) s.ReportTruncated();
  return result;
}

Value StoreReal(const Store& s) {
  double number =
      IsPlainText(s) ? RealOfText(s, s.Text()) : ToDouble(s.value, s.from, s.conversion());
  double limit = s.to.id == TypeId::kFloat ? FLT_MAX : DBL_MAX;
  if (s.to.scale < 31) {
    const double step = std::pow(10.0, s.to.scale);
    if (s.to.length > 0)
      limit = std::pow(10.0, static_cast<int>(s.to.length) - s.to.scale) - 1 / step;
    const double scaled = std::rint(number * step) / step;
    if (std::isfinite(scaled)) number = scaled;
  }
  if (std::isnan(number)) number = 0;
  if (s.to.is_unsigned && number < 0) {
    s.ReportOutOfRange();
    return Value::Double(0);
  }
  if (std::abs(number) > limit) {
    s.ReportOutOfRange();
    number = std::copysign(limit, number);
  }
  return Value::Double(s.to.id == TypeId::kFloat ? static_cast<float>(number) : number);
}

// Decimals.

Decimal ReadDecimal(const Store& s) {
  if (!IsPlainText(s)) return ToDecimal(s.value, s.from, s.conversion());
  const std::string_view text = s.Text();
  size_t start = 0;
  while (start < text.size() && text[start] == ' ') ++start;
  Decimal result;
  size_t consumed;
  Decimal::FromString(text.substr(start), &result, &consumed);
  if (consumed == 0) {
    s.ReportIncorrect("decimal", text);
  } else if (!OnlySpaces(text.substr(start + consumed))) {
    s.ReportTruncated();
  }
  return result;
}

Value StoreDecimal(const Store& s) {
  const Decimal exact = ReadDecimal(s);
  Decimal rounded = exact.Rounded(s.to.scale);
  if (s.to.is_unsigned && rounded.is_negative()) {
    s.ReportOutOfRange();
    rounded = Decimal();
    rounded.set_scale(s.to.scale);
  } else if (rounded.IntegerDigits() > s.to.precision - s.to.scale) {
    s.ReportOutOfRange();
    rounded = Decimal::Max(s.to.precision, s.to.scale, rounded.is_negative());
  } else if (rounded != exact && s.value.kind() != ValueKind::kDouble) {
    s.NoteTruncated();
  }
  return Value::DecimalRef(s.arena()->New<Decimal>(rounded));
}

// Temporals.

// How a date that cannot be is told: strict mode names the value, else it was cut or out of range.
void ReportTemporal(const Store& s, std::string_view kind, bool truncated) {
  if (s.context.IsStrict()) {
    throw SqlError(ErrorCode::kTruncatedWrongValue,
                   LookUpError(ErrorCode::kTruncatedWrongValue).sqlstate,
                   FormatError(ErrorCode::kTruncatedWrongValueForField, kind,
                               ToText(s.value, s.from, s.conversion()).substr(0, kShownValueBytes),
                               s.column, s.diagnostics().row()));
  }
  truncated ? s.ReportTruncated() : s.ReportOutOfRange();
}

// Reads a datetime; false (reported) where there is none.
bool ReadDatetime(const Store& s, std::string_view kind, DateTime* out) {
  const DateRules rules = DateRulesOf(s.conversion().sql_mode);
  Diagnostics conditions;
  ConversionContext conversion = s.conversion();
  conversion.diagnostics = &conditions;
  const bool truncates = s.conversion().sql_mode & kSqlModeTimeTruncateFractional;
  const bool ok = ToDatetime(s.value, s.from, rules, conversion, out);
  if (ok && conditions.total() == 0) {
    const int fsp = s.to.id == TypeId::kDate ? 6 : s.to.scale;
    if (RoundDatetime(out, 0, fsp, truncates)) return true;
    ReportTemporal(s, kind, false);
    *out = DateTime();
    return false;
  }
  bool truncated = true;
  if (IsPlainText(s)) {
    ParsedTemporal parsed;
    ParseDatetime(s.Text(), rules, &parsed);
    truncated = parsed.warnings.truncated;
  }
  ReportTemporal(s, kind, truncated);
  return ok;
}

Value StoreDate(const Store& s) {
  DateTime t;
  if (!ReadDatetime(s, "date", &t)) return Value::Date(0);
  if (t.hour != 0 || t.minute != 0 || t.second != 0 || t.microsecond != 0) s.NoteTruncated();
  return Value::Date(PackDate(t));
}

Value StoreDatetime(const Store& s) {
  DateTime t;
  if (!ReadDatetime(s, "datetime", &t)) return Value::Datetime(0);
  return Value::Datetime(PackDatetime(t));
}

Value StoreTimestamp(const Store& s) {
  const bool fits_as_is = s.from.id == TypeId::kTimestamp &&
                          s.value.kind() == ValueKind::kDatetime && s.from.scale <= s.to.scale;
  if (fits_as_is) return s.value;
  DateTime t;
  if (!ReadDatetime(s, "datetime", &t)) return Value::Datetime(0);
  int64_t utc = 0;
  CHECK(s.conversion().time_zone != nullptr);
  const bool is_zero = PackDatetime(t) == 0;
  const bool is_date = is_zero || (!t.HasZeroInDate() && t.day <= DaysInMonth(t.year, t.month));
  if (!is_date || !s.conversion().time_zone->LocalToTimestamp(PackDatetime(t), &utc)) {
    ReportTemporal(s, "datetime", false);
    return Value::Datetime(0);
  }
  return Value::Datetime(utc);
}

Value StoreTime(const Store& s) {
  Diagnostics conditions;
  ConversionContext conversion = s.conversion();
  conversion.diagnostics = &conditions;
  int64_t micros;
  const bool ok = ToTime(s.value, s.from, conversion, &micros);
  if (!ok || conditions.total() > 0) {
    const bool clamped = std::abs(micros) == kMaxTimeMicros;
    ReportTemporal(s, "time", ok && !clamped);
  }
  if (s.value.kind() == ValueKind::kDatetime && UnpackDatetime(s.value.int_value()).year != 0)
    s.NoteTruncated();
  const bool truncates = s.conversion().sql_mode & kSqlModeTimeTruncateFractional;
  return Value::Time(RoundTimeMicros(micros, 0, s.to.scale, truncates));
}

// Strings.

std::string HexEscaped(std::string_view bytes) {
  constexpr size_t kShown = 6;
  std::string text;
  for (const char byte : bytes.substr(0, kShown)) {
    const auto c = static_cast<unsigned char>(byte);
    if (c >= 0x20 && c < 0x7F) {
      text += byte;
    } else {
      text += fmt::format("\\x{:02X}", c);
    }
  }
  return bytes.size() > kShown ? text + "..." : text;
}

// A real in a short column is shown with fewer digits, or with an exponent, before it is too long.
std::string_view RealThatFits(const Store& s, std::string_view text) {
  if (IsLargeObject(s.to.id) || text.size() <= s.to.length) return text;
  std::string shorter;
  for (int digits = 17; digits >= 1; --digits) {
    shorter.clear();
    AppendDoubleWithDigits(s.value.double_value(), digits, s.to.length, &shorter);
    if (shorter.size() <= s.to.length) return s.arena()->Copy(shorter);
  }
  return text;
}

// The text in the column's charset; what has no place there is reported and becomes '?' or ends it.
std::string_view TextForColumn(const Store& s, const Charset& target) {
  std::string_view text = ToText(s.value, s.from, s.Quiet());
  if (s.value.kind() == ValueKind::kDouble) text = RealThatFits(s, text);
  if (target.kind == CharsetKind::kBinary) return text;
  const Charset* source = &kUtf8mb4Charset;
  if (s.value.is_string() && s.from.collation != nullptr) source = s.from.collation->charset;
  if (s.from.id == TypeId::kBit) source = &kBinaryCharset;
  if (target.IsAsciiBased() && source->IsAsciiBased() && IsAscii(text)) return text;
  const size_t odd = source->kind == CharsetKind::kBinary ? text.size() % target.mbminlen : 0;
  if (odd != 0) {  // a short first character: its missing bytes are zeros
    std::string padded(target.mbminlen - odd, '\0');
    padded.append(text);
    text = s.arena()->Copy(padded);
  }
  if (source == &target || source->kind == CharsetKind::kBinary) {
    const size_t well_formed = WellFormedBytes(target, text);
    if (well_formed == text.size()) return text;
    s.ReportIncorrect("string", HexEscaped(text.substr(well_formed)));
    return text.substr(0, well_formed);
  }
  std::string converted;
  if (ConvertCharset(text, *source, target, &converted) > 0) {
    const char* at = text.data();
    const char* end = at + text.size();
    std::string scratch;
    const char* bad = at;
    while (at < end) {
      bad = at;
      const uint32_t code_point = DecodeChar(*source, &at, end);
      if (code_point >= kInvalidBase || !EncodeChar(target, code_point, &scratch)) break;
    }
    s.ReportIncorrect("string", HexEscaped({bad, static_cast<size_t>(end - bad)}));
  }
  return s.arena()->Copy(converted);
}

std::string_view CutToLength(const Store& s, const Charset& charset, std::string_view text) {
  size_t fits;
  if (IsLargeObject(s.to.id)) {
    fits = std::min<uint64_t>(text.size(), LargeObjectBytes(s.to.id));
    if (fits < text.size()) fits = WellFormedBytes(charset, text.substr(0, fits));
  } else {
    fits = text.size() <= s.to.length ? text.size() : PrefixBytes(charset, text, s.to.length);
  }
  if (fits == text.size()) return text;
  const bool only_spaces = charset.kind != CharsetKind::kBinary &&
                           TrimTrailingSpaces(charset, text.substr(fits)).empty();
  if (!only_spaces) {
    s.ReportTooLong();
  } else if (s.to.id != TypeId::kChar) {
    s.NoteTruncated();
  }
  return text.substr(0, fits);
}

Value StoreString(const Store& s) {
  const Charset& charset = s.to.collation != nullptr ? *s.to.collation->charset : kBinaryCharset;
  std::string_view text = CutToLength(s, charset, TextForColumn(s, charset));
  if (s.to.id == TypeId::kChar) text = TrimTrailingSpaces(charset, text);
  if (s.to.id == TypeId::kBinary && text.size() < s.to.length) {
    std::string padded(text);
    padded.resize(s.to.length, '\0');
    text = s.arena()->Copy(padded);
  }
  return Value::String(text);
}

Value StoreEnum(const Store& s) {
  const size_t count = s.to.labels->size();
  if (!s.value.is_string()) {
    const Integer number = ToInteger(s.value, s.from, s.conversion());
    const auto index = static_cast<uint64_t>(number.bits);
    if (!number.IsNegative() && index >= 1 && index <= count)
      return EnumValue(s.to, static_cast<uint16_t>(index));
    if (index != 0 || s.context.IsStrict()) s.ReportTruncated();
    return EnumValue(s.to, 0);
  }
  const std::string_view text = s.to.collation != nullptr
                                    ? ToTextIn(s.value, s.from, *s.to.collation->charset, s.Quiet())
                                    : s.Text();
  if (const uint16_t index = FindLabel(s.to, text); index > 0) return EnumValue(s.to, index);
  unsigned index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  const bool is_number =
      error == std::errc() && end == text.data() + text.size() && text.size() < 6;
  if (is_number && index >= 1 && index <= count)
    return EnumValue(s.to, static_cast<uint16_t>(index));
  // The error value '' of another column of this type is itself.
  if (!(text.empty() && s.from.id == TypeId::kEnum)) s.ReportTruncated();
  return EnumValue(s.to, 0);
}

Value StoreSet(const Store& s) {
  const size_t count = s.to.labels->size();
  const uint64_t all = count >= 64 ? UINT64_MAX : (uint64_t{1} << count) - 1;
  uint64_t bits;
  bool unknown = false;
  if (s.value.is_string()) {
    const std::string_view text = s.Text();
    bits = SetBits(s.to, text, &unknown);
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (unknown && bits == 0 && error == std::errc() && end == text.data() + text.size() &&
        number <= all) {
      bits = number;
      unknown = false;
    }
  } else {
    bits = static_cast<uint64_t>(ToInteger(s.value, s.from, s.conversion()).bits);
    unknown = (bits & ~all) != 0;
    bits &= all;
  }
  if (unknown) s.ReportTruncated();
  return Value::String(SetText(s.to, bits, s.arena()));
}

Value StoreJson(const Store& s) {
  if (s.value.kind() == ValueKind::kJson) return s.value;
  if (!IsPlainText(s) && !s.from.IsHexLiteral())
    return Value::Json(s.arena()->Copy(ToJsonText(s.value, s.from, s.Quiet())));
  if (s.from.collation != nullptr && s.from.collation->IsBinary())
    throw MakeError(ErrorCode::kInvalidJsonCharset, "binary");
  Json json;
  std::string error;
  size_t error_at;
  if (!ParseJson(s.Text(), &json, &error, &error_at)) {
    throw MakeError(ErrorCode::kInvalidJsonText, error, error_at, s.column);
  }
  return Value::Json(s.arena()->Copy(PrintJson(json)));
}

Value StoreGeometry(const Store& s) {
  if (!s.value.is_string()) throw MakeError(ErrorCode::kCantCreateGeometryObject);
  return s.value;
}

bool StoresUnchanged(const Value& value, const DataType& from, const DataType& to) {
  if (value.kind() != ValueKind::kInt || to.is_unsigned || !to.IsInteger()) return false;
  const IntegerRange range = RangeOf(to);
  return value.int_value() >= range.low && value.int_value() <= static_cast<int64_t>(range.high);
}

}  // namespace

bool StoreContext::IsStrict() const {
  return (conversion.sql_mode & kSqlModeStrict) != 0 && !ignore;
}

Value StoreValue(const Value& value, const DataType& from, const DataType& to,
                 std::string_view column, const StoreContext& context) {
  if (StoresUnchanged(value, from, to)) return value;
  CHECK(!value.is_null());
  CHECK(context.conversion.diagnostics != nullptr && context.conversion.arena != nullptr);
  const Store s{value, from, to, column, context};
  switch (to.id) {
    case TypeId::kTinyInt:
    case TypeId::kSmallInt:
    case TypeId::kMediumInt:
    case TypeId::kInt:
    case TypeId::kBigInt:
      return StoreInteger(s);
    case TypeId::kYear:
      return StoreYear(s);
    case TypeId::kBit:
      return StoreBit(s);
    case TypeId::kFloat:
    case TypeId::kDouble:
      return StoreReal(s);
    case TypeId::kDecimal:
      return StoreDecimal(s);
    case TypeId::kDate:
      return StoreDate(s);
    case TypeId::kTime:
      return StoreTime(s);
    case TypeId::kDatetime:
      return StoreDatetime(s);
    case TypeId::kTimestamp:
      return StoreTimestamp(s);
    case TypeId::kEnum:
      return StoreEnum(s);
    case TypeId::kSet:
      return StoreSet(s);
    case TypeId::kJson:
      return StoreJson(s);
    case TypeId::kGeometry:
      return StoreGeometry(s);
    case TypeId::kNull:
      return Value::Null();
    default:
      return StoreString(s);
  }
}

Value ImplicitDefault(const DataType& type, Arena* arena) {
  switch (type.id) {
    case TypeId::kFloat:
    case TypeId::kDouble:
      return Value::Double(0);
    case TypeId::kDecimal: {
      Decimal zero;
      zero.set_scale(type.scale);
      return Value::DecimalRef(arena->New<Decimal>(zero));
    }
    case TypeId::kDate:
      return Value::Date(0);
    case TypeId::kTime:
      return Value::Time(0);
    case TypeId::kDatetime:
    case TypeId::kTimestamp:
      return Value::Datetime(0);
    case TypeId::kEnum:
      return EnumValue(type, 1);
    case TypeId::kJson:
      return Value::Json("null");
    case TypeId::kBit:
      return Value::Uint(0);
    case TypeId::kBinary: {
      const std::string zeros(type.length, '\0');
      return Value::String(arena->Copy(zeros));
    }
    case TypeId::kNull:
      return Value::Null();
    default:
      break;
  }
  if (type.IsInteger() || type.id == TypeId::kYear) return IntegerOfType(0, type);
  return Value::String("");
}

}  // namespace sixfold::types
