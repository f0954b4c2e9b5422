#include "core/types/compare.h"

#include "core/base/checksum.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"
#include "core/types/error_codes.h"
#include "core/types/json.h"
#include "core/types/labels.h"
#include "core/types/sql_error.h"
#include "core/types/time_zone.h"

namespace sixfold::types {
namespace {

template <typename T>
int ThreeWay(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

bool HasDate(const DataType& type) { return type.IsTemporal() && type.id != TypeId::kTime; }
bool IsText(const DataType& type) {
  return type.IsString() || type.id == TypeId::kEnum || type.id == TypeId::kSet;
}
// Hex literals are numbers beside numbers.
bool IsWholeNumber(const DataType& type) {
  return type.IsHexLiteral() || type.IsInteger() || type.id == TypeId::kYear ||
         type.id == TypeId::kBit;
}

// A packed datetime to compare with; texts and numbers that are no date say so.
int64_t ComparableDatetime(const Value& value, const DataType& type, const DataType& other,
                           const ConversionContext& context, bool strict_dates) {
  ConversionContext quiet = context;
  if (strict_dates && value.is_string()) quiet.diagnostics = nullptr;
  if (type.id == TypeId::kYear && value.kind() == ValueKind::kInt) {
    return DatetimeFromDate(PackDate(static_cast<int>(value.int_value()), 0, 0));
  }
  DateTime t;
  DateRules rules;
  rules.allow_invalid_dates = true;
  if (ToDatetime(value, type, rules, quiet, &t)) return PackDatetime(t);
  if (strict_dates && value.is_string()) {
    const char* name = other.id == TypeId::kDate        ? "DATE"
                       : other.id == TypeId::kTimestamp ? "TIMESTAMP"
                                                        : "DATETIME";
    throw MakeError(ErrorCode::kWrongValue, name, value.bytes());
  }
  return -1;
}

int64_t ComparableTime(const Value& value, const DataType& type, const ConversionContext& context) {
  int64_t micros = 0;
  ToTime(value, type, context, &micros);
  return micros;
}

// Two temporals of one kind need no conversion at all.
bool SamePackedForm(const Value& a, const DataType& a_type, const Value& b,
                    const DataType& b_type) {
  return a.kind() == b.kind() &&
         (a_type.id == TypeId::kTimestamp) == (b_type.id == TypeId::kTimestamp);
}

}  // namespace

CompareKind CompareKindOf(const DataType& a, const DataType& b) {
  if (a.id == TypeId::kNull || b.id == TypeId::kNull) return CompareKind::kString;
  if (a.id == TypeId::kJson || b.id == TypeId::kJson) return CompareKind::kJson;
  const bool has_number =
      (a.IsNumeric() && a.id != TypeId::kYear) || (b.IsNumeric() && b.id != TypeId::kYear);
  if ((a.IsTemporal() || b.IsTemporal()) && has_number) return CompareKind::kDouble;
  if (HasDate(a) || HasDate(b)) return CompareKind::kDatetime;
  if (a.id == TypeId::kTime || b.id == TypeId::kTime) return CompareKind::kTime;
  if ((IsText(a) || a.id == TypeId::kGeometry) && (IsText(b) || b.id == TypeId::kGeometry))
    return CompareKind::kString;
  if (IsWholeNumber(a) && IsWholeNumber(b)) return CompareKind::kInteger;
  auto is_exact = [](const DataType& type) {
    return IsWholeNumber(type) || type.id == TypeId::kDecimal;
  };
  return is_exact(a) && is_exact(b) ? CompareKind::kDecimal : CompareKind::kDouble;
}

int CompareIntegers(Integer a, Integer b) {
  if (a.is_unsigned == b.is_unsigned) {
    return a.is_unsigned ? ThreeWay(static_cast<uint64_t>(a.bits), static_cast<uint64_t>(b.bits))
                         : ThreeWay(a.bits, b.bits);
  }
  if (a.IsNegative()) return -1;
  if (b.IsNegative()) return 1;
  return ThreeWay(static_cast<uint64_t>(a.bits), static_cast<uint64_t>(b.bits));
}

int CompareAs(CompareKind kind, const Value& a, const DataType& a_type, const Value& b,
              const DataType& b_type, const Collation* collation, const ConversionContext& context,
              bool strict_dates) {
  switch (kind) {
    case CompareKind::kInteger:
      return CompareIntegers(ToInteger(a, a_type, context), ToInteger(b, b_type, context));
    case CompareKind::kDecimal: {
      if (a.kind() != ValueKind::kDecimal && b.kind() != ValueKind::kDecimal &&
          a.kind() != ValueKind::kDouble && b.kind() != ValueKind::kDouble) {
        return CompareIntegers(ToInteger(a, a_type, context), ToInteger(b, b_type, context));
      }
      const auto order = ToDecimal(a, a_type, context) <=> ToDecimal(b, b_type, context);
      return order < 0 ? -1 : order > 0;
    }
    case CompareKind::kDouble:
      return ThreeWay(ToDouble(a, a_type, context), ToDouble(b, b_type, context));
    case CompareKind::kString: {
      const Collation& by = collation != nullptr ? *collation : kUtf8mb4Collation;
      return by.Compare(ToTextIn(a, a_type, *by.charset, context),
                        ToTextIn(b, b_type, *by.charset, context));
    }
    case CompareKind::kDatetime:
      if (SamePackedForm(a, a_type, b, b_type)) return ThreeWay(a.int_value(), b.int_value());
      return ThreeWay(ComparableDatetime(a, a_type, b_type, context, strict_dates),
                      ComparableDatetime(b, b_type, a_type, context, strict_dates));
    case CompareKind::kTime:
      return ThreeWay(ComparableTime(a, a_type, context), ComparableTime(b, b_type, context));
    case CompareKind::kJson:
      return CompareJson(ToJsonText(a, a_type, context), ToJsonText(b, b_type, context));
  }
  return 0;
}

int CompareSameType(const Value& a, const Value& b, const DataType& type) {
  if (a.is_null() || b.is_null())
    return static_cast<int>(b.is_null()) - static_cast<int>(a.is_null());
  switch (a.kind()) {
    case ValueKind::kInt:
    case ValueKind::kUint:
      if (b.kind() == ValueKind::kInt || b.kind() == ValueKind::kUint) {
        return CompareIntegers({a.int_value(), a.kind() == ValueKind::kUint},
                               {b.int_value(), b.kind() == ValueKind::kUint});
      }
      break;
    case ValueKind::kDouble:
      if (b.kind() == ValueKind::kDouble) return ThreeWay(a.double_value(), b.double_value());
      break;
    case ValueKind::kString:
      if (!b.is_string()) break;
      if (type.id == TypeId::kEnum) return ThreeWay(a.enum_index(), b.enum_index());
      if (type.id == TypeId::kSet && type.labels)
        return ThreeWay(SetBits(type, a.bytes()), SetBits(type, b.bytes()));
      return (type.collation != nullptr ? *type.collation : kBinaryCollation)
          .Compare(a.bytes(), b.bytes());
    case ValueKind::kDate:
    case ValueKind::kTime:
    case ValueKind::kDatetime:
      if (a.kind() == b.kind()) return ThreeWay(a.int_value(), b.int_value());
      break;
    default:
      break;
  }
  const ConversionContext context{.time_zone = &TimeZone::Utc()};
  return CompareAs(CompareKindOf(type, type), a, type, b, type, type.collation, context);
}

uint64_t HashOf(const Value& value, const DataType& type) {
  auto hash_number = [](uint64_t bits) {
    uint64_t h = (bits ^ bits >> 31) * 0x9E3779B97F4A7C15ull;
    return h ^ h >> 32;
  };
  switch (value.kind()) {
    case ValueKind::kNull:
      return 0x5BD1E995;
    case ValueKind::kDouble: {
      const double d = value.double_value() == 0 ? 0 : value.double_value();
      uint64_t bits;
      std::memcpy(&bits, &d, sizeof(bits));
      return hash_number(bits);
    }
    case ValueKind::kDecimal:
      return value.decimal().Hash();
    case ValueKind::kString:
      if (type.id == TypeId::kEnum) return hash_number(value.enum_index());
      return (type.collation != nullptr ? *type.collation : kBinaryCollation).Hash(value.bytes());
    case ValueKind::kJson:
      return Checksum64(value.bytes());
    default:
      return hash_number(value.uint_value());
  }
}

}  // namespace sixfold::types
