#include "core/types/result_type.h"

#include <algorithm>

#include "core/base/arena.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"
#include "core/types/json.h"
#include "core/types/labels.h"
#include "core/types/metadata.h"
#include "core/types/time_zone.h"

namespace sixfold::types {
namespace {

constexpr int kNotFixed = 31;

// Coarse families that decide what two types merge to.
enum class Family { kInteger, kDecimal, kReal, kTemporal, kText, kJson };

Family FamilyOf(const DataType& type) {
  if (type.IsInteger() || type.id == TypeId::kYear || type.id == TypeId::kBit)
    return Family::kInteger;
  if (type.id == TypeId::kDecimal) return Family::kDecimal;
  if (type.id == TypeId::kFloat || type.id == TypeId::kDouble) return Family::kReal;
  if (type.IsTemporal()) return Family::kTemporal;
  if (type.id == TypeId::kJson) return Family::kJson;
  return Family::kText;
}

bool IsUnsignedType(const DataType& type) {
  return type.is_unsigned || type.id == TypeId::kYear || type.id == TypeId::kBit;
}

TypeId IntegerIdOf(const DataType& type) {
  if (type.id == TypeId::kYear) return TypeId::kSmallInt;
  if (type.id == TypeId::kBit) return TypeId::kBigInt;
  return type.id;
}

DataType MakeDecimal(int integer_digits, int scale) {
  DataType type{.id = TypeId::kDecimal};
  scale = std::min(scale, Decimal::kMaxScale);
  type.scale = static_cast<uint8_t>(scale);
  type.precision =
      static_cast<uint8_t>(std::clamp(integer_digits + scale, 1, Decimal::kMaxPrecision));
  return type;
}

DataType MergeIntegers(const DataType& a, const DataType& b) {
  if (a.id == b.id && (a.id == TypeId::kYear || a.id == TypeId::kBit))
    return a.length >= b.length ? a : b;
  DataType result{.id = std::max(IntegerIdOf(a), IntegerIdOf(b))};
  result.length = std::max(DisplayLength(a), DisplayLength(b));
  const bool a_unsigned = IsUnsignedType(a);
  const bool b_unsigned = IsUnsignedType(b);
  if (a_unsigned == b_unsigned) {
    result.is_unsigned = a_unsigned;
    return result;
  }
  // One sign bit more than the unsigned one has.
  const TypeId unsigned_id = IntegerIdOf(a_unsigned ? a : b);
  const TypeId signed_id = IntegerIdOf(a_unsigned ? b : a);
  if (signed_id > unsigned_id) return result;
  if (unsigned_id == TypeId::kBigInt) return MakeDecimal(20, 0);
  result.id = unsigned_id == TypeId::kInt ? TypeId::kBigInt
                                          : static_cast<TypeId>(static_cast<int>(unsigned_id) + 1);
  return result;
}

DataType MergeReals(const DataType& a, const DataType& b) {
  DataType result{.id = TypeId::kDouble, .scale = kNotFixed};
  if (a.id == TypeId::kFloat && b.id == TypeId::kFloat) result.id = TypeId::kFloat;
  if (ScaleOf(a) < kNotFixed && ScaleOf(b) < kNotFixed) {
    result.scale = static_cast<uint8_t>(std::max(ScaleOf(a), ScaleOf(b)));
    result.length =
        static_cast<uint32_t>(std::max(IntegerDigitsOf(a), IntegerDigitsOf(b)) + result.scale);
  }
  return result;
}

DataType MergeTemporals(const DataType& a, const DataType& b) {
  DataType result = a;
  if (a.id != b.id) result.id = TypeId::kDatetime;
  result.scale = std::max(a.scale, b.scale);
  return result;
}

DataType TextOf(uint64_t length, const Collation* collation, bool large) {
  DataType result{.id = TypeId::kVarchar, .collation = collation};
  const bool is_binary = collation->IsBinary();
  if (is_binary) result.id = TypeId::kVarbinary;
  const uint64_t bytes = length * collation->charset->mbmaxlen;
  if (large || bytes > 65535) {
    result.id = is_binary ? TypeId::kLongBlob : TypeId::kLongText;
    if (bytes <= 16777215) result.id = is_binary ? TypeId::kMediumBlob : TypeId::kMediumText;
    if (bytes <= 65535) result.id = is_binary ? TypeId::kBlob : TypeId::kText;
  }
  result.length = static_cast<uint32_t>(std::min<uint64_t>(length, UINT32_MAX));
  return result;
}

DataType MergeTexts(const DataType& a, const DataType& b) {
  const Collation* collation = a.collation != nullptr   ? a.collation
                               : b.collation != nullptr ? b.collation
                                                        : &kUtf8mb4Collation;
  if (b.collation != nullptr && b.collation->IsBinary()) collation = b.collation;
  const bool large = IsLargeObject(a.id) || IsLargeObject(b.id);
  auto bytes_per_char = [&](const DataType& type) -> uint64_t {
    if (!collation->IsBinary() || type.collation == nullptr) return 1;
    return type.collation->charset->mbmaxlen;
  };
  DataType result =
      TextOf(std::max(TextLengthOf(a) * bytes_per_char(a), TextLengthOf(b) * bytes_per_char(b)),
             collation, large);
  const bool both_fixed =
      a.id == b.id && (a.id == TypeId::kChar || a.id == TypeId::kBinary) && a.length == b.length;
  if (both_fixed) result.id = a.id;
  return result;
}

DataType Merge(const DataType& a, const DataType& b) {
  if (a.id == TypeId::kNull) return b;
  if (b.id == TypeId::kNull) return a;
  const Family family_a = FamilyOf(a);
  const Family family_b = FamilyOf(b);
  if (family_a == Family::kJson && family_b == Family::kJson) return a;
  if (family_a == Family::kTemporal && family_b == Family::kTemporal) return MergeTemporals(a, b);
  const bool texts = family_a >= Family::kTemporal || family_b >= Family::kTemporal;
  if (texts) return MergeTexts(a, b);
  if (family_a == Family::kReal || family_b == Family::kReal) return MergeReals(a, b);
  if (family_a == Family::kInteger && family_b == Family::kInteger) return MergeIntegers(a, b);
  DataType result = MakeDecimal(std::max(IntegerDigitsOf(a), IntegerDigitsOf(b)),
                                std::max(ScaleOf(a), ScaleOf(b)));
  result.is_unsigned = IsUnsignedType(a) && IsUnsignedType(b);
  return result;
}

Value ToTemporalType(const Value& value, const DataType& from, const DataType& to,
                     const ConversionContext& context) {
  if (to.id == TypeId::kTime) {
    int64_t micros;
    if (!ToTime(value, from, context, &micros)) return Value::Null();
    return Value::Time(RoundTimeMicros(micros, 0, to.scale, false));
  }
  DateTime t;
  if (!ToDatetime(value, from, DateRules{}, context, &t)) return Value::Null();
  if (to.id == TypeId::kDate) return Value::Date(PackDate(t));
  if (!RoundDatetime(&t, 0, to.scale, false)) return Value::Null();
  int64_t packed = PackDatetime(t);
  if (to.id == TypeId::kTimestamp && context.time_zone != nullptr &&
      !context.time_zone->LocalToTimestamp(packed, &packed))
    return Value::Null();
  return Value::Datetime(packed);
}

Value ToNumberType(const Value& value, const DataType& from, const DataType& to,
                   const ConversionContext& context) {
  switch (FamilyOf(to)) {
    case Family::kInteger: {
      const Integer number = ToInteger(value, from, context);
      const bool is_unsigned = to.is_unsigned || to.id == TypeId::kBit;
      return is_unsigned ? Value::Uint(static_cast<uint64_t>(number.bits))
                         : Value::Int(number.bits);
    }
    case Family::kReal: {
      const double number = ToDouble(value, from, context);
      return Value::Double(to.id == TypeId::kFloat ? static_cast<float>(number) : number);
    }
    default:
      return Value::DecimalRef(
          context.arena->New<Decimal>(ToDecimal(value, from, context).Rounded(to.scale)));
  }
}

}  // namespace

int ScaleOf(const DataType& type) {
  switch (type.id) {
    case TypeId::kDecimal:
    case TypeId::kTime:
    case TypeId::kDatetime:
    case TypeId::kTimestamp:
    case TypeId::kFloat:
    case TypeId::kDouble:
      return type.scale;
    default:
      return type.IsString() || type.id == TypeId::kJson ? kNotFixed : 0;
  }
}

int IntegerDigitsOf(const DataType& type) {
  switch (type.id) {
    case TypeId::kTinyInt:
      return 3;
    case TypeId::kSmallInt:
      return 5;
    case TypeId::kMediumInt:
      return type.is_unsigned ? 8 : 7;
    case TypeId::kInt:
      return type.length > 0 && type.length < 10 ? static_cast<int>(type.length) : 10;
    case TypeId::kBigInt:
      return type.length > 0 && type.length < 19 ? static_cast<int>(type.length)
             : type.is_unsigned                  ? 20
                                                 : 19;
    case TypeId::kYear:
      return 4;
    case TypeId::kBit:
      return 20;
    case TypeId::kDecimal:
      return type.precision - type.scale;
    case TypeId::kDate:
      return 8;
    case TypeId::kTime:
      return 7;
    case TypeId::kDatetime:
    case TypeId::kTimestamp:
      return 14;
    case TypeId::kFloat:
    case TypeId::kDouble:
      return type.scale < kNotFixed && type.length > type.scale
                 ? static_cast<int>(type.length) - type.scale
                 : 20;
    default:
      return 35;
  }
}

uint64_t TextLengthOf(const DataType& type) {
  if (type.id == TypeId::kNull) return 0;
  constexpr uint32_t kLongestReal = 23;
  if (type.id == TypeId::kDouble && type.scale >= kNotFixed)
    return std::max(type.length, kLongestReal);
  if (type.IsString() && !IsLargeObject(type.id)) return type.length;
  if (type.IsString() && type.length > 0) return type.length;
  if (type.IsString()) return CharacterMaximumLength(type);
  return DisplayLength(type);
}

DataType CommonType(const DataType& a, const DataType& b) {
  DataType result = Merge(a, b);
  result.nullable = a.nullable || b.nullable;
  return result;
}

DataType CommonType(std::span<const DataType* const> types) {
  DataType result;
  result.nullable = false;
  bool first = true;
  for (const DataType* type : types) {
    const bool nullable = result.nullable || type->nullable;
    result = first ? *type : Merge(result, *type);
    result.nullable = nullable;
    first = false;
  }
  if (result.IsString()) result.is_unsigned = false;
  // Labels are one column's own: what comes out of an expression is text.
  if (result.id == TypeId::kEnum || result.id == TypeId::kSet) {
    const bool nullable = result.nullable;
    result = TextOf(TextLengthOf(result),
                    result.collation != nullptr ? result.collation : &kUtf8mb4Collation, false);
    result.nullable = nullable;
  }
  return result;
}

bool NeedsConversion(const DataType& from, const DataType& to) {
  if (from.id == TypeId::kNull) return false;
  if (from.IsString() && to.IsString()) {
    const Charset* source = from.collation != nullptr ? from.collation->charset : &kBinaryCharset;
    const Charset* target = to.collation != nullptr ? to.collation->charset : &kBinaryCharset;
    return source != target && target->kind != CharsetKind::kBinary;
  }
  if (from.IsInteger() && to.IsInteger()) return from.is_unsigned != to.is_unsigned;
  return from.id != to.id || from.scale < to.scale ||
         (from.id == TypeId::kDecimal && from.scale != to.scale) || from.labels != to.labels;
}

Value ConvertToType(const Value& value, const DataType& from, const DataType& to,
                    const ConversionContext& context) {
  if (value.is_null() || !NeedsConversion(from, to)) return value;
  if (to.id == TypeId::kNull) return value;
  if (to.id == TypeId::kJson)
    return Value::Json(context.arena->Copy(ToJsonText(value, from, context)));
  if (to.IsTemporal()) return ToTemporalType(value, from, to, context);
  if (to.IsNumeric() || to.id == TypeId::kBit) return ToNumberType(value, from, to, context);
  const Charset& charset = to.collation != nullptr ? *to.collation->charset : kBinaryCharset;
  const std::string_view text = ToTextIn(value, from, charset, context);
  if (to.id == TypeId::kEnum && to.labels) return EnumValue(to, FindLabel(to, text));
  return Value::String(text);
}

}  // namespace sixfold::types
