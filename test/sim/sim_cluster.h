// A cluster in the simulated world: three hosts, on each a storage daemon and any number of
// database instances, all running the production code of storage/*. What a supervisor would do
// (start, restart, promote) is asked for from outside.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "storage/client/quorum_writer.h"
#include "storage/client/volume_reader.h"
#include "storage/node/storage_node.h"
#include "test/sim/oracle.h"
#include "test/sim/sim_disk.h"
#include "test/sim/sim_network.h"
#include "test/sim/sim_world.h"
#include "test/sim/workload.h"

namespace sixfold::sim {

inline constexpr size_t kHosts = 3;

struct ClusterOptions {
  storage::SegmentLogOptions log;
  storage::DrainOptions drain;
  uint64_t recent_bytes = 4 << 20;
  storage::VolumeOptions volume;  // the writer's times and sizes
  WorkloadOptions workload;
  size_t lanes = 4;
};

class SimCluster;

/// A run of a storage daemon.
class SimNode {
 public:
  SimNode(SimCluster& cluster, size_t host);
  ~SimNode();
  /// Not OK: it ends at once, as the program does.
  Status Open(bool create);

  SimProcess& process() { return process_; }
  SimDisk& disk() { return disk_; }
  std::string StatusJson() const { return node_ == nullptr ? "{}" : node_->StatusJson(); }

 private:
  SimCluster& cluster_;
  size_t host_;
  SimProcess process_;
  SimDisk disk_;
  SimNetwork network_;
  std::unique_ptr<storage::StorageNode> node_;
};

/// A run of a database instance: it reads in its AZ, and may become the writer.
class SimInstance {
 public:
  SimInstance(SimCluster& cluster, size_t host, const std::string& name);
  ~SimInstance();

  SimProcess& process() { return process_; }
  size_t host() const { return host_; }
  /// Opens the volume for writing, then runs the workload.
  void Promote();
  bool promoted() const { return writer_ != nullptr; }
  /// Open, and not fenced.
  bool writes() const { return opened_ && !writer_->fenced(); }
  /// Could not open the volume, or was fenced: nothing comes of it any more.
  bool over() const { return gave_up_ || (opened_ && writer_->fenced()); }
  Workload* workload() { return workload_.get(); }
  const storage::QuorumWriter& writer() const { return *writer_; }
  storage::MappedVolumeReader* reader() { return reader_.get(); }

 private:
  struct Held {
    std::unique_ptr<storage::SnapshotHold> hold;
    uint64_t until_ns;
  };
  void Turn();
  bool HaveReader();
  StatusOr<ViewRows> ReadAt(Lsn at);
  /// True where the view could be read.
  bool LookAt(Lsn at, std::vector<const LaneStep*>* heads);
  void LookAround();
  void LookAtHeld();
  void BeginWorkload();

  SimCluster& cluster_;
  size_t host_;
  SimProcess process_;
  SimNetwork network_;
  std::unique_ptr<storage::MappedVolumeReader> reader_;
  std::vector<Held> held_;
  Lsn seen_applied_;
  Lsn seen_durable_;
  bool lost_ = false;  // what was readable here is not, until it is rebuilt
  std::unique_ptr<storage::QuorumWriter> writer_;
  bool opened_ = false;
  bool gave_up_ = false;
  std::unique_ptr<Workload> workload_;
  TaskLoop::Timer turn_;
};

class SimCluster {
 public:
  SimCluster(SimWorld& world, const ClusterOptions& options, const std::string& root);
  ~SimCluster();

  struct Host {
    SimHost machine;
    std::unique_ptr<SimDrives> drives;
    std::unique_ptr<SimNode> node;
    std::vector<std::unique_ptr<SimInstance>> instances;
    bool formatted = false;
    uint64_t nodes_started = 0;  // since it was booted
  };

  void StartNode(size_t host);
  /// As by SIGKILL.
  void KillNode(size_t host);
  SimInstance& StartInstance(size_t host);
  void KillInstance(SimInstance& instance);
  /// Everything on the host ends, its memory is lost.
  void PowerOff(size_t host);

  SimWorld& world() { return world_; }
  SimWires& wires() { return wires_; }
  Oracle& oracle() { return oracle_; }
  Host& host(size_t n) { return *hosts_[n]; }
  const ClusterOptions& options() const { return options_; }
  const Uuid& volume() const { return volume_; }
  std::vector<SimInstance*> instances();
  /// The instance that may write, as far as it knows; null: none.
  SimInstance* Writer();

  storage::NodeOptions NodeOptionsOf(size_t host) const;
  storage::VolumeOptions VolumeOptionsOf(size_t host) const;
  std::string RecentFolderOf(size_t host) const;
  std::string CopyFolderOf(size_t host, size_t copy) const;
  std::string MountOf(size_t host, size_t copy) const;
  /// The same text whatever the run's folders are called.
  std::string WithoutPaths(std::string_view text) const;

 private:
  std::string HostFolder(size_t host) const;

  SimWorld& world_;
  ClusterOptions options_;
  std::string root_;
  Uuid volume_;
  SimWires wires_;
  Oracle oracle_;
  std::array<std::unique_ptr<Host>, kHosts> hosts_;
  uint64_t next_instance_ = 1;
};

}  // namespace sixfold::sim
