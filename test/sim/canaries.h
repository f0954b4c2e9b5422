// The canaries (core/base/sim_hooks.h) by name: rules that can be left out to see whether the
// simulator notices.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/base/sim_hooks.h"

namespace sixfold::sim {

std::vector<Canary> AllCanaries();
std::string_view NameOf(Canary canary);
std::optional<Canary> CanaryOf(std::string_view name);

}  // namespace sixfold::sim
