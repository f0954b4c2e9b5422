// Who becomes the writer: pure, so that the rule can be tested by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sixfold::control {

struct Candidate {
  std::string id;
  uint32_t tier = 0;
  uint64_t behind_bytes = 0;  // of log its AZ has not made readable yet
  uint64_t lag_us = 0;
  uint32_t failures = 0;  // promotions of it that failed in this round
};

/// Fewest failures first; then those within a few MiB of the durable LSN; then the lowest tier, the
/// least lag, the id. Nothing when there is no candidate.
std::optional<std::string> ChooseSuccessor(const std::vector<Candidate>& candidates);

}  // namespace sixfold::control
