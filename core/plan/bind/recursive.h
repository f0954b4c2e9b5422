// The table a recursive common table expression reads of itself: the rows of the last round.
#pragma once

#include <cstdint>
#include <vector>

#include "core/plan/bind/block.h"

namespace sixfold::plan {

struct RecursiveTable {
  std::vector<OutputColumn> columns;
  uint32_t state_id = 0;
};

}  // namespace sixfold::plan
