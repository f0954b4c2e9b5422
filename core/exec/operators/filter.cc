#include "core/exec/operators/node_cursors.h"
#include "core/types/compare_values.h"

namespace sixfold::exec {

class FilterCursor final : public Cursor {
 public:
  FilterCursor(const plan::Filter& op, Execution& execution)
      : op_(op), execution_(execution), child_(NewCursor(*op.child, execution)) {}

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    // Conditions without a row decide at once.
    constant_false_ = false;
    EvalContext context = execution_.Context(&scratch_, outer);
    for (Expression* condition : op_.conditions) {
      if (condition->IsConstant() && !IsTrue(condition->Eval(context))) constant_false_ = true;
    }
    if (!constant_false_) child_->Open(outer);
  }

  RowBatch* Next() override {
    if (constant_false_) return nullptr;
    while (RowBatch* batch = child_->Next()) {
      scratch_.Reset();
      EvalContext context = execution_.Context(&scratch_, outer_);
      FilterBatch(op_.conditions, context, batch, op_.begin, op_.end);
      if (batch->rows() > 0) return batch;
    }
    return nullptr;
  }

 private:
  const plan::Filter& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> child_;
  const EvalContext* outer_ = nullptr;
  bool constant_false_ = false;
  Arena scratch_;
};

std::unique_ptr<Cursor> MakeCursor(const plan::Filter& node, Execution& execution) {
  return std::make_unique<FilterCursor>(node, execution);
}

}  // namespace sixfold::exec
