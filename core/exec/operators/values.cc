#include "core/exec/operators/values.h"

#include "core/exec/values.h"

namespace sixfold::exec {

class ValuesCursor final : public Cursor {
 public:
  ValuesCursor(const ValuesOperator& op, Execution& execution)
      : op_(op), execution_(execution), batch_(static_cast<uint32_t>(op.types_.size())) {}
  void Open(const EvalContext* outer) override {
    outer_ = outer;
    next_ = 0;
  }
  RowBatch* Next() override {
    if (next_ >= op_.rows_.size()) return nullptr;
    batch_.Reset();
    EvalContext context = execution_.Context(batch_.arena(), outer_);
    uint32_t rows = 0;
    for (; rows < batch_.capacity() && next_ < op_.rows_.size(); rows++, next_++) {
      for (uint32_t c = 0; c < op_.types_.size(); c++) {
        Expression* item = op_.rows_[next_][c];
        batch_.at(c, rows) = ConvertTo(item->Eval(context), item->type(), op_.types_[c],
                                       execution_.Conversion(batch_.arena()));
      }
    }
    batch_.set_rows(rows);
    return &batch_;
  }

 private:
  const ValuesOperator& op_;
  Execution& execution_;
  RowBatch batch_;
  const EvalContext* outer_ = nullptr;
  size_t next_ = 0;
};

std::unique_ptr<Cursor> ValuesOperator::NewCursor(Execution& execution) const {
  return std::make_unique<ValuesCursor>(*this, execution);
}

}  // namespace sixfold::exec
