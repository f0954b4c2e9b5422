// The keyspace of the volume: one ordered space of byte strings (docs/formats/keyspace.md).
//
//   key = ordered varint(table id) ordered varint(index id) memcomparable column values
//
// The ordered varint is SQLite4's: 1 to 9 bytes, its first byte tells its length, bytewise order is
// numeric order and no code is a prefix of another. So the prefix of a table or an index covers
// exactly its keys.
//
//   clustered index       the key's columns; for an implicit row id 8 bytes, big-endian
//   secondary index       its columns, then the clustered key's values ("suffix")
//   index id 0            out-of-row values: varint(blob id), chunk number (4 bytes, big-endian)
//   table ids below 1000  the catalog (core/txn/catalog_store.h); 0 never holds rows, the lock
//   table
//                         uses it for metadata locks
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/ids.h"

namespace sixfold::catalog {
struct IndexDef;
struct KeyPart;
struct TableDef;
}  // namespace sixfold::catalog
namespace sixfold::types {
class Value;
}

namespace sixfold::txn {

inline constexpr TableId kFirstUserTable{1000};
inline constexpr IndexId kBlobIndex{0};
/// MySQL's limit for one index is 3072 bytes of column data; weights and escapes make it larger.
inline constexpr size_t kMaxKeyBytes = 16 * 1024;

void AppendOrderedVarint(std::string* out, uint64_t value);
/// Bytes of the ordered varint that starts with this byte.
size_t OrderedVarintBytes(uint8_t first);
/// False when `in` is too short; else takes the code off its front.
bool TakeOrderedVarint(std::string_view* in, uint64_t* value);

std::string TablePrefix(TableId table);
void AppendIndexPrefix(std::string* out, TableId table, IndexId index);
std::string IndexPrefix(TableId table, IndexId index);
/// The table and index part of a key.
std::string_view IndexPrefixOf(std::string_view key);

/// The smallest key greater than every key that starts with `prefix`; "" when there is none.
std::string PrefixEnd(std::string_view prefix);
/// The same, in place.
void MakePrefixEnd(std::string* prefix);

/// Appends one column's value as it stands in an index. NULL sorts first (last when descending).
void AppendKeyPart(std::string* out, const catalog::TableDef& table, const catalog::KeyPart& part,
                   const types::Value& value);

/// A row's clustered key, with prefix. `row_id` counts for implicit row ids only.
void AppendClusteredKey(std::string* out, const catalog::TableDef& table,
                        std::span<const types::Value> row, uint64_t row_id);
/// The index's own columns, with prefix, of a full row. Returns true when one of them is NULL.
bool AppendIndexColumns(std::string* out, const catalog::TableDef& table,
                        const catalog::IndexDef& index, std::span<const types::Value> row);
/// A value of the clustered key without the prefix, as it ends a secondary key.
std::string_view ClusteredSuffix(std::string_view clustered_key);

std::string BlobKey(TableId table, uint64_t blob, uint32_t chunk);

}  // namespace sixfold::txn
