// Rows as stored values (docs/formats/rows.md). Cells are found by the column's storage id, so a
// row written before ADD COLUMN or after DROP COLUMN reads without being rewritten, and one column
// is decoded without touching the others.
//
//   u8      low 4 bits: format version (1); kWideOffsets: offsets are u32; kHasExternal
//   varint  n: cells; cell i belongs to storage id i + 1
//   bits    n null flags (1: NULL or dropped), whole bytes
//   bits    n external flags, whole bytes, only with kHasExternal
//   u16/u32 n end offsets into the cells' bytes
//   bytes   the cells
//
// A cell: integers and temporals as the fewest little-endian bytes that keep the value (0: none),
// FLOAT 4 bytes, DOUBLE 8, DECIMAL as types::Decimal encodes it, ENUM its index and SET its bits
// as unsigned integers, everything else its bytes. An external cell is {varint blob id, varint
// length}: its bytes stand in chunks under index id 0.
//
// Bytes from disk are input: a row that does not parse raises SqlError 1034 (ER_NOT_KEYFILE).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/types/value.h"

namespace sixfold::catalog {
struct ColumnDef;
struct TableDef;
}  // namespace sixfold::catalog
namespace sixfold::types {
struct DataType;
}

namespace sixfold::txn {

inline constexpr uint8_t kRowFormatVersion = 1;
/// Longer cells of BLOB-like types live out of row.
inline constexpr size_t kMaxInlineBytes = 16 * 1024;
inline constexpr size_t kBlobChunkBytes = 64 * 1024;

struct ExternalCell {
  uint64_t blob = 0;
  uint64_t length = 0;
};

/// A stored row, parsed as far as its header. Views into the stored bytes.
class RowDecoder {
 public:
  explicit RowDecoder(std::string_view stored);

  struct Cell {
    bool present = false;  // false: the row is older than the column
    bool null = false;
    bool external = false;
    std::string_view bytes;
  };
  Cell Find(uint32_t storage_id) const;
  bool has_external() const { return external_ != nullptr; }

 private:
  uint32_t cells_ = 0;
  bool wide_ = false;
  const uint8_t* nulls_ = nullptr;
  const uint8_t* external_ = nullptr;
  const char* offsets_ = nullptr;
  std::string_view data_;
};

ExternalCell ParseExternalCell(std::string_view cell);

/// Value of an inline cell. Strings point into `cell`; decimals and SET labels into the arena.
types::Value DecodeCell(std::string_view cell, const types::DataType& type, Arena* arena);
/// What rows older than the column hold.
types::Value DecodeInstantDefault(const catalog::ColumnDef& column, Arena* arena);

void AppendCell(std::string* out, const types::Value& value, const types::DataType& type);

/// External columns are given by `external[i].length != 0` (empty span: none).
void EncodeRow(std::string* out, const catalog::TableDef& table, std::span<const types::Value> row,
               std::span<const ExternalCell> external);
/// True when some value must go out of row.
bool NeedsExternal(const catalog::TableDef& table, std::span<const types::Value> row);
bool IsExternalValue(const types::DataType& type, const types::Value& value);

}  // namespace sixfold::txn
