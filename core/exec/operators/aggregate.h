// HashAggregate: one output row a group: keys, aggregates, first values. Groups come out in the
// order in which they were met. WITH ROLLUP: groups come out sorted, each followed by its totals.
#pragma once

#include "core/exec/bind/block.h"
#include "core/exec/operators/operator.h"

namespace sixfold::exec {

class HashAggregate final : public Operator {
 public:
  /// `single`: without GROUP BY, one row even for no input. `block` keeps the expressions.
  HashAggregate(const Operator* child, const QueryBlock* block, bool single)
      : child_(child), block_(block), single_(single) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override {
    return single_ ? "Aggregate" : "Aggregate using temporary table";
  }
  std::vector<const Operator*> children() const override { return {child_}; }

 private:
  friend class HashAggregateCursor;
  const Operator* child_;
  const QueryBlock* block_;
  bool single_;
};

}  // namespace sixfold::exec
