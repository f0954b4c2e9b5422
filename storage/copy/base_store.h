// The base of one copy: the group map and the groups' environments. Written by the AZ's daemon from
// one thread at a time (a background one: a drain syncs to disk); numbers and GetNewest from any.
//
// A drain returns only when it is durable. The copy's applied LSN is the lowest of its groups'; a
// drain that died between two groups is repeated, and groups that have it skip it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/base/uuid.h"
#include "storage/copy/base_group.h"
#include "storage/copy/group_map.h"
#include "storage/copy/stretch.h"

namespace sixfold::storage {

/// What a drain to `to` of a copy behind this recent layer must keep. Publishes `to` first, so that
/// a snapshot registered too late to be seen here is refused to its reader (snapshot_table.h).
/// Snapshots held longer than `oldest_ns` (0: no limit) are not kept.
DrainFloors PrepareDrain(RecentLayer& recent, Lsn to, uint64_t now_ns = 0, uint64_t oldest_ns = 0);

struct BaseOptions {
  std::string folder;  // made where missing
  Uuid volume;
  size_t map_bytes = size_t{256} << 30;  // of each group: address space
  std::vector<std::string> split_keys;   // of a new base: where its groups are cut
};

class BaseExport;

class BaseStore {
 public:
  /// Opens the base, or creates it empty at LSN 0. DataLoss "half imported" where a rebuild was cut
  /// short: Wipe() and import again.
  static StatusOr<std::unique_ptr<BaseStore>> Open(const BaseOptions& options);
  /// Removes a base from its disk. Nobody may have it open for writing.
  static Status Wipe(const std::string& folder);

  const std::string& folder() const { return options_.folder; }
  Lsn applied_lsn() const;
  Lsn floor() const;
  const GroupMap& map() const { return map_; }

  /// Takes a stretch of (applied_lsn(), to] into the base. Versions at or below applied are
  /// skipped.
  StatusOr<DrainResult> Drain(Stretch& stretch, Lsn to, const DrainFloors& floors);

  /// The newest value of a key; false: no row.
  StatusOr<bool> GetNewest(std::string_view key, std::string* value) const;
  /// XXH3 over all live rows at `at`. FailedPrecondition unless applied_lsn() == at.
  StatusOr<uint64_t> RangeHash(Lsn at) const;
  StatusOr<uint64_t> Bytes() const;
  void ClearDeadReaders();
  /// The groups' environments.
  std::vector<LmdbEnv*> envs() const;

  /// All rows as of the LSN it says, while drains go on.
  StatusOr<std::unique_ptr<BaseExport>> Export() const;

 private:
  friend class BaseImport;
  explicit BaseStore(BaseOptions options) : options_(std::move(options)) {}

  BaseOptions options_;
  GroupMap map_;
  std::vector<std::unique_ptr<BaseGroup>> groups_;
};

/// Reads a base out as chunks of bytes (docs/formats/base.md, "Export"). Holds read transactions:
/// keep it no longer than the transfer takes. One thread.
class BaseExport {
 public:
  Lsn lsn() const { return lsn_; }
  /// About `bytes` of rows; "" at the end.
  StatusOr<std::string> NextChunk(size_t bytes);

 private:
  friend class BaseStore;
  std::vector<std::unique_ptr<LmdbReadTxn>> txns_;
  std::vector<GroupTables> tables_;
  GroupMap map_;
  Lsn lsn_;
  size_t group_ = 0;
  bool started_ = false;
  std::string position_;  // the next key of group_
};

/// Builds a base out of such chunks.
class BaseImport {
 public:
  /// Wipes what is in the folder.
  static StatusOr<std::unique_ptr<BaseImport>> Begin(const BaseOptions& options, Lsn lsn);
  Status Add(std::string_view chunk);
  /// The base, at the exporter's LSN, durable.
  StatusOr<std::unique_ptr<BaseStore>> Finish();

 private:
  std::unique_ptr<BaseStore> store_;
  Lsn lsn_;
};

}  // namespace sixfold::storage
