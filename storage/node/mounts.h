// What must hold of an AZ's mounts before anything on them is touched.
#pragma once

#include "core/base/disk.h"
#include "core/base/uuid.h"
#include "storage/node/storage_node.h"

namespace sixfold::storage {

/// Checks that the mounts are local, writable folders and that what lies on them is this cluster's,
/// this AZ's and of a known format. Gives the volume's id; nil where both disks are empty and
/// nothing is to be created.
StatusOr<Uuid> CheckMounts(Disk& disk, const NodeOptions& options);

}  // namespace sixfold::storage
