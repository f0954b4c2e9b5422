#include "core/txn/volume_catalog_view.h"

#include "core/txn/catalog_store.h"
#include "core/txn/temporary_tables.h"
#include "core/txn/transaction_manager.h"
#include "core/txn/volume_transaction.h"

namespace sixfold::txn {

/// `cached` asks the cache, `load` reads through a CatalogReader.
template <typename Ptr, typename Cached, typename Load>
Ptr VolumeCatalogView::Find(Cached cached, Load load) {
  VolumeTransaction& t = transaction_;
  if (t.catalog_changed()) {
    CatalogReader reader(t.FreshCatalogView(), &t.changes());
    return load(reader);
  }
  const auto entry = cached(t.manager().catalog());
  if (!t.has_snapshot()) return entry.definition;
  const Lsn snapshot = t.snapshot().lsn();
  if (t.manager().CatalogLsn() <= snapshot) return entry.definition;
  if (entry.definition != nullptr && entry.written <= snapshot) return entry.definition;
  CatalogReader reader(t.snapshot().Use(), nullptr);
  return load(reader);
}

catalog::SchemaPtr VolumeCatalogView::FindSchema(std::string_view schema) {
  return Find<catalog::SchemaPtr>([&](CatalogCache& cache) { return cache.Schema(schema); },
                                  [&](CatalogReader& reader) { return reader.Schema(schema); });
}

catalog::TablePtr VolumeCatalogView::FindTable(std::string_view schema, std::string_view table) {
  if (const TemporaryTables* temporary = transaction_.temporary(); temporary != nullptr) {
    if (catalog::TablePtr own = temporary->Find(schema, table); own != nullptr) return own;
  }
  catalog::TablePtr found =
      Find<catalog::TablePtr>([&](CatalogCache& cache) { return cache.Table(schema, table); },
                              [&](CatalogReader& reader) { return reader.Table(schema, table); });
  if (found != nullptr) transaction_.NoteDefinition(found);
  return found;
}

catalog::ViewPtr VolumeCatalogView::FindView(std::string_view schema, std::string_view view) {
  return Find<catalog::ViewPtr>([&](CatalogCache& cache) { return cache.View(schema, view); },
                                [&](CatalogReader& reader) { return reader.View(schema, view); });
}

template <typename List>
auto VolumeCatalogView::ListWith(List list) {
  VolumeTransaction& t = transaction_;
  if (t.catalog_changed()) {
    CatalogReader reader(t.FreshCatalogView(), &t.changes());
    return list(reader);
  }
  if (t.has_snapshot()) {
    CatalogReader reader(t.snapshot().Use(), nullptr);
    return list(reader);
  }
  const auto view = t.manager().catalog().OpenFreshView();
  CatalogReader reader(*view, nullptr);
  return list(reader);
}

std::vector<catalog::SchemaPtr> VolumeCatalogView::ListSchemas() {
  return ListWith([](CatalogReader& reader) { return reader.Schemas(); });
}

std::vector<catalog::TablePtr> VolumeCatalogView::ListTables(std::string_view schema) {
  return ListWith([schema](CatalogReader& reader) { return reader.Tables(schema); });
}

std::vector<catalog::ViewPtr> VolumeCatalogView::ListViews(std::string_view schema) {
  return ListWith([schema](CatalogReader& reader) { return reader.Views(schema); });
}

catalog::AccountSetPtr VolumeCatalogView::Accounts() {
  VolumeTransaction& t = transaction_;
  if (!t.catalog_changed()) return t.manager().Accounts();
  CatalogReader reader(t.FreshCatalogView(), &t.changes());
  return std::make_shared<const catalog::AccountSet>(reader.Accounts());
}

double VolumeCatalogView::RowsPerKey(const catalog::TableDef& table, const catalog::IndexDef& index,
                                     size_t parts) {
  if (table.temporary || parts == 0) return 0;
  TransactionManager& manager = transaction_.manager();
  const auto rows = static_cast<double>(manager.EstimatedRows(table));
  return manager.index_statistics().RowsPerKey(table, index, parts, rows);
}

uint64_t VolumeCatalogView::EstimatedRows(const catalog::TableDef& table) {
  if (table.temporary) return 1000;
  return transaction_.manager().EstimatedRows(table);
}

}  // namespace sixfold::txn
