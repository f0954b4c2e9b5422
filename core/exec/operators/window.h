// Window: appends one slot for each window function of the block. All rows are kept; each function
// sorts them by its partition and order and computes over partitions, peers and frames.
#pragma once

#include "core/exec/bind/block.h"
#include "core/exec/operators/operator.h"

namespace sixfold::exec {

class Window final : public Operator {
 public:
  /// `width`: of the layout before.
  Window(const Operator* child, const QueryBlock* block, uint32_t width)
      : child_(child), block_(block), width_(width) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override { return "Window aggregate with buffering"; }
  std::vector<const Operator*> children() const override { return {child_}; }

 private:
  friend class WindowCursor;
  const Operator* child_;
  const QueryBlock* block_;
  uint32_t width_;
};

}  // namespace sixfold::exec
