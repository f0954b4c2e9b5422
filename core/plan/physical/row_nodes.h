// What happens to the rows of a block after its joins: filtered, grouped, numbered by windows,
// projected, made distinct, sorted, limited.
#pragma once

#include <string>
#include <vector>

#include "core/plan/physical/plan_node.h"
#include "core/types/data_type.h"

namespace sixfold::plan {

struct QueryBlock;

/// The rows for which all conditions are true.
struct Filter final : PlanNode {
  /// `from`, `to`: the slots the rows have.
  Filter(const PlanNode* rows, std::vector<Expression*> all, uint32_t from, uint32_t to)
      : PlanNode(NodeKind::kFilter),
        child(rows),
        conditions(std::move(all)),
        begin(from),
        end(to) {}
  std::string Describe() const override { return "Filter"; }
  std::vector<const PlanNode*> children() const override { return {child}; }

  const PlanNode* child;
  std::vector<Expression*> conditions;
  uint32_t begin, end;
};

/// One output row a group: keys, aggregates, first values. Groups come out in the order in which
/// they were met. WITH ROLLUP: groups come out sorted, each followed by its totals.
struct Aggregation final : PlanNode {
  /// `whole`: without GROUP BY, one row even for no input. `of` keeps the expressions.
  Aggregation(const PlanNode* rows, const QueryBlock* of, bool whole)
      : PlanNode(NodeKind::kAggregate), child(rows), block(of), single(whole) {}
  std::string Describe() const override {
    return single ? "Aggregate" : "Aggregate using temporary table";
  }
  std::vector<const PlanNode*> children() const override { return {child}; }

  const PlanNode* child;
  const QueryBlock* block;
  bool single;
};

/// Appends one slot for each window function of the block.
struct Window final : PlanNode {
  /// `layout`: slots of the layout before.
  Window(const PlanNode* rows, const QueryBlock* of, uint32_t layout)
      : PlanNode(NodeKind::kWindow), child(rows), block(of), width(layout) {}
  std::string Describe() const override { return "Window aggregate with buffering"; }
  std::vector<const PlanNode*> children() const override { return {child}; }

  const PlanNode* child;
  const QueryBlock* block;
  uint32_t width;
};

/// A row of output expressions for each row. A null child stands for one row without columns
/// (SELECT without FROM).
struct Project final : PlanNode {
  Project(const PlanNode* rows, std::vector<Expression*> items)
      : PlanNode(NodeKind::kProject), child(rows), output(std::move(items)) {}
  std::string Describe() const override {
    return child == nullptr ? "Rows fetched before execution" : "";
  }
  std::vector<const PlanNode*> children() const override {
    return child == nullptr ? std::vector<const PlanNode*>{} : std::vector<const PlanNode*>{child};
  }

  const PlanNode* child;
  std::vector<Expression*> output;
};

/// The first row of each set of rows alike in the columns that `types` are of.
struct Distinct final : PlanNode {
  Distinct(const PlanNode* rows, uint32_t columns, std::vector<types::DataType> visible)
      : PlanNode(NodeKind::kDistinct), child(rows), width(columns), types(std::move(visible)) {}
  std::string Describe() const override { return "Deduplicate rows"; }
  std::vector<const PlanNode*> children() const override { return {child}; }

  const PlanNode* child;
  uint32_t width;
  std::vector<types::DataType> types;
};

struct SortColumn {
  uint32_t column = 0;
  bool descending = false;
  types::DataType type;
};

/// Rows ordered by some of their columns; rows that tie keep their order. With a limit only the
/// best rows need be kept.
struct Sort final : PlanNode {
  /// `count` and `skip` may be null; the limit itself is applied above.
  Sort(const PlanNode* rows, uint32_t slots, std::vector<SortColumn> by, Expression* count,
       Expression* skip)
      : PlanNode(NodeKind::kSort),
        child(rows),
        width(slots),
        columns(std::move(by)),
        limit(count),
        offset(skip) {}
  std::string Describe() const override { return "Sort"; }
  std::vector<const PlanNode*> children() const override { return {child}; }

  const PlanNode* child;
  uint32_t width;
  std::vector<SortColumn> columns;
  Expression* limit;
  Expression* offset;
};

/// Rows [offset, offset + count).
struct Limit final : PlanNode {
  /// `count_all`: rows beyond are counted for FOUND_ROWS (SQL_CALC_FOUND_ROWS).
  Limit(const PlanNode* rows, Expression* take, Expression* skip, bool count_all)
      : PlanNode(NodeKind::kLimit),
        child(rows),
        count(take),
        offset(skip),
        calc_found_rows(count_all) {}
  std::string Describe() const override { return "Limit"; }
  std::vector<const PlanNode*> children() const override { return {child}; }

  const PlanNode* child;
  Expression* count;
  Expression* offset;
  bool calc_found_rows;
};

}  // namespace sixfold::plan
