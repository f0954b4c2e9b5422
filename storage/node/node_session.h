// One connection to the storage daemon: a writer, a candidate or a peer.
#pragma once

#include <memory>
#include <string>

#include "core/base/network.h"
#include "storage/node/storage_node.h"

namespace sixfold::storage {

struct StorageNode::Session {
  std::unique_ptr<Connection> connection;
  std::string sender;   // empty until its hello
  bool writes = false;  // it asked for a promise
  Epoch epoch;          // promised to it by a copy here
  // A peer that catches up: log from here on is kept for it, until it is silent for a while. The
  // lowest position it asked for in this span of time and in the one before.
  Lsn pinned = kMaxLsn;
  Lsn pinned_before = kMaxLsn;
  uint64_t pins_since_ms = 0;
  // A base being read out for a peer.
  std::unique_ptr<BaseExport> base_export;
  uint64_t base_export_id = 0;
};

}  // namespace sixfold::storage
