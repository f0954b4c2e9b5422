// One cluster under sixfoldd: starts (or adopts) the storage daemons, instances and proxy, creates
// the volume at the very first start, keeps all of them running, lets Election decide on the
// writer, serves the HTTP API, and stops everything in order.
//
//   start: folders checked -> listening sockets (fetched from a running proxy, else opened) ->
//   storage
//          and proxy -> instances, once storage answers -> a writer
//   stop:  proxy -> instances -> storage, each SIGTERM first and SIGKILL after a limit
//
// Everything on the loop's thread. When this process dies, all children go on.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/cluster_config.h"
#include "core/base/event_loop.h"
#include "core/control/api_server.h"
#include "core/control/control_state.h"
#include "core/control/election.h"
#include "core/control/storage_status.h"
#include "core/topology/listeners.h"

namespace sixfold::control {

struct ControlOptions {
  std::string config_path;  // absolute; what the children are told
  std::string program_dir;  // where the other programs are
};

class ClusterControl {
 public:
  /// Checks, opens and starts. An error left nothing started.
  static StatusOr<std::unique_ptr<ClusterControl>> Start(EventLoop& loop, const Clock& clock,
                                                         const ClusterConfig& config,
                                                         const ControlOptions& options);
  ~ClusterControl();

  /// `done` runs once every child is gone.
  void Stop(std::function<void()> done);
  /// Hurry a running stop: SIGKILL to what is left.
  void KillAll();

  /// What is not as it should be, as texts; empty: all is well. `writable` says whether clients of
  /// the cluster endpoint get a writer.
  struct Health {
    bool writable = false;
    std::vector<std::string> missing;
  };
  Health CheckHealth();
  std::string StatusJson();
  /// Endpoints as a table, with a ready-to-paste client line.
  std::string Table();
  /// A child that cannot work as configured: text for the user. Looked at while starting.
  std::optional<std::string> FatalProblem() const;

  const ClusterConfig& config() const { return config_; }

 private:
  ClusterControl(EventLoop& loop, const Clock& clock, const ClusterConfig& config,
                 const ControlOptions& options);

  Status Open();
  Status LockDataDir();
  Status DecideCreation();
  Status OpenListeners(const std::map<std::string, ProcessIdentity>& recorded);
  StatusOr<UniqueFd> OpenAsBefore(const EndpointConfig& endpoint);
  void StartChildren(const std::map<std::string, ProcessIdentity>& recorded);
  void StartInstancesWhenStorageAnswers();
  void StopStrangers(const std::map<std::string, ProcessIdentity>& recorded);
  ProcessSpec Spec(const std::string& program, const std::string& name,
                   std::vector<std::string> arguments) const;
  ProcessSpec StorageSpec(const AzConfig& az) const;
  ProcessSpec ProxySpec() const;
  void Poll();
  void NoteCreated();
  void ProbeProxy(uint64_t now_ms);
  std::vector<std::string> TargetsOf(const EndpointConfig& endpoint) const;
  void OnApi(const ApiRequest& request, const ApiReply& reply);
  void StopInstances(std::function<void()> done);
  void StopStorage(std::function<void()> done);

  EventLoop& loop_;
  const Clock& clock_;
  const ClusterConfig config_;
  const ControlOptions options_;
  UniqueFd lock_;
  std::unique_ptr<ControlState> state_;
  std::string volume_id_;
  bool creating_ = false;
  topology::Listeners listeners_;
  std::vector<std::unique_ptr<Supervised>> storage_;  // one per AZ, in order
  std::unique_ptr<StorageMonitor> storage_monitor_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::unique_ptr<Supervised> proxy_;
  topology::PendingCall proxy_probe_;
  uint64_t proxy_probed_ms_ = 0;
  std::unique_ptr<Election> election_;
  std::unique_ptr<ApiServer> api_;
  std::map<std::string, ProcessIdentity> recorded_instances_;
  bool instances_started_ = false;
  uint64_t started_ms_ = 0;
  bool stopping_ = false;
  EventLoop::Watch poll_;
};

}  // namespace sixfold::control
