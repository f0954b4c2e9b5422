#include "core/exec/values.h"

#include <algorithm>

#include "core/base/arena.h"
#include "core/types/collation.h"
#include "core/types/compare.h"
#include "core/types/decimal.h"
#include "core/types/labels.h"
#include "core/types/metadata.h"
#include "core/types/time_zone.h"

namespace sixfold::exec {

using types::CompareKind;
using types::DataType;
using types::TypeId;
using types::Value;
using types::ValueKind;

int CompareValues(const Value& a, const Value& b, const DataType& type) {
  if (a.kind() == ValueKind::kInt && b.kind() == ValueKind::kInt) {
    return a.int_value() < b.int_value() ? -1 : a.int_value() > b.int_value() ? 1 : 0;
  }
  return types::CompareSameType(a, b, type);
}

uint64_t HashValue(const Value& value, const DataType& type) {
  if (value.is_null()) return 0x5bd1e995;
  return types::HashOf(value, type);
}

bool HashComparable(const DataType& a, const DataType& b) {
  if (a.id == TypeId::kNull || b.id == TypeId::kNull) return false;
  switch (types::CompareKindOf(a, b)) {
    case CompareKind::kInteger:
    case CompareKind::kDecimal:
    case CompareKind::kDouble:
      return a.IsNumeric() && b.IsNumeric();
    case CompareKind::kString:
      return a.IsString() && b.IsString() && a.collation == b.collation;
    case CompareKind::kDatetime:
    case CompareKind::kTime:
      return a.IsTemporal() && b.IsTemporal() && (a.id == TypeId::kTime) == (b.id == TypeId::kTime);
    case CompareKind::kJson:
      break;
  }
  return false;
}

DataType HashType(const DataType& a, const DataType& b) {
  DataType type;
  switch (types::CompareKindOf(a, b)) {
    case CompareKind::kInteger:
      if (a.is_unsigned == b.is_unsigned) {
        type.id = TypeId::kBigInt;
        type.is_unsigned = a.is_unsigned;
        return type;
      }
      [[fallthrough]];
    case CompareKind::kDecimal:
      type.id = TypeId::kDecimal;
      type.precision = 65;
      type.scale = std::max({a.id == TypeId::kDecimal ? a.scale : uint8_t{0},
                             b.id == TypeId::kDecimal ? b.scale : uint8_t{0}});
      return type;
    case CompareKind::kDouble:
      type.id = TypeId::kDouble;
      type.scale = 31;
      return type;
    case CompareKind::kDatetime:
      if (a.id == b.id && a.id != TypeId::kTimestamp) return a.scale >= b.scale ? a : b;
      if (a.id == b.id) return a.scale >= b.scale ? a : b;
      type.id = TypeId::kDatetime;
      type.scale = std::max(a.scale, b.scale);
      return type;
    default:
      return a.length >= b.length ? a : b;
  }
}

namespace {

int DigitsOf(const DataType& type) {
  switch (type.id) {
    case TypeId::kTinyInt:
      return 3;
    case TypeId::kSmallInt:
      return 5;
    case TypeId::kMediumInt:
      return 8;
    case TypeId::kInt:
      return 10;
    case TypeId::kYear:
      return 4;
    case TypeId::kDecimal:
      return type.precision - type.scale;
    default:
      return type.is_unsigned ? 20 : 19;
  }
}

DataType UnionOfIntegers(const DataType& a, const DataType& b) {
  DataType type = a.id >= b.id ? a : b;
  type.length = std::max(a.length, b.length);
  type.zerofill = a.zerofill && b.zerofill;
  if (a.is_unsigned == b.is_unsigned) return type;
  const DataType& with_unsigned = a.is_unsigned ? a : b;
  const DataType& with_signed = a.is_unsigned ? b : a;
  if (with_signed.id > with_unsigned.id) {
    type = with_signed;
  } else if (with_unsigned.id < TypeId::kBigInt) {
    type = with_signed;
    type.id = static_cast<TypeId>(static_cast<int>(with_unsigned.id) + 1);
  } else {
    type = DataType();
    type.id = TypeId::kDecimal;
    type.precision = 20;
    type.length = 21;
  }
  type.is_unsigned = false;
  return type;
}

DataType UnionOfNumbers(const DataType& a, const DataType& b) {
  if (a.IsInteger() && b.IsInteger()) return UnionOfIntegers(a, b);
  DataType type;
  if (a.id == TypeId::kDouble || b.id == TypeId::kDouble || a.id == TypeId::kFloat ||
      b.id == TypeId::kFloat) {
    if (a.id == TypeId::kFloat && b.id == TypeId::kFloat) return a;
    type.id = TypeId::kDouble;
    type.scale = a.scale == b.scale && a.id == b.id ? a.scale : uint8_t{31};
    type.length = 23;
    return type;
  }
  if (a.id == TypeId::kYear && b.id == TypeId::kYear) return a;
  if (a.id != TypeId::kDecimal && b.id != TypeId::kDecimal) {
    return UnionOfIntegers(a.id == TypeId::kYear ? b : a, a.id == TypeId::kYear ? b : a);
  }
  const int scale =
      std::max(a.id == TypeId::kDecimal ? a.scale : 0, b.id == TypeId::kDecimal ? b.scale : 0);
  const int digits = std::max(DigitsOf(a), DigitsOf(b));
  type.id = TypeId::kDecimal;
  type.scale = static_cast<uint8_t>(scale);
  type.precision = static_cast<uint8_t>(std::min(65, digits + scale));
  type.is_unsigned = a.is_unsigned && b.is_unsigned;
  type.length = type.precision + 2u;
  return type;
}

bool IsLob(const DataType& type) { return types::IsLargeObject(type.id); }

DataType UnionOfTexts(const DataType& a, const DataType& b) {
  const bool binary = (a.IsString() && (a.collation == nullptr || a.collation->IsBinary())) ||
                      (b.IsString() && (b.collation == nullptr || b.collation->IsBinary()));
  DataType type;
  type.length = std::max(types::DisplayLength(a), types::DisplayLength(b));
  if (binary) {
    type.id = IsLob(a) || IsLob(b) ? TypeId::kLongBlob : TypeId::kVarbinary;
    type.collation = &types::kBinaryCollation;
    if (a.id == TypeId::kBinary && b.id == TypeId::kBinary && a.length == b.length)
      type.id = TypeId::kBinary;
    return type;
  }
  if (IsLob(a) || IsLob(b)) {
    const TypeId ida = IsLob(a) ? a.id : TypeId::kTinyText,
                 idb = IsLob(b) ? b.id : TypeId::kTinyText;
    type.id = std::max(ida, idb);
  } else {
    type.id = a.id == TypeId::kChar && b.id == TypeId::kChar && a.length == b.length
                  ? TypeId::kChar
                  : TypeId::kVarchar;
  }
  const bool a_text = a.collation != nullptr, b_text = b.collation != nullptr;
  type.collation = a_text ? a.collation : b_text ? b.collation : &types::kUtf8mb4Collation;
  if (a_text && b_text && a.collation != b.collation &&
      b.collation->charset == &types::kUtf8mb4Charset &&
      a.collation->charset != &types::kUtf8mb4Charset) {
    type.collation = b.collation;
  }
  return type;
}

}  // namespace

DataType UnionType(const DataType& a, const DataType& b) {
  DataType type;
  if (a.id == TypeId::kNull) {
    type = b;
  } else if (b.id == TypeId::kNull) {
    type = a;
  } else if (a.IsNumeric() && b.IsNumeric()) {
    type = UnionOfNumbers(a, b);
  } else if (a.id == b.id && (a.id == TypeId::kJson || a.id == TypeId::kGeometry)) {
    type = a;
  } else if (a.id == TypeId::kBit && b.id == TypeId::kBit) {
    type = a.length >= b.length ? a : b;
  } else if (a.IsTemporal() && b.IsTemporal()) {
    type = a.id == b.id ? a : DataType();
    if (a.id != b.id) type.id = TypeId::kDatetime;
    type.scale = std::max(a.scale, b.scale);
  } else if ((a.id == TypeId::kEnum || a.id == TypeId::kSet) && a.id == b.id &&
             a.labels == b.labels) {
    type = a;
  } else {
    type = UnionOfTexts(a, b);
  }
  type.nullable = a.nullable || b.nullable || a.id == TypeId::kNull || b.id == TypeId::kNull;
  return type;
}

bool NeedsConversion(const DataType& from, const DataType& to) {
  if (from.id == TypeId::kNull) return false;
  if (from.IsInteger() && to.IsInteger()) return from.is_unsigned != to.is_unsigned;
  if (from.id != to.id) {
    if (from.IsString() && to.IsString() && from.collation != nullptr && to.collation != nullptr) {
      return from.collation->charset != to.collation->charset;
    }
    return true;
  }
  if (from.IsString()) {
    return from.collation != to.collation && from.collation != nullptr && to.collation != nullptr &&
           from.collation->charset != to.collation->charset;
  }
  if (from.id == TypeId::kDecimal || from.IsTemporal() || from.id == TypeId::kFloat)
    return from.scale != to.scale;
  return false;
}

namespace {

Value ToTemporal(const Value& value, const DataType& from, const DataType& to,
                 const types::ConversionContext& context) {
  if (to.id == TypeId::kTime) {
    int64_t micros = 0;
    return types::ToTime(value, from, context, &micros) ? Value::Time(micros) : Value::Null();
  }
  types::DateTime t;
  if (!types::ToDatetime(value, from, types::DateRulesOf(context.sql_mode), context, &t))
    return Value::Null();
  if (to.id == TypeId::kDate) return Value::Date(types::PackDate(t));
  const int64_t packed = types::PackDatetime(t);
  if (to.id == TypeId::kDatetime) return Value::Datetime(packed);
  int64_t utc = 0;
  if (!context.time_zone->LocalToTimestamp(packed, &utc)) return Value::Null();
  return Value::Datetime(utc);
}

}  // namespace

Value ConvertTo(const Value& value, const DataType& from, const DataType& to,
                const types::ConversionContext& context) {
  if (value.is_null() || !NeedsConversion(from, to)) return value;
  if (to.IsInteger() || to.id == TypeId::kYear || to.id == TypeId::kBit) {
    types::Integer integer = types::ToInteger(value, from, context);
    if (to.is_unsigned || to.id == TypeId::kBit)
      return Value::Uint(static_cast<uint64_t>(integer.bits));
    return Value::Int(integer.bits);
  }
  switch (to.id) {
    case TypeId::kFloat:
    case TypeId::kDouble:
      return Value::Double(types::ToDouble(value, from, context));
    case TypeId::kDecimal: {
      const types::Decimal decimal = types::ToDecimal(value, from, context);
      return Value::DecimalRef(context.arena->New<types::Decimal>(decimal.Rounded(to.scale)));
    }
    case TypeId::kDate:
    case TypeId::kTime:
    case TypeId::kDatetime:
    case TypeId::kTimestamp:
      return ToTemporal(value, from, to, context);
    default:
      break;
  }
  if (!to.IsString()) return value;
  if (to.collation == nullptr || to.collation->IsBinary())
    return Value::String(types::ToText(value, from, context));
  return Value::String(types::ToTextIn(value, from, *to.collation->charset, context));
}

Value AsKey(const Value& value, const DataType& type, Arena* arena) {
  if (value.kind() != ValueKind::kDecimal || type.id != TypeId::kDecimal) return value;
  const types::Decimal rounded = value.decimal().Rounded(type.scale);
  return rounded == value.decimal() ? value
                                    : Value::DecimalRef(arena->New<types::Decimal>(rounded));
}

bool IsTrue(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return false;
    case ValueKind::kInt:
    case ValueKind::kUint:
    case ValueKind::kDate:
    case ValueKind::kTime:
    case ValueKind::kDatetime:
      return value.int_value() != 0;
    case ValueKind::kDouble:
      return value.double_value() != 0;
    case ValueKind::kDecimal:
      return !value.decimal().is_zero();
    case ValueKind::kString: {
      size_t consumed = 0;
      return types::ParseDouble(value.bytes(), &consumed) != 0;
    }
    case ValueKind::kJson:
      return true;
  }
  return false;
}

uint64_t ToCount(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kInt:
      return value.int_value() < 0 ? 0 : static_cast<uint64_t>(value.int_value());
    case ValueKind::kUint:
      return value.uint_value();
    case ValueKind::kDouble:
      return value.double_value() < 0 ? 0 : static_cast<uint64_t>(value.double_value());
    case ValueKind::kDecimal: {
      uint64_t count = 0;
      value.decimal().ToUint64(&count);
      return count;
    }
    case ValueKind::kString: {
      size_t consumed = 0;
      bool overflow = false;
      const types::Integer integer = types::ParseInteger(value.bytes(), &consumed, &overflow);
      return integer.IsNegative() ? 0 : static_cast<uint64_t>(integer.bits);
    }
    default:
      return 0;
  }
}

}  // namespace sixfold::exec
