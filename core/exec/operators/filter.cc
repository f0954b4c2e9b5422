#include "core/exec/operators/filter.h"

#include "core/exec/operators/table_scan.h"

namespace sixfold::exec {

class FilterCursor final : public Cursor {
 public:
  FilterCursor(const Filter& op, Execution& execution)
      : op_(op), execution_(execution), child_(op.child_->NewCursor(execution)) {}

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    // Conditions without a row decide at once.
    constant_false_ = false;
    EvalContext context = execution_.Context(&scratch_, outer);
    for (Expression* condition : op_.conditions_) {
      if (condition->IsConstant() && !IsTrue(condition->Eval(context))) constant_false_ = true;
    }
    if (!constant_false_) child_->Open(outer);
  }

  RowBatch* Next() override {
    if (constant_false_) return nullptr;
    while (RowBatch* batch = child_->Next()) {
      scratch_.Reset();
      EvalContext context = execution_.Context(&scratch_, outer_);
      FilterBatch(op_.conditions_, context, batch, op_.begin_, op_.end_);
      if (batch->rows() > 0) return batch;
    }
    return nullptr;
  }

 private:
  const Filter& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> child_;
  const EvalContext* outer_ = nullptr;
  bool constant_false_ = false;
  Arena scratch_;
};

std::unique_ptr<Cursor> Filter::NewCursor(Execution& execution) const {
  return std::make_unique<FilterCursor>(*this, execution);
}

}  // namespace sixfold::exec
