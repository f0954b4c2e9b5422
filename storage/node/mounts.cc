#include "storage/node/mounts.h"

#include <set>

namespace sixfold::storage {

namespace {

Status CheckNotAnotherClusters(Disk& disk, const std::string& mount,
                               const std::string& cluster_id) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, disk.List(mount));
  const std::string own = "sixfold-" + cluster_id;
  std::string other;
  for (const std::string& name : names) {
    if (name == own) return OkStatus();
    if (name.starts_with("sixfold-") && disk.Exists(mount + "/" + name + "/copy-0/superblock"))
      other = name;
    if (name.starts_with("sixfold-") && disk.Exists(mount + "/" + name + "/copy-1/superblock"))
      other = name;
  }
  if (other.empty()) return OkStatus();
  return FailedPrecondition(
      "mount {} holds a volume of another cluster ({}/{}); give cluster {} a mount of its own, or "
      "remove that folder",
      mount, mount, other, cluster_id);
}

Status CheckBelongsHere(const Superblock& superblock, const NodeOptions& options,
                        const std::string& folder) {
  if (superblock.cluster_id != options.cluster_id) {
    return FailedPrecondition(
        "{} holds a copy of cluster {}, not of {}; correct the mount in the YAML or move it away",
        folder, superblock.cluster_id, options.cluster_id);
  }
  if (superblock.az != options.az) {
    return FailedPrecondition("{} holds a copy of AZ {}, not of {}; correct the mounts in the YAML",
                              folder, superblock.az, options.az);
  }
  return OkStatus();
}

}  // namespace

StatusOr<Uuid> CheckMounts(Disk& disk, const NodeOptions& options) {
  for (const std::string& mount : options.mounts) {
    const Status local = CheckLocalWritableFolder(mount);
    if (!local.ok() &&
        !(options.allow_network_filesystem && local.code() == StatusCode::kFailedPrecondition)) {
      return local;
    }
    RETURN_IF_ERROR(CheckNotAnotherClusters(disk, mount, options.cluster_id));
  }
  Uuid volume;
  std::string where;
  for (const std::string& folder : options.copy_folders) {
    if (!CopyHost::Exists(disk, folder)) continue;
    ASSIGN_OR_RETURN(const Superblock superblock, CopyHost::Peek(disk, folder));
    RETURN_IF_ERROR(CheckBelongsHere(superblock, options, folder));
    const bool differs = !volume.IsNil() && superblock.volume != volume;
    if (differs || (!options.volume.IsNil() && superblock.volume != options.volume)) {
      return FailedPrecondition(
          "{} holds volume {}, but {} is expected{}; move the wrong one away, it is rebuilt from "
          "peers",
          folder, superblock.volume.ToString(), (differs ? volume : options.volume).ToString(),
          differs ? " as in " + where : "");
    }
    volume = superblock.volume;
    where = folder;
  }
  if (!volume.IsNil() || !options.create) return volume.IsNil() ? options.volume : volume;
  if (options.volume.IsNil()) return InvalidArgument("--create needs --volume-id");
  return options.volume;
}

}  // namespace sixfold::storage
