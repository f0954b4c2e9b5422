#include "core/exec/operators/derived_rows.h"
#include "core/exec/operators/node_cursors.h"
#include "core/exec/operators/scan_cursor.h"
#include "core/plan/session_context.h"

namespace sixfold::exec {

class DerivedScanCursor final : public ScanCursor {
 public:
  DerivedScanCursor(const plan::DerivedScan& op, Execution& execution)
      : ScanCursor(op.output, execution), op_(op), plan_(NewCursor(*op.plan, execution)) {}

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    next_ = 0;
    kept_ = op_.state_id == UINT32_MAX ? nullptr : execution_.state<DerivedRows>(op_.state_id);
    if (op_.state_id == UINT32_MAX) {
      plan_->Open(outer);
    } else if (kept_ == nullptr) {
      Fill();
    }
  }

  RowBatch* Next() override {
    while (true) {
      batch_.Reset();
      if (!(kept_ != nullptr ? FromKept() : FromPlan())) return nullptr;
      if (FilterRows()) return &batch_;
    }
  }

 private:
  void Fill() {
    auto rows = std::make_unique<DerivedRows>(op_.plan_width, &execution_.memory());
    plan_->Open(outer_);
    while (RowBatch* batch = plan_->Next()) {
      execution_.session().CheckInterrupted();
      for (uint32_t row = 0; row < batch->rows(); row++) rows->rows.Append(*batch, row);
    }
    kept_ = rows.get();
    execution_.set_state(op_.state_id, std::move(rows));
  }

  bool FromPlan() {
    RowBatch* from = plan_->Next();
    if (from == nullptr) return false;
    if (batch_.capacity() < from->rows())
      batch_.Reserve(std::max(from->rows(), NextBatchCapacity(batch_.capacity())));
    for (uint32_t c = 0; c < output_.columns.size(); c++) {
      std::copy_n(from->column(output_.columns[c]), from->rows(),
                  batch_.column(output_.slot_begin + c));
    }
    batch_.set_rows(from->rows());
    return true;
  }

  bool FromKept() {
    if (next_ >= kept_->rows.size()) return false;
    if (next_ > 0) GrowBatch(&batch_);
    uint32_t rows = 0;
    while (rows < batch_.capacity() && next_ < kept_->rows.size()) {
      const Value* values = kept_->rows.row(next_++);
      for (uint32_t c = 0; c < output_.columns.size(); c++)
        batch_.at(output_.slot_begin + c, rows) = values[output_.columns[c]];
      rows++;
    }
    batch_.set_rows(rows);
    return true;
  }

  const plan::DerivedScan& op_;
  std::unique_ptr<Cursor> plan_;
  DerivedRows* kept_ = nullptr;
  size_t next_ = 0;
};

std::unique_ptr<Cursor> MakeCursor(const plan::DerivedScan& node, Execution& execution) {
  return std::make_unique<DerivedScanCursor>(node, execution);
}

class WorkingScanCursor final : public ScanCursor {
 public:
  WorkingScanCursor(const plan::WorkingScan& op, Execution& execution)
      : ScanCursor(op.output, execution), op_(op) {}

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    working_ = execution_.state<WorkingRows>(op_.state_id);
    next_ = working_ == nullptr ? 0 : working_->round_begin;
  }

  RowBatch* Next() override {
    while (working_ != nullptr && next_ < working_->round_end) {
      batch_.Reset();
      if (next_ > working_->round_begin) GrowBatch(&batch_);
      uint32_t rows = 0;
      while (rows < batch_.capacity() && next_ < working_->round_end) {
        const Value* values = working_->rows.row(next_++);
        for (uint32_t c = 0; c < output_.columns.size(); c++) {
          batch_.at(output_.slot_begin + c, rows) = values[output_.columns[c]];
        }
        rows++;
      }
      batch_.set_rows(rows);
      if (FilterRows()) return &batch_;
    }
    return nullptr;
  }

 private:
  const plan::WorkingScan& op_;
  WorkingRows* working_ = nullptr;
  size_t next_ = 0;
};

std::unique_ptr<Cursor> MakeCursor(const plan::WorkingScan& node, Execution& execution) {
  return std::make_unique<WorkingScanCursor>(node, execution);
}

}  // namespace sixfold::exec
