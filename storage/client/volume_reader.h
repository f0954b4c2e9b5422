// VolumeReader over the shared memory of the AZs that are on this host: its own first, and another
// one while its own stalls.
//
// It moves to another AZ when its own has not heard of the writer for 0.2 s longer than the other,
// or has not reached an LSN that a statement waits for within 20 ms while the other has. It never
// moves to one that is behind what it announced, so what was seen stays seen; and it moves home
// when home has caught up. Snapshots are registered in every AZ of the host, so they survive a
// move.
//
// Threads: everything but ReadViews is thread-safe. A ReadView belongs to one thread at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "storage/client/az_maps.h"
#include "storage/client/volume.h"

namespace sixfold::storage {

class MappedVolumeReader final : public VolumeReader {
 public:
  /// Folders of recent layers: its own AZ's, then the others'. Unavailable while none can be
  /// opened; missing ones are tried again later.
  static StatusOr<std::unique_ptr<MappedVolumeReader>> Open(std::vector<std::string> folders,
                                                            const Clock& clock);
  ~MappedVolumeReader() override;

  VolumeProgress Progress() const override;
  bool WaitApplied(Lsn lsn, uint64_t timeout_us) override;
  StatusOr<std::unique_ptr<ReadView>> OpenView(Lsn lsn) override;
  StatusOr<std::unique_ptr<SnapshotHold>> Hold(Lsn lsn, ConnectionId owner) override;

  // For ReadViews and SnapshotHolds.
  /// The AZ to read `lsn` in: the current one, or one that has reached it and still keeps it. Null:
  /// none has reached it.
  AzMaps* AzFor(Lsn lsn) const;
  void Drop(Lsn lsn);
  /// A read in this AZ failed with `status`: damaged or missing data send later reads to another AZ
  /// for a while, where one has all that was announced.
  void NoteFailure(const AzMaps& az, const Status& status) const;

 private:
  struct Az {
    std::string folder;
    std::unique_ptr<AzMaps> owned;        // guarded by mutex_
    std::atomic<AzMaps*> maps = nullptr;  // null: not open yet; set once
    std::atomic<uint64_t> shunned_until_ns = 0;
  };
  struct Held {
    ConnectionId owner;
    size_t holders;
  };

  explicit MappedVolumeReader(const Clock& clock) : clock_(clock) {}
  AzMaps& current() const { return *azs_[current_.load(std::memory_order_acquire)]->maps.load(); }
  /// Leaves an AZ that went silent, and goes home; cheap while all is well.
  void Reconsider() const;
  void OpenMissing() const;

  const Clock& clock_;
  std::vector<std::unique_ptr<Az>> azs_;
  mutable std::atomic<size_t> current_ = 0;
  mutable std::atomic<uint64_t> next_try_ns_ = 0;  // to open what is missing

  mutable std::mutex mutex_;
  std::map<Lsn, Held> held_;  // guarded by mutex_
};

}  // namespace sixfold::storage
