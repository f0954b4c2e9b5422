// What one process has of one AZ: its progress page, its snapshot table, and the environments that
// the AZ's daemon names there, with a pool of read transactions over them. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/copy/base_reader.h"
#include "storage/recent/progress_page.h"
#include "storage/recent/recent_cursor.h"
#include "storage/recent/snapshot_table.h"

namespace sixfold::storage {

class LmdbEnv;
class LmdbReadTxn;

/// The environments of one generation.
struct ReadPlaces {
  uint64_t generation = 0;
  std::shared_ptr<LmdbEnv> recent;
  unsigned recent_table = 0;
  std::shared_ptr<BaseReader> base;

  /// A page could not be read and shows zeros (map_guard.h): nothing is read here any more.
  bool faulted() const;
};

class AzMaps;

/// The LMDB transactions of one view; pooled, because opening them costs a lock and a reader slot.
/// Recent is renewed first, then the base when it is touched: what a drain took out of recent
/// meanwhile is in the base by then.
struct ReadState {
  AzMaps* az = nullptr;
  std::shared_ptr<const ReadPlaces> places;
  std::unique_ptr<LmdbReadTxn> recent;
  std::unique_ptr<RecentCursor> recent_cursor;  // for Get
  std::unique_ptr<BaseView> base;

  Status Renew(Lsn lsn);
  void Release();
};

class AzMaps final : public SnapshotRegistry {
 public:
  /// `folder` is the recent layer's. Unavailable while no daemon has made it or it serves no copy.
  static StatusOr<std::unique_ptr<AzMaps>> Open(const std::string& folder);
  ~AzMaps() override;

  const ProgressPage& page() const { return progress_.page(); }
  Lsn applied() const { return Lsn(page().applied.load(std::memory_order_acquire)); }
  /// It has reached `lsn`, and its base still has what was replaced since (a rebuilt one has not).
  bool CanRead(Lsn lsn) const {
    return applied() >= lsn && page().floor.load(std::memory_order_relaxed) <= lsn.value();
  }
  bool WaitApplied(Lsn lsn, uint64_t timeout_us) const {
    return progress_.WaitApplied(lsn, timeout_us);
  }

  StatusOr<std::unique_ptr<ReadState>> TakeState();
  void GiveBack(std::unique_ptr<ReadState> state);
  bool IsCurrent(const ReadState& state) const {
    return state.places->generation == page().generation.load(std::memory_order_acquire);
  }

  /// One slot an LSN: call Register once for it. OutOfRange where a drain has gone beyond it.
  Status Register(Lsn lsn, ConnectionId owner, uint64_t now_ns);
  void Unregister(Lsn lsn);
  bool Holds(Lsn lsn) const override;

 private:
  AzMaps(Progress progress, SnapshotTable snapshots)
      : progress_(std::move(progress)), snapshots_(std::move(snapshots)) {}
  StatusOr<std::shared_ptr<const ReadPlaces>> CurrentPlaces();

  Progress progress_;
  SnapshotTable snapshots_;

  // Guarded by mutex_.
  mutable std::mutex mutex_;
  std::shared_ptr<const ReadPlaces> places_;
  std::vector<std::unique_ptr<ReadState>> pool_;
  std::map<Lsn, SnapshotSlot*> held_;
  std::vector<SnapshotSlot*> spare_slots_;  // claimed, empty
};

}  // namespace sixfold::storage
