#include "core/exec/operators/node_cursors.h"
#include "core/types/compare_values.h"

namespace sixfold::exec {

class LimitCursor final : public Cursor {
 public:
  LimitCursor(const plan::Limit& op, Execution& execution)
      : op_(op), execution_(execution), child_(NewCursor(*op.child, execution)) {}

  void Open(const EvalContext* outer) override {
    EvalContext context = execution_.Context(&scratch_, outer);
    left_ = op_.count == nullptr ? UINT64_MAX : ToCount(op_.count->Eval(context));
    skip_ = op_.offset == nullptr ? 0 : ToCount(op_.offset->Eval(context));
    seen_ = 0;
    if (left_ > 0 || op_.calc_found_rows) child_->Open(outer);
  }

  RowBatch* Next() override {
    if (left_ == 0) return Finish();
    while (RowBatch* batch = child_->Next()) {
      const uint32_t rows = batch->rows();
      seen_ += rows;
      if (skip_ >= rows) {
        skip_ -= rows;
        continue;
      }
      const auto first = static_cast<uint32_t>(skip_);
      skip_ = 0;
      const auto take = static_cast<uint32_t>(std::min<uint64_t>(rows - first, left_));
      left_ -= take;
      if (first > 0) {
        for (uint32_t row = 0; row < take; row++)
          CopySlots(*batch, first + row, batch, row, 0, batch->column_count());
      }
      batch->set_rows(take);
      return batch;
    }
    left_ = 0;
    return Finish();
  }

 private:
  RowBatch* Finish() {
    if (!op_.calc_found_rows || finished_) return nullptr;
    finished_ = true;
    while (RowBatch* batch = child_->Next()) seen_ += batch->rows();
    execution_.found_rows = seen_;
    execution_.found_rows_known = true;
    return nullptr;
  }

  const plan::Limit& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> child_;
  uint64_t left_ = 0, skip_ = 0, seen_ = 0;
  bool finished_ = false;
  Arena scratch_;
};

std::unique_ptr<Cursor> MakeCursor(const plan::Limit& node, Execution& execution) {
  return std::make_unique<LimitCursor>(node, execution);
}

}  // namespace sixfold::exec
