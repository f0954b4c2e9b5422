#include "proxy/instance_view.h"

namespace sixfold::proxy {

using topology::InstanceHealth;
using topology::Member;

namespace {

constexpr uint64_t kRestMs = 100;

}  // namespace

void InstanceView::Rest(const std::string& instance) {
  known_[instance].rests_until_ms = clock_.MonotonicMillis() + kRestMs;
}

std::vector<InstanceView::Target> InstanceView::Targets(const EndpointConfig& endpoint) {
  std::vector<InstanceHealth> health(topology_.members.size());
  std::vector<uint64_t> sessions(topology_.members.size());
  const uint64_t now_ms = clock_.MonotonicMillis();
  for (size_t i = 0; i < health.size(); ++i) {
    const Member& member = topology_.members[i];
    Known& known = known_[member.id];
    sessions[i] = static_cast<uint64_t>(std::max<int64_t>(known.in_flight, 0));
    if (!member.local) {
      health[i].ready = known.rests_until_ms <= now_ms;
      continue;
    }
    if (!known.page)
      known.page = std::make_unique<topology::InstanceStatusReader>(config_.StatusPage(member.id));
    const auto status = known.page->Read();
    if (!status.ok()) continue;
    health[i].ready =
        status->state == topology::InstanceState::kReady && known.rests_until_ms <= now_ms;
    health[i].lag_ms = status->replica_lag_us / 1000;
    sessions[i] += status->sessions;
  }
  std::vector<Target> targets;
  for (const Member* member :
       topology::EligibleTargets(endpoint, config_.settings, topology_, health))
    targets.push_back(
        Target{member, sessions[static_cast<size_t>(member - topology_.members.data())]});
  return targets;
}

}  // namespace sixfold::proxy
