// What the joins have in common.
//
// JoinOutput   the batch a join fills, pair by pair. A batch goes out before the left batch moves
// on,
//              so left values need no copy; right values are copied by the caller where its memory
//              moves on.
// JoinCursor   goes through the left rows; how one of them is joined is the subclass's business.
#pragma once

#include "core/exec/operators/cursor.h"
#include "core/exec/plan_names.h"
#include "core/plan/physical/joins.h"
#include "core/plan/session_context.h"
#include "core/types/compare_values.h"

namespace sixfold::exec {

class JoinOutput {
 public:
  JoinOutput(const JoinLayout& layout, const std::vector<Expression*>& conditions,
             Execution& execution)
      : layout_(layout), conditions_(conditions), execution_(execution), batch_(layout.width) {}

  void Start(const EvalContext* outer) { outer_ = outer; }
  RowBatch& batch() { return batch_; }
  bool full() const { return batch_.full(); }
  bool empty() const { return batch_.rows() == 0; }

  /// Before filling again.
  void Clear(bool grow) {
    batch_.Reset();
    scratch_.Reset();
    if (grow) GrowBatch(&batch_);
  }
  /// The next row gets the left values; the caller then sets the right ones and calls Accept().
  uint32_t Begin(const RowBatch& left, uint32_t row) {
    const uint32_t at = batch_.rows();
    CopySlots(left, row, &batch_, at, layout_.left_begin, layout_.left_end);
    return at;
  }
  /// Keeps the row begun if the conditions hold.
  bool Accept() {
    if (!conditions_.empty()) {
      EvalContext context = execution_.Context(&scratch_, outer_);
      context.batch = &batch_;
      context.row = batch_.rows();
      for (Expression* condition : conditions_) {
        if (!IsTrue(condition->Eval(context))) return false;
      }
    }
    batch_.AddRow();
    return true;
  }
  void Drop() { batch_.set_rows(batch_.rows() - 1); }
  void AddNullComplemented(const RowBatch& left, uint32_t row) {
    const uint32_t at = Begin(left, row);
    for (uint32_t s = layout_.right_begin; s < layout_.right_end; s++)
      batch_.at(s, at) = Value::Null();
    batch_.AddRow();
  }
  EvalContext ContextOf(const RowBatch& left, uint32_t row) {
    EvalContext context = execution_.Context(&scratch_, outer_);
    context.batch = &left;
    context.row = row;
    return context;
  }

 private:
  const JoinLayout& layout_;
  const std::vector<Expression*>& conditions_;
  Execution& execution_;
  RowBatch batch_;
  Arena scratch_;
  const EvalContext* outer_ = nullptr;
};

class JoinCursor : public Cursor {
 public:
  JoinCursor(const PlanNode& left, const plan::JoinLayout& layout, plan::JoinKind kind,
             const std::vector<Expression*>& conditions, Execution& execution)
      : layout_(layout),
        execution_(execution),
        output_(layout, conditions, execution),
        left_(NewCursor(left, execution)),
        kind_(kind) {}

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    output_.Start(outer);
    left_->Open(outer);
    left_batch_ = nullptr;
    in_row_ = false;
    first_ = true;
  }

  RowBatch* Next() final {
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
      if (!in_row_) {
        StartRow();
        in_row_ = true;
        matched_ = false;
      }
      JoinRow();
      if (output_.full()) return &output_.batch();
    }
  }

 protected:
  /// A new left row: looks for its first match.
  virtual void StartRow() = 0;
  /// Adds pairs of the current left row until the output is full or, with FinishRow() or
  /// NextLeft(), the row is done.
  virtual void JoinRow() = 0;

  const RowBatch& left_batch() const { return *left_batch_; }
  uint32_t left_row() const { return left_row_; }
  bool complements_nulls() const {
    return kind_ == plan::JoinKind::kLeft || kind_ == plan::JoinKind::kAnti;
  }

  /// Keeps the pair begun if the conditions hold. True when the left row needs no more of them.
  bool AcceptPair() {
    if (!output_.Accept()) return false;
    matched_ = true;
    if (kind_ == plan::JoinKind::kAnti) output_.Drop();
    return kind_ == plan::JoinKind::kSemi || kind_ == plan::JoinKind::kAnti;
  }
  /// All right rows were tried; needs room for one row in the output.
  void FinishRow() {
    if (!matched_ && complements_nulls()) output_.AddNullComplemented(*left_batch_, left_row_);
    NextLeft();
  }
  void NextLeft() {
    in_row_ = false;
    left_row_++;
  }
  bool matched() const { return matched_; }

  const plan::JoinLayout& layout_;
  Execution& execution_;
  JoinOutput output_;
  const EvalContext* outer_ = nullptr;

 private:
  std::unique_ptr<Cursor> left_;
  plan::JoinKind kind_;
  RowBatch* left_batch_ = nullptr;
  uint32_t left_row_ = 0;
  bool in_row_ = false, matched_ = false, first_ = true;
};

}  // namespace sixfold::exec
