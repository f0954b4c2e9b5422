#include "core/exec/operators/virtual_scan.h"

#include "core/exec/operators/row_store.h"
#include "core/exec/operators/table_scan.h"
#include "core/exec/session_context.h"
#include "core/exec/virtual_table.h"

namespace sixfold::exec {

class VirtualScanCursor final : public Cursor {
 public:
  VirtualScanCursor(const VirtualScan& op, Execution& execution)
      : op_(op),
        execution_(execution),
        rows_(static_cast<uint32_t>(op.columns_.size()), &execution.memory()),
        batch_(op.width_) {}

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    next_ = 0;
    rows_.Clear();
    std::vector<VirtualScanHint> hints;
    EvalContext context = execution_.Context(&scratch_, outer);
    for (const VirtualScan::Hint& hint : op_.hints_) {
      const Value value = hint.value->Eval(context);
      if (value.is_string()) hints.push_back({hint.column, value.bytes()});
    }
    std::vector<Value> wanted(op_.columns_.size() + 1);
    op_.table_->Fill(execution_.session(), hints, [&](std::span<const Value> row) {
      for (uint32_t c = 0; c < op_.columns_.size(); c++) wanted[c] = row[op_.columns_[c]];
      rows_.Append(wanted.data());
    });
  }

  RowBatch* Next() override {
    while (next_ < rows_.size()) {
      batch_.Reset();
      if (next_ > 0) GrowBatch(&batch_);
      uint32_t rows = 0;
      while (rows < batch_.capacity() && next_ < rows_.size()) {
        rows_.CopyTo(next_++, &batch_, rows++, op_.slot_begin_);
      }
      batch_.set_rows(rows);
      scratch_.Reset();
      EvalContext context = execution_.Context(&scratch_, outer_);
      FilterBatch(op_.filters_, context, &batch_, op_.slot_begin_,
                  op_.slot_begin_ + static_cast<uint32_t>(op_.columns_.size()));
      if (batch_.rows() > 0) return &batch_;
    }
    return nullptr;
  }

 private:
  const VirtualScan& op_;
  Execution& execution_;
  RowStore rows_;
  RowBatch batch_;
  size_t next_ = 0;
  const EvalContext* outer_ = nullptr;
  Arena scratch_;
};

std::unique_ptr<Cursor> VirtualScan::NewCursor(Execution& execution) const {
  return std::make_unique<VirtualScanCursor>(*this, execution);
}

}  // namespace sixfold::exec
