#include "core/exec/operators/access_reader.h"
#include "core/exec/operators/join_cursor.h"
#include "core/exec/operators/node_cursors.h"
#include "core/types/compare_values.h"

namespace sixfold::exec {

class IndexJoinCursor final : public JoinCursor {
 public:
  IndexJoinCursor(const plan::IndexJoin& op, Execution& execution)
      : JoinCursor(*op.left, op.layout, op.join, op.conditions, execution),
        reader_(op.access, execution),
        right_(static_cast<uint32_t>(op.access.columns.size()),
               op.access.path.unique_point ? 1 : types::kFirstBatchRows) {}

 private:
  void StartRow() override {
    EvalContext context = output_.ContextOf(left_batch(), left_row());
    reader_.Open(context);
    right_row_ = 0;
    right_.Reset();
  }

  void JoinRow() override {
    while (!output_.full()) {
      if (right_row_ >= right_.rows()) {
        right_.Reset();
        right_row_ = 0;
        if (!reader_.Next(&right_)) return FinishRow();
      }
      const uint32_t at = output_.Begin(left_batch(), left_row());
      RowBatch& batch = output_.batch();
      for (uint32_t c = 0; c < right_.column_count(); c++) {
        batch.at(layout_.right_begin + c, at) = Keep(right_.at(c, right_row_), batch.arena());
      }
      right_row_++;
      if (AcceptPair()) return NextLeft();
    }
  }

  AccessReader reader_;
  RowBatch right_;
  uint32_t right_row_ = 0;
};

std::unique_ptr<Cursor> MakeCursor(const plan::IndexJoin& node, Execution& execution) {
  return std::make_unique<IndexJoinCursor>(node, execution);
}

class LateralJoinCursor final : public JoinCursor {
 public:
  LateralJoinCursor(const plan::LateralJoin& op, Execution& execution)
      : JoinCursor(*op.left, op.layout, op.join, op.conditions, execution),
        right_(NewCursor(*op.right, execution)) {}

 private:
  void StartRow() override {
    outer_row_ = output_.ContextOf(left_batch(), left_row());
    right_->Open(&outer_row_);
    right_batch_ = nullptr;
  }

  void JoinRow() override {
    while (!output_.full()) {
      if (right_batch_ == nullptr || right_row_ >= right_batch_->rows()) {
        right_batch_ = right_->Next();
        right_row_ = 0;
        if (right_batch_ == nullptr) return FinishRow();
      }
      const uint32_t at = output_.Begin(left_batch(), left_row());
      RowBatch& batch = output_.batch();
      for (uint32_t s = layout_.right_begin; s < layout_.right_end; s++) {
        batch.at(s, at) = Keep(right_batch_->at(s, right_row_), batch.arena());
      }
      right_row_++;
      if (AcceptPair()) return NextLeft();
    }
  }

  std::unique_ptr<Cursor> right_;
  EvalContext outer_row_;
  RowBatch* right_batch_ = nullptr;
  uint32_t right_row_ = 0;
};

std::unique_ptr<Cursor> MakeCursor(const plan::LateralJoin& node, Execution& execution) {
  return std::make_unique<LateralJoinCursor>(node, execution);
}

}  // namespace sixfold::exec
