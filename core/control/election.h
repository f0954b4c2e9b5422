// Decides who the writer is, and keeps the topology record.
//
//   none -> promoting -> steady -> (death, hang, lost role) -> none
//                          steady -> demoting -> promoting          (planned failover)
//
// Invariants
// 1. While there is no decided writer the published record names none (demote before promote).
// 2. A writer is named only after it answered `promote` with an epoch above the record's, or was
//    found to be the writer of such an epoch.
// 3. Nothing here protects data: two instances that both think they write are told apart by the
// epoch
//    at the copies. This only has to be quick and to settle.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/cluster_config.h"
#include "core/base/event_loop.h"
#include "core/control/instance.h"
#include "core/topology/control_socket.h"
#include "core/topology/topology.h"

namespace sixfold::control {

class Election {
 public:
  using Reply = std::function<void(const Status&)>;

  Election(EventLoop& loop, const Clock& clock, const ClusterConfig& config,
           std::vector<std::unique_ptr<Instance>>& instances);

  /// Takes the last published record as the starting point.
  void Begin();
  /// The volume exists: promotions may start. Until then nobody is promoted.
  void AllowPromotion() { allowed_ = true; }
  /// Looks at everything again; called after every event and at every poll.
  void Tick();
  /// A planned change of the writer; `to` empty: the best reader. Answered once the new one writes.
  void Failover(const std::string& to, Reply reply);
  void Stop();

  const topology::Topology& topology() const { return topology_; }
  bool steady() const { return phase_ == Phase::kSteady; }

 private:
  enum class Phase { kNone, kDemoting, kPromoting, kSteady };

  Instance* Find(const std::string& id);
  void CheckWriter();
  void CheckCandidate();
  void LoseWriter(std::string_view why);
  /// A ready instance that opened the volume with a higher epoch than the record's is the writer.
  bool AdoptNewerWriter();
  void AdoptOrPromote();
  std::optional<std::string> Choose(const std::string& except);
  bool MayChooseNow();
  void Promote(const std::string& id);
  void OnPromoted(const std::string& id, const StatusOr<std::string>& reply);
  void AskAgain(const std::string& id, const Status& why);
  void PromotionFailed(const std::string& id, const Status& why);
  void SetWriter(const std::string& id, Epoch epoch);
  void OnDemoted(const std::string& old_writer, const std::string& target,
                 const StatusOr<std::string>& reply);
  void RestartBroken();
  void RefreshMembers();
  void Publish();
  void Answer(const Status& status);

  EventLoop& loop_;
  const Clock& clock_;
  const ClusterConfig& config_;
  std::vector<std::unique_ptr<Instance>>& instances_;
  topology::Topology topology_;
  topology::Topology published_;
  Phase phase_ = Phase::kNone;
  bool allowed_ = false;
  bool stopped_ = false;
  std::string candidate_;                     // being promoted
  bool asked_again_ = false;                  // its first answer did not come in time
  std::map<std::string, uint32_t> failures_;  // promotions that failed since the last success
  uint64_t lost_ms_ = 0;                      // when the writer was lost
  uint64_t first_ready_ms_ = 0;
  uint64_t not_before_ms_ = 0;  // the next promotion, after a failed one
  topology::PendingCall call_;
  EventLoop::Watch again_;
  Reply planned_;  // of a planned failover
  std::string planned_target_;
};

}  // namespace sixfold::control
