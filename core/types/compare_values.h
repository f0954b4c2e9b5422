// Comparing, hashing and converting values of known types, as joins, grouping and sorting need
// them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/types/convert.h"
#include "core/types/data_type.h"
#include "core/types/value.h"

namespace sixfold::types {

/// Order of two values of one type; NULL first. Strings by the type's collation.
int CompareValues(const Value& a, const Value& b, const DataType& type);

/// True when values of the two types can be compared after converting both to HashType().
bool HashComparable(const DataType& a, const DataType& b);
DataType HashType(const DataType& a, const DataType& b);

/// The type of a column of a set operation, and of VALUES, over both.
DataType UnionType(const DataType& a, const DataType& b);

/// A key of DISTINCT, GROUP BY and set operations: quotients keep digits beyond their type's scale,
/// which must not tell rows apart.
Value AsKey(const Value& value, const DataType& type, Arena* arena);

bool IsTrue(const Value& value);
/// LIMIT's numbers, NTILE's …: 0 for NULL and negatives.
uint64_t ToCount(const Value& value);

/// The value's heap bytes are copied too.
inline bool HasBytes(const Value& value) {
  return value.kind() == ValueKind::kString || value.kind() == ValueKind::kDecimal ||
         value.kind() == ValueKind::kJson;
}
inline Value Keep(const Value& value, Arena* arena) {
  return HasBytes(value) ? CopyValue(value, arena) : value;
}

}  // namespace sixfold::types
