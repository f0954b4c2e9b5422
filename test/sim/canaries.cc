#include "test/sim/canaries.h"

#include <array>

namespace sixfold::sim {

namespace {

constexpr std::array<std::string_view, static_cast<size_t>(Canary::kCount)> kNames = {
    "none",
    "small-write-quorum",
    "fencing-skipped",
    "ack-before-disk",
    "promise-not-kept",
    "epoch-for-two",
    "shortest-tail-kept",
    "opened-early",
    "announced-early",
    "positions-used-twice",
    "annulment-lost",
    "applied-ahead",
    "peers-give-all",
    "torn-batch-taken",
    "history-lost",
    "row-lost",
    "trimmed-early"};

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

}  // namespace sixfold::sim
