#include "core/exec/operators/node_cursors.h"
#include "core/exec/operators/row_store.h"
#include "core/exec/operators/scan_cursor.h"
#include "core/plan/session_context.h"
#include "core/plan/virtual_table.h"

namespace sixfold::exec {

class VirtualScanCursor final : public ScanCursor {
 public:
  VirtualScanCursor(const plan::VirtualScan& op, Execution& execution)
      : ScanCursor(op.output, execution),
        op_(op),
        rows_(static_cast<uint32_t>(op.output.columns.size()), &execution.memory()) {}

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    next_ = 0;
    rows_.Clear();
    std::vector<plan::VirtualScanHint> hints;
    EvalContext context = execution_.Context(&scratch_, outer);
    for (const plan::VirtualScan::Hint& hint : op_.hints) {
      const Value value = hint.value->Eval(context);
      if (value.is_string()) hints.push_back({hint.column, value.bytes()});
    }
    std::vector<Value> wanted(output_.columns.size() + 1);
    op_.table->Fill(execution_.session(), hints, [&](std::span<const Value> row) {
      for (uint32_t c = 0; c < output_.columns.size(); c++) wanted[c] = row[output_.columns[c]];
      rows_.Append(wanted.data());
    });
  }

  RowBatch* Next() override {
    while (next_ < rows_.size()) {
      batch_.Reset();
      if (next_ > 0) GrowBatch(&batch_);
      uint32_t rows = 0;
      while (rows < batch_.capacity() && next_ < rows_.size()) {
        rows_.CopyTo(next_++, &batch_, rows++, output_.slot_begin);
      }
      batch_.set_rows(rows);
      if (FilterRows()) return &batch_;
    }
    return nullptr;
  }

 private:
  const plan::VirtualScan& op_;
  RowStore rows_;
  size_t next_ = 0;
};

std::unique_ptr<Cursor> MakeCursor(const plan::VirtualScan& node, Execution& execution) {
  return std::make_unique<VirtualScanCursor>(node, execution);
}

}  // namespace sixfold::exec
