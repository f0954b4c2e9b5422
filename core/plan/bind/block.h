// What binding makes of a query, before and after planning.
//
// BoundQuery   a query expression: its result columns and its plan.
// QueryBlock   one SELECT: its tables, join tree, conditions and output expressions.
//
// Layouts of a block's rows, in the order of the pipeline:
//   joined    slots of every used column of its tables, tables in join order
//   grouped   group keys, aggregates, then first values of other columns     (grouped blocks only)
//   windowed  the layout before, then one slot a window function             (with windows only)
//   output    visible items, then hidden sort keys
// Expressions after grouping were rewritten to the grouped layout; each ColumnExpr is a node of its
// own, so a rewrite changes it in place, also where a subquery holds it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/definitions.h"
#include "core/plan/expression/expression.h"
#include "core/plan/result_column.h"
#include "core/sql/ast_select.h"
#include "core/txn/transaction.h"

namespace sixfold::plan {

class ColumnExpr;
struct PlanNode;
class SlotExpr;
class VirtualTable;
struct QueryBlock;

using TableMask = uint64_t;
inline constexpr uint32_t kMaxTablesPerBlock = 61;

struct OutputColumn {
  ResultColumn info;
  types::DataType type;
};

/// A use of an enclosing block's row: its slot (column or aggregate) and that block's level.
struct OuterReference {
  ColumnExpr* column = nullptr;
  const SlotExpr* slot = nullptr;
  uint32_t level = 0;
};

struct BoundQuery {
  std::vector<OutputColumn> columns;
  const PlanNode* root = nullptr;
  uint32_t level = 0;  // of its blocks
  /// References out of this query; empty: uncorrelated.
  std::vector<OuterReference> outer_references;
  /// Calls RAND(), assigns variables …: never cached.
  bool volatile_result = false;
  bool at_most_one_row = false;
  std::deque<QueryBlock> blocks;                     // of this query, for EXPLAIN
  std::vector<std::deque<QueryBlock>*> side_blocks;  // of the sides of a set operation
  uint32_t select_number = 0;
};

enum class TableKind : uint8_t { kBase, kVirtual, kDerived, kRecursive, kJsonTable };

struct IndexHints {
  std::vector<std::string> use, force, ignore;
  bool has_use = false;
};

/// A table of a block's FROM that has rows of its own (merged views have none).
struct TableRef {
  TableKind kind = TableKind::kBase;
  uint32_t ordinal = 0;  // in QueryBlock::tables; its bit in masks
  std::string schema;
  std::string name;
  std::string alias;
  QueryBlock* block = nullptr;
  catalog::TablePtr table;  // base and virtual
  const VirtualTable* virtual_table = nullptr;
  std::shared_ptr<BoundQuery> derived;  // derived tables, CTEs, unmerged views
  uint32_t temporary_id = UINT32_MAX;   // state id of the materialised rows
  bool lateral = false;
  std::vector<OutputColumn> columns;  // what it offers, by ordinal
  bool inner_of_outer_join = false;   // may be null-complemented
  bool shared = false;                // a common table expression used more than once
  bool read_all = false;              // UPDATE and DELETE: every column, and the row id
  txn::LockMode lock = txn::LockMode::kNone;
  txn::LockWait wait = txn::LockWait::kWait;
  IndexHints hints;

  // Planning.
  std::vector<ColumnExpr*> references;  // every use of a column of it
  std::vector<uint32_t> used;           // ordinals, ascending
  uint32_t slot_begin = 0, slot_end = 0;

  TableMask mask() const { return TableMask{1} << ordinal; }
  /// Valid after slots were assigned.
  uint32_t SlotOf(uint32_t column_ordinal) const;
};

/// Joined tables: inner members in any order, then the outer-joined ones.
struct JoinNest {
  struct Outer {
    std::unique_ptr<JoinNest> inner;
    std::vector<Expression*> on;  // conjuncts
  };
  std::vector<TableRef*> tables;
  std::vector<Outer> outer_joins;
  bool straight = false;  // tables in the order given
};

enum class AggregateKind : uint8_t {
  kCountStar,
  kCount,
  kSum,
  kAvg,
  kMin,
  kMax,
  kBitAnd,
  kBitOr,
  kBitXor,
  kStdPop,
  kStdSamp,
  kVarPop,
  kVarSamp,
  kGroupConcat,
  kJsonArrayAgg,
  kJsonObjectAgg,
  kFirst,
  kGrouping,
};

struct SortKey {
  Expression* expression = nullptr;
  bool descending = false;
};

struct Aggregate {
  AggregateKind kind = AggregateKind::kCount;
  bool distinct = false;
  std::vector<Expression*> args;
  std::vector<SortKey> order_by;  // GROUP_CONCAT
  std::string separator;
  types::DataType type;
  std::vector<SlotExpr*> references;  // patched to its slot
};

struct WindowCall {
  sql::AggregateFunction function = sql::AggregateFunction::kRowNumber;
  AggregateKind aggregate = AggregateKind::kCount;
  bool is_aggregate = false;
  bool distinct = false;
  std::vector<Expression*> args;
  std::vector<Expression*> partition_by;
  std::vector<SortKey> order_by;
  const sql::WindowSpecification* frame_source = nullptr;
  Expression* frame_start_offset = nullptr;
  Expression* frame_end_offset = nullptr;
  // RANGE with offsets: the edge from the order key in slot 0; key in slot 0 against edge in
  // slot 1.
  Expression* range_start = nullptr;
  Expression* range_end = nullptr;
  Expression* range_start_less = nullptr;
  Expression* range_start_greater = nullptr;
  Expression* range_end_less = nullptr;
  Expression* range_end_greater = nullptr;
  types::DataType type;
  std::vector<SlotExpr*> references;
};

/// What EXPLAIN says of one table of a block.
struct ExplainStep {
  std::string table;
  std::string access;  // "const", "eq_ref", "ref", "range", "index", "ALL"
  std::string possible_keys, key, key_length, ref;
  double rows = 1;
  double filtered = 100;
  std::string extra;
};

struct QueryBlock {
  std::string role = "SIMPLE";  // select_type
  std::vector<ExplainStep> steps;
  uint32_t level = 0;  // nesting: depth of a reference = level of its use - level of its table
  uint32_t select_number = 1;
  std::deque<TableRef> tables;
  JoinNest joins;
  std::vector<Expression*> conditions;  // conjuncts of WHERE and inner ON

  bool grouped_syntax = false;      // has GROUP BY, or aggregates by syntax
  bool aggregates_allowed = false;  // its select list, HAVING or ORDER BY is being bound
  bool grouped = false;
  bool rollup = false;
  std::vector<Expression*> group_by;
  std::vector<bool> group_descending;
  std::deque<Aggregate> aggregates;
  std::vector<ColumnExpr*> first_values;  // one a slot after the aggregates (a reference each)
  std::vector<Expression*> having;        // conjuncts
  std::deque<WindowCall> windows;

  std::vector<Expression*> output;  // visible, then hidden
  uint32_t visible = 0;
  bool distinct = false;
  struct OrderColumn {
    uint32_t output = 0;
    bool descending = false;
  };
  std::vector<OrderColumn> order_by;
  Expression* limit = nullptr;
  Expression* offset = nullptr;
  bool calc_found_rows = false;

  uint32_t joined_width = 0;
  bool single_group = false;  // aggregates without GROUP BY
};

}  // namespace sixfold::plan
