#include "test/sim/sim_cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/base/check.h"
#include "storage/recent/recent_layer.h"
#include "test/sim/sim_worker.h"

namespace sixfold::sim {

namespace {

constexpr const char* kClusterId = "sim";

std::string AzName(size_t host) { return fmt::format("az-{}", static_cast<char>('a' + host)); }
std::string AddressOf(size_t host) { return "sim:storage-" + AzName(host); }

}  // namespace

// ---- a storage daemon ----

SimNode::SimNode(SimCluster& cluster, size_t host)
    : cluster_(cluster),
      host_(host),
      process_(cluster.world(), cluster.host(host).machine, "storage " + AzName(host)),
      disk_(*cluster.host(host).drives, process_),
      network_(cluster.wires(), process_) {
  process_.on_doom = [&cluster, host] { cluster.KillNode(host); };
}

SimNode::~SimNode() {
  process_.Silence();
  cluster_.host(host_).drives->ProcessEnded(process_);
}

Status SimNode::Open(bool create) {
  storage::NodeOptions options = cluster_.NodeOptionsOf(host_);
  options.create = create;
  const storage::StorageNode::Seams seams{
      process_.loop(), disk_, network_, process_.clock(), process_.random(), nullptr, [this] {
        return std::make_unique<SimWorker>(process_);
      }};
  auto node = storage::StorageNode::Open(seams, options);
  if (!node.ok()) return node.status();
  node_ = std::move(*node);
  return OkStatus();
}

// ---- the cluster ----

SimCluster::SimCluster(SimWorld& world, const ClusterOptions& options, const std::string& root)
    : world_(world),
      options_(options),
      root_(root),
      volume_(Uuid::Generate(world.random())),
      wires_(world),
      oracle_(options.lanes) {
  for (size_t n = 0; n < kHosts; ++n) {
    hosts_[n] = std::make_unique<Host>();
    hosts_[n]->machine.name = AzName(n);
    hosts_[n]->machine.boot_ns = world.Between(kSecond, 1000 * kSecond);
    hosts_[n]->drives = std::make_unique<SimDrives>(world);
    for (size_t copy = 0; copy < 2; ++copy) hosts_[n]->drives->AddMount(MountOf(n, copy));
  }
}

SimCluster::~SimCluster() {
  for (size_t n = 0; n < kHosts; ++n) PowerOff(n);
  std::filesystem::remove_all(root_);
}

std::string SimCluster::HostFolder(size_t host) const { return root_ + "/" + AzName(host); }
std::string SimCluster::MountOf(size_t host, size_t copy) const {
  return fmt::format("{}/disk-{}", HostFolder(host), copy);
}
std::string SimCluster::CopyFolderOf(size_t host, size_t copy) const {
  return fmt::format("{}/sixfold-{}/copy-{}", MountOf(host, copy), kClusterId, copy);
}
std::string SimCluster::RecentFolderOf(size_t host) const {
  return storage::RecentFolder(kClusterId, HostFolder(host), AzName(host));
}

std::string SimCluster::WithoutPaths(std::string_view text) const {
  std::string out(text);
  const auto replace = [&](const std::string& path, const std::string& by) {
    for (size_t at = out.find(path); at != std::string::npos; at = out.find(path, at))
      out.replace(at, path.size(), by);
  };
  replace(root_, "");
  for (size_t n = 0; n < kHosts; ++n) replace(RecentFolderOf(n), "recent");
  return out;
}

storage::NodeOptions SimCluster::NodeOptionsOf(size_t host) const {
  storage::NodeOptions options;
  options.cluster_id = kClusterId;
  options.az = AzName(host);
  options.az_index = static_cast<uint32_t>(host);
  options.data_dir = HostFolder(host);
  options.address = AddressOf(host);
  for (size_t copy = 0; copy < 2; ++copy) {
    options.mounts.push_back(MountOf(host, copy));
    options.copy_folders.push_back(CopyFolderOf(host, copy));
  }
  for (size_t other = 0; other < kHosts; ++other) {
    if (other != host) options.peers.push_back(AddressOf(other));
  }
  options.volume = volume_;
  options.log = options_.log;
  options.drain = options_.drain;
  options.recent_bytes = options_.recent_bytes;
  return options;
}

storage::VolumeOptions SimCluster::VolumeOptionsOf(size_t host) const {
  storage::VolumeOptions options = options_.volume;
  options.cluster_id = kClusterId;
  options.az = AzName(host);
  options.runtime_dir = HostFolder(host);
  for (size_t n = 0; n < kHosts; ++n) options.storage_sockets.push_back(AddressOf(n));
  return options;
}

void SimCluster::StartNode(size_t n) {
  Host& at = host(n);
  if (at.node != nullptr) return;
  at.node = std::make_unique<SimNode>(*this, n);
  const Status status = at.node->Open(!at.formatted);
  if (at.node->process().doomed()) return;  // buried next
  world_.Trace(fmt::format("{} {}", at.machine.name,
                           status.ok() ? "serves" : WithoutPaths("fails: " + ToString(status))));
  if (!status.ok()) {
    at.node.reset();
    return;
  }
  at.formatted = true;
  ++at.nodes_started;
}

void SimCluster::KillNode(size_t n) {
  if (host(n).node == nullptr) return;
  world_.Trace(host(n).machine.name + " ends");
  host(n).node.reset();
}

SimInstance& SimCluster::StartInstance(size_t n) {
  host(n).instances.push_back(
      std::make_unique<SimInstance>(*this, n, fmt::format("db-{}", next_instance_++)));
  return *host(n).instances.back();
}

void SimCluster::KillInstance(SimInstance& instance) {
  world_.Trace(instance.process().name() + " ends");
  std::erase_if(host(instance.host()).instances,
                [&](const auto& held) { return held.get() == &instance; });
}

void SimCluster::PowerOff(size_t n) {
  Host& at = host(n);
  world_.Trace(at.machine.name + " loses power");
  wires_.PowerLost(at.machine);
  at.drives->PowerLost();
  at.instances.clear();
  at.node.reset();
  at.nodes_started = 0;
  std::filesystem::remove_all(RecentFolderOf(n));
}

std::vector<SimInstance*> SimCluster::instances() {
  std::vector<SimInstance*> all;
  for (const auto& at : hosts_) {
    for (const auto& instance : at->instances) all.push_back(instance.get());
  }
  return all;
}

SimInstance* SimCluster::Writer() {
  SimInstance* newest = nullptr;
  for (SimInstance* instance : instances()) {
    if (!instance->writes()) continue;
    if (newest == nullptr || newest->writer().epoch() < instance->writer().epoch())
      newest = instance;
  }
  return newest;
}

}  // namespace sixfold::sim
