// `sixfoldctl copy detach|attach ID`: takes one copy out of service so that its disk can be
// unmounted or replaced, and back in.
#pragma once

#include "core/base/cluster_config.h"
#include "core/base/status.h"

namespace sixfold::control {

/// Asks the storage daemon that has the copy. Returns once its files are closed (or open again).
Status SwitchCopy(const ClusterConfig& cluster, uint64_t copy, bool attach);

}  // namespace sixfold::control
