#include <numeric>

#include "core/exec/operators/accumulator.h"
#include "core/exec/operators/node_cursors.h"
#include "core/exec/operators/row_store.h"
#include "core/plan/session_context.h"
#include "core/types/result_type.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {

namespace {

/// Where a call's inputs stand in the stored rows.
struct WindowInputs {
  uint32_t partition = 0, order = 0, args = 0;
};

}  // namespace

// A stored row: the input row, then for each call its partition keys, order keys and arguments.
class WindowCursor final : public Cursor {
 public:
  WindowCursor(const plan::Window& op, Execution& execution)
      : op_(op),
        execution_(execution),
        child_(NewCursor(*op.child, execution)),
        batch_(op.width + static_cast<uint32_t>(op.block->windows.size())) {
    uint32_t width = op.width;
    for (const WindowCall& call : op.block->windows) {
      WindowInputs in;
      in.partition = width;
      in.order = in.partition + static_cast<uint32_t>(call.partition_by.size());
      in.args = in.order + static_cast<uint32_t>(call.order_by.size());
      width = in.args + static_cast<uint32_t>(call.args.size());
      inputs_.push_back(in);
    }
    rows_ = std::make_unique<RowStore>(width, &execution.memory());
  }

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    rows_->Clear();
    results_.clear();
    next_ = 0;
    loaded_ = false;
    child_->Open(outer);
  }

  RowBatch* Next() override {
    if (!loaded_) Load();
    if (next_ >= output_.size()) return nullptr;
    batch_.Reset();
    if (next_ > 0) GrowBatch(&batch_);
    uint32_t at = 0;
    for (; at < batch_.capacity() && next_ < output_.size(); at++, next_++) {
      const uint32_t row = output_[next_];
      for (uint32_t s = 0; s < op_.width; s++) batch_.at(s, at) = rows_->row(row)[s];
      for (uint32_t w = 0; w < results_.size(); w++)
        batch_.at(op_.width + w, at) = results_[w][row];
    }
    batch_.set_rows(at);
    return &batch_;
  }

 private:
  using Order = std::vector<uint32_t>;

  void Load() {
    loaded_ = true;
    std::vector<Value> row(rows_->width() + 1);
    while (RowBatch* batch = child_->Next()) {
      execution_.session().CheckInterrupted();
      scratch_.Reset();
      EvalContext context = execution_.Context(&scratch_, outer_);
      context.batch = batch;
      for (uint32_t r = 0; r < batch->rows(); r++) {
        context.row = r;
        uint32_t at = 0;
        for (; at < op_.width; at++) row[at] = batch->at(at, r);
        for (const WindowCall& call : op_.block->windows) {
          for (Expression* e : call.partition_by) row[at++] = e->Eval(context);
          for (const SortKey& key : call.order_by) row[at++] = key.expression->Eval(context);
          for (Expression* e : call.args) row[at++] = e->Eval(context);
        }
        rows_->Append(row.data());
      }
    }
    output_.resize(rows_->size());
    std::iota(output_.begin(), output_.end(), 0);
    for (size_t w = 0; w < inputs_.size(); w++) Compute(w);
  }

  int ComparePartition(const WindowCall& call, const WindowInputs& in, uint32_t a,
                       uint32_t b) const {
    for (uint32_t i = 0; i < call.partition_by.size(); i++) {
      const int c = CompareValues(rows_->row(a)[in.partition + i], rows_->row(b)[in.partition + i],
                                  call.partition_by[i]->type());
      if (c != 0) return c;
    }
    return 0;
  }
  int CompareOrder(const WindowCall& call, const WindowInputs& in, uint32_t a, uint32_t b) const {
    for (uint32_t i = 0; i < call.order_by.size(); i++) {
      const int c = CompareValues(rows_->row(a)[in.order + i], rows_->row(b)[in.order + i],
                                  call.order_by[i].expression->type());
      if (c != 0) return call.order_by[i].descending ? -c : c;
    }
    return 0;
  }

  void Compute(size_t w) {
    const WindowCall& call = op_.block->windows[w];
    const WindowInputs& in = inputs_[w];
    results_.emplace_back(rows_->size());
    std::stable_sort(output_.begin(), output_.end(), [&](uint32_t a, uint32_t b) {
      const int c = ComparePartition(call, in, a, b);
      return c != 0 ? c < 0 : CompareOrder(call, in, a, b) < 0;
    });
    const Order order = output_;
    for (size_t begin = 0; begin < order.size();) {
      size_t end = begin + 1;
      while (end < order.size() && ComparePartition(call, in, order[begin], order[end]) == 0) end++;
      execution_.session().CheckInterrupted();
      Partition(call, in, std::span(order).subspan(begin, end - begin), &results_.back());
      begin = end;
    }
  }

  /// First and one past the last peer of each row.
  void FindPeers(const WindowCall& call, const WindowInputs& in, std::span<const uint32_t> rows) {
    peer_begin_.resize(rows.size());
    peer_end_.resize(rows.size());
    for (size_t begin = 0; begin < rows.size();) {
      size_t end = begin + 1;
      while (end < rows.size() && CompareOrder(call, in, rows[begin], rows[end]) == 0) end++;
      for (size_t i = begin; i < end; i++) {
        peer_begin_[i] = begin;
        peer_end_[i] = end;
      }
      begin = end;
    }
  }

  void Partition(const WindowCall& call, const WindowInputs& in, std::span<const uint32_t> rows,
                 std::vector<Value>* results) {
    FindPeers(call, in, rows);
    if (call.is_aggregate) return Aggregates(call, in, rows, results);
    using F = sql::AggregateFunction;
    const auto count = static_cast<int64_t>(rows.size());
    int64_t dense = 0;
    for (size_t i = 0; i < rows.size(); i++) {
      if (peer_begin_[i] == i) dense++;
      Value& result = (*results)[rows[i]];
      const auto rank = static_cast<int64_t>(peer_begin_[i]) + 1;
      switch (call.function) {
        case F::kRowNumber:
          result = Value::Int(static_cast<int64_t>(i) + 1);
          break;
        case F::kRank:
          result = Value::Int(rank);
          break;
        case F::kDenseRank:
          result = Value::Int(dense);
          break;
        case F::kCumeDist:
          result = Value::Double(static_cast<double>(peer_end_[i]) / static_cast<double>(count));
          break;
        case F::kPercentRank:
          result = Value::Double(
              count > 1 ? static_cast<double>(rank - 1) / static_cast<double>(count - 1) : 0);
          break;
        case F::kNtile:
          result = Ntile(Argument(in, rows[i], 0), static_cast<int64_t>(i), count);
          break;
        case F::kLead:
        case F::kLag:
          result = Shifted(call, in, rows, i);
          break;
        default:
          result = FromFrame(call, in, rows, i);
          break;
      }
    }
  }

  const Value& Argument(const WindowInputs& in, uint32_t row, uint32_t i) const {
    return rows_->row(row)[in.args + i];
  }

  static Value Ntile(const Value& argument, int64_t i, int64_t count) {
    const auto buckets = static_cast<int64_t>(ToCount(argument));
    if (buckets <= 0) return Value::Null();
    const int64_t size = count / buckets, larger = count % buckets;
    const int64_t edge = larger * (size + 1);
    return Value::Int(i < edge ? i / (size + 1) + 1
                               : larger + (size == 0 ? 0 : (i - edge) / size) + 1);
  }

  Value Shifted(const WindowCall& call, const WindowInputs& in, std::span<const uint32_t> rows,
                size_t i) {
    const int64_t distance =
        call.args.size() > 1 ? static_cast<int64_t>(ToCount(Argument(in, rows[i], 1))) : 1;
    const int64_t at = static_cast<int64_t>(i) +
                       (call.function == sql::AggregateFunction::kLead ? distance : -distance);
    if (at >= 0 && at < static_cast<int64_t>(rows.size())) {
      return ConvertToType(Argument(in, rows[static_cast<size_t>(at)], 0), call.args[0]->type(),
                           call.type, execution_.Conversion(rows_->arena()));
    }
    if (call.args.size() < 3) return Value::Null();
    return ConvertToType(Argument(in, rows[i], 2), call.args[2]->type(), call.type,
                         execution_.Conversion(rows_->arena()));
  }

  Value FromFrame(const WindowCall& call, const WindowInputs& in, std::span<const uint32_t> rows,
                  size_t i) {
    size_t begin = 0, end = 0;
    Frame(call, in, rows, i, &begin, &end);
    if (begin >= end) return Value::Null();
    using F = sql::AggregateFunction;
    if (call.function == F::kFirstValue) return Argument(in, rows[begin], 0);
    if (call.function == F::kLastValue) return Argument(in, rows[end - 1], 0);
    const uint64_t n = ToCount(Argument(in, rows[i], 1));
    if (n == 0 || begin + n > end) return Value::Null();
    return Argument(in, rows[begin + n - 1], 0);
  }

  void Aggregates(const WindowCall& call, const WindowInputs& in, std::span<const uint32_t> rows,
                  std::vector<Value>* results) {
    Aggregate aggregate;
    aggregate.kind = call.aggregate;
    aggregate.distinct = call.distinct;
    aggregate.args = call.args;
    aggregate.separator = ",";
    aggregate.type = call.type;
    Arena arena;
    Accumulator* state = NewAccumulator(aggregate, execution_, &arena);
    size_t have_begin = 0, have_end = 0;
    Value last;
    bool fresh = false;
    state->Reset();
    for (size_t i = 0; i < rows.size(); i++) {
      size_t begin = 0, end = 0;
      Frame(call, in, rows, i, &begin, &end);
      if (begin >= end) {
        state->Reset();
        have_begin = have_end = 0;
        (*results)[rows[i]] = state->Result(rows_->arena());
        fresh = false;
        continue;
      }
      if (begin != have_begin || end < have_end) {
        state->Reset();
        have_begin = have_end = begin;
        fresh = false;
      }
      for (; have_end < end; have_end++) {
        state->Add(call.args.empty() ? nullptr : &Argument(in, rows[have_end], 0));
        fresh = false;
      }
      if (!fresh) last = state->Result(rows_->arena());
      fresh = true;
      (*results)[rows[i]] = last;
    }
  }

  /// The frame of row i: rows [begin, end) of the partition.
  void Frame(const WindowCall& call, const WindowInputs& in, std::span<const uint32_t> rows,
             size_t i, size_t* begin, size_t* end) {
    if (call.frame_source == nullptr) {
      *begin = 0;
      *end = call.order_by.empty() ? rows.size() : peer_end_[i];
      return;
    }
    const sql::WindowSpecification& frame = *call.frame_source;
    const bool by_rows = frame.frame_unit == sql::FrameUnit::kRows;
    *begin = Bound(call, in, rows, i, frame.frame_start, call.frame_start_offset, by_rows, true);
    *end = Bound(call, in, rows, i, frame.frame_end, call.frame_end_offset, by_rows, false);
  }

  size_t Bound(const WindowCall& call, const WindowInputs& in, std::span<const uint32_t> rows,
               size_t i, const sql::FrameBound& bound, Expression* offset, bool by_rows,
               bool start) {
    using Kind = sql::FrameBoundKind;
    switch (bound.kind) {
      case Kind::kUnboundedPreceding:
        return 0;
      case Kind::kUnboundedFollowing:
        return rows.size();
      case Kind::kCurrentRow:
        if (by_rows) return start ? i : i + 1;
        return start ? peer_begin_[i] : peer_end_[i];
      default:
        break;
    }
    const bool preceding = bound.kind == Kind::kPreceding;
    if (by_rows) {
      EvalContext context = execution_.Context(&scratch_, outer_);
      const auto distance =
          static_cast<int64_t>(std::min<uint64_t>(ToCount(offset->Eval(context)), 1ull << 40));
      const int64_t at =
          static_cast<int64_t>(i) + (preceding ? -distance : distance) + (start ? 0 : 1);
      return static_cast<size_t>(std::clamp<int64_t>(at, 0, static_cast<int64_t>(rows.size())));
    }
    return RangeBound(call, in, rows, i, start);
  }

  size_t RangeBound(const WindowCall& call, const WindowInputs& in, std::span<const uint32_t> rows,
                    size_t i, bool start) {
    const Value& key = rows_->row(rows[i])[in.order];
    if (key.is_null()) return start ? peer_begin_[i] : peer_end_[i];
    RowBatch pair(2, 1);
    pair.set_rows(1);
    pair.at(0, 0) = key;
    EvalContext context = execution_.Context(&scratch_, outer_);
    context.batch = &pair;
    const Value edge = (start ? call.range_start : call.range_end)->Eval(context);
    pair.at(1, 0) = edge;
    const bool descending = call.order_by[0].descending;
    Expression* less = start ? call.range_start_less : call.range_end_less;
    Expression* greater = start ? call.range_start_greater : call.range_end_greater;
    size_t at = 0;
    for (; at < rows.size(); at++) {
      const Value& other = rows_->row(rows[at])[in.order];
      if (other.is_null()) {
        if (!descending) continue;  // NULLs come first
        break;
      }
      pair.at(0, 0) = other;
      const bool before = IsTrue((descending ? greater : less)->Eval(context));
      const bool after = IsTrue((descending ? less : greater)->Eval(context));
      if (start ? !before : after) break;
    }
    return at;
  }

  const plan::Window& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> child_;
  std::unique_ptr<RowStore> rows_;
  std::vector<WindowInputs> inputs_;
  std::vector<std::vector<Value>> results_;
  Order output_;
  std::vector<size_t> peer_begin_, peer_end_;
  RowBatch batch_;
  Arena scratch_;
  const EvalContext* outer_ = nullptr;
  bool loaded_ = false;
  size_t next_ = 0;
};

std::unique_ptr<Cursor> MakeCursor(const plan::Window& node, Execution& execution) {
  return std::make_unique<WindowCursor>(node, execution);
}

}  // namespace sixfold::exec
