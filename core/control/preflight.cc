#include "core/control/preflight.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace sixfold::control {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 22> kNetworkFilesystems = {
    "nfs",       "nfs4",        "cifs",       "smb3",       "smbfs",     "9p",
    "afs",       "ceph",        "coda",       "lustre",     "glusterfs", "ncpfs",
    "beegfs",    "orangefs",    "gpfs",       "fuse.sshfs", "fuse.s3fs", "fuse.glusterfs",
    "fuse.ceph", "fuse.rclone", "fuse.davfs", "fuse.mfs"};

Status MakeWritable(const std::string& folder, std::string_view what) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return FailedPrecondition("{} {}: cannot be created: {}. Create it, or name another folder",
                              what, folder, error.message());
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    return FailedPrecondition(
        "{} {}: cannot be written by user {}: {}. Give that user the folder (chown), or name "
        "another one",
        what, folder, ::geteuid(), std::strerror(errno));
  return OkStatus();
}

Status CheckMount(const ClusterConfig& config, const AzConfig& az, const std::string& mount) {
  RETURN_IF_ERROR(MakeWritable(mount, fmt::format("AZ {}: mount", az.name)));
  const std::string type = FilesystemOf(mount);
  if (IsNetworkFilesystem(type) && !config.settings.allow_network_filesystem)
    return FailedPrecondition(
        "AZ {}: mount {} is on a network file system ({}). Copies need a local one (ext4, xfs): "
        "name a folder on a local disk",
        az.name, mount, type);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(mount, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("sixfold-") && name != "sixfold-" + config.id)
      return FailedPrecondition(
          "AZ {}: mount {} holds a volume of another cluster ({}). Name another folder, or move "
          "{} away; nothing was touched",
          az.name, mount, name.substr(8), entry.path().string());
  }
  return OkStatus();
}

}  // namespace

bool IsNetworkFilesystem(std::string_view type) {
  return std::find(kNetworkFilesystems.begin(), kNetworkFilesystems.end(), type) !=
         kNetworkFilesystems.end();
}

std::string FilesystemOf(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return "";
  const std::string device = fmt::format("{}:{}", major(info.st_dev), minor(info.st_dev));
  std::ifstream stream("/proc/self/mountinfo");
  std::string type;
  for (std::string line; std::getline(stream, line);) {
    // id parent major:minor root mountpoint options [tags] - type source options
    std::istringstream fields(line);
    std::string id, parent, number;
    fields >> id >> parent >> number;
    const size_t dash = line.find(" - ");
    if (number == device && dash != std::string::npos)
      std::istringstream(line.substr(dash + 3)) >> type;
  }
  return type;
}

bool AnyCopyExists(const ClusterConfig& config) {
  for (const AzConfig& az : config.azs) {
    for (uint32_t n = 0; n < 2; ++n) {
      std::error_code error;
      if (fs::exists(config.CopyDir(az, n), error) && !fs::is_empty(config.CopyDir(az, n), error))
        return true;
    }
  }
  return false;
}

Status CheckDataDir(const ClusterConfig& config) {
  for (const std::string& folder :
       {config.data_dir, config.RunDir(), config.LogDir(), config.ControlDir(), config.TmpDir()})
    RETURN_IF_ERROR(MakeWritable(folder, "data_dir"));
  return OkStatus();
}

Status CheckMounts(const ClusterConfig& config) {
  for (const AzConfig& az : config.azs)
    for (const std::string& mount : az.mounts) RETURN_IF_ERROR(CheckMount(config, az, mount));
  return OkStatus();
}

}  // namespace sixfold::control
