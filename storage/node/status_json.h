// The storage daemon's status as JSON; docs/formats/control-api.md lists the fields.
#pragma once

#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/uuid.h"
#include "storage/node/copy_slot.h"

namespace sixfold::storage {

struct NodeStatus {
  std::string az;
  Uuid volume;
  Epoch epoch;
  Lsn vdl;
  Lsn recent_applied;
  size_t recent_bytes = 0;
  std::vector<const CopySlot*> slots;
};

struct CopyHash {
  CopyId copy;
  Lsn base_lsn;
  StatusOr<uint64_t> hash;  // over all live rows of its base
};
std::string EncodeCopyHashes(const std::vector<CopyHash>& hashes);

std::string EncodeNodeStatus(const NodeStatus& status);
/// The "cmd" of a request; "" when it is none.
/// The copy a command names ("copy": id); none: CopyId().
CopyId ControlCopy(const std::string& request);
/// {"ok":true} or {"error":…}.
std::string EncodeOutcome(const Status& status);
std::string ControlCommand(const std::string& request);

}  // namespace sixfold::storage
