// Filter: the rows for which all conditions are true.
#pragma once

#include "core/exec/operators/operator.h"

namespace sixfold::exec {

class Filter final : public Operator {
 public:
  /// `begin`, `end`: the slots the rows have.
  Filter(const Operator* child, std::vector<Expression*> conditions, uint32_t begin, uint32_t end)
      : child_(child), conditions_(std::move(conditions)), begin_(begin), end_(end) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override { return "Filter"; }
  std::vector<const Operator*> children() const override { return {child_}; }

 private:
  friend class FilterCursor;
  const Operator* child_;
  std::vector<Expression*> conditions_;
  uint32_t begin_, end_;
};

}  // namespace sixfold::exec
