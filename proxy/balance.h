// Chooses one of the instances a connection may go to.
#pragma once

#include "core/base/cluster_config.h"
#include "proxy/instance_view.h"

namespace sixfold::proxy {

/// Index into `targets` (not empty). `turn` counts the connections of the endpoint: ties and round
/// robin go by it. Weighted: fewest sessions per weight; a weight of 0 only where there is no
/// other.
size_t ChooseTarget(const EndpointConfig& endpoint,
                    const std::vector<InstanceView::Target>& targets, uint64_t turn);

}  // namespace sixfold::proxy
