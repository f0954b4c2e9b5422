#include "core/types/compare_values.h"

#include <algorithm>

#include "core/base/arena.h"
#include "core/types/collation.h"
#include "core/types/compare.h"
#include "core/types/decimal.h"
#include "core/types/labels.h"
#include "core/types/metadata.h"
#include "core/types/result_type.h"
#include "core/types/time_zone.h"

namespace sixfold::types {

int CompareValues(const Value& a, const Value& b, const DataType& type) {
  if (a.kind() == ValueKind::kInt && b.kind() == ValueKind::kInt) {
    return a.int_value() < b.int_value() ? -1 : a.int_value() > b.int_value() ? 1 : 0;
  }
  return CompareSameType(a, b, type);
}

bool HashComparable(const DataType& a, const DataType& b) {
  if (a.id == TypeId::kNull || b.id == TypeId::kNull) return false;
  switch (CompareKindOf(a, b)) {
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
  switch (CompareKindOf(a, b)) {
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

DataType UnionType(const DataType& a, const DataType& b) {
  DataType type = CommonType(a, b);
  if (type.IsString() && a.collation != nullptr && b.collation != nullptr &&
      a.collation->charset != &kUtf8mb4Charset && b.collation->charset == &kUtf8mb4Charset &&
      !a.collation->IsBinary()) {
    type.collation = b.collation;
  }
  return type;
}

Value AsKey(const Value& value, const DataType& type, Arena* arena) {
  if (value.kind() != ValueKind::kDecimal || type.id != TypeId::kDecimal) return value;
  const Decimal rounded = value.decimal().Rounded(type.scale);
  return rounded == value.decimal() ? value : Value::DecimalRef(arena->New<Decimal>(rounded));
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
      return ParseDouble(value.bytes(), &consumed) != 0;
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
      const Integer integer = ParseInteger(value.bytes(), &consumed, &overflow);
      return integer.IsNegative() ? 0 : static_cast<uint64_t>(integer.bits);
    }
    default:
      return 0;
  }
}

}  // namespace sixfold::types
