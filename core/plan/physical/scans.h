// Where rows come from: tables, tables made when asked for, derived tables, VALUES.
//
// The nodes that read tables put the columns used into the slots from slot_begin of rows `width`
// wide, and let through what all their filters hold for.
#pragma once

#include <string>
#include <vector>

#include "core/plan/physical/plan_node.h"
#include "core/plan/physical/table_access.h"
#include "core/types/data_type.h"

namespace sixfold::plan {

class VirtualTable;

/// Rows of one table through one index: whole, by ranges, or by key.
struct TableScan final : PlanNode {
  TableScan(TableAccess read, std::vector<Expression*> conditions)
      : PlanNode(NodeKind::kTableScan), access(std::move(read)), filters(std::move(conditions)) {}
  std::string Describe() const override { return access.Describe(); }

  TableAccess access;
  std::vector<Expression*> filters;
};

/// Where a scan puts what it reads.
struct ScanOutput {
  std::string alias;
  std::vector<uint32_t> columns;  // ordinals wanted; into slots slot_begin …
  uint32_t slot_begin = 0;
  uint32_t width = 0;  // of the block's rows
  std::vector<Expression*> filters;
};

/// Rows of a table made when asked for (information_schema …).
struct VirtualScan final : PlanNode {
  struct Hint {
    uint32_t column;
    Expression* value;
  };
  VirtualScan(const VirtualTable* source, ScanOutput to, std::vector<Hint> known)
      : PlanNode(NodeKind::kVirtualScan),
        table(source),
        output(std::move(to)),
        hints(std::move(known)) {}
  std::string Describe() const override { return "Table scan on " + output.alias; }

  const VirtualTable* table;
  ScanOutput output;
  std::vector<Hint> hints;
};

/// The rows of a derived table. Passed through where they are read once; kept for the whole
/// execution, in state `state_id`, where several places read them (common table expressions).
struct DerivedScan final : PlanNode {
  /// state_id UINT32_MAX: not kept.
  DerivedScan(const PlanNode* inner, uint32_t inner_width, ScanOutput to, uint32_t state)
      : PlanNode(NodeKind::kDerivedScan),
        plan(inner),
        plan_width(inner_width),
        output(std::move(to)),
        state_id(state) {}
  std::string Describe() const override { return "Table scan on " + output.alias; }
  std::vector<const PlanNode*> children() const override { return {plan}; }

  const PlanNode* plan;
  uint32_t plan_width;
  ScanOutput output;
  uint32_t state_id;
};

/// The last round's rows of a recursive common table expression, kept in state `state_id`.
struct WorkingScan final : PlanNode {
  WorkingScan(ScanOutput to, uint32_t state)
      : PlanNode(NodeKind::kWorkingScan), output(std::move(to)), state_id(state) {}
  std::string Describe() const override { return "Scan new records on " + output.alias; }

  ScanOutput output;
  uint32_t state_id;
};

/// VALUES ROW(…), …: converted to the types.
struct ValuesRows final : PlanNode {
  ValuesRows(std::vector<std::vector<Expression*>> items, std::vector<types::DataType> columns)
      : PlanNode(NodeKind::kValues), rows(std::move(items)), types(std::move(columns)) {}
  std::string Describe() const override { return "Rows fetched before execution"; }

  std::vector<std::vector<Expression*>> rows;
  std::vector<types::DataType> types;
};

/// One row without columns: what a SELECT without tables reads.
struct SingleRow final : PlanNode {
  SingleRow() : PlanNode(NodeKind::kSingleRow) {}
  std::string Describe() const override { return "Rows fetched before execution"; }
};

}  // namespace sixfold::plan
