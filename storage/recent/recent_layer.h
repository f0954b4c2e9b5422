// The recent layer: the newest versions of rows, in shared memory, for one AZ.
//
// Its folder (RecentFolder(), on /dev/shm) holds `progress` (progress_page.h), `snapshots`
// (snapshot_table.h) and one LMDB environment `recent-<n>`; docs/formats/recent.md has the layout.
// The AZ's storage daemon alone writes it, from one thread; computes read it through RecentCursor.
//
// Invariants:
//  1. It holds every version with covered_from() < LSN <= applied(); older ones are in the base it
//     backs, which has applied up to covered_from() at least.
//  2. applied() is published only after its versions are committed, so who reads the page and then
//     renews a read transaction finds them.
//  3. Applying a record again changes nothing.
// Survives the death of any process (LMDB leaves the last committed state in the map); a reboot
// clears it and it is rebuilt from the log. Nothing here is durable.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/base/uuid.h"
#include "storage/log/record.h"
#include "storage/recent/lmdb_env.h"
#include "storage/recent/progress_page.h"
#include "storage/recent/snapshot_table.h"

namespace sixfold::storage {

/// Where the recent layer of an AZ lives: /dev/shm/sixfold-<cluster>-<hash of data_dir>-<az>.
std::string RecentFolder(std::string_view cluster_id, std::string_view data_dir,
                         std::string_view az);

/// A record known durable, stamped: parts of a large transaction carry the LSN of its last part.
struct DurableRecord {
  Lsn lsn;
  bool changes_catalog = false;
  MutationCursor mutations;
};

struct RecentOptions {
  std::string folder;
  Uuid volume;
  size_t full_bytes = size_t{512} << 20;  // full() beyond it
  size_t map_bytes = size_t{16} << 30;
};

class RecentLayer {
 public:
  /// Opens what a daemon before this one left, where it is of this volume, else makes it anew:
  /// then applied() is zero and everything above the base's applied LSN must be applied again.
  static StatusOr<std::unique_ptr<RecentLayer>> Open(const RecentOptions& options);
  ~RecentLayer();

  /// Throws all versions away and starts a new environment that covers from `from` on, to be read
  /// with the base in `base_folder` ("": none is served yet). A reader never finds the new applied
  /// LSN with the old environment. Definitions cached below `from` count as changed: a change of
  /// the catalog may be among what was not applied here.
  Status Reset(Lsn from, std::string_view base_folder);

  /// Finds the value of a key's newest version in the base; false: no row. Needed by kMax.
  using BaseLookup = std::function<StatusOr<bool>(std::string_view key, std::string* value)>;
  void set_base_lookup(BaseLookup lookup) { base_lookup_ = std::move(lookup); }

  /// Applies records (ascending LSN, all <= applied_to, a durable commit boundary) in one LMDB
  /// transaction, or several where they are large, then publishes applied_to and wakes waiting
  /// readers. What a failure leaves behind is above applied(): nobody sees it, and the same records
  /// may be applied again.
  Status Apply(std::span<const DurableRecord> records, Lsn applied_to);
  /// … without publishing: the first slices of what is too much to do at once.
  Status ApplySlice(std::span<const DurableRecord> records) { return ApplyRecords(records); }

  /// Removes versions <= up_to, which the base has; looks at `entries` entries at most and goes on
  /// from there at the next call with the same `up_to`. True when done.
  StatusOr<bool> TrimStep(Lsn up_to, size_t entries);
  Status Trim(Lsn up_to);

  // From any thread.
  Lsn applied() const { return Lsn(applied_.load(std::memory_order_acquire)); }
  Lsn covered_from() const { return Lsn(covered_from_.load(std::memory_order_acquire)); }
  size_t bytes() const { return bytes_; }
  bool full() const { return bytes_ >= options_.full_bytes; }

  /// Names the base of the copy that readers shall use with this layer; they open it anew, since
  /// another base may lie where one of the same name was.
  void ServeBase(std::string_view base_folder);

  Progress& progress() { return progress_; }
  SnapshotTable& snapshots() { return snapshots_; }
  std::shared_ptr<LmdbEnv> env() const { return env_; }
  unsigned table() const { return table_; }

 private:
  struct WriteBatch;
  RecentLayer(RecentOptions options, Progress progress, SnapshotTable snapshots);
  Status OpenEnvironment(const std::string& folder);
  Status LoadState();
  Status StoreState(MDB_txn* txn);
  Status ApplyRecords(std::span<const DurableRecord> records);
  Status ApplyOne(WriteBatch& batch, Lsn lsn, const Mutation& mutation);
  Status Flush(WriteBatch& batch);
  StatusOr<std::string> ResolveMax(WriteBatch& batch, const Mutation& mutation, Lsn lsn);

  RecentOptions options_;
  Progress progress_;
  SnapshotTable snapshots_;
  std::shared_ptr<LmdbEnv> env_;
  unsigned table_ = 0;
  BaseLookup base_lookup_;
  std::atomic<uint64_t> applied_ = 0;
  Lsn catalog_;
  std::atomic<uint64_t> covered_from_ = 0;
  std::atomic<size_t> bytes_ = 0;
  std::string base_folder_;
  std::string trim_position_;
  Lsn trim_target_;
};

}  // namespace sixfold::storage
