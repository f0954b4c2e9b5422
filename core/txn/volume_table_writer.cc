#include "core/txn/volume_table_writer.h"

#include "core/base/arena.h"
#include "core/base/check.h"
#include "core/txn/external_values.h"
#include "core/txn/foreign_keys.h"
#include "core/txn/freshness.h"
#include "core/txn/keyspace.h"
#include "core/txn/merged_cursor.h"
#include "core/txn/row_values.h"
#include "core/txn/secondary_entry.h"
#include "core/txn/transaction_manager.h"
#include "core/txn/volume_transaction.h"
#include "core/types/decimal.h"

namespace sixfold::txn {

VolumeTableWriter::VolumeTableWriter(VolumeTransaction& transaction, catalog::TablePtr table,
                                     int cascade_depth)
    : transaction_(transaction),
      table_(std::move(table)),
      store_(transaction, *table_),
      cascade_depth_(cascade_depth),
      row_locks_(!table_->temporary && !transaction.HasForItself(*table_)) {
  for (const catalog::ColumnDef& column : table_->columns) {
    may_be_external_ |= CanBeExternal(column.type);
  }
  if (!table_->foreign_keys.empty() || !table_->referenced_by.empty()) {
    foreign_keys_ = std::make_unique<ForeignKeys>(transaction_, *table_, cascade_depth_);
  }
}

VolumeTableWriter::~VolumeTableWriter() = default;

// ---- locks and duplicates ----

void VolumeTableWriter::LockInsert(std::string_view key) {
  if (!row_locks_) return;
  LockOwner& owner = transaction_.lock_owner();
  owner.set_weight(transaction_.changes().changes());
  const LockOutcome outcome =
      transaction_.manager().locks().LockInsert(owner, key, transaction_.Patience(LockWait::kWait));
  transaction_.RequireLock(outcome, LockWait::kWait);
  transaction_.RefreshLatest(Freshness::SlotOf(key));
}

bool VolumeTableWriter::StoredRow(std::string_view clustered_key, std::string_view* stored) {
  return MergedGet(store_.LatestView(), &store_.changes(), kSeeAllStatements, clustered_key,
                   stored);
}

bool VolumeTableWriter::LockAndFindClustered(std::string_view key, std::string_view* stored) {
  LockInsert(key);
  return StoredRow(key, stored);
}

bool VolumeTableWriter::FindUniqueOwner(const catalog::IndexDef& index, std::string_view unique_key,
                                        std::string_view own_clustered_key,
                                        std::string_view* stored) {
  LockTable& locks = transaction_.manager().locks();
  LockOwner& owner = transaction_.lock_owner();
  const LockPatience patience = transaction_.Patience(LockWait::kWait);
  if (row_locks_) {
    const LockOutcome outcome = locks.LockRecord(owner, unique_key, LockMode::kExclusive, patience);
    transaction_.RequireLock(outcome, LockWait::kWait);
    transaction_.RefreshLatest(Freshness::SlotOf(unique_key));
  }
  const std::string end = PrefixEnd(unique_key);
  for (;;) {
    MergedCursor cursor(store_.LatestView(), &store_.changes(), kSeeAllStatements, unique_key, end);
    cursor.SeekForward(unique_key);
    if (!cursor.Valid()) return false;
    found_key_ = ClusteredKeyOf(*table_, cursor.key(), cursor.value());
    if (found_key_ == own_clustered_key) return false;
    if (!row_locks_) return StoredRow(found_key_, stored);
    const LockOutcome row = locks.LockRecord(owner, found_key_, LockMode::kExclusive, patience);
    transaction_.RequireLock(row, LockWait::kWait);
    if (transaction_.RefreshLatest(Freshness::SlotOf(found_key_))) continue;
    if (row == LockOutcome::kWaited) continue;
    return StoredRow(found_key_, stored);
  }
}

WriteResult VolumeTableWriter::Duplicate(int index, std::string_view stored, Arena* arena) {
  const RowDecoder decoder(stored);
  const size_t columns = table_->columns.size();
  auto* existing = static_cast<types::Value*>(
      arena->Allocate(columns * sizeof(types::Value), alignof(types::Value)));
  for (size_t i = 0; i < columns; ++i) {
    const types::Value value = DecodeColumn(store_.LatestView(), store_.changes(), *table_,
                                            table_->columns[i], decoder, arena);
    new (&existing[i]) types::Value(types::CopyValue(value, arena));
  }
  types::Value row_id;
  if (table_->implicit_row_id) row_id = types::Value::Uint(RowIdOf(found_key_));
  return {false, index, {existing, columns}, row_id};
}

bool VolumeTableWriter::SameParts(const catalog::IndexDef& index, std::span<const types::Value> a,
                                  std::span<const types::Value> b) const {
  for (const catalog::KeyPart& part : index.parts) {
    if (!IdenticalValues(a[part.column], b[part.column])) return false;
  }
  return true;
}

/// Locks every unique value the row brings in and looks whether somebody has it. `old_row` is empty
/// for an insert; the clustered key was looked at by the caller.
bool VolumeTableWriter::HasDuplicate(std::span<const types::Value> row,
                                     std::span<const types::Value> old_row,
                                     std::string_view clustered_key, WriteResult* result,
                                     Arena* arena) {
  for (size_t i = 1; i < table_->indexes.size(); ++i) {
    const catalog::IndexDef& index = table_->indexes[i];
    if (!index.unique()) continue;
    if (!old_row.empty() && SameParts(index, row, old_row)) continue;
    unique_key_.clear();
    if (AppendIndexColumns(&unique_key_, *table_, index, row)) continue;  // NULLs never collide
    std::string_view stored;
    if (FindUniqueOwner(index, unique_key_, clustered_key, &stored)) {
      *result = Duplicate(static_cast<int>(i), stored, arena);
      return true;
    }
  }
  return false;
}

// ---- writing ----

std::string VolumeTableWriter::EntryKey(const catalog::IndexDef& index,
                                        std::span<const types::Value> row,
                                        std::string_view clustered_key) const {
  std::string key;
  AppendIndexColumns(&key, *table_, index, row);
  return key.append(ClusteredSuffix(clustered_key));
}

void VolumeTableWriter::PutEntry(const catalog::IndexDef& index, std::span<const types::Value> row,
                                 std::string_view clustered_key) {
  std::string key;
  const bool has_null = AppendIndexColumns(&key, *table_, index, row);
  if (index.unique() && !has_null) store_.NoteChanged(key);
  const std::string_view suffix = ClusteredSuffix(clustered_key);
  key.append(suffix);
  store_.Put(key, SecondaryValue(suffix.size()));
  store_.NoteChanged(IndexPrefixOf(key));
}

void VolumeTableWriter::DeleteEntry(const catalog::IndexDef& index,
                                    std::span<const types::Value> row,
                                    std::string_view clustered_key) {
  std::string key;
  const bool has_null = AppendIndexColumns(&key, *table_, index, row);
  if (index.unique() && !has_null) store_.NoteChanged(key);
  key.append(ClusteredSuffix(clustered_key));
  store_.Delete(key);
  store_.NoteChanged(IndexPrefixOf(key));
}

/// Out-of-row values of `old_stored` that the new row (empty: none) does not keep.
void VolumeTableWriter::DropExternal(std::string_view stored, std::span<const types::Value> old_row,
                                     std::span<const types::Value> new_row) {
  if (stored.empty()) return;
  const RowDecoder decoder(stored);
  if (!decoder.has_external()) return;
  for (size_t i = 0; i < table_->columns.size(); ++i) {
    const RowDecoder::Cell cell = decoder.Find(table_->columns[i].storage_id);
    if (!cell.present || cell.null || !cell.external) continue;
    if (!new_row.empty() && IdenticalValues(old_row[i], new_row[i])) continue;
    DeleteExternal(store_, table_->id, ParseExternalCell(cell.bytes));
  }
}

void VolumeTableWriter::PutRow(std::span<const types::Value> row, std::string_view clustered_key,
                               std::string_view old_stored, std::span<const types::Value> old_row) {
  std::vector<ExternalCell> external;
  if (may_be_external_ && NeedsExternal(*table_, row)) {
    external.resize(row.size());
    for (size_t i = 0; i < row.size(); ++i) {
      if (!IsExternalValue(table_->columns[i].type, row[i])) continue;
      if (!old_stored.empty() && IdenticalValues(row[i], old_row[i])) {
        const auto cell = RowDecoder(old_stored).Find(table_->columns[i].storage_id);
        if (cell.present && cell.external) {
          external[i] = ParseExternalCell(cell.bytes);
          continue;
        }
      }
      external[i] = WriteExternal(store_, transaction_.NewBlobId(), table_->id, row[i].bytes());
    }
  }
  if (may_be_external_) DropExternal(old_stored, old_row, row);
  value_.clear();
  EncodeRow(&value_, *table_, row, external);
  store_.Put(clustered_key, value_);
  store_.NoteChanged(IndexPrefixOf(clustered_key));
}

WriteResult VolumeTableWriter::Insert(std::span<const types::Value> row, Arena* arena) {
  CHECK_EQ(row.size(), table_->columns.size());
  transaction_.NoteProgress();
  const uint64_t row_id = table_->implicit_row_id ? transaction_.NewRowId(*table_) : 0;
  key_.clear();
  AppendClusteredKey(&key_, *table_, row, row_id);
  std::string_view stored;
  if (LockAndFindClustered(key_, &stored)) return Duplicate(0, stored, arena);
  WriteResult duplicate;
  if (HasDuplicate(row, {}, key_, &duplicate, arena)) return duplicate;
  for (size_t i = 1; i < table_->indexes.size(); ++i) {
    const catalog::IndexDef& index = table_->indexes[i];
    if (index.stored()) LockInsert(EntryKey(index, row, key_));
  }
  if (foreign_keys_ != nullptr && foreign_key_checks_) foreign_keys_->CheckParents(row, {});

  PutRow(row, key_, {}, {});
  for (size_t i = 1; i < table_->indexes.size(); ++i) {
    if (table_->indexes[i].stored()) PutEntry(table_->indexes[i], row, key_);
  }
  if (!table_->temporary) transaction_.ChangeRows(table_->id, 1);
  return {};
}

WriteResult VolumeTableWriter::Update(std::span<const types::Value> old_row,
                                      std::span<const types::Value> new_row, types::Value row_id,
                                      Arena* arena) {
  CHECK_EQ(new_row.size(), table_->columns.size());
  const uint64_t implicit_id = table_->implicit_row_id ? row_id.uint_value() : 0;
  old_key_.clear();
  AppendClusteredKey(&old_key_, *table_, old_row, implicit_id);
  key_.clear();
  AppendClusteredKey(&key_, *table_, new_row, implicit_id);
  const bool moved = key_ != old_key_;
  std::string_view stored;
  if (moved && LockAndFindClustered(key_, &stored)) return Duplicate(0, stored, arena);
  WriteResult duplicate;
  // A row that moves keeps its unique values: it must not collide with itself.
  if (HasDuplicate(new_row, old_row, old_key_, &duplicate, arena)) return duplicate;
  for (size_t i = 1; i < table_->indexes.size(); ++i) {
    const catalog::IndexDef& index = table_->indexes[i];
    if (!index.stored() || (!moved && SameParts(index, old_row, new_row))) continue;
    LockInsert(EntryKey(index, new_row, key_));
  }
  if (foreign_keys_ != nullptr && foreign_key_checks_) {
    if (parent_checks_) foreign_keys_->CheckParents(new_row, old_row);
    foreign_keys_->ParentChanges(old_row, new_row, arena);
  }

  std::string_view old_stored;
  std::string old_copy;
  if (may_be_external_ && StoredRow(old_key_, &old_stored)) {
    old_copy = old_stored;  // writing may grow the set it points into, but never moves it
    old_stored = old_copy;
  }
  if (moved) {
    store_.Delete(old_key_);
    store_.NoteChanged(IndexPrefixOf(old_key_));
  }
  PutRow(new_row, key_, old_stored, old_row);
  for (size_t i = 1; i < table_->indexes.size(); ++i) {
    const catalog::IndexDef& index = table_->indexes[i];
    if (!index.stored() || (!moved && SameParts(index, old_row, new_row))) continue;
    if (!moved && EntryKey(index, old_row, old_key_) == EntryKey(index, new_row, key_)) continue;
    DeleteEntry(index, old_row, old_key_);
    PutEntry(index, new_row, key_);
  }
  return {};
}

void VolumeTableWriter::Delete(std::span<const types::Value> row, types::Value row_id,
                               Arena* arena) {
  CHECK_EQ(row.size(), table_->columns.size());
  transaction_.NoteProgress();
  old_key_.clear();
  AppendClusteredKey(&old_key_, *table_, row, table_->implicit_row_id ? row_id.uint_value() : 0);
  if (foreign_keys_ != nullptr && foreign_key_checks_) foreign_keys_->ParentGoes(row, arena);
  if (may_be_external_) {
    std::string_view stored;
    if (StoredRow(old_key_, &stored)) DropExternal(std::string(stored), row, {});
  }
  store_.Delete(old_key_);
  store_.NoteChanged(IndexPrefixOf(old_key_));
  for (size_t i = 1; i < table_->indexes.size(); ++i) {
    if (table_->indexes[i].stored()) DeleteEntry(table_->indexes[i], row, old_key_);
  }
  if (!table_->temporary) transaction_.ChangeRows(table_->id, -1);
}

}  // namespace sixfold::txn
