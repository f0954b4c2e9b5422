#include "core/base/cluster_config.h"

#include "core/base/checksum.h"

namespace sixfold {

std::string_view ToString(EndpointType type) {
  switch (type) {
    case EndpointType::kCluster:
      return "cluster";
    case EndpointType::kReader:
      return "reader";
    case EndpointType::kCustom:
      return "custom";
    case EndpointType::kInstance:
      return "instance";
  }
  return "unknown";
}

std::string_view ToString(Balancing balancing) {
  switch (balancing) {
    case Balancing::kLeastConnections:
      return "least_connections";
    case Balancing::kRoundRobin:
      return "round_robin";
    case Balancing::kWeighted:
      return "weighted";
  }
  return "unknown";
}

std::string ListenAddress::ToString() const {
  if (!unix_path.empty()) return "unix:" + unix_path;
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

const AzConfig* ClusterConfig::FindAz(std::string_view name) const {
  for (const AzConfig& az : azs)
    if (az.name == name) return &az;
  return nullptr;
}

const InstanceConfig* ClusterConfig::FindInstance(std::string_view instance_id) const {
  for (const InstanceConfig& instance : instances)
    if (instance.id == instance_id) return &instance;
  return nullptr;
}

std::string ClusterConfig::StorageSocket(std::string_view az) const {
  return fmt::format("{}/storage-{}.sock", RunDir(), az);
}
std::string ClusterConfig::StorageControlSocket(std::string_view az) const {
  return fmt::format("{}/storage-{}.control.sock", RunDir(), az);
}
std::string ClusterConfig::HandoffSocket(std::string_view instance) const {
  return fmt::format("{}/{}.handoff.sock", RunDir(), instance);
}
std::string ClusterConfig::MysqlSocket(std::string_view instance) const {
  return fmt::format("{}/{}.mysql.sock", RunDir(), instance);
}
std::string ClusterConfig::ControlSocket(std::string_view instance) const {
  return fmt::format("{}/{}.control.sock", RunDir(), instance);
}
std::string ClusterConfig::StatusPage(std::string_view instance) const {
  return fmt::format("{}/{}.status", RunDir(), instance);
}
std::string ClusterConfig::LogFile(std::string_view program, std::string_view name) const {
  return name.empty() ? fmt::format("{}/{}.log", LogDir(), program)
                      : fmt::format("{}/{}-{}.log", LogDir(), program, name);
}
std::string ClusterConfig::CopyDir(const AzConfig& az, uint32_t n) const {
  return fmt::format("{}/sixfold-{}/copy-{}", az.mounts[n % az.mounts.size()], id, n);
}
std::string ClusterConfig::SharedMemoryDir(std::string_view az) const {
  return fmt::format("/dev/shm/sixfold-{}-{:016x}-{}", id, Checksum64(data_dir), az);
}

StatusOr<ClusterConfig> Config::Cluster(std::string_view id) const {
  if (id.empty() && clusters.size() == 1) return clusters.front();
  std::string known;
  for (const ClusterConfig& cluster : clusters) {
    if (cluster.id == id) return cluster;
    known += (known.empty() ? "" : ", ") + cluster.id;
  }
  if (id.empty())
    return InvalidArgument("{}: several clusters ({}): name one with --cluster", path, known);
  return NotFound("{}: no cluster \"{}\" (there is {})", path, id, known);
}

}  // namespace sixfold
