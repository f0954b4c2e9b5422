// Limit: rows [offset, offset + count). Counts on for SQL_CALC_FOUND_ROWS.
#pragma once

#include "core/exec/operators/operator.h"

namespace sixfold::exec {

class Limit final : public Operator {
 public:
  Limit(const Operator* child, Expression* count, Expression* offset, bool calc_found_rows)
      : child_(child), count_(count), offset_(offset), calc_found_rows_(calc_found_rows) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override { return "Limit"; }
  std::vector<const Operator*> children() const override { return {child_}; }

 private:
  friend class LimitCursor;
  const Operator* child_;
  Expression* count_;
  Expression* offset_;
  bool calc_found_rows_;
};

}  // namespace sixfold::exec
