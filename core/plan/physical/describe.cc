// The nodes' lines in EXPLAIN FORMAT=TREE, worded as MySQL 8.0 words them.
#include "core/plan/physical/joins.h"
#include "core/plan/physical/table_access.h"
#include "core/plan/physical/union_nodes.h"

namespace sixfold::plan {

std::string TableAccess::Describe() const {
  const catalog::IndexDef& index = table->indexes[path.index];
  if (path.unique_point)
    return fmt::format("Single-row index lookup on {} using {}", alias, index.name);
  if (!path.parts.empty()) {
    bool points = true;
    for (const KeyPartAccess& part : path.parts) points = points && part.single_value;
    return fmt::format("{} on {} using {}", points ? "Index lookup" : "Index range scan", alias,
                       index.name);
  }
  if (path.index == 0 && !path.ordered) return fmt::format("Table scan on {}", alias);
  return fmt::format("{} on {} using {}", path.covering ? "Covering index scan" : "Index scan",
                     alias, index.name);
}

std::string IndexJoin::Describe() const {
  switch (join) {
    case JoinKind::kLeft:
      return "Nested loop left join";
    case JoinKind::kSemi:
      return "Nested loop semijoin";
    case JoinKind::kAnti:
      return "Nested loop antijoin";
    case JoinKind::kInner:
      break;
  }
  return "Nested loop inner join";
}

std::string HashJoin::Describe() const {
  const char* shape = join == JoinKind::kLeft   ? "Left hash join"
                      : join == JoinKind::kSemi ? "Hash semijoin"
                      : join == JoinKind::kAnti ? "Hash antijoin"
                                                : "Inner hash join";
  return keys.empty() ? std::string(shape) + " (no condition)" : shape;
}

std::string SetOperation::Describe() const {
  const char* name = operation == SetOperationKind::kUnion       ? "Union"
                     : operation == SetOperationKind::kIntersect ? "Intersect"
                                                                 : "Except";
  return std::string(name) + (all ? " all materialize" : " materialize with deduplication");
}

}  // namespace sixfold::plan
