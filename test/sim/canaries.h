// What core/base/sim_hooks.h has: the canaries by name, rules that can be left out to see whether
// the simulator notices, and the marks at rare branches.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/sim_hooks.h"

namespace sixfold::sim {

std::vector<Canary> AllCanaries();
std::string_view NameOf(Canary canary);
std::optional<Canary> CanaryOf(std::string_view name);

/// The marks of the program (SIM_MARK) that no history of this process reached, sorted.
std::vector<std::string> MarksNotReached();
size_t MarkCount();

}  // namespace sixfold::sim
