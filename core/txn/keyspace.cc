#include "core/txn/keyspace.h"

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/catalog/definitions.h"
#include "core/types/key_codec.h"
#include "core/types/value.h"

namespace sixfold::txn {

// SQLite4's varint (https://sqlite.org/src4/doc/trunk/www/varint.wiki).
void AppendOrderedVarint(std::string* out, uint64_t value) {
  if (value <= 240) {
    out->push_back(static_cast<char>(value));
    return;
  }
  if (value <= 2287) {
    value -= 240;
    out->push_back(static_cast<char>(241 + (value >> 8)));
    out->push_back(static_cast<char>(value));
    return;
  }
  if (value <= 67823) {
    value -= 2288;
    out->push_back(static_cast<char>(249));
    out->push_back(static_cast<char>(value >> 8));
    out->push_back(static_cast<char>(value));
    return;
  }
  const int bytes = (64 - __builtin_clzll(value) + 7) / 8;
  out->push_back(static_cast<char>(247 + bytes));
  for (int i = bytes - 1; i >= 0; --i) out->push_back(static_cast<char>(value >> (8 * i)));
}

size_t OrderedVarintBytes(uint8_t first) {
  if (first <= 240) return 1;
  if (first <= 248) return 2;
  return first - 246u;
}

bool TakeOrderedVarint(std::string_view* in, uint64_t* value) {
  if (in->empty()) return false;
  const uint8_t first = static_cast<uint8_t>((*in)[0]);
  const size_t bytes = OrderedVarintBytes(first);
  if (in->size() < bytes) return false;
  const auto at = [in](size_t i) { return uint64_t{static_cast<uint8_t>((*in)[i])}; };
  if (bytes == 1) {
    *value = first;
  } else if (bytes == 2) {
    *value = 240 + ((uint64_t{first} - 241) << 8) + at(1);
  } else if (bytes == 3) {
    *value = 2288 + (at(1) << 8) + at(2);
  } else {
    uint64_t v = 0;
    for (size_t i = 1; i < bytes; ++i) v = (v << 8) | at(i);
    *value = v;
  }
  in->remove_prefix(bytes);
  return true;
}

std::string TablePrefix(TableId table) {
  std::string out;
  AppendOrderedVarint(&out, table.value());
  return out;
}

void AppendIndexPrefix(std::string* out, TableId table, IndexId index) {
  AppendOrderedVarint(out, table.value());
  AppendOrderedVarint(out, index.value());
}

std::string IndexPrefix(TableId table, IndexId index) {
  std::string out;
  AppendIndexPrefix(&out, table, index);
  return out;
}

std::string_view IndexPrefixOf(std::string_view key) {
  CHECK(!key.empty());
  const size_t table = OrderedVarintBytes(static_cast<uint8_t>(key[0]));
  CHECK(key.size() > table);
  const size_t both = table + OrderedVarintBytes(static_cast<uint8_t>(key[table]));
  CHECK(key.size() >= both);
  return key.substr(0, both);
}

void MakePrefixEnd(std::string* prefix) {
  while (!prefix->empty()) {
    if (static_cast<uint8_t>(prefix->back()) != 0xFF) {
      prefix->back() = static_cast<char>(static_cast<uint8_t>(prefix->back()) + 1);
      return;
    }
    prefix->pop_back();
  }
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  MakePrefixEnd(&end);
  return end;
}

void AppendKeyPart(std::string* out, const catalog::TableDef& table, const catalog::KeyPart& part,
                   const types::Value& value) {
  DCHECK(part.column < table.columns.size());
  const types::DataType& type = table.columns[part.column].type;
  CHECK(!value.is_null() || type.nullable, "NULL in a NOT NULL key column");
  types::AppendKeyPart(value, type, {part.prefix_length, part.descending}, out);
}

void AppendClusteredKey(std::string* out, const catalog::TableDef& table,
                        std::span<const types::Value> row, uint64_t row_id) {
  const catalog::IndexDef& clustered = table.indexes[0];
  AppendIndexPrefix(out, table.id, clustered.id);
  if (table.implicit_row_id) {
    PutBigEndian64(out, row_id);
    return;
  }
  for (const catalog::KeyPart& part : clustered.parts) {
    AppendKeyPart(out, table, part, row[part.column]);
  }
}

bool AppendIndexColumns(std::string* out, const catalog::TableDef& table,
                        const catalog::IndexDef& index, std::span<const types::Value> row) {
  AppendIndexPrefix(out, table.id, index.id);
  bool has_null = false;
  for (const catalog::KeyPart& part : index.parts) {
    AppendKeyPart(out, table, part, row[part.column]);
    has_null |= row[part.column].is_null();
  }
  return has_null;
}

std::string_view ClusteredSuffix(std::string_view clustered_key) {
  return clustered_key.substr(IndexPrefixOf(clustered_key).size());
}

std::string BlobKey(TableId table, uint64_t blob, uint32_t chunk) {
  std::string out;
  AppendIndexPrefix(&out, table, kBlobIndex);
  AppendOrderedVarint(&out, blob);
  PutBigEndian32(&out, chunk);
  return out;
}

}  // namespace sixfold::txn
