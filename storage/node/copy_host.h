// One copy of the volume on its disk: drives CopyState with its superblock and log.
//
// Everything CopyState decides is carried out here: a promise reaches the superblock before its
// reply, a membership record reaches it before the batch that brought it is acknowledged, and what
// was written is told back to the state. `changed` is called whenever acknowledged() or
// applicable() may have moved. Home thread only.
//
// Folder: superblock, log/, base/ (storage/copy).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/disk.h"
#include "storage/log/segment_log.h"
#include "storage/log/superblock.h"
#include "storage/quorum/copy_state.h"

namespace sixfold::storage {

/// A batch as it came in, padded for the disk; shared by both copies of the AZ and the recent
/// layer.
struct SharedBatch {
  BatchHeader header;
  std::shared_ptr<const AlignedBuffer> padded;
};

class CopyHost {
 public:
  struct Identity {
    Uuid volume;
    std::string cluster_id;
    std::string az;
  };

  /// Makes a new copy in the (empty) folder.
  static Status Format(Disk& disk, const std::string& folder, const Identity& identity, CopyId copy,
                       CopyStanding standing, const Membership& membership);
  static bool Exists(Disk& disk, const std::string& folder);
  /// What the superblock says, without touching anything.
  static StatusOr<Superblock> Peek(Disk& disk, const std::string& folder);
  /// `base_applied`: the log below it is not needed. Nothing: there is no base.
  static StatusOr<std::unique_ptr<CopyHost>> Open(Disk& disk, const std::string& folder,
                                                  const SegmentLogOptions& options,
                                                  std::optional<Lsn> base_applied,
                                                  std::function<void()> changed);
  ~CopyHost() { *alive_ = false; }

  using ReportDone = std::function<void(CopyReport)>;
  void OnPromise(Epoch epoch, const Uuid& writer, ReportDone done);
  /// Submits the write where the verdict is one; the caller flushes the disk.
  CopyState::AppendVerdict OnAppend(Epoch sender, const SharedBatch& batch);
  CopyState::AppendVerdict OnPeerBatch(const SharedBatch& batch, Lsn vdl);
  void OnVdl(Epoch epoch, Lsn vdl);
  /// Frees log below `lsn`, but none that is not on this copy's disk yet: the base may be ahead of
  /// a slow log, and a write whose file goes is never told to be done.
  void RecycleBefore(Lsn lsn);
  /// After the base was replaced by a peer's image that holds all up to `applied`.
  void OnRebuilt(Lsn applied);

  CopyState& state() { return *state_; }
  const CopyState& state() const { return *state_; }
  SegmentLog& log() { return *log_; }
  const Superblock& superblock() const { return superblock_->current(); }
  const std::string& folder() const { return folder_; }
  CopyReport Report() const;
  void set_place(uint8_t place) { place_ = place; }
  void set_base_applied(Lsn applied) { base_applied_ = applied; }
  Lsn base_applied() const { return base_applied_; }
  /// Takes it out: its disk failed or is gone. Said once.
  void Fail(const Status& status);
  /// Nothing it was asked to write is under way, or nothing comes of it any more.
  bool idle() const {
    return asked_.empty() && superblock_writes_ == 0 &&
           (!state_->writes_under_way() || !health_.ok());
  }
  /// Not OK once its disk failed: it takes no part any more.
  const Status& health() const { return health_; }

 private:
  CopyHost(Disk& disk, std::string folder, std::function<void()> changed)
      : disk_(disk), folder_(std::move(folder)), changed_(std::move(changed)) {}
  void Write(const SharedBatch& batch, CopyState::AppendVerdict verdict);
  void TakeMembership(const SharedBatch& batch);
  void Written(Lsn first, Epoch epoch);
  void PersistPromises();

  struct AskedPromise {
    Epoch epoch;
    Uuid writer;
    ReportDone done;
  };
  Disk& disk_;
  std::string folder_;
  std::function<void()> changed_;
  std::unique_ptr<SuperblockFile> superblock_;
  std::unique_ptr<SegmentLog> log_;
  std::unique_ptr<CopyState> state_;
  std::vector<AskedPromise> asked_;  // waiting for writes under way to finish
  size_t membership_writes_ = 0;     // to the superblock, under way
  size_t superblock_writes_ = 0;     // … of any kind
  std::vector<std::pair<Lsn, Epoch>>
      held_back_;  // written, but not to be acknowledged before those
  Lsn base_applied_;
  uint8_t place_ = 0;
  Status health_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace sixfold::storage
