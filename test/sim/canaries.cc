#include "test/sim/canaries.h"

#include <algorithm>
#include <array>
#include <map>

// Set by the linker around the section that SIM_MARK fills.
extern "C" sixfold::sim::Mark __start_sim_marks[];
extern "C" sixfold::sim::Mark __stop_sim_marks[];

namespace sixfold::sim {

namespace {

constexpr std::array<std::string_view, static_cast<size_t>(Canary::kCount)> kNames = {
    "none",           "small-write-quorum", "fencing-skipped", "ack-before-disk",
    "epoch-for-two",  "shortest-tail-kept", "opened-early",    "positions-used-twice",
    "annulment-lost", "applied-ahead",

    "history-lost",   "row-lost",           "trimmed-early"};

}  // namespace

std::vector<Canary> AllCanaries() {
  std::vector<Canary> all;
  for (size_t i = 1; i < kNames.size(); ++i) all.push_back(static_cast<Canary>(i));
  return all;
}

std::string_view NameOf(Canary canary) { return kNames[static_cast<size_t>(canary)]; }

std::optional<Canary> CanaryOf(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Canary>(i);
  }
  return std::nullopt;
}

std::vector<std::string> MarksNotReached() {
  std::map<std::string, unsigned long> reached;
  for (const Mark* mark = __start_sim_marks; mark != __stop_sim_marks; ++mark)
    reached[mark->name] += mark->reached;
  std::vector<std::string> missing;
  for (const auto& [name, times] : reached) {
    if (times == 0) missing.push_back(name);
  }
  return missing;
}

size_t MarkCount() { return static_cast<size_t>(__stop_sim_marks - __start_sim_marks); }

}  // namespace sixfold::sim
