// One history: a cluster, clients, faults from the seed; then the faults stop and everything must
// come together.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "test/sim/sim_cluster.h"

namespace sixfold::sim {

struct Outcome {
  std::string failure;  // empty: none
  uint64_t hash = 0;    // of the history
  uint64_t commits = 0;
  uint64_t views = 0;
  uint64_t steps = 0;
  uint64_t simulated_ms = 0;
};

class Scenario {
 public:
  /// `print`: the history as it happens.
  Scenario(uint64_t seed, bool print);
  ~Scenario();

  Outcome Run();
  /// The end of the history so far, oldest first.
  const std::deque<std::string>& last_lines() const { return world_.last_lines(); }

 private:
  struct HostPlan {
    bool powered = true;
    uint64_t node_from_ns = 0;  // not started before
  };
  enum class Fault {
    kKillNode,
    kEndNodeAtRequest,
    kPowerOfOne,
    kPowerOfAll,
    kCut,
    kBreakConnections,
    kPauseNode,
    kPauseInstance,
    kSlowDisk,
    kWrongClock,
    kSecondCandidate,
    kKillWriter,
    kFullDisk,
    kFailingDisk,
    kAzPlusOne,
    kCount,
  };

  static ClusterOptions OptionsFor(Random& random);
  void Supervise();
  void SuperviseInstances(size_t host);
  void RestartFailedCopies();
  void Strike();
  void Do(Fault fault);
  void PowerOff(size_t host);
  void CutSome();
  void LoseAzPlusOne(size_t n, size_t copy);
  void PauseFor(SimProcess& process, uint64_t longest_ns);
  void Later(uint64_t delay_ns, std::function<void()> what);
  void EndFaults();
  bool Until(uint64_t limit_ns, const std::string& what, const std::function<bool()>& condition);
  bool Together();
  void ComeTogether();
  bool AllCopiesAt(Lsn lsn);
  void CompareBases(Lsn lsn);

  SimWorld world_;
  std::unique_ptr<SimCluster> cluster_;
  HostPlan plans_[kHosts];
  std::vector<Fault> faults_;  // of this history
  bool striking_ = true;
  uint64_t promote_from_ns_ = 0;
  TaskLoop::Timer supervise_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace sixfold::sim
