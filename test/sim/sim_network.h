// The simulated network: streams of whole messages between processes, as the transport gives them.
//
// What can happen to a stream: each message takes its own time, but those of one direction stay in
// order; between connections nothing is ordered. A cut between two hosts, one way or both, holds
// messages back until it heals, or the connection breaks. A break loses what is under way, in both
// directions, and each side hears of it at another time. A message is never duplicated or lost
// alone: a stream does not do that; a sender that connects anew and says it again does, and the
// code under test does so.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/network.h"
#include "test/sim/sim_world.h"

namespace sixfold::sim {

struct SimPipe;

/// The wires between all hosts; outlives the processes.
class SimWires {
 public:
  explicit SimWires(SimWorld& world) : world_(world) {}

  /// Nothing gets from one host to the other until healed.
  void Cut(const SimHost& from, const SimHost& to);
  void HealAll();
  bool IsCut(const SimHost& from, const SimHost& to) const;
  /// Breaks a connection, whichever. False where there is none.
  bool BreakOne();
  /// Whoever talks to this host hears nothing more of it, and much later that it was gone.
  void PowerLost(const SimHost& host);
  /// One message in so many takes up to `slow_ns`.
  void SetWeather(uint64_t one_in, uint64_t slow_ns);
  SimWorld& world() { return world_; }

 private:
  friend struct SimPipe;
  friend class SimNetwork;
  struct Accepting {
    SimProcess* process;
    Network::OnAccept on_accept;
  };
  uint64_t Latency();
  std::vector<std::shared_ptr<SimPipe>> Live();

  SimWorld& world_;
  std::map<std::string, Accepting*> listeners_;
  std::vector<std::weak_ptr<SimPipe>> pipes_;
  std::set<std::pair<std::string, std::string>> cuts_;
  uint64_t slow_one_in_ = 100;
  uint64_t slow_ns_ = 5 * kMs;
};

/// What one process sees of them.
class SimNetwork final : public Network {
 public:
  SimNetwork(SimWires& wires, SimProcess& process) : wires_(wires), process_(process) {}
  StatusOr<std::unique_ptr<Listener>> Listen(const std::string& address,
                                             OnAccept on_accept) override;
  void Connect(const std::string& address, OnConnect on_connect) override;

 private:
  void Reach(const std::string& address, const OnConnect& on_connect);

  SimWires& wires_;
  SimProcess& process_;
};

}  // namespace sixfold::sim
