// Opens the volume for writing: drives a RecoverySession over the links until the new epoch's
// opening record is durable. Home thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "storage/client/daemon_link.h"
#include "storage/quorum/recovery_session.h"

namespace sixfold::storage {

/// A batch the writer keeps to send it again.
struct SentBatch {
  BatchHeader header;
  AlignedBuffer padded;
  std::string_view unpadded() const { return padded.view().substr(0, header.unpadded_bytes()); }
};

class VolumeOpener {
 public:
  struct Opened {
    Uuid volume;
    Epoch epoch;
    Membership membership;
    SentBatch opening;
  };
  using Done = std::function<void(StatusOr<Opened>)>;

  VolumeOpener(TaskLoop& loop, const Clock& clock, Random& random,
               std::vector<std::unique_ptr<DaemonLink>>& links, Done done);

  void OnLinkChanged(DaemonLink& link);
  void OnAck(DaemonLink& link, const Ack& ack);
  void OnFetchReply(DaemonLink& link, const FetchReply& reply);
  /// Why it takes so long, for a timeout's message.
  Status WhyNotYet() const;
  const Uuid& writer() const { return writer_; }

 private:
  void StartWhenGreeted();
  void StartSession(Epoch epoch);
  void StartOver();
  void Look();
  bool AllAnswered() const;
  void BeginShipping();
  void AskForNextPiece();
  DaemonLink* LinkOf(CopyId copy);
  void SendOpening();
  void SendTo(DaemonLink& link, std::string_view unpadded);
  void Finish(Status status);

  TaskLoop& loop_;
  const Clock& clock_;
  Random& random_;
  std::vector<std::unique_ptr<DaemonLink>>& links_;
  Done done_;
  Uuid writer_;
  Uuid volume_;
  Membership membership_;
  std::optional<RecoverySession> session_;
  std::set<const DaemonLink*> counted_;  // whose promise reply the session has
  bool shipping_ = false;
  Lsn ship_position_;
  std::optional<SentBatch> opening_;
  bool finished_ = false;
  bool restarting_ = false;
  bool patient_ = true;  // at first every daemon gets a moment to answer
  TaskLoop::Timer patience_;
  TaskLoop::Timer restart_;
};

}  // namespace sixfold::storage
