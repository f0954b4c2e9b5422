// sixfold-storage: the storage daemon of one AZ. SIGTERM and SIGINT stop it; whatever it
// acknowledged is on disk already, so there is nothing to save on the way out.
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/file.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "core/base/cluster_config.h"
#include "core/base/log.h"
#include "core/base/posix_disk.h"
#include "core/base/posix_network.h"
#include "core/base/unique_fd.h"
#include "storage/node/storage_node.h"
#include "storage/recent/map_guard.h"

namespace sixfold {
namespace {

struct Arguments {
  std::string config;
  std::string cluster;
  std::string az;
  bool create = false;
  std::string volume_id;
};

log::Level LevelOf(const std::string& name) {
  if (name == "debug") return log::Level::kDebug;
  if (name == "warning") return log::Level::kWarning;
  return name == "error" ? log::Level::kError : log::Level::kInfo;
}

StatusOr<storage::NodeOptions> OptionsFrom(const ClusterConfig& cluster,
                                           const Arguments& arguments) {
  const AzConfig* az = cluster.FindAz(arguments.az);
  if (az == nullptr)
    return InvalidArgument("--az {}: cluster {} has no such AZ", arguments.az, cluster.id);
  storage::NodeOptions options;
  options.cluster_id = cluster.id;
  options.az = az->name;
  options.data_dir = cluster.data_dir;
  options.address = "unix:" + cluster.StorageSocket(az->name);
  options.control_socket = cluster.StorageControlSocket(az->name);
  options.mounts = az->mounts;
  options.copy_folders = {cluster.CopyDir(*az, 0), cluster.CopyDir(*az, 1)};
  for (const AzConfig& other : cluster.azs) {
    if (&other == az) {
      options.az_index = static_cast<uint32_t>(&other - cluster.azs.data());
    } else {
      options.peers.push_back("unix:" + cluster.StorageSocket(other.name));
    }
  }
  options.create = arguments.create;
  if (!arguments.volume_id.empty()) {
    const auto volume = Uuid::Parse(arguments.volume_id);
    if (!volume.has_value())
      return InvalidArgument("--volume-id {}: not a UUID", arguments.volume_id);
    options.volume = *volume;
  }
  const ClusterSettings& settings = cluster.settings;
  options.allow_network_filesystem = settings.allow_network_filesystem;
  options.log.segment_bytes = RoundUpToBlock(settings.segment_bytes);
  options.drain.interval_ms = settings.drain_interval_ms;
  options.drain.bytes = settings.drain_bytes;
  options.drain.keep_log_bytes = settings.keep_log_bytes;
  options.drain.history_seconds = settings.history_seconds;
  options.drain.snapshot_age_max_ms = settings.snapshot_age_max_s * 1000;
  options.read_hold_max_ms = settings.read_hold_max_s * 1000;
  options.recent_bytes = settings.recent_bytes;
  return options;
}

/// Two daemons of one AZ would write the same files. Held until the process ends.
StatusOr<UniqueFd> LockAz(const ClusterConfig& cluster, const std::string& az) {
  const std::string path = fmt::format("{}/storage-{}.lock", cluster.RunDir(), az);
  UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (!fd.valid()) return ErrnoStatus(errno, fmt::format("open {}", path));
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return FailedPrecondition("another sixfold-storage serves AZ {} already ({} is locked)", az,
                              path);
  }
  return fd;
}

/// A drain takes a copy of each page it changes from malloc, thousands of them, on a thread of its
/// own; LMDB keeps them for the next one. A thread's arena would grow by a system call for each
/// page, the main one grows in steps.
void SetUpMalloc() {
  (void)mallopt(M_ARENA_MAX, 1);
  (void)mallopt(M_TOP_PAD, 1 << 20);
  (void)mallopt(M_TRIM_THRESHOLD, 64 << 20);
  (void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

Status Run(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const Config config, LoadConfig(arguments.config));
  ASSIGN_OR_RETURN(const ClusterConfig cluster, config.Cluster(arguments.cluster));
  log::Init("storage " + arguments.az, LevelOf(cluster.settings.log_level));
  ASSIGN_OR_RETURN(const storage::NodeOptions options, OptionsFrom(cluster, arguments));
  EventLoop loop;
  PosixDisk disk(loop, cluster.settings.direct_io);
  PosixNetwork network(loop);
  SystemClock clock;
  SystemRandom random;
  RETURN_IF_ERROR(disk.MakeFolders(cluster.RunDir()));
  ASSIGN_OR_RETURN(const UniqueFd lock, LockAz(cluster, arguments.az));
  ASSIGN_OR_RETURN(const auto node, storage::StorageNode::Open(
                                        {loop, disk, network, clock, random, &loop}, options));
  const auto on_term = loop.OnSignal(SIGTERM, [&] { loop.Stop(); });
  const auto on_int = loop.OnSignal(SIGINT, [&] { loop.Stop(); });
  log::Info("serving at {}", node->address());
  loop.Run();
  log::Info("stopped");
  return OkStatus();
}

}  // namespace
}  // namespace sixfold

int main(int argc, char** argv) {
  CLI::App app("The storage daemon of one AZ of a Sixfold cluster");
  sixfold::Arguments arguments;
  app.add_option("--config", arguments.config, "the cluster's YAML")->required();
  app.add_option("--cluster", arguments.cluster, "id of the cluster where the YAML has several");
  app.add_option("--az", arguments.az, "name of the AZ")->required();
  app.add_flag("--create", arguments.create, "format empty mounts as founding copies");
  app.add_option("--volume-id", arguments.volume_id, "UUID of the volume");
  CLI11_PARSE(app, argc, argv);
  signal(SIGPIPE, SIG_IGN);
  sixfold::SetUpMalloc();
  sixfold::storage::InstallMapGuard();
  const sixfold::Status status = sixfold::Run(arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "sixfold-storage: %s\n", std::string(sixfold::MessageOf(status)).c_str());
  return 1;
}
