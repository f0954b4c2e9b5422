// Which instances a new connection of an endpoint may go to now. Pure: the proxy balances among the
// result, sixfoldctl shows it.
//
//   cluster    the writer
//   reader     every healthy reader within the lag limit; the writer where there is none
//   custom     its members (or all but the excluded ones) that are healthy; readers within the
//   limit instance   the one, if healthy
#pragma once

#include <string>
#include <vector>

#include "core/base/cluster_config.h"
#include "core/topology/topology.h"

namespace sixfold::topology {

/// What is known of an instance beyond the topology record.
struct InstanceHealth {
  bool ready = false;  // its process lives and its page says ready
  uint64_t lag_ms = 0;
};

/// `health[i]` belongs to `topology.members[i]`. Order is that of the members.
std::vector<const Member*> EligibleTargets(const EndpointConfig& endpoint,
                                           const ClusterSettings& settings,
                                           const Topology& topology,
                                           const std::vector<InstanceHealth>& health);

}  // namespace sixfold::topology
