#include "core/exec/operators/access_reader.h"
#include "core/exec/operators/join_output.h"
#include "core/exec/operators/node_cursors.h"
#include "core/plan/session_context.h"
#include "core/types/compare_values.h"

namespace sixfold::exec {

class IndexJoinCursor final : public Cursor {
 public:
  IndexJoinCursor(const plan::IndexJoin& op, Execution& execution)
      : op_(op),
        execution_(execution),
        left_(NewCursor(*op.left, execution)),
        reader_(op.access, execution),
        output_(op.layout, op.conditions, execution),
        right_(static_cast<uint32_t>(op.access.columns.size()),
               op.access.path.unique_point ? 1 : types::kFirstBatchRows) {}

  void Open(const EvalContext* outer) override {
    output_.Start(outer);
    left_->Open(outer);
    left_batch_ = nullptr;
    in_row_ = false;
    first_ = true;
  }

  RowBatch* Next() override {
    output_.Clear(!first_);
    first_ = false;
    while (true) {
      if (left_batch_ == nullptr || left_row_ >= left_batch_->rows()) {
        if (!output_.empty()) return &output_.batch();
        execution_.session().CheckInterrupted();
        left_batch_ = left_->Next();
        left_row_ = 0;
        if (left_batch_ == nullptr) return nullptr;
      }
      JoinRow();
      if (output_.full()) return &output_.batch();
    }
  }

 private:
  /// Joins the current left row on; moves to the next one when it is done.
  void JoinRow() {
    if (!in_row_) {
      EvalContext context = output_.ContextOf(*left_batch_, left_row_);
      reader_.Open(context);
      in_row_ = true;
      matched_ = false;
      right_row_ = 0;
      right_.Reset();
    }
    while (!output_.full()) {
      if (right_row_ >= right_.rows()) {
        right_.Reset();
        right_row_ = 0;
        if (!reader_.Next(&right_)) return FinishRow();
      }
      const uint32_t at = output_.Begin(*left_batch_, left_row_);
      RowBatch& batch = output_.batch();
      for (uint32_t c = 0; c < right_.column_count(); c++) {
        batch.at(op_.layout.right_begin + c, at) = Keep(right_.at(c, right_row_), batch.arena());
      }
      right_row_++;
      if (!output_.Accept()) continue;
      matched_ = true;
      if (op_.join == plan::JoinKind::kSemi) return NextLeft();
      if (op_.join == plan::JoinKind::kAnti) {
        output_.Drop();
        return NextLeft();
      }
    }
  }

  void FinishRow() {
    if (!matched_ && (op_.join == plan::JoinKind::kLeft || op_.join == plan::JoinKind::kAnti)) {
      output_.AddNullComplemented(*left_batch_, left_row_);
    }
    NextLeft();
  }
  void NextLeft() {
    in_row_ = false;
    left_row_++;
  }

  const plan::IndexJoin& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> left_;
  AccessReader reader_;
  JoinOutput output_;
  RowBatch right_;
  RowBatch* left_batch_ = nullptr;
  uint32_t left_row_ = 0, right_row_ = 0;
  bool in_row_ = false, matched_ = false, first_ = true;
};

std::unique_ptr<Cursor> MakeCursor(const plan::IndexJoin& node, Execution& execution) {
  return std::make_unique<IndexJoinCursor>(node, execution);
}

class LateralJoinCursor final : public Cursor {
 public:
  LateralJoinCursor(const plan::LateralJoin& op, Execution& execution)
      : op_(op),
        execution_(execution),
        left_(NewCursor(*op.left, execution)),
        right_(NewCursor(*op.right, execution)),
        output_(op.layout, op.conditions, execution) {}

  void Open(const EvalContext* outer) override {
    output_.Start(outer);
    left_->Open(outer);
    left_batch_ = nullptr;
    in_row_ = false;
    first_ = true;
  }

  RowBatch* Next() override {
    output_.Clear(!first_);
    first_ = false;
    while (true) {
      if (left_batch_ == nullptr || left_row_ >= left_batch_->rows()) {
        if (!output_.empty()) return &output_.batch();
        execution_.session().CheckInterrupted();
        left_batch_ = left_->Next();
        left_row_ = 0;
        if (left_batch_ == nullptr) return nullptr;
      }
      JoinRow();
      if (output_.full()) return &output_.batch();
    }
  }

 private:
  void JoinRow() {
    if (!in_row_) {
      outer_row_ = output_.ContextOf(*left_batch_, left_row_);
      right_->Open(&outer_row_);
      in_row_ = true;
      matched_ = false;
      right_batch_ = nullptr;
    }
    while (!output_.full()) {
      if (right_batch_ == nullptr || right_row_ >= right_batch_->rows()) {
        right_batch_ = right_->Next();
        right_row_ = 0;
        if (right_batch_ == nullptr) break;
      }
      const uint32_t at = output_.Begin(*left_batch_, left_row_);
      RowBatch& batch = output_.batch();
      for (uint32_t s = op_.layout.right_begin; s < op_.layout.right_end; s++) {
        batch.at(s, at) = Keep(right_batch_->at(s, right_row_), batch.arena());
      }
      right_row_++;
      if (output_.Accept()) matched_ = true;
    }
    if (output_.full() && right_batch_ != nullptr) return;
    if (!matched_ && op_.join == plan::JoinKind::kLeft)
      output_.AddNullComplemented(*left_batch_, left_row_);
    in_row_ = false;
    left_row_++;
  }

  const plan::LateralJoin& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> left_, right_;
  JoinOutput output_;
  EvalContext outer_row_;
  RowBatch* left_batch_ = nullptr;
  RowBatch* right_batch_ = nullptr;
  uint32_t left_row_ = 0, right_row_ = 0;
  bool in_row_ = false, matched_ = false, first_ = true;
};

std::unique_ptr<Cursor> MakeCursor(const plan::LateralJoin& node, Execution& execution) {
  return std::make_unique<LateralJoinCursor>(node, execution);
}

}  // namespace sixfold::exec
