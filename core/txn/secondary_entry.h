// Entries of secondary indexes: the key ends in the clustered key's values, the value says how many
// bytes those are: u8 format version (1), varint.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/catalog/definitions.h"
#include "core/txn/keyspace.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {

inline constexpr char kEntryFormatVersion = 1;

inline std::string SecondaryValue(size_t suffix_bytes) {
  std::string out(1, kEntryFormatVersion);
  PutVarint(&out, suffix_bytes);
  return out;
}

/// The clustered key (with prefix) of the row an entry leads to.
inline std::string ClusteredKeyOf(const catalog::TableDef& table, std::string_view key,
                                  std::string_view value) {
  ByteReader in(value);
  const char version = in.Fixed<char>();
  const uint64_t suffix = in.Varint();
  if (!in.ok() || version != kEntryFormatVersion || suffix > key.size()) {
    throw MakeError(ErrorCode::kNotKeyfile, std::string_view(table.name));
  }
  std::string out;
  AppendIndexPrefix(&out, table.id, table.indexes[0].id);
  return out.append(key.substr(key.size() - suffix));
}

/// Of an entry of a table with implicit row ids, which end its key.
inline uint64_t RowIdAtEnd(std::string_view key) {
  return key.size() < 8 ? 0 : LoadBigEndian64(key.data() + key.size() - 8);
}

inline uint64_t RowIdOf(std::string_view clustered_key) {
  const std::string_view suffix = ClusteredSuffix(clustered_key);
  return suffix.size() == 8 ? LoadBigEndian64(suffix.data()) : 0;
}

}  // namespace sixfold::txn
