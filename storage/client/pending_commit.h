// A commit on its way through the writer: encoded by the thread that asked for it, then queued.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "storage/client/volume.h"
#include "storage/log/batch.h"

namespace sixfold::storage {

struct PendingCommit {
  TxnId txn;
  std::vector<std::string> records;  // one, or the parts of a large transaction
  size_t next = 0;                   // first record not in a batch yet
  uint16_t batch_flags = 0;          // BatchFlags its batches need
  uint64_t since_ms = 0;             // when it was handed over, then when it got its LSN
  CommitCallback done;

  bool handed_over() const { return next > 0; }
  size_t bytes() const;
};

/// Encodes a request, sorted by key; in parts of about `part_bytes` where it is larger.
PendingCommit EncodeCommit(const CommitRequest& request, Epoch epoch, int64_t wall_us,
                           size_t part_bytes);

}  // namespace sixfold::storage
