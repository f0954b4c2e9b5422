// Joins of the rows so far (left, slots [left_begin, left_end)) with one more table or nest
// (right, slots [right_begin, right_end)).
//
// kLeft: a left row without match comes out once with NULLs. kSemi, kAnti: left rows only.
#pragma once

#include <string>
#include <vector>

#include "core/plan/physical/plan_node.h"
#include "core/plan/physical/table_access.h"
#include "core/types/data_type.h"

namespace sixfold::plan {

enum class JoinKind : uint8_t { kInner, kLeft, kSemi, kAnti };

struct JoinLayout {
  uint32_t width = 0;
  uint32_t left_begin = 0, left_end = 0;
  uint32_t right_begin = 0, right_end = 0;
};

/// Opens a table access for each left row: the key depends on it.
struct IndexJoin final : PlanNode {
  IndexJoin(const PlanNode* rows, TableAccess right, JoinKind join_kind, JoinLayout slots,
            std::vector<Expression*> on)
      : PlanNode(NodeKind::kIndexJoin),
        left(rows),
        access(std::move(right)),
        join(join_kind),
        layout(slots),
        conditions(std::move(on)) {}
  std::string Describe() const override;
  std::vector<const PlanNode*> children() const override { return {left}; }
  std::vector<std::string> inner_notes() const override { return {access.Describe()}; }

  const PlanNode* left;
  TableAccess access;
  JoinKind join;
  JoinLayout layout;
  std::vector<Expression*> conditions;
};

/// Opens a whole plan for each left row, which is its outer row. The plan's columns go to
/// right_begin ….
struct LateralJoin final : PlanNode {
  LateralJoin(const PlanNode* rows, const PlanNode* plan, JoinKind join_kind, JoinLayout slots,
              std::vector<Expression*> on)
      : PlanNode(NodeKind::kLateralJoin),
        left(rows),
        right(plan),
        join(join_kind),
        layout(slots),
        conditions(std::move(on)) {}
  std::string Describe() const override { return "Nested loop lateral join"; }
  std::vector<const PlanNode*> children() const override { return {left, right}; }

  const PlanNode* left;
  const PlanNode* right;
  JoinKind join;
  JoinLayout layout;
  std::vector<Expression*> conditions;
};

/// Keeps the right rows in a hash table by its keys; without keys every pair is tested.
struct HashJoin final : PlanNode {
  struct Key {
    Expression* left;
    Expression* right;
    types::DataType type;    // both are converted to it
    bool null_safe = false;  // NULL matches NULL
  };
  HashJoin(const PlanNode* rows, const PlanNode* kept, JoinKind join_kind, JoinLayout slots,
           std::vector<Key> on_keys, std::vector<Expression*> on)
      : PlanNode(NodeKind::kHashJoin),
        left(rows),
        right(kept),
        join(join_kind),
        layout(slots),
        keys(std::move(on_keys)),
        conditions(std::move(on)) {}
  std::string Describe() const override;
  std::vector<const PlanNode*> children() const override { return {left, right}; }

  const PlanNode* left;
  const PlanNode* right;
  JoinKind join;
  JoinLayout layout;
  std::vector<Key> keys;
  std::vector<Expression*> conditions;
};

}  // namespace sixfold::plan
