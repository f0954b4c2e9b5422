#include "core/exec/operators/node_cursors.h"
#include "core/types/compare_values.h"
#include "core/types/result_type.h"

namespace sixfold::exec {

class ValuesCursor final : public Cursor {
 public:
  ValuesCursor(const plan::ValuesRows& op, Execution& execution)
      : op_(op), execution_(execution), batch_(static_cast<uint32_t>(op.types.size())) {}
  void Open(const EvalContext* outer) override {
    outer_ = outer;
    next_ = 0;
  }
  RowBatch* Next() override {
    if (next_ >= op_.rows.size()) return nullptr;
    batch_.Reset();
    EvalContext context = execution_.Context(batch_.arena(), outer_);
    uint32_t rows = 0;
    for (; rows < batch_.capacity() && next_ < op_.rows.size(); rows++, next_++) {
      for (uint32_t c = 0; c < op_.types.size(); c++) {
        Expression* item = op_.rows[next_][c];
        batch_.at(c, rows) = ConvertToType(item->Eval(context), item->type(), op_.types[c],
                                           execution_.Conversion(batch_.arena()));
      }
    }
    batch_.set_rows(rows);
    return &batch_;
  }

 private:
  const plan::ValuesRows& op_;
  Execution& execution_;
  RowBatch batch_;
  const EvalContext* outer_ = nullptr;
  size_t next_ = 0;
};

std::unique_ptr<Cursor> MakeCursor(const plan::ValuesRows& node, Execution& execution) {
  return std::make_unique<ValuesCursor>(node, execution);
}

}  // namespace sixfold::exec
