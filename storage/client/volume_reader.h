// VolumeReader over the recent layer of one AZ's folder and the base of the copy served with it.
//
// Threads: everything but ReadViews is thread-safe; mutex_ guards the places, the pool and the
// snapshots held. A ReadView belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "storage/client/volume.h"
#include "storage/copy/base_reader.h"
#include "storage/recent/progress_page.h"
#include "storage/recent/snapshot_table.h"

namespace sixfold::storage {

class LmdbEnv;
struct ReadState;

/// What readers of one generation have open.
struct ReadPlaces {
  uint64_t generation = 0;
  std::shared_ptr<LmdbEnv> recent;
  unsigned recent_table = 0;
  std::shared_ptr<BaseReader> base;  // null: no copy is served
};

class MappedVolumeReader final : public VolumeReader, public SnapshotRegistry {
 public:
  /// `folder` is the recent layer's. Unavailable while no daemon has made it.
  static StatusOr<std::unique_ptr<MappedVolumeReader>> Open(const std::string& folder,
                                                            const Clock& clock);
  ~MappedVolumeReader() override;

  VolumeProgress Progress() const override;
  bool WaitApplied(Lsn lsn, uint64_t timeout_us) override;
  StatusOr<std::unique_ptr<ReadView>> OpenView(Lsn lsn) override;
  StatusOr<std::unique_ptr<SnapshotHold>> Hold(Lsn lsn, ConnectionId owner) override;

  // For ReadViews and SnapshotHolds.
  const ProgressPage& page() const { return progress_.page(); }
  StatusOr<std::unique_ptr<ReadState>> TakeState();
  void GiveBack(std::unique_ptr<ReadState> state);
  bool Holds(Lsn lsn) const override;
  void Drop(Lsn lsn);

 private:
  MappedVolumeReader(storage::Progress progress, SnapshotTable snapshots, const Clock& clock);
  StatusOr<std::shared_ptr<const ReadPlaces>> CurrentPlaces();

  struct Held {
    SnapshotSlot* slot;
    size_t holders;
  };

  storage::Progress progress_;
  SnapshotTable snapshots_;
  const Clock& clock_;

  mutable std::mutex mutex_;
  std::shared_ptr<const ReadPlaces> places_;
  std::vector<std::unique_ptr<ReadState>> pool_;
  std::map<Lsn, Held> held_;
};

}  // namespace sixfold::storage
