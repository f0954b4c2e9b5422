// JoinOutput: the batch a join fills, pair by pair. A batch goes out before the left batch moves
// on, so left values need no copy; right values are copied by the caller where its memory moves on.
#pragma once

#include "core/exec/operators/cursor.h"
#include "core/exec/plan_names.h"
#include "core/plan/physical/joins.h"
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

}  // namespace sixfold::exec
