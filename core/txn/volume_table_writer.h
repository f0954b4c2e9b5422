// VolumeTableWriter: changes of one table's rows with all their index entries. See table_writer.h.
//
// Order within one row: lock, look for duplicates in all unique indexes, check foreign keys, then
// write. So a row that is refused leaves no change behind.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/txn/row_codec.h"
#include "core/txn/table_store.h"
#include "core/txn/table_writer.h"

namespace sixfold::txn {

class ForeignKeys;
class VolumeTransaction;

class VolumeTableWriter final : public TableWriter {
 public:
  /// `cascade_depth`: how many foreign-key actions led here.
  VolumeTableWriter(VolumeTransaction& transaction, catalog::TablePtr table, int cascade_depth = 0);
  ~VolumeTableWriter() override;

  WriteResult Insert(std::span<const types::Value> row, Arena* arena) override;
  WriteResult Update(std::span<const types::Value> old_row, std::span<const types::Value> new_row,
                     types::Value row_id, Arena* arena) override;
  void Delete(std::span<const types::Value> row, types::Value row_id, Arena* arena) override;
  void set_foreign_key_checks(bool on) override { foreign_key_checks_ = on; }
  void set_unique_checks(bool on) override {}
  /// Off inside a foreign-key action, whose parent row is still to be written.
  void set_parent_checks(bool on) { parent_checks_ = on; }

 private:
  /// Locks the new entry and its gap; true when the key has a row already.
  bool LockAndFindClustered(std::string_view key, std::string_view* stored);
  /// The row that has this unique value, other than `own_clustered_key`; its clustered key goes to
  /// found_key_.
  bool FindUniqueOwner(const catalog::IndexDef& index, std::string_view unique_key,
                       std::string_view own_clustered_key, std::string_view* stored);
  WriteResult Duplicate(int index, std::string_view stored, Arena* arena);
  bool HasDuplicate(std::span<const types::Value> row, std::span<const types::Value> old_row,
                    std::string_view clustered_key, WriteResult* result, Arena* arena);
  void LockInsert(std::string_view key);
  void PutRow(std::span<const types::Value> row, std::string_view clustered_key,
              std::string_view old_stored, std::span<const types::Value> old_row);
  void PutEntry(const catalog::IndexDef& index, std::span<const types::Value> row,
                std::string_view clustered_key);
  void DeleteEntry(const catalog::IndexDef& index, std::span<const types::Value> row,
                   std::string_view clustered_key);
  bool SameParts(const catalog::IndexDef& index, std::span<const types::Value> a,
                 std::span<const types::Value> b) const;
  std::string EntryKey(const catalog::IndexDef& index, std::span<const types::Value> row,
                       std::string_view clustered_key) const;
  bool StoredRow(std::string_view clustered_key, std::string_view* stored);
  void DropExternal(std::string_view stored, std::span<const types::Value> old_row,
                    std::span<const types::Value> new_row);

  VolumeTransaction& transaction_;
  const catalog::TablePtr table_;
  const TableStore store_;
  const int cascade_depth_;
  bool foreign_key_checks_ = true;
  bool parent_checks_ = true;
  bool may_be_external_ = false;
  const bool row_locks_;  // not where the whole table is this transaction's
  std::unique_ptr<ForeignKeys> foreign_keys_;
  std::string key_, old_key_, unique_key_, found_key_, value_;
};

}  // namespace sixfold::txn
