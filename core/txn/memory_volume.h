// MemoryVolume: a whole volume in the memory of one process, never on disk. It stands in for the
// storage daemons where no durability is wanted: temporary tables, and unit tests of core.
//
// Keeps every version for ever; fine for what lives as long as a session or a test.
// Threads: reader, writer and views from any thread; one mutex. Commit() calls back inline, unless
// the test holds commits back.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "storage/client/volume.h"

namespace sixfold::txn {

class MemoryVolume final : public storage::VolumeReader, public storage::VolumeWriter {
 public:
  MemoryVolume() = default;

  // VolumeReader
  storage::VolumeProgress Progress() const override;
  bool WaitApplied(Lsn lsn, uint64_t timeout_us) override { return lsn <= durable(); }
  StatusOr<std::unique_ptr<storage::ReadView>> OpenView(Lsn lsn) override;
  StatusOr<std::unique_ptr<storage::SnapshotHold>> Hold(Lsn lsn, ConnectionId owner) override;

  // VolumeWriter
  void Commit(const storage::CommitRequest& request, storage::CommitCallback done) override;
  Lsn durable() const override;
  Epoch epoch() const override { return Epoch(1); }
  bool fenced() const override { return false; }
  bool writable() const override { return true; }

  /// The next commits end like this instead of becoming durable (kDurable: as usual).
  void set_outcome(storage::CommitOutcome outcome);
  /// Whether unknown ones come with the LSN they may have; large ones given up on early have none.
  void set_unknown_has_lsn(bool has) { unknown_has_lsn_ = has; }
  /// What was told unknown is durable after all.
  void DecideUnknown();
  std::vector<storage::DecidedCommit> TakeDecided() override;
  size_t commits() const;

 private:
  friend class MemoryView;
  friend class MemoryCursor;
  struct Version {
    Lsn lsn;
    bool live;
    std::string value;
  };
  /// Oldest first; a deque, so that views handed out stay.
  using Rows = std::map<std::string, std::deque<Version>, std::less<>>;

  static const Version* Visible(const std::deque<Version>& versions, Lsn lsn);
  void Apply(const storage::Mutation& mutation, Lsn lsn);

  mutable std::mutex mutex_;
  Rows rows_;
  Lsn lsn_{4096};
  Lsn catalog_lsn_{4096};
  size_t commits_ = 0;
  storage::CommitOutcome outcome_ = storage::CommitOutcome::kDurable;
  bool unknown_has_lsn_ = true;
  std::vector<TxnId> unknown_;
  std::vector<storage::DecidedCommit> decided_;
};

}  // namespace sixfold::txn
