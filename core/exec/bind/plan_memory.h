// PlanMemory: owns everything a plan is made of (expressions, operators, copied syntax trees of
// views) and counts the ids its runs need. Also what must be checked at each run: the versions of
// the tables and the privileges.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/arena.h"

namespace sixfold::exec {

struct QueryBlock;

struct PlanMemory {
  Arena arena;
  uint32_t constant_count = 0;
  uint32_t state_count = 0;
  uint32_t parameter_count = 0;

  struct UsedTable {
    std::string schema, name;
    uint64_t version = 0;
    bool is_view = false;
  };
  std::vector<UsedTable> used_tables;

  struct Privilege {
    std::string_view privilege;
    std::string schema, table;
  };
  std::vector<Privilege> privileges;

  std::vector<QueryBlock*> blocks;  // all of the statement, as they were planned

  /// Depends on more than definitions (information_schema …): never kept by a plan cache.
  bool volatile_plan = false;
};

}  // namespace sixfold::exec
