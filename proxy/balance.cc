#include "proxy/balance.h"

#include "core/base/check.h"

namespace sixfold::proxy {
namespace {

double BalanceWeight(const EndpointConfig& endpoint, const std::string& id) {
  if (endpoint.balancing != Balancing::kWeighted) return 1;
  for (const auto& [instance, weight] : endpoint.weights)
    if (instance == id) return weight;
  return 1;
}

}  // namespace

size_t ChooseTarget(const EndpointConfig& endpoint,
                    const std::vector<InstanceView::Target>& targets, uint64_t turn) {
  CHECK(!targets.empty());
  if (endpoint.balancing == Balancing::kRoundRobin) return turn % targets.size();
  size_t best = targets.size();
  double best_load = 0;
  for (size_t i = 0; i < targets.size(); ++i) {
    const size_t at = (turn + i) % targets.size();
    const double weight = BalanceWeight(endpoint, targets[at].member->id);
    const double load = weight > 0 ? static_cast<double>(targets[at].sessions + 1) / weight : 1e300;
    if (best == targets.size() || load < best_load) {
      best = at;
      best_load = load;
    }
  }
  return best;
}

}  // namespace sixfold::proxy
