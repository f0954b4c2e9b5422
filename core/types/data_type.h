// DataType: the declared type of a column or the result type of an expression.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sixfold::types {

struct Collation;  // core/types/collation.h

enum class TypeId : uint8_t {
  kNull,
  kTinyInt,
  kSmallInt,
  kMediumInt,
  kInt,
  kBigInt,
  kFloat,
  kDouble,
  kDecimal,
  kYear,
  kDate,
  kTime,
  kDatetime,
  kTimestamp,
  kChar,
  kVarchar,
  kTinyText,
  kText,
  kMediumText,
  kLongText,  // text when collation != binary,
  kBinary,
  kVarbinary,
  kTinyBlob,
  kBlob,
  kMediumBlob,
  kLongBlob,  // these are always bytes
  kBit,
  kEnum,
  kSet,
  kJson,
  kGeometry,
};

struct DataType {
  TypeId id = TypeId::kNull;
  bool is_unsigned = false;
  bool zerofill = false;
  bool nullable = true;
  bool is_boolean = false;  // TRUE, FALSE and conditions: integers, but JSON's true and false
  uint8_t precision = 0;    // DECIMAL: digits
  uint8_t scale =
      0;  // DECIMAL, FLOAT(m,d): decimals; temporal: fractional digits 0-6; 31: not fixed (double)
  uint32_t length = 0;  // characters (text), bytes (binary), bits (BIT), display width (integers)
  const Collation* collation = nullptr;                    // text, ENUM, SET; null: not a string
  std::shared_ptr<const std::vector<std::string>> labels;  // ENUM, SET; utf8mb4

  bool IsInteger() const { return id >= TypeId::kTinyInt && id <= TypeId::kBigInt; }
  bool IsNumeric() const { return id >= TypeId::kTinyInt && id <= TypeId::kYear; }
  bool IsTemporal() const { return id >= TypeId::kDate && id <= TypeId::kTimestamp; }
  /// X'41', 0x41, b'01': bytes that are a number where one is wanted. Only of literals.
  bool IsHexLiteral() const { return id == TypeId::kVarbinary && is_unsigned; }
  bool IsString() const { return id >= TypeId::kChar && id <= TypeId::kLongBlob; }
};

}  // namespace sixfold::types
