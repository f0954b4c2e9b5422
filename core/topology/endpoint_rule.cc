#include "core/topology/endpoint_rule.h"

#include <algorithm>

#include "core/base/check.h"

namespace sixfold::topology {
namespace {

bool IsListed(const EndpointConfig& endpoint, const std::string& id) {
  const auto in = [&](const std::vector<std::string>& ids) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  switch (endpoint.type) {
    case EndpointType::kCluster:
    case EndpointType::kReader:
      return true;
    case EndpointType::kCustom:
      return endpoint.members.empty() ? !in(endpoint.exclude) : in(endpoint.members);
    case EndpointType::kInstance:
      return endpoint.instance == id;
  }
  return false;
}

}  // namespace

std::vector<const Member*> EligibleTargets(const EndpointConfig& endpoint,
                                           const ClusterSettings& settings,
                                           const Topology& topology,
                                           const std::vector<InstanceHealth>& health) {
  CHECK_EQ(health.size(), topology.members.size());
  const uint64_t lag_limit =
      endpoint.max_lag_ms != 0 ? endpoint.max_lag_ms : settings.max_replica_lag_ms;
  std::vector<const Member*> targets;
  const Member* writer = nullptr;
  for (size_t i = 0; i < health.size(); ++i) {
    const Member& member = topology.members[i];
    if (!health[i].ready || member.state != MemberState::kUp || !IsListed(endpoint, member.id))
      continue;
    const bool is_writer = member.id == topology.writer;
    if (is_writer) writer = &member;
    const bool wanted = endpoint.type == EndpointType::kInstance ||
                        (endpoint.type == EndpointType::kCluster  ? is_writer
                         : endpoint.type == EndpointType::kReader ? !is_writer
                                                                  : true);
    const bool fresh =
        is_writer || endpoint.type == EndpointType::kInstance || health[i].lag_ms <= lag_limit;
    if (wanted && fresh) targets.push_back(&member);
  }
  if (targets.empty() && endpoint.type == EndpointType::kReader && writer != nullptr)
    targets.push_back(writer);
  return targets;
}

}  // namespace sixfold::topology
