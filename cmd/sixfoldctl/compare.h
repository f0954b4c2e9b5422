// sixfoldctl compare: are all six copies equal at one LSN?
#pragma once

#include <string>
#include <vector>

#include "core/base/cluster_config.h"

namespace sixfold::control {

struct CopyDigest {
  std::string az;
  uint64_t id = 0;
  uint64_t base_lsn = 0;
  std::string hash;  // or error
  std::string error;
};

enum class Comparison {
  kEqual,      // six hashes at one LSN, all the same
  kDifferent,  // six hashes at one LSN, not the same: a person must look
  kNotNow,     // copies missing, or at different LSNs: ask again
};
Comparison Judge(const std::vector<CopyDigest>& digests, size_t expected_copies);

/// Asks every AZ's daemon to drain and to hash its copies, until they can be compared or the time
/// is over. `digests` has the last answers.
Comparison CompareCopies(const ClusterConfig& cluster, double timeout_s,
                         std::vector<CopyDigest>* digests);

}  // namespace sixfold::control
