#include "core/txn/catalog_cache.h"

#include <algorithm>

#include "core/base/blocking.h"
#include "core/txn/catalog_store.h"
#include "core/txn/merged_cursor.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {
constexpr uint64_t kApplyTimeoutUs = 10'000'000;
}

Lsn CatalogCache::CatalogLsn() const {
  return std::max(reader_.Progress().catalog, Lsn(own_change_.load(std::memory_order_acquire)));
}

void CatalogCache::NoteChange(Lsn lsn) {
  uint64_t seen = own_change_.load(std::memory_order_relaxed);
  while (seen < lsn.value() &&
         !own_change_.compare_exchange_weak(seen, lsn.value(), std::memory_order_release)) {
  }
}

std::unique_ptr<storage::ReadView> CatalogCache::OpenFreshView() {
  const Lsn catalog = CatalogLsn();
  storage::VolumeProgress progress = reader_.Progress();
  if (progress.applied < catalog) {
    BlockingScope blocking;
    if (!reader_.WaitApplied(catalog, kApplyTimeoutUs)) {
      throw SqlError(ErrorCode::kUnknownError, "HY000", "storage: this copy does not follow");
    }
    progress = reader_.Progress();
  }
  // Another AZ may have had it: then a view at that very LSN goes there, wherever Progress() looks.
  auto view = reader_.OpenView(std::max(progress.applied, catalog));
  if (!view.ok()) ThrowStorageError(view.status());
  return std::move(view).value();
}

std::shared_ptr<CatalogCache::Generation> CatalogCache::Current() {
  const Lsn catalog = CatalogLsn();
  std::lock_guard<std::mutex> lock(mutex_);
  if (current_ == nullptr || current_->catalog < catalog) {
    current_ = std::make_shared<Generation>();
    current_->catalog = catalog;
  }
  return current_;
}

template <typename T, typename Load>
CachedDefinition<T> CatalogCache::Find(Definitions<T> Generation::*map, std::string_view key,
                                       Load load) {
  const std::shared_ptr<Generation> generation = Current();
  {
    std::lock_guard<std::mutex> lock(generation->mutex);
    const auto it = ((*generation).*map).find(key);
    if (it != ((*generation).*map).end()) return it->second;
  }
  const std::unique_ptr<storage::ReadView> view = OpenFreshView();
  CatalogReader reader(*view, nullptr);
  CachedDefinition<T> loaded;
  loaded.definition = load(reader, &loaded.written);
  // Newer than the generation's LSN is fine to hand out, but it may already be outdated.
  if (CatalogLsn() == generation->catalog) {
    std::lock_guard<std::mutex> lock(generation->mutex);
    ((*generation).*map).insert_or_assign(std::string(key), loaded);
  }
  return loaded;
}

CachedDefinition<catalog::SchemaPtr> CatalogCache::Schema(std::string_view schema) {
  return Find<catalog::SchemaPtr>(
      &Generation::schemas, schema,
      [&](CatalogReader& reader, Lsn* written) { return reader.Schema(schema, written); });
}

namespace {
/// schema NUL name, valid until the thread's next call: every statement asks, so nothing is
/// allocated.
std::string_view JoinNames(std::string_view schema, std::string_view name) {
  thread_local std::string buffer;
  buffer.assign(schema).push_back('\0');
  buffer.append(name);
  return buffer;
}
}  // namespace

CachedDefinition<catalog::TablePtr> CatalogCache::Table(std::string_view schema,
                                                        std::string_view table) {
  return Find<catalog::TablePtr>(
      &Generation::tables, JoinNames(schema, table),
      [&](CatalogReader& reader, Lsn* written) { return reader.Table(schema, table, written); });
}

CachedDefinition<catalog::ViewPtr> CatalogCache::View(std::string_view schema,
                                                      std::string_view view) {
  return Find<catalog::ViewPtr>(
      &Generation::views, JoinNames(schema, view),
      [&](CatalogReader& reader, Lsn* written) { return reader.View(schema, view, written); });
}

catalog::AccountSetPtr CatalogCache::Accounts() {
  const std::shared_ptr<Generation> generation = Current();
  {
    std::lock_guard<std::mutex> lock(generation->mutex);
    if (generation->accounts != nullptr) return generation->accounts;
  }
  const std::unique_ptr<storage::ReadView> view = OpenFreshView();
  auto accounts =
      std::make_shared<const catalog::AccountSet>(CatalogReader(*view, nullptr).Accounts());
  if (CatalogLsn() == generation->catalog) {
    std::lock_guard<std::mutex> lock(generation->mutex);
    generation->accounts = accounts;
  }
  return accounts;
}

}  // namespace sixfold::txn
