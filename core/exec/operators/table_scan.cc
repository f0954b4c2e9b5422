#include "core/exec/operators/table_scan.h"

#include "core/exec/session_context.h"
#include "core/txn/table_reader.h"

namespace sixfold::exec {

std::string TableAccess::Describe() const {
  const catalog::IndexDef& index = table->indexes[path.index];
  if (path.unique_point)
    return fmt::format("Single-row index lookup on {} using {}", alias, index.name);
  if (!path.parts.empty()) {
    bool points = true;
    for (const KeyPartAccess& part : path.parts) points = points && part.single_value;
    return fmt::format("{} on {} using {}", points ? "Index lookup" : "Index range scan", alias,
                       index.name);
  }
  if (path.index == 0 && !path.ordered) return fmt::format("Table scan on {}", alias);
  return fmt::format("{} on {} using {}", path.covering ? "Covering index scan" : "Index scan",
                     alias, index.name);
}

AccessReader::AccessReader(const TableAccess& access, Execution& execution)
    : access_(access),
      execution_(execution),
      reader_(execution.session().transaction().NewReader(access.table)) {
  if (access.path.unique_point) key_.resize(access.path.parts.size());
}

AccessReader::~AccessReader() = default;

void AccessReader::Open(EvalContext& context) {
  arena_.Reset();
  range_open_ = false;
  next_range_ = 0;
  EvalContext own = context;
  own.arena = &arena_;
  if (access_.path.unique_point) {
    point_pending_ = EvaluatePoint(access_.path, own, &arena_, key_.data());
    return;
  }
  EvaluateRanges(access_.path, own, &arena_, &ranges_);
  if (access_.path.backward) std::reverse(ranges_.begin(), ranges_.end());
}

bool AccessReader::OpenNextRange() {
  if (next_range_ >= ranges_.size()) return false;
  const KeyRange& range = ranges_[next_range_++];
  txn::ScanRequest request;
  request.index = access_.path.index;
  request.backward = access_.path.backward;
  request.columns = access_.columns;
  request.lock = access_.lock;
  request.wait = access_.wait;
  request.lower = {range.lower, range.lower_inclusive};
  request.upper = {range.upper, range.upper_inclusive};
  reader_->Open(request);
  range_open_ = true;
  return true;
}

bool AccessReader::NextPoint(RowBatch* batch) {
  if (!point_pending_) return false;
  point_pending_ = false;
  std::array<Value, 64> few;
  std::vector<Value> many;
  Value* row = few.data();
  if (access_.columns.size() > few.size()) {
    many.resize(access_.columns.size());
    row = many.data();
  }
  if (!reader_->Get(access_.path.index, key_, access_.columns, access_.lock, access_.wait, row,
                    batch->arena()))
    return false;
  for (uint32_t c = 0; c < access_.columns.size(); c++) batch->at(c, 0) = row[c];
  batch->set_rows(1);
  return true;
}

bool AccessReader::Next(RowBatch* batch) {
  if (access_.path.unique_point) return NextPoint(batch);
  while (true) {
    if (!range_open_ && !OpenNextRange()) return false;
    if (reader_->Next(batch)) return true;
    range_open_ = false;
  }
}

void FilterBatch(const std::vector<Expression*>& filters, EvalContext& context, RowBatch* batch,
                 uint32_t begin, uint32_t end) {
  if (filters.empty()) return;
  context.batch = batch;
  uint32_t kept = 0;
  for (uint32_t row = 0; row < batch->rows(); row++) {
    context.row = row;
    bool pass = true;
    for (Expression* filter : filters) {
      if (!IsTrue(filter->Eval(context))) {
        pass = false;
        break;
      }
    }
    if (!pass) continue;
    if (kept != row) CopySlots(*batch, row, batch, kept, begin, end);
    kept++;
  }
  batch->set_rows(kept);
}

namespace {

class TableScanCursor final : public Cursor {
 public:
  TableScanCursor(const TableScan& scan, Execution& execution)
      : scan_(scan),
        access_(scan.access()),
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
      if (scan_.filters().empty()) return &batch_;
      scratch_.Reset();
      EvalContext context = execution_.Context(&scratch_, outer_);
      const uint32_t before = batch_.rows();
      FilterBatch(scan_.filters(), context, &batch_, access_.slot_begin,
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

  const TableScan& scan_;
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

std::unique_ptr<Cursor> TableScan::NewCursor(Execution& execution) const {
  return std::make_unique<TableScanCursor>(*this, execution);
}

std::string TableScan::Describe() const { return access_.Describe(); }

}  // namespace sixfold::exec
