#include "core/txn/external_values.h"

#include <algorithm>

#include "core/base/arena.h"
#include "core/txn/keyspace.h"
#include "core/txn/merged_cursor.h"
#include "core/txn/volume_transaction.h"
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

ExternalCell WriteExternal(VolumeTransaction& transaction, TableId table, std::string_view bytes) {
  const ExternalCell cell{transaction.NewBlobId(), bytes.size()};
  uint32_t chunk = 0;
  for (size_t at = 0; at < bytes.size(); at += kBlobChunkBytes, ++chunk) {
    transaction.Put(BlobKey(table, cell.blob, chunk), bytes.substr(at, kBlobChunkBytes));
  }
  return cell;
}

void DeleteExternal(VolumeTransaction& transaction, TableId table, const ExternalCell& cell) {
  uint32_t chunk = 0;
  for (uint64_t at = 0; at < cell.length; at += kBlobChunkBytes, ++chunk) {
    transaction.Delete(BlobKey(table, cell.blob, chunk));
  }
}

}  // namespace sixfold::txn
