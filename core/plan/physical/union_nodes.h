// Rows of several query blocks together: set operations and recursive common table expressions.
// Values are converted to the common types.
#pragma once

#include <string>
#include <vector>

#include "core/plan/physical/plan_node.h"
#include "core/types/data_type.h"

namespace sixfold::plan {

enum class SetOperationKind : uint8_t { kUnion, kIntersect, kExcept };

/// UNION, INTERSECT and EXCEPT, each DISTINCT or ALL.
struct SetOperation final : PlanNode {
  SetOperation(SetOperationKind what, bool keep_all, const PlanNode* first, const PlanNode* second,
               std::vector<types::DataType> first_types, std::vector<types::DataType> second_types,
               std::vector<types::DataType> common)
      : PlanNode(NodeKind::kSetOperation),
        operation(what),
        all(keep_all),
        left(first),
        right(second),
        left_types(std::move(first_types)),
        right_types(std::move(second_types)),
        types(std::move(common)) {}
  std::string Describe() const override;
  std::vector<const PlanNode*> children() const override { return {left, right}; }

  SetOperationKind operation;
  bool all;
  const PlanNode* left;
  const PlanNode* right;
  std::vector<types::DataType> left_types, right_types, types;
};

/// The seed's rows, then, round by round, what the recursive parts make of the last round's rows,
/// which WorkingScan reads from state `state_id`.
struct RecursiveUnion final : PlanNode {
  RecursiveUnion(const PlanNode* first, std::vector<const PlanNode*> recursive,
                 std::vector<std::vector<types::DataType>> recursive_types,
                 std::vector<types::DataType> common, bool drop_duplicates, uint32_t state)
      : PlanNode(NodeKind::kRecursiveUnion),
        seed(first),
        parts(std::move(recursive)),
        part_types(std::move(recursive_types)),
        types(std::move(common)),
        distinct(drop_duplicates),
        state_id(state) {}
  std::string Describe() const override { return "Materialize recursive CTE"; }
  std::vector<const PlanNode*> children() const override {
    std::vector<const PlanNode*> all{seed};
    all.insert(all.end(), parts.begin(), parts.end());
    return all;
  }

  const PlanNode* seed;
  std::vector<const PlanNode*> parts;
  std::vector<std::vector<types::DataType>> part_types;
  std::vector<types::DataType> types;
  bool distinct;
  uint32_t state_id;
};

}  // namespace sixfold::plan
