// PlanNode: a step of a physical plan. A plan is an immutable tree of nodes that says what is to be
// done and nothing of how: core/exec opens a cursor over each node for a run, and any number of
// runs share the tree.
//
// Rows inside a query block are as wide as the block: each table's used columns have their slots
// [begin, end) in join order, and a node fills the slots of the tables below it only. Grouping,
// windows and projection start new layouts (bind/block.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sixfold::plan {

class Expression;

enum class NodeKind : uint8_t {
  kSingleRow,
  kValues,
  kTableScan,
  kVirtualScan,
  kDerivedScan,
  kWorkingScan,
  kIndexJoin,
  kLateralJoin,
  kHashJoin,
  kFilter,
  kAggregate,
  kWindow,
  kProject,
  kDistinct,
  kSort,
  kLimit,
  kSetOperation,
  kRecursiveUnion,
};

struct PlanNode {
  explicit PlanNode(NodeKind node_kind) : kind(node_kind) {}
  virtual ~PlanNode() = default;
  /// The node's line in EXPLAIN FORMAT=TREE; empty: it has none.
  virtual std::string Describe() const = 0;
  virtual std::vector<const PlanNode*> children() const { return {}; }
  /// Lines of EXPLAIN for what the node reads itself.
  virtual std::vector<std::string> inner_notes() const { return {}; }

  const NodeKind kind;
  double estimated_rows = 1;
  double estimated_cost = 0;  // core/plan/optimize/cost.h
};

}  // namespace sixfold::plan
