// Server: everything of one compute process, put together: the instance and its role, workers,
// connections, accounts, variables, and the sockets clients and supervisors come by.
//
// Sockets (docs/formats/compute-sockets.md): the hand-off socket from the proxy, the instance's own
// MySQL socket, the control socket. The status page tells proxy and sixfoldd how the process is.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/clock.h"
#include "core/base/cluster_config.h"
#include "core/base/ids.h"
#include "core/base/random.h"
#include "core/base/status.h"

namespace sixfold::plan {
class VirtualTables;
}
namespace sixfold::protocol {
class KeyPair;
class Sha2Cache;
}  // namespace sixfold::protocol
namespace sixfold::topology {
enum class HandoffVerdict : uint16_t;
struct Handoff;
class InstanceStatusWriter;
}  // namespace sixfold::topology

namespace sixfold::server {

class Accounts;
class Connection;
class GlobalVariables;
class Instance;
class LoopSlot;
class PersistedVariables;
class SharedPlans;
class StatusCounters;
class WorkerPool;
struct ClientOrigin;
enum class KillKind : int;

inline constexpr std::string_view kServerVersion = "8.0.36-sixfold-0.1.0";

class Server {
 public:
  Server(ClusterConfig cluster, InstanceConfig self);
  ~Server();

  /// Opens sockets, keys and the volume; returns once clients can come.
  Status Start();
  /// Until SIGTERM, SIGINT or a shutdown command.
  void RunUntilStopped();
  /// Thread-safe.
  void RequestStop();
  /// At the main loop: what the status page says is so now.
  void PublishStatus();

  Clock& clock() { return clock_; }
  Random& random() { return random_; }
  Instance& instance() { return *instance_; }
  WorkerPool& pool() { return *pool_; }
  GlobalVariables& globals() { return *globals_; }
  PersistedVariables& persisted() { return *persisted_; }
  Accounts& accounts() { return *accounts_; }
  StatusCounters& counters() { return *counters_; }
  SharedPlans& shared_plans() { return *shared_plans_; }
  plan::VirtualTables& virtual_tables() { return *virtual_tables_; }
  const protocol::KeyPair* keys() const { return keys_.get(); }
  protocol::Sha2Cache& sha2_cache() { return *sha2_cache_; }
  uint64_t login_timeout_ms() const { return 10'000; }
  uint64_t started_ms() const { return started_ms_; }
  /// What the watchdog looks at while sessions are busy; counted up by whatever works. May be null.
  std::atomic<uint64_t>* worker_progress();

  /// False: no such connection.
  bool Kill(ConnectionId id, KillKind kind);
  /// Calls with each connection while it cannot go away; brief work only.
  void ForEachConnection(const std::function<void(Connection&)>& visit);
  size_t connection_count() const;
  /// At the connection's loop: destroys it once the callback has returned.
  void Forget(Connection& connection);
  void CloseAllClients();
  void CountAbortedConnect();
  /// A boolean global variable.
  bool globals_flag(std::string_view name) const;

 private:
  struct Sockets;

  uint64_t MaxConnections() const;
  void Adopt(int socket, ClientOrigin origin);
  void AcceptLocal();
  void AcceptHandoffs();
  void WatchProxy(int socket);
  void ReadHandoffs(int socket);
  topology::HandoffVerdict Judge(const topology::Handoff& handoff) const;
  bool AnswerHandoff(int socket, topology::Handoff handoff);
  void AnswerLater(int socket, topology::Handoff handoff);
  void GoOnAnswering(int socket);
  void Tick();

  SystemClock clock_;
  SystemRandom random_;
  const ClusterConfig cluster_;
  const InstanceConfig self_;
  uint64_t started_ms_ = 0;

  std::unique_ptr<topology::InstanceStatusWriter> status_;
  std::unique_ptr<Instance> instance_;
  std::unique_ptr<GlobalVariables> globals_;
  std::unique_ptr<PersistedVariables> persisted_;
  std::unique_ptr<StatusCounters> counters_;
  std::unique_ptr<SharedPlans> shared_plans_;
  std::unique_ptr<protocol::KeyPair> keys_;
  std::unique_ptr<protocol::Sha2Cache> sha2_cache_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<plan::VirtualTables> virtual_tables_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<Sockets> sockets_;

  mutable std::mutex connections_mutex_;
  std::unordered_map<uint64_t, std::unique_ptr<Connection>> connections_;  // guarded
  uint64_t next_connection_ = 1;                                           // guarded
};

}  // namespace sixfold::server
