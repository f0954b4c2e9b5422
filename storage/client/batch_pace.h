// When the next batch of commits leaves. A batch costs each of the three daemons two direct writes
// and their wake-ups whatever is in it, and the writer six acknowledgements, so a few large ones
// are better than many small ones; but one commit alone should not wait for company.
//
//  1. With nothing under way a batch leaves at once.
//  2. What comes meanwhile waits and goes together. (Measured with 8 connections on one disk: a
//     second batch beside the first costs an eighth of the throughput of small transactions.)
//  3. A full batch gains nothing by waiting: large transactions keep the disks busy.
#pragma once

#include <cstddef>

namespace sixfold::storage {

inline constexpr size_t kFullBatchesUnderWay = 2;

/// `full`: so much waits that a batch holds no more; `under_way` batches are not durable yet.
constexpr bool BatchMayLeave(size_t under_way, bool full) {
  return under_way == 0 || (full && under_way < kFullBatchesUnderWay);
}

}  // namespace sixfold::storage
