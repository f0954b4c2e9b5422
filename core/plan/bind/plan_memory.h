// PlanMemory: owns everything a plan is made of (expressions, nodes, copied syntax trees of
// views) and counts the ids its runs need. Also what must be checked at each run: the versions of
// the tables and the privileges.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/arena.h"
#include "core/catalog/definitions.h"

namespace sixfold::plan {

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
    std::string alias;  // what the statement calls it; empty under a view
    bool writes = false;
  };
  std::vector<UsedTable> used_tables;
  void UseTable(std::string_view schema, std::string_view name, const catalog::TableDef& table,
                std::string_view alias, bool writes = false) {
    used_tables.push_back(
        {std::string(schema), std::string(name), table.version, false, std::string(alias), writes});
    session_only |= table.temporary;
  }

  struct Privilege {
    std::string_view privilege;
    std::string schema, table;
  };
  std::vector<Privilege> privileges;

  std::vector<QueryBlock*> blocks;  // all of the statement, as they were planned

  /// Depends on more than definitions (information_schema …): never kept by a plan cache.
  bool volatile_plan = false;
  /// Made of what only this session has (temporary tables, its variables): not for others.
  bool session_only = false;
};

}  // namespace sixfold::plan
