#include "core/exec/operators/access_reader.h"
#include "core/exec/operators/node_cursors.h"
#include "core/plan/session_context.h"
#include "core/txn/table_reader.h"

namespace sixfold::exec {

namespace {

class TableScanCursor final : public Cursor {
 public:
  TableScanCursor(const plan::TableScan& scan, Execution& execution)
      : scan_(scan),
        access_(scan.access),
        execution_(execution),
        reader_(access_, execution),
        batch_(access_.width, FirstCapacity()) {
    if (access_.slot_begin != 0)
      narrow_ = std::make_unique<RowBatch>(access_.columns.size(), FirstCapacity());
  }

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    EvalContext context = execution_.Context(&scratch_, outer);
    reader_.Open(context);
    batches_ = 0;
  }

  RowBatch* Next() override {
    while (true) {
      execution_.session().CheckInterrupted();
      Grow();
      if (!Read()) return nullptr;
      if (scan_.filters.empty()) return &batch_;
      scratch_.Reset();
      EvalContext context = execution_.Context(&scratch_, outer_);
      const uint32_t before = batch_.rows();
      FilterBatch(scan_.filters, context, &batch_, access_.slot_begin,
                  access_.slot_begin + static_cast<uint32_t>(access_.columns.size()));
      if (access_.one_at_a_time && before == 1 && batch_.rows() == 0) reader_.reader().UnlockLast();
      if (batch_.rows() > 0) return &batch_;
    }
  }

 private:
  uint32_t FirstCapacity() const {
    return access_.path.unique_point || access_.one_at_a_time ? 1 : types::kFirstBatchRows;
  }

  void Grow() {
    batch_.Reset();
    if (narrow_ != nullptr) narrow_->Reset();
    if (access_.path.unique_point || access_.one_at_a_time || batches_++ == 0) return;
    const uint32_t capacity = NextBatchCapacity(batch_.capacity());
    if (capacity == batch_.capacity()) return;
    batch_.Reserve(capacity);
    if (narrow_ != nullptr) narrow_->Reserve(capacity);
  }

  bool Read() {
    if (narrow_ == nullptr) return reader_.Next(&batch_);
    if (!reader_.Next(narrow_.get())) return false;
    for (uint32_t c = 0; c < access_.columns.size(); c++) {
      std::copy_n(narrow_->column(c), narrow_->rows(), batch_.column(access_.slot_begin + c));
    }
    batch_.set_rows(narrow_->rows());
    return true;
  }

  const plan::TableScan& scan_;
  const TableAccess& access_;
  Execution& execution_;
  AccessReader reader_;
  RowBatch batch_;
  std::unique_ptr<RowBatch> narrow_;
  const EvalContext* outer_ = nullptr;
  Arena scratch_;
  uint32_t batches_ = 0;
};

}  // namespace

std::unique_ptr<Cursor> MakeCursor(const plan::TableScan& node, Execution& execution) {
  return std::make_unique<TableScanCursor>(node, execution);
}

}  // namespace sixfold::exec
