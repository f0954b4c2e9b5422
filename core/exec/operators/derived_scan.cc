#include "core/exec/operators/derived_rows.h"
#include "core/exec/operators/node_cursors.h"
#include "core/plan/session_context.h"

namespace sixfold::exec {

class DerivedScanCursor final : public Cursor {
 public:
  DerivedScanCursor(const plan::DerivedScan& op, Execution& execution)
      : op_(op),
        execution_(execution),
        plan_(NewCursor(*op.plan, execution)),
        batch_(op.output.width) {}

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
      if (op_.output.filters.empty()) return &batch_;
      scratch_.Reset();
      EvalContext context = execution_.Context(&scratch_, outer_);
      FilterBatch(op_.output.filters, context, &batch_, op_.output.slot_begin,
                  op_.output.slot_begin + static_cast<uint32_t>(op_.output.columns.size()));
      if (batch_.rows() > 0) return &batch_;
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
    for (uint32_t c = 0; c < op_.output.columns.size(); c++) {
      std::copy_n(from->column(op_.output.columns[c]), from->rows(),
                  batch_.column(op_.output.slot_begin + c));
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
      for (uint32_t c = 0; c < op_.output.columns.size(); c++)
        batch_.at(op_.output.slot_begin + c, rows) = values[op_.output.columns[c]];
      rows++;
    }
    batch_.set_rows(rows);
    return true;
  }

  const plan::DerivedScan& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> plan_;
  RowBatch batch_;
  DerivedRows* kept_ = nullptr;
  size_t next_ = 0;
  const EvalContext* outer_ = nullptr;
  Arena scratch_;
};

std::unique_ptr<Cursor> MakeCursor(const plan::DerivedScan& node, Execution& execution) {
  return std::make_unique<DerivedScanCursor>(node, execution);
}

class WorkingScanCursor final : public Cursor {
 public:
  WorkingScanCursor(const plan::WorkingScan& op, Execution& execution)
      : op_(op), execution_(execution), batch_(op.output.width) {}

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
        for (uint32_t c = 0; c < op_.output.columns.size(); c++) {
          batch_.at(op_.output.slot_begin + c, rows) = values[op_.output.columns[c]];
        }
        rows++;
      }
      batch_.set_rows(rows);
      scratch_.Reset();
      EvalContext context = execution_.Context(&scratch_, outer_);
      FilterBatch(op_.output.filters, context, &batch_, op_.output.slot_begin,
                  op_.output.slot_begin + static_cast<uint32_t>(op_.output.columns.size()));
      if (batch_.rows() > 0) return &batch_;
    }
    return nullptr;
  }

 private:
  const plan::WorkingScan& op_;
  Execution& execution_;
  RowBatch batch_;
  WorkingRows* working_ = nullptr;
  size_t next_ = 0;
  const EvalContext* outer_ = nullptr;
  Arena scratch_;
};

std::unique_ptr<Cursor> MakeCursor(const plan::WorkingScan& node, Execution& execution) {
  return std::make_unique<WorkingScanCursor>(node, execution);
}

}  // namespace sixfold::exec
