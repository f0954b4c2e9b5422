#include "core/txn/table_store.h"

#include "core/catalog/definitions.h"
#include "core/txn/volume_transaction.h"

namespace sixfold::txn {

TableStore::TableStore(VolumeTransaction& transaction, const catalog::TableDef& table)
    : transaction_(&transaction),
      temporary_(table.temporary),
      changes_(temporary_ ? &transaction.temporary_changes() : &transaction.changes()) {}

ViewSlot& TableStore::Snapshot() const {
  return temporary_ ? transaction_->temporary_slot() : transaction_->snapshot();
}

ViewSlot& TableStore::Latest() const {
  return temporary_ ? transaction_->temporary_slot() : transaction_->latest();
}

storage::ReadView& TableStore::LatestView() const {
  return temporary_ ? transaction_->temporary_slot().Use() : transaction_->LatestView();
}

void TableStore::Put(std::string_view key, std::string_view value) const {
  if (!temporary_) return transaction_->Put(key, value);
  changes_->Put(key, value, transaction_->statement());
}

void TableStore::Delete(std::string_view key) const {
  if (!temporary_) return transaction_->Delete(key);
  changes_->Delete(key, transaction_->statement());
}

void TableStore::NoteChanged(std::string_view key) const {
  if (!temporary_) transaction_->NoteChanged(key);
}

}  // namespace sixfold::txn
