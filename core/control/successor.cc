#include "core/control/successor.h"

#include <algorithm>
#include <tuple>

namespace sixfold::control {
namespace {

constexpr uint64_t kNearBytes = 8 << 20;

}  // namespace

std::optional<std::string> ChooseSuccessor(const std::vector<Candidate>& candidates) {
  const auto rank = [](const Candidate& candidate) {
    return std::tuple(candidate.failures, candidate.behind_bytes > kNearBytes, candidate.tier,
                      candidate.lag_us, std::string_view(candidate.id));
  };
  const auto best =
      std::min_element(candidates.begin(), candidates.end(),
                       [&](const Candidate& a, const Candidate& b) { return rank(a) < rank(b); });
  if (best == candidates.end()) return std::nullopt;
  return best->id;
}

}  // namespace sixfold::control
