// CatalogCache: the newest definitions, shared by all sessions of a process and valid while the
// LSN of the last catalog change stands. Loaded one by one as they are asked for.
//
// An entry remembers the LSN of its row, so that a transaction with an older snapshot notices that
// the definition is younger and reads its own from the snapshot.
// Threads: all members thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/checksum.h"
#include "core/catalog/accounts.h"
#include "core/catalog/definitions.h"
#include "storage/client/volume.h"

namespace sixfold::txn {

template <typename T>
struct CachedDefinition {
  T definition;  // null: there is none
  Lsn written;   // of its row; zero where there is none
};

class CatalogCache {
 public:
  explicit CatalogCache(storage::VolumeReader& reader) : reader_(reader) {}

  /// LSN of the newest catalog change known here.
  Lsn CatalogLsn() const;
  /// A change of this process is durable at `lsn`.
  void NoteChange(Lsn lsn);

  CachedDefinition<catalog::SchemaPtr> Schema(std::string_view schema);
  CachedDefinition<catalog::TablePtr> Table(std::string_view schema, std::string_view table);
  CachedDefinition<catalog::ViewPtr> View(std::string_view schema, std::string_view view);
  catalog::AccountSetPtr Accounts();

  /// A view not older than the newest catalog change. Waits until this instance has applied it.
  std::unique_ptr<storage::ReadView> OpenFreshView();

 private:
  template <typename T>
  using Definitions = std::unordered_map<std::string, CachedDefinition<T>, StringHash, StringEq>;
  /// What was loaded while one catalog LSN stood.
  struct Generation {
    Lsn catalog;
    std::mutex mutex;
    Definitions<catalog::SchemaPtr> schemas;
    Definitions<catalog::TablePtr> tables;
    Definitions<catalog::ViewPtr> views;
    catalog::AccountSetPtr accounts;
  };

  std::shared_ptr<Generation> Current();
  template <typename T, typename Load>
  CachedDefinition<T> Find(Definitions<T> Generation::*map, std::string_view key, Load load);

  storage::VolumeReader& reader_;
  std::atomic<uint64_t> own_change_{0};
  std::mutex mutex_;  // guards current_
  std::shared_ptr<Generation> current_;
};

}  // namespace sixfold::txn
