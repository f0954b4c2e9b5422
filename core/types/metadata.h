// What clients and information_schema see of a DataType: the wire's type code, flags, length and
// character set, and the type's SQL text.
#pragma once

#include <cstdint>
#include <string>

#include "core/types/data_type.h"

namespace sixfold::types {

namespace column_flag {
inline constexpr uint16_t kNotNull = 1;
inline constexpr uint16_t kPrimaryKey = 2;
inline constexpr uint16_t kUniqueKey = 4;
inline constexpr uint16_t kMultipleKey = 8;
inline constexpr uint16_t kBlob = 16;
inline constexpr uint16_t kUnsigned = 32;
inline constexpr uint16_t kZerofill = 64;
inline constexpr uint16_t kBinary = 128;
inline constexpr uint16_t kEnum = 256;
inline constexpr uint16_t kAutoIncrement = 512;
inline constexpr uint16_t kTimestamp = 1024;
inline constexpr uint16_t kSet = 2048;
inline constexpr uint16_t kNoDefault = 4096;
}  // namespace column_flag

struct WireMetadata {
  uint8_t type = 6;     // enum_field_types
  uint16_t flags = 0;   // of the type; keys and AUTO_INCREMENT are the table's
  uint32_t length = 0;  // in bytes of the charset it is sent in
  uint8_t decimals = 0;
  uint16_t collation = 63;  // id
};

/// results: the collation of character_set_results, null to send strings as they are. from_column:
/// a table's column rather than an expression.
WireMetadata WireMetadataOf(const DataType& type, const Collation* results, bool from_column);

/// The bytes or characters a LOB type holds; IsLargeObject types only.
uint64_t LargeObjectBytes(TypeId id);
bool IsLargeObject(TypeId id);
inline bool IsLargeObject(const DataType& type) { return IsLargeObject(type.id); }
/// CHAR and VARCHAR lengths as CHARACTER_MAXIMUM_LENGTH: characters; 0: not a string.
uint64_t CharacterMaximumLength(const DataType& type);
uint64_t CharacterOctetLength(const DataType& type);
/// How many characters the value's text can have (display width).
uint32_t DisplayLength(const DataType& type);

/// "int unsigned", "varchar(20)", "enum('a','b')": COLUMN_TYPE and SHOW CREATE TABLE.
std::string ColumnTypeText(const DataType& type);
/// "int", "varchar", "enum": DATA_TYPE.
std::string DataTypeName(const DataType& type);

}  // namespace sixfold::types
