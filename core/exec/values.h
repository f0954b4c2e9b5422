// Comparing, hashing and converting values as operators need them: one place between exec and the
// library of types.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/types/convert.h"
#include "core/types/data_type.h"
#include "core/types/value.h"

namespace sixfold::exec {

/// Order of two values of one type; NULL first. Strings by the type's collation.
int CompareValues(const types::Value& a, const types::Value& b, const types::DataType& type);
/// Equal values have equal hashes; NULL has one too.
uint64_t HashValue(const types::Value& value, const types::DataType& type);

/// True when values of the two types can be compared after converting both to HashType().
bool HashComparable(const types::DataType& a, const types::DataType& b);
types::DataType HashType(const types::DataType& a, const types::DataType& b);

/// The type of a column of a set operation, and of VALUES, over both.
types::DataType UnionType(const types::DataType& a, const types::DataType& b);

/// The value as one of `to`, as UNION and joins convert: never an error, at worst a rounded value.
types::Value ConvertTo(const types::Value& value, const types::DataType& from,
                       const types::DataType& to, const types::ConversionContext& context);
/// False when every value of `from` already is a value of `to`.
bool NeedsConversion(const types::DataType& from, const types::DataType& to);

/// A key of DISTINCT, GROUP BY and set operations: quotients keep digits beyond their type's scale,
/// which must not tell rows apart.
types::Value AsKey(const types::Value& value, const types::DataType& type, Arena* arena);

bool IsTrue(const types::Value& value);
/// LIMIT's numbers, NTILE's …: 0 for NULL and negatives.
uint64_t ToCount(const types::Value& value);

/// The value's heap bytes are copied too.
inline bool HasBytes(const types::Value& value) {
  return value.kind() == types::ValueKind::kString || value.kind() == types::ValueKind::kDecimal ||
         value.kind() == types::ValueKind::kJson;
}
inline types::Value Keep(const types::Value& value, Arena* arena) {
  return HasBytes(value) ? types::CopyValue(value, arena) : value;
}

}  // namespace sixfold::exec
