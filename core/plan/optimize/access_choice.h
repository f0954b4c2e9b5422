// Chooses the index for a table, given which other tables are already joined.
#pragma once

#include <span>

#include "core/plan/optimize/sargs.h"

namespace sixfold::txn {
class CatalogView;
}

namespace sixfold::plan {

struct AccessChoice {
  AccessPath path;
  std::vector<size_t> exact_conjuncts;  // decided by the ranges alone
  bool depends_on_tables = false;       // on rows of tables before: read anew for each
  double rows = 1;                      // per evaluation of the bounds
  double cost = 1;
};

struct AccessQuestion {
  const TableRef* table = nullptr;
  std::span<const Sarg> sargs;
  TableMask available = 0;
  double table_rows = 1;
  std::span<const uint32_t> used_columns;
  txn::CatalogView* statistics = nullptr;  // null: none
};

/// All sargs that are known then; `dependent` false: only those on constants.
AccessChoice ChooseAccess(const AccessQuestion& question, bool dependent);
/// The access through this index with what it can use; cost as if nothing were better.
AccessChoice AccessThrough(const AccessQuestion& question, uint32_t index, bool dependent);
bool IndexAllowed(const TableRef& table, uint32_t index);

}  // namespace sixfold::plan
