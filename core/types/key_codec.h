// Memcomparable keys: a value of a column becomes bytes whose order is the column's SQL order, and
// no part is a prefix of another, so parts are simply put one behind the other.
//
// A part is, before a descending part is inverted bit by bit:
//   nullable columns   00 for NULL (and nothing else), 01 before any other value
//   integers           1, 2, 3, 4 or 8 bytes big-endian, the sign bit inverted where signed
//   YEAR               1 byte: 0, or the year less 1900
//   BIT(n)             as many bytes as n bits need, big-endian
//   FLOAT, DOUBLE      4 or 8 bytes of IEEE 754, sign bit inverted, or all bits when negative
//   DECIMAL(p,s)       Decimal::AppendEncoded
//   DATE               3 bytes: the packed days
//   DATETIME, TIMESTAMP  5 bytes of packed seconds and, where fsp > 0, 3 bytes of microseconds
//   TIME               3 bytes of seconds + 2^22 and, where fsp > 0, 3 bytes of microseconds
//   ENUM               2 bytes of index; SET: 8 bytes of its bits
//   strings            Collation::AppendSortKey, of the first prefix_length characters (bytes where
//                      binary) when that is not 0
// Values must be of the column's type: in its range and rounded to its scale. Integers may come as
// kInt or kUint.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/types/data_type.h"
#include "core/types/value.h"

namespace sixfold::types {

struct KeyPartFormat {
  uint32_t prefix_length = 0;
  bool descending = false;
};

namespace internal {
void AppendOtherKeyPart(const Value& value, const DataType& type, KeyPartFormat format,
                        std::string* out);
}

inline void AppendKeyPart(const Value& value, const DataType& type, KeyPartFormat format,
                          std::string* out) {
  if (!format.descending && !value.is_null() &&
      (type.id == TypeId::kBigInt || type.id == TypeId::kInt)) {
    char bytes[9];
    char* at = bytes;
    if (type.nullable) *at++ = 1;
    if (type.id == TypeId::kInt) {
      const auto sign = type.is_unsigned ? 0u : 0x80000000u;
      StoreFixed(at, __builtin_bswap32(static_cast<uint32_t>(value.uint_value()) ^ sign));
      at += 4;
    } else {
      const auto sign = type.is_unsigned ? uint64_t{0} : uint64_t{1} << 63;
      StoreFixed(at, __builtin_bswap64(value.uint_value() ^ sign));
      at += 8;
    }
    out->append(bytes, at - bytes);
    return;
  }
  internal::AppendOtherKeyPart(value, type, format, out);
}

/// Whether the part holds all of the value: not where a sort key or a prefix stands for it.
bool KeyPartIsInvertible(const DataType& type, KeyPartFormat format);
/// Reads an invertible part from the front of *key and moves behind it; bytes go to the arena.
/// False: the key is damaged.
bool DecodeKeyPart(std::string_view* key, const DataType& type, KeyPartFormat format, Arena* arena,
                   Value* out);
/// Moves behind any part. False: the key is damaged.
bool SkipKeyPart(std::string_view* key, const DataType& type, KeyPartFormat format);

}  // namespace sixfold::types
