// Sort: rows ordered by some of their columns. With a limit known at Open only the best rows are
// kept (a heap); otherwise all are, and sorted stably.
#pragma once

#include "core/exec/operators/operator.h"
#include "core/types/data_type.h"

namespace sixfold::exec {

struct SortColumn {
  uint32_t column = 0;
  bool descending = false;
  types::DataType type;
};

class Sort final : public Operator {
 public:
  /// `limit` and `offset` may be null; the limit itself is applied above.
  Sort(const Operator* child, uint32_t width, std::vector<SortColumn> columns, Expression* limit,
       Expression* offset)
      : child_(child),
        width_(width),
        columns_(std::move(columns)),
        limit_(limit),
        offset_(offset) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override { return "Sort"; }
  std::vector<const Operator*> children() const override { return {child_}; }

 private:
  friend class SortCursor;
  const Operator* child_;
  uint32_t width_;
  std::vector<SortColumn> columns_;
  Expression* limit_;
  Expression* offset_;
};

int CompareRows(const Value* a, const Value* b, const std::vector<SortColumn>& columns);

}  // namespace sixfold::exec
