// Unix sockets of the run folder: listening ones are created under a temporary name's protection of
// an unlink, so a stale file of a dead process is replaced, and connecting never blocks for long.
#pragma once

#include <string>

#include "core/base/status.h"
#include "core/base/unique_fd.h"

namespace sixfold::topology {

/// A listening, non-blocking, close-on-exec socket. `type` is SOCK_STREAM or SOCK_SEQPACKET. A file
/// already there is removed: who may own the path is decided by whoever starts the processes.
StatusOr<UniqueFd> ListenUnix(const std::string& path, int type);

/// A connected, non-blocking, close-on-exec socket. Unavailable when nobody listens there.
StatusOr<UniqueFd> ConnectUnix(const std::string& path, int type);

}  // namespace sixfold::topology
