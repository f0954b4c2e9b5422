// A whole volume in one process and one temporary folder, for tests of the layers above: a real
// recent layer and base read through the real read path, and a writer whose commits are applied at
// once by a thread of its own. No log, no daemons, no quorum; nothing is durable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/client/volume.h"

namespace sixfold::storage {

class InProcessVolume final : public VolumeReader, public VolumeWriter {
 public:
  /// Its keyspace is cut into protection groups at `split_keys`.
  static StatusOr<std::unique_ptr<InProcessVolume>> Create(
      std::vector<std::string> split_keys = {});
  ~InProcessVolume() override;

  VolumeProgress Progress() const override;
  bool WaitApplied(Lsn lsn, uint64_t timeout_us) override;
  StatusOr<std::unique_ptr<ReadView>> OpenView(Lsn lsn) override;
  StatusOr<std::unique_ptr<SnapshotHold>> Hold(Lsn lsn, ConnectionId owner) override;

  void Commit(const CommitRequest& request, CommitCallback done) override;
  Lsn durable() const override;
  Epoch epoch() const override;
  bool fenced() const override;
  bool writable() const override;

  /// Moves what was committed into the base and out of the recent layer, as the daemon does.
  /// Keeps what registered snapshots see; views at other older LSNs get "snapshot too old".
  void Drain();
  /// Drains by itself after every `commits` commits; 0 (the start) never.
  void DrainEvery(uint64_t commits);
  /// LMDB reads under way that a commit or a drain has left behind: they keep pages from being used
  /// again.
  size_t StaleReads() const;
  /// While paused, commits queue up undecided.
  void Pause(bool paused);
  /// What later commits come to; kUnknown ones are not applied.
  void SetOutcome(CommitOutcome outcome);
  void SetFenced();

 private:
  struct State;
  explicit InProcessVolume(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sixfold::storage
