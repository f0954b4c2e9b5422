// Fills new indexes of a table from its rows.
//
// The caller holds the table's metadata lock exclusively, so no row changes meanwhile. Entries are
// committed in chunks of their own, ahead of the definition that publishes the index: until then
// nobody looks under its id, and a build that fails leaves only unreachable keys, which are dropped
// with a commit of their own. When all entries are there, a unique index is read in order for
// duplicates (1062).
#pragma once

#include <cstdint>
#include <span>

namespace sixfold::catalog {
struct TableDef;
}

namespace sixfold::txn {

class VolumeTransaction;

void BuildIndexEntries(VolumeTransaction& transaction, const catalog::TableDef& table,
                       std::span<const uint32_t> indexes);

}  // namespace sixfold::txn
