// TableAccess: what is read of a table and through which index. A TableScan has one, and an
// IndexJoin, which opens it for each row of its outer side.
//
// AccessPath: how the rows are found through the index. Each used key part has predicates that all
// hold; a predicate is a list of intervals of which one holds (col IN (…), col < 3 OR col > 7).
// Once the constants, or the outer row of a join, are known they become disjoint key ranges in key
// order (core/exec/operators/key_ranges.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/catalog/definitions.h"
#include "core/txn/transaction.h"
#include "core/types/data_type.h"

namespace sixfold::plan {

class Expression;
class SubqueryExpr;

/// An interval of one column, with bounds still to be evaluated; null: no bound. NULLs are inside
/// only where is_null says so, or null_safe finds one.
struct IntervalSpec {
  Expression* lower = nullptr;
  Expression* upper = nullptr;  // the same expression as lower: equality
  bool lower_inclusive = true;
  bool upper_inclusive = true;
  bool is_null = false;
  bool not_null = false;   // col IS NOT NULL
  bool null_safe = false;  // col <=> expr
  /// col IN (subquery): its rows are the values.
  const SubqueryExpr* in_subquery = nullptr;
  bool equality() const { return is_null || (lower != nullptr && lower == upper); }
};

struct KeyPartAccess {
  uint32_t column = 0;
  types::DataType type;
  bool prefix = false;
  std::vector<std::vector<IntervalSpec>> predicates;
  /// One value: further parts may follow, and order within it is that of the next parts.
  bool single_value = false;
};

struct AccessPath {
  uint32_t index = 0;
  bool backward = false;
  bool ordered = false;              // its order is made use of
  std::vector<KeyPartAccess> parts;  // none: the whole index
  bool unique_point = false;         // one value for each part of a unique index: at most one row
  bool covering = false;
};

struct TableAccess {
  std::string alias;
  catalog::TablePtr table;
  std::vector<uint32_t> columns;  // ordinals wanted; into slots slot_begin …
  uint32_t slot_begin = 0;
  uint32_t width = 0;  // of the block's rows
  AccessPath path;
  txn::LockMode lock = txn::LockMode::kNone;
  txn::LockWait wait = txn::LockWait::kWait;
  bool one_at_a_time = false;  // locking reads that may stop early

  /// As EXPLAIN FORMAT=TREE says it.
  std::string Describe() const;
};

}  // namespace sixfold::plan
