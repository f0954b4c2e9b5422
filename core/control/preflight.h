// What is checked before anything is started or touched: folders can be written, mounts of copies
// are local file systems and hold no other cluster's volume. Each error names the thing and the way
// out.
#pragma once

#include <string>
#include <string_view>

#include "core/base/cluster_config.h"
#include "core/base/status.h"

namespace sixfold::control {

/// Creates data_dir and its parts where missing, and checks them.
Status CheckDataDir(const ClusterConfig& config);
/// The same for the mounts of all AZs.
Status CheckMounts(const ClusterConfig& config);

/// Is it the name of a network file system, as /proc/self/mountinfo says it?
bool IsNetworkFilesystem(std::string_view type);
/// The file system's type of the mount a path is on; "" when not known.
std::string FilesystemOf(const std::string& path);
/// Does a copy of this cluster's volume exist on any mount?
bool AnyCopyExists(const ClusterConfig& config);

}  // namespace sixfold::control
