#include "core/exec/operators/access_reader.h"

#include "core/plan/session_context.h"
#include "core/txn/table_reader.h"

namespace sixfold::exec {

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

}  // namespace sixfold::exec
