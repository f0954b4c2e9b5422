// TableStore: where the rows of one table are, as its transaction reads and changes them: the
// volume, or the session's memory for a temporary table. Readers and writers go through it.
#pragma once

#include <string_view>

#include "core/txn/write_set.h"
#include "storage/client/volume.h"

namespace sixfold::catalog {
struct TableDef;
}

namespace sixfold::txn {

class ViewSlot;
class VolumeTransaction;

class TableStore {
 public:
  TableStore(VolumeTransaction& transaction, const catalog::TableDef& table);

  bool temporary() const { return temporary_; }
  WriteSet& changes() const { return *changes_; }
  /// The slot of consistent reads, S taken; of a temporary table, its one slot.
  ViewSlot& Snapshot() const;
  ViewSlot& Latest() const;
  storage::ReadView& LatestView() const;

  void Put(std::string_view key, std::string_view value) const;
  void Delete(std::string_view key) const;
  /// Another key others wait for the freshness of.
  void NoteChanged(std::string_view key) const;

 private:
  VolumeTransaction* transaction_;
  bool temporary_;
  WriteSet* changes_;
};

}  // namespace sixfold::txn
