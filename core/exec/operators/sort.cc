#include "core/exec/operators/compare_rows.h"
#include "core/exec/operators/node_cursors.h"
#include "core/exec/operators/row_store.h"
#include "core/plan/session_context.h"

namespace sixfold::exec {

class SortCursor final : public Cursor {
 public:
  SortCursor(const plan::Sort& op, Execution& execution)
      : op_(op),
        execution_(execution),
        child_(NewCursor(*op.child, execution)),
        store_(op.width, &execution.memory()),
        batch_(op.width) {}

  void Open(const EvalContext* outer) override {
    store_.Clear();
    next_ = 0;
    loaded_ = sorted_ = false;
    top_ = Top(outer);
    child_->Open(outer);
  }

  RowBatch* Next() override {
    if (!loaded_) Load();
    if (next_ >= store_.size()) return nullptr;
    batch_.Reset();
    if (next_ > 0) GrowBatch(&batch_);
    uint32_t rows = 0;
    while (rows < batch_.capacity() && next_ < store_.size())
      store_.CopyTo(next_++, &batch_, rows++);
    batch_.set_rows(rows);
    return &batch_;
  }

 private:
  static constexpr uint64_t kTopMax = 10'000;

  /// How many rows can come out at most; 0: all.
  uint64_t Top(const EvalContext* outer) {
    if (op_.limit == nullptr) return 0;
    Arena scratch;
    EvalContext context = execution_.Context(&scratch, outer);
    const uint64_t limit = ToCount(op_.limit->Eval(context));
    const uint64_t offset = op_.offset == nullptr ? 0 : ToCount(op_.offset->Eval(context));
    return limit > kTopMax || offset > kTopMax || limit + offset == 0 ? 0 : limit + offset;
  }

  void Load() {
    loaded_ = true;
    auto less = [&](const Value* a, const Value* b) { return CompareRows(a, b, op_.columns) < 0; };
    std::vector<Value> probe(op_.width);
    while (RowBatch* batch = child_->Next()) {
      for (uint32_t row = 0; row < batch->rows(); row++) {
        if (top_ > 0 && sorted_ && store_.size() >= top_) {
          for (uint32_t c = 0; c < op_.width; c++) probe[c] = batch->at(c, row);
          if (!less(probe.data(), store_.row(top_ - 1))) continue;
        }
        store_.Append(*batch, row);
      }
      if (top_ > 0 && store_.size() >= std::max<uint64_t>(2 * top_, 1024)) Shrink(less);
      execution_.session().CheckInterrupted();
    }
    std::stable_sort(store_.rows().begin(), store_.rows().end(), less);
    if (top_ > 0 && store_.size() > top_) store_.rows().resize(top_);
  }

  template <typename Less>
  void Shrink(const Less& less) {
    std::stable_sort(store_.rows().begin(), store_.rows().end(), less);
    store_.rows().resize(top_);
    sorted_ = true;
  }

  const plan::Sort& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> child_;
  RowStore store_;
  RowBatch batch_;
  uint64_t top_ = 0;
  bool loaded_ = false, sorted_ = false;
  size_t next_ = 0;
};

std::unique_ptr<Cursor> MakeCursor(const plan::Sort& node, Execution& execution) {
  return std::make_unique<SortCursor>(node, execution);
}

}  // namespace sixfold::exec
