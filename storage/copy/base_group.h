// One protection group of one copy: an LMDB environment with ordinary full durability.
//
// Tables (docs/formats/base.md); keys are stored keys (storage/recent/version_key.h):
//   rows        key -> row value (row_value.h): the newest version; a tombstone where a live
//               snapshot still sees what was before
//   history     drain LSN, key, ~LSN -> row value: versions that this drain replaced and a
//               registered snapshot (or the backtrack window) still sees
//   tombstones  drain LSN, key -> where to look when the floor passes that drain
//   meta        "state" -> GroupState; "dead" ~ LSN ~ prefix -> "": prefixes whose rows are to go
// A long key's entry lies in the bucket of its first 490 bytes, in each of these tables.
//
// History is a chain: a row names the drain whose group of history entries holds its next older
// versions, and each of those names the next older group. A reader at S walks it until LSN <= S; an
// end means that the key was not there.
//
// Invariants:
//  1. A drain and everything it implies (rows, history, trimming, state) is one LMDB transaction.
//     After any crash the group is as its last drain left it: state.applied says which.
//  2. A version with LSN <= applied is never applied again.
//  3. What S sees is right for every S >= floor that is either >= applied or was registered before
//     the drains above it. Readers refuse any other S.
//  4. History groups with drain LSN <= floor are needed by no one.
// The group map's owner (BaseStore) calls from one thread; readers use their own read transactions.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/base/uuid.h"
#include "storage/copy/stretch.h"
#include "storage/recent/lmdb_env.h"

namespace sixfold::storage {

/// What must stay readable.
struct DrainFloors {
  std::vector<Lsn> snapshots;  // registered ones, ascending
  Lsn backtrack = kMaxLsn;     // time travel reaches back to here; kMaxLsn: there is none

  /// The lowest LSN that must stay readable after a drain to `to`.
  Lsn Lowest(Lsn to) const {
    Lsn lowest = snapshots.empty() || snapshots.front() > to ? to : snapshots.front();
    return backtrack < lowest ? backtrack : lowest;
  }
};

inline constexpr uint32_t kGroupImporting = 1;

struct GroupState {
  uint32_t version = 1;
  uint32_t flags = 0;  // kGroupImporting
  uint8_t volume[16] = {};
  uint64_t group = 0;
  uint64_t applied = 0;
  uint64_t floor = 0;
  uint64_t reserved[2] = {};
};
static_assert(sizeof(GroupState) == 64);

struct GroupTables {
  unsigned rows = 0;
  unsigned history = 0;
  unsigned tombstones = 0;
  unsigned meta = 0;

  static StatusOr<GroupTables> Open(LmdbEnv& env);
};

/// Reads "state"; NotFound in a fresh environment.
StatusOr<GroupState> ReadGroupState(MDB_txn* txn, const GroupTables& tables);

struct DrainResult {
  size_t rows_written = 0;
  size_t history_written = 0;
  size_t trimmed = 0;
};

class GroupDrain;

class BaseGroup {
 public:
  /// Opens the group, or creates it empty at LSN 0.
  static StatusOr<std::unique_ptr<BaseGroup>> Open(const std::string& folder, GroupId id,
                                                   const Uuid& volume, size_t map_bytes);

  // Any thread.
  Lsn applied() const { return Lsn(applied_.load(std::memory_order_acquire)); }
  Lsn floor() const { return Lsn(floor_.load(std::memory_order_acquire)); }
  /// It was being rebuilt when its process died: wipe it and rebuild it anew.
  bool half_imported() const { return (state_.flags & kGroupImporting) != 0; }
  LmdbEnv& env() const { return *env_; }
  const std::shared_ptr<LmdbEnv>& shared_env() const { return env_; }
  const GroupTables& tables() const { return tables_; }

  /// Begins a drain to `to`; feed keys ascending, then Finish.
  StatusOr<std::unique_ptr<GroupDrain>> BeginDrain(Lsn to, const DrainFloors& floors);

  /// The newest version of a key; false: none or a tombstone. Any thread.
  StatusOr<bool> GetNewest(std::string_view user_key, std::string* value);
  /// XXH3 over the live rows (key, LSN, value) in order; dead prefixes are left out.
  StatusOr<uint64_t> Hash();
  /// Bytes in use.
  StatusOr<size_t> Bytes();

  /// Rebuilding from a peer: BeginImport in a fresh group, rows ascending in many calls, the end.
  Status BeginImport();
  struct ImportedRow {
    std::string_view key;
    std::string_view value;
    Lsn lsn;
  };
  Status ImportRows(const std::vector<ImportedRow>& rows);
  Status FinishImport(Lsn applied, const std::vector<DroppedPrefix>& dead);

 private:
  friend class GroupDrain;
  BaseGroup() = default;

  Status StoreState(MDB_txn* txn, const GroupState& state);

  std::shared_ptr<LmdbEnv> env_;
  GroupTables tables_;
  GroupState state_;
  std::atomic<uint64_t> applied_ = 0;
  std::atomic<uint64_t> floor_ = 0;
};

/// Walks the live rows of a group in one read transaction, ascending from `begin`. The views are
/// good during the call; return false to stop. Dead prefixes are left out.
using RowVisitor =
    std::function<StatusOr<bool>(std::string_view key, std::string_view value, Lsn lsn)>;
Status VisitRows(MDB_txn* txn, const GroupTables& tables, std::string_view begin,
                 const RowVisitor& visit);
StatusOr<std::vector<DroppedPrefix>> ReadDeadPrefixes(MDB_txn* txn, const GroupTables& tables);

}  // namespace sixfold::storage
