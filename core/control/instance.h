// One DB instance as sixfoldd sees it: its process, its status page, and whether it hangs.
//
// A hang is seen in two ways: sessions want a worker and no worker made progress for hang_after_ms
// (the page), or the control socket did not answer a fresh connection for that long (the probe; a
// stopped process has nobody busy). A process that computes meanwhile does not hang: a long
// statement is no reason for a failover. A moment in which sixfoldd itself did not run counts for
// nobody.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/control/supervised.h"
#include "core/topology/control_socket.h"
#include "core/topology/instance_status.h"
#include "core/topology/topology.h"

namespace sixfold::control {

class Instance {
 public:
  Instance(EventLoop& loop, const Clock& clock, ControlState& state, const ClusterConfig& config,
           const InstanceConfig& instance, std::function<ProcessSpec()> make_spec,
           std::function<void()> ended);

  /// Reads the page and judges. `now_ms` - the last poll's above a limit: sixfoldd slept, hangs
  /// start over.
  void Poll(uint64_t now_ms);

  const InstanceConfig& config() const { return instance_; }
  const std::string& id() const { return instance_.id; }
  Supervised& process() { return process_; }
  const Supervised& process() const { return process_; }

  /// The page of the running process; nothing while it has not published one.
  const std::optional<topology::InstanceStatus>& page() const { return page_; }
  bool ready() const { return page_ && page_->state == topology::InstanceState::kReady && !hung_; }
  bool writer() const { return page_ && page_->role == topology::InstanceRole::kWriter; }
  bool fenced() const { return page_ && page_->state == topology::InstanceState::kFenced; }
  bool hung() const { return hung_; }
  topology::MemberState member_state() const;

 private:
  void JudgeProgress(uint64_t now_ms, uint64_t asleep_ms);
  void Probe(uint64_t now_ms);
  /// A thread of it wants the processor right now: it starves, as on an overloaded host, or
  /// computes.
  bool Runnable() const;
  uint64_t CpuMillis() const;  // user and system time of the process so far
  bool UsedProcessor(uint64_t since_cpu_ms, uint64_t elapsed_ms) const;

  EventLoop& loop_;
  const ClusterConfig& config_;
  const InstanceConfig instance_;
  Supervised process_;
  topology::InstanceStatusReader reader_;
  std::optional<topology::InstanceStatus> page_;
  uint64_t polled_ms_ = 0;
  uint64_t progress_ = 0;
  std::optional<uint64_t> progressed_cpu_ms_;  // processor time used when progress stopped
  uint64_t progressed_ms_ = 0;                 // when progress last changed or nobody was busy
  bool hung_ = false;
  bool probe_failed_ = false;
  uint64_t probed_ms_ = 0;
  topology::PendingCall probe_;
};

}  // namespace sixfold::control
