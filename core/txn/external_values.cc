#include "core/txn/external_values.h"

#include <algorithm>

#include "core/base/arena.h"
#include "core/txn/keyspace.h"
#include "core/txn/merged_cursor.h"
#include "core/txn/table_store.h"
#include "core/types/data_type.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {

types::Value ReadExternal(storage::ReadView& view, const WriteSet& changes, TableId table,
                          const types::DataType& type, const ExternalCell& cell, Arena* arena) {
  char* bytes = static_cast<char*>(arena->Allocate(cell.length, 1));
  size_t filled = 0;
  for (uint32_t chunk = 0; filled < cell.length; ++chunk) {
    std::string_view piece;
    if (!MergedGet(view, &changes, kSeeAllStatements, BlobKey(table, cell.blob, chunk), &piece) ||
        piece.empty() || piece.size() > cell.length - filled) {
      throw MakeError(ErrorCode::kNotKeyfile, std::string_view("out-of-row value"));
    }
    std::memcpy(bytes + filled, piece.data(), piece.size());
    filled += piece.size();
  }
  return DecodeCell({bytes, cell.length}, type, arena);
}

ExternalCell WriteExternal(const TableStore& store, uint64_t blob, TableId table,
                           std::string_view bytes) {
  const ExternalCell cell{blob, bytes.size()};
  uint32_t chunk = 0;
  for (size_t at = 0; at < bytes.size(); at += kBlobChunkBytes, ++chunk) {
    store.Put(BlobKey(table, cell.blob, chunk), bytes.substr(at, kBlobChunkBytes));
  }
  return cell;
}

void DeleteExternal(const TableStore& store, TableId table, const ExternalCell& cell) {
  uint32_t chunk = 0;
  for (uint64_t at = 0; at < cell.length; at += kBlobChunkBytes, ++chunk) {
    store.Delete(BlobKey(table, cell.blob, chunk));
  }
}

}  // namespace sixfold::txn
