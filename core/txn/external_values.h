// Values out of row: chunks of kBlobChunkBytes under index id 0 of their table.
#pragma once

#include <string_view>

#include "core/base/ids.h"
#include "core/txn/row_codec.h"
#include "core/txn/write_set.h"
#include "storage/client/volume.h"

namespace sixfold::txn {

class TableStore;

/// The whole value, in the arena.
types::Value ReadExternal(storage::ReadView& view, const WriteSet& changes, TableId table,
                          const types::DataType& type, const ExternalCell& cell, Arena* arena);
/// `blob`: a new id.
ExternalCell WriteExternal(const TableStore& store, uint64_t blob, TableId table,
                           std::string_view bytes);
void DeleteExternal(const TableStore& store, TableId table, const ExternalCell& cell);

}  // namespace sixfold::txn
