#include "core/txn/volume_catalog_writer.h"

#include <algorithm>

#include "core/base/arena.h"
#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/catalog/encoding.h"
#include "core/txn/build_index.h"
#include "core/txn/catalog_store.h"
#include "core/txn/keyspace.h"
#include "core/txn/temporary_tables.h"
#include "core/txn/transaction_manager.h"
#include "core/txn/volume_table_reader.h"
#include "core/txn/volume_transaction.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {

void VolumeCatalogWriter::Put(std::string_view key, std::string_view value) {
  transaction_.RequireWritable();
  transaction_.Put(key, value);
  transaction_.MarkCatalogChanged();
}

void VolumeCatalogWriter::Delete(std::string_view key) {
  transaction_.RequireWritable();
  transaction_.Delete(key);
  transaction_.MarkCatalogChanged();
}

uint64_t VolumeCatalogWriter::NewId(bool temporary) {
  if (temporary) return transaction_.temporary()->NewId();
  transaction_.RequireWritable();
  uint64_t last = 0;
  const uint64_t id = transaction_.manager().TakeNumbers(SequenceKind::kIds, 0, 1, &last);
  transaction_.LogSequence(SequenceKind::kIds, 0, last);
  return id;
}

void VolumeCatalogWriter::LockTable(std::string_view schema, std::string_view table) {
  if (table.empty()) {
    transaction_.LockSchemaName(schema, LockMode::kExclusive);
    return;
  }
  // Fixed order (schema, then table) keeps two DDL statements from waiting for each other.
  transaction_.LockSchemaName(schema, LockMode::kIntendExclusive);
  transaction_.LockTableName(schema, table, LockMode::kExclusive);
}

// ---- schemas ----

catalog::SchemaPtr VolumeCatalogWriter::CreateSchema(catalog::SchemaDef schema) {
  transaction_.LockSchemaName(schema.name, LockMode::kExclusive);
  CatalogReader reader(transaction_.FreshCatalogView(), &transaction_.changes());
  if (reader.Schema(schema.name) != nullptr) {
    throw MakeError(ErrorCode::kDbCreateExists, schema.name);
  }
  schema.id = SchemaId(NewId());
  Put(SchemaKey(schema.name), catalog::EncodeSchema(schema));
  return std::make_shared<const catalog::SchemaDef>(std::move(schema));
}

void VolumeCatalogWriter::AlterSchema(const catalog::SchemaDef& schema) {
  transaction_.LockSchemaName(schema.name, LockMode::kExclusive);
  Put(SchemaKey(schema.name), catalog::EncodeSchema(schema));
}

void VolumeCatalogWriter::DropSchema(const catalog::SchemaDef& schema) {
  transaction_.LockSchemaName(schema.name, LockMode::kExclusive);
  Delete(SchemaKey(schema.name));
}

// ---- tables ----

void VolumeCatalogWriter::AssignIds(catalog::TableDef* table) {
  for (catalog::ColumnDef& column : table->columns) {
    if (column.storage_id == 0) column.storage_id = table->next_storage_id++;
    CHECK_LT(column.storage_id, table->next_storage_id);
  }
  for (catalog::IndexDef& index : table->indexes) {
    if (index.id == IndexId(0)) index.id = IndexId(NewId(table->temporary));
  }
  table->version = NewId(table->temporary);
}

void VolumeCatalogWriter::MeetRelatives(catalog::TableDef* table) {
  CatalogReader reader(transaction_.FreshCatalogView(), &transaction_.changes());
  for (const catalog::ForeignKeyDef& key : table->foreign_keys) {
    const bool itself = key.parent_schema == table->schema && key.parent_table == table->name;
    if (itself || reader.Table(key.parent_schema, key.parent_table) != nullptr) continue;
    Put(AwaitedKey(key.parent_schema, key.parent_table, table->schema, table->name), {});
  }
  for (const auto& child : reader.Awaiting(table->schema, table->name)) {
    Delete(AwaitedKey(table->schema, table->name, child.first, child.second));
    const catalog::TablePtr def = reader.Table(child.first, child.second);
    const bool names_it =
        def != nullptr && std::any_of(def->foreign_keys.begin(), def->foreign_keys.end(),
                                      [table](const catalog::ForeignKeyDef& key) {
                                        return key.parent_schema == table->schema &&
                                               key.parent_table == table->name;
                                      });
    auto& known = table->referenced_by;
    if (names_it && std::find(known.begin(), known.end(), child) == known.end()) {
      known.push_back(child);
    }
  }
}

catalog::TablePtr VolumeCatalogWriter::PutTemporary(catalog::TableDef table) {
  AssignIds(&table);
  auto made = std::make_shared<const catalog::TableDef>(std::move(table));
  transaction_.temporary()->Put(made);
  return made;
}

catalog::TablePtr VolumeCatalogWriter::CreateTemporary(catalog::TableDef table) {
  TemporaryTables* temporary = transaction_.temporary();
  if (temporary == nullptr) throw MakeError(ErrorCode::kNotSupportedYet, "temporary tables");
  if (temporary->Find(table.schema, table.name) != nullptr) {
    throw MakeError(ErrorCode::kTableExistsError, table.name);
  }
  table.id = TableId(temporary->NewId());
  return PutTemporary(std::move(table));
}

catalog::TablePtr VolumeCatalogWriter::CreateTable(catalog::TableDef table) {
  if (table.temporary) return CreateTemporary(std::move(table));
  LockTable(table.schema, table.name);
  CatalogReader reader(transaction_.FreshCatalogView(), &transaction_.changes());
  if (reader.Table(table.schema, table.name) != nullptr ||
      reader.View(table.schema, table.name) != nullptr) {
    throw MakeError(ErrorCode::kTableExistsError, table.name);
  }
  CHECK(!table.indexes.empty(), "a table has a clustered index");
  table.id = TableId(NewId());
  if (table.create_time_s == 0) {
    table.create_time_s = transaction_.manager().clock().WallMicros() / 1'000'000;
  }
  AssignIds(&table);
  MeetRelatives(&table);
  Put(TableKey(table.schema, table.name), catalog::EncodeTable(table));
  return std::make_shared<const catalog::TableDef>(std::move(table));
}

catalog::TablePtr VolumeCatalogWriter::ReplaceTable(const catalog::TableDef& old_table,
                                                    catalog::TableDef new_table) {
  CHECK_EQ(old_table.id, new_table.id);
  if (old_table.temporary) {
    transaction_.temporary()->Erase(old_table.schema, old_table.name);
    return PutTemporary(std::move(new_table));
  }
  LockTable(old_table.schema, old_table.name);
  const bool renamed = old_table.schema != new_table.schema || old_table.name != new_table.name;
  if (renamed) {
    LockTable(new_table.schema, new_table.name);
    Delete(TableKey(old_table.schema, old_table.name));
  }
  AssignIds(&new_table);
  for (const catalog::IndexDef& index : old_table.indexes) {
    const bool kept = std::any_of(new_table.indexes.begin(), new_table.indexes.end(),
                                  [&index](const auto& i) { return i.id == index.id; });
    if (!kept) transaction_.DropPrefix(IndexPrefix(old_table.id, index.id));
  }
  transaction_.ForgetTable(old_table.id);
  MeetRelatives(&new_table);
  Put(TableKey(new_table.schema, new_table.name), catalog::EncodeTable(new_table));
  return std::make_shared<const catalog::TableDef>(std::move(new_table));
}

void VolumeCatalogWriter::BuildIndexes(const catalog::TablePtr& table,
                                       std::span<const uint32_t> indexes) {
  if (!table->temporary) LockTable(table->schema, table->name);
  BuildIndexEntries(transaction_, *table, indexes);
}

void VolumeCatalogWriter::DropTable(const catalog::TableDef& table) {
  if (table.temporary) {
    transaction_.temporary()->Erase(table.schema, table.name);
    return;
  }
  LockTable(table.schema, table.name);
  Delete(TableKey(table.schema, table.name));
  Delete(SequenceKey(SequenceKind::kAutoIncrement, table.id.value()));
  Delete(SequenceKey(SequenceKind::kRowId, table.id.value()));
  Delete(StatisticsKey(table.id));
  // Children that stay (foreign_key_checks=0) wait for a new table of this name.
  for (const auto& [schema, child] : table.referenced_by) {
    if (schema == table.schema && child == table.name) continue;
    Put(AwaitedKey(table.schema, table.name, schema, child), {});
  }
  transaction_.DropPrefix(TablePrefix(table.id));
  transaction_.ForgetTable(table.id);
}

// ---- AUTO_INCREMENT ----

uint64_t VolumeCatalogWriter::LargestAutoIncrement(const catalog::TableDef& table) {
  const int column = table.AutoIncrementColumn();
  for (size_t i = 0; i < table.indexes.size(); ++i) {
    const catalog::IndexDef& index = table.indexes[i];
    if (!index.stored() || index.parts.empty()) continue;
    if (index.parts[0].column != static_cast<uint32_t>(column)) continue;
    const uint32_t wanted = static_cast<uint32_t>(column);
    VolumeTableReader reader(transaction_, std::make_shared<const catalog::TableDef>(table));
    reader.set_latest();
    ScanRequest request;
    request.index = static_cast<uint32_t>(i);
    request.backward = !index.parts[0].descending;
    request.columns = std::span(&wanted, 1);
    types::RowBatch batch(1, 1);
    reader.Open(request);
    if (!reader.Next(&batch)) return 0;
    const types::Value largest = batch.at(0, 0);
    if (largest.kind() == types::ValueKind::kDouble) {
      return static_cast<uint64_t>(std::max(0.0, largest.double_value()));
    }
    if (largest.kind() == types::ValueKind::kInt) {
      return static_cast<uint64_t>(std::max<int64_t>(0, largest.int_value()));
    }
    return largest.is_null() ? 0 : largest.uint_value();
  }
  return 0;
}

void VolumeCatalogWriter::SetAutoIncrement(const catalog::TableDef& table, uint64_t next) {
  if (table.AutoIncrementColumn() < 0) return;
  const uint64_t last = std::max(next == 0 ? 0 : next - 1, LargestAutoIncrement(table));
  if (table.temporary) {
    transaction_.temporary()->AutoIncrement(table.id) = last;
    return;
  }
  const std::string key = SequenceKey(SequenceKind::kAutoIncrement, table.id.value());
  Put(key, EncodeSequence(last));
  // Rolled back or not, a lower counter in memory is never below the rows that are there.
  transaction_.manager().SetSequence(SequenceKind::kAutoIncrement, table.id.value(), last);
}

uint64_t VolumeCatalogWriter::PeekAutoIncrement(const catalog::TableDef& table) {
  if (table.AutoIncrementColumn() < 0) return 0;
  if (table.temporary) return transaction_.temporary()->AutoIncrement(table.id) + 1;
  return transaction_.manager().NextAutoIncrement(table);
}

// ---- views and accounts ----

void VolumeCatalogWriter::PutView(catalog::ViewDef view) {
  LockTable(view.schema, view.name);
  view.version = NewId();
  Put(ViewKey(view.schema, view.name), catalog::EncodeView(view));
}

void VolumeCatalogWriter::DropView(const catalog::ViewDef& view) {
  LockTable(view.schema, view.name);
  Delete(ViewKey(view.schema, view.name));
}

void VolumeCatalogWriter::PutAccount(const catalog::Account& account) {
  Put(AccountKey(account.user, account.host), catalog::EncodeAccount(account));
}

void VolumeCatalogWriter::DropAccount(const catalog::Account& account) {
  Delete(AccountKey(account.user, account.host));
}

}  // namespace sixfold::txn
