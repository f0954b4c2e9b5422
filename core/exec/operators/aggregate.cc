#include <numeric>

#include "core/exec/operators/accumulator.h"
#include "core/exec/operators/hash_index.h"
#include "core/exec/operators/node_cursors.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"

namespace sixfold::exec {

class HashAggregateCursor final : public Cursor {
 public:
  HashAggregateCursor(const plan::Aggregation& op, Execution& execution)
      : op_(op),
        block_(*op.block),
        execution_(execution),
        child_(NewCursor(*op.child, execution)),
        keys_(static_cast<uint32_t>(block_.group_by.size()) + 1, &execution.memory()),
        index_(&keys_, Ordinals(), KeyTypes()),
        key_(keys_.width()),
        batch_(OutputWidth()) {
    size_t inputs = 0;
    for (const Aggregate& aggregate : block_.aggregates) inputs += AccumulatorInputs(aggregate);
    inputs_.resize(inputs + 1);
  }

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    loaded_ = false;
    next_ = 0;
    keys_.Clear();
    index_.Clear();
    groups_.clear();
    arena_ = std::make_unique<Arena>();
    child_->Open(outer);
  }

  RowBatch* Next() override {
    if (!loaded_) Load();
    if (next_ >= groups_.size()) return nullptr;
    batch_.Reset();
    if (next_ > 0) GrowBatch(&batch_);
    uint32_t rows = 0;
    while (rows < batch_.capacity() && next_ < groups_.size())
      Emit(order_.empty() ? next_ : order_[next_], rows++), next_++;
    batch_.set_rows(rows);
    return &batch_;
  }

 private:
  struct Group {
    Accumulator** accumulators;
    Value* first_values;
  };

  uint32_t KeyCount() const { return static_cast<uint32_t>(block_.group_by.size()); }
  uint32_t OutputWidth() const {
    return KeyCount() +
           static_cast<uint32_t>(block_.aggregates.size() + block_.first_values.size());
  }
  std::vector<uint32_t> Ordinals() const {
    std::vector<uint32_t> ordinals(block_.group_by.size() + 1);
    std::iota(ordinals.begin(), ordinals.end(), 0);
    return ordinals;
  }
  std::vector<types::DataType> KeyTypes() const {
    std::vector<types::DataType> list;
    for (const Expression* key : block_.group_by) list.push_back(key->type());
    types::DataType level;
    level.id = types::TypeId::kBigInt;
    list.push_back(level);
    return list;
  }

  void Load() {
    loaded_ = true;
    while (RowBatch* batch = child_->Next()) {
      execution_.session().CheckInterrupted();
      scratch_.Reset();
      EvalContext context = execution_.Context(&scratch_, outer_);
      context.batch = batch;
      for (uint32_t row = 0; row < batch->rows(); row++) {
        context.row = row;
        AddRow(context);
      }
    }
    if (op_.single && groups_.empty()) {
      for (Value& v : key_) v = Value::Null();
      key_.back() = Value::Int(KeyCount());
      NewGroup(nullptr);
    }
    if (block_.rollup) {
      if (groups_.empty()) return;
      SortRollup();
    }
  }

  void AddRow(EvalContext& context) {
    const uint32_t keys = KeyCount();
    for (uint32_t k = 0; k < keys; k++)
      key_[k] = AsKey(block_.group_by[k]->Eval(context), block_.group_by[k]->type(), context.arena);
    EvaluateInputs(context);
    key_[keys] = Value::Int(keys);
    AddTo(context);
    if (!block_.rollup) return;
    for (uint32_t level = keys; level-- > 0;) {
      key_[level] = Value::Null();
      key_[keys] = Value::Int(level);
      AddTo(context);
    }
  }

  void EvaluateInputs(EvalContext& context) {
    size_t at = 0;
    for (const Aggregate& aggregate : block_.aggregates) {
      if (aggregate.kind == plan::AggregateKind::kGrouping) {
        at += AccumulatorInputs(aggregate);
        continue;
      }
      for (Expression* arg : aggregate.args) inputs_[at++] = arg->Eval(context);
      for (const SortKey& key : aggregate.order_by) inputs_[at++] = key.expression->Eval(context);
    }
  }

  void AddTo(EvalContext& context) {
    uint32_t group = 0;
    if (KeyCount() > 0 || groups_.empty()) {
      const uint64_t hash = index_.Hash(key_.data());
      group = index_.Find(key_.data(), hash);
      if (group == HashIndex::kNone) {
        group = NewGroup(&context);
        index_.Add(key_.data(), hash);
      }
    }
    size_t at = 0;
    for (size_t a = 0; a < block_.aggregates.size(); a++) {
      groups_[group].accumulators[a]->Add(&inputs_[at]);
      at += AccumulatorInputs(block_.aggregates[a]);
    }
  }

  uint32_t NewGroup(EvalContext* context) {
    keys_.Append(key_.data());
    execution_.memory().Charge(128 * (1 + block_.aggregates.size()));
    Group group;
    group.accumulators = static_cast<Accumulator**>(arena_->Allocate(
        sizeof(Accumulator*) * (block_.aggregates.size() + 1), alignof(Accumulator*)));
    for (size_t a = 0; a < block_.aggregates.size(); a++) {
      group.accumulators[a] = NewAccumulator(block_.aggregates[a], execution_, arena_.get());
    }
    group.first_values = static_cast<Value*>(
        arena_->Allocate(sizeof(Value) * (block_.first_values.size() + 1), alignof(Value)));
    for (size_t i = 0; i < block_.first_values.size(); i++) {
      group.first_values[i] = context == nullptr
                                  ? Value::Null()
                                  : Keep(block_.first_values[i]->Eval(*context), arena_.get());
    }
    groups_.push_back(group);
    return static_cast<uint32_t>(groups_.size() - 1);
  }

  void Emit(size_t g, uint32_t row) {
    const uint32_t keys = KeyCount();
    const Value* key = keys_.row(g);
    uint32_t slot = 0;
    for (; slot < keys; slot++) batch_.at(slot, row) = key[slot];
    for (size_t a = 0; a < block_.aggregates.size(); a++) {
      batch_.at(slot++, row) = block_.aggregates[a].kind == plan::AggregateKind::kGrouping
                                   ? Grouping(block_.aggregates[a], key[keys].int_value())
                                   : groups_[g].accumulators[a]->Result(batch_.arena());
    }
    for (size_t i = 0; i < block_.first_values.size(); i++)
      batch_.at(slot++, row) = groups_[g].first_values[i];
  }

  Value Grouping(const Aggregate& aggregate, int64_t level) const {
    int64_t bits = 0;
    for (const Expression* arg : aggregate.args) {
      bits <<= 1;
      for (uint32_t k = 0; k < KeyCount(); k++) {
        if (plan::SameExpression(arg, block_.group_by[k]) && k >= level) bits |= 1;
      }
    }
    return Value::Int(bits);
  }

  /// Totals stand after the groups they sum up.
  void SortRollup() {
    const uint32_t keys = KeyCount();
    order_.resize(groups_.size());
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(), [&](size_t x, size_t y) {
      const Value* a = keys_.row(x);
      const Value* b = keys_.row(y);
      for (uint32_t k = 0; k < keys; k++) {
        const bool a_total = k >= a[keys].int_value(), b_total = k >= b[keys].int_value();
        if (a_total || b_total) return !a_total && b_total;
        const int c = CompareValues(a[k], b[k], block_.group_by[k]->type());
        if (c != 0) return block_.group_descending[k] ? c > 0 : c < 0;
      }
      return false;
    });
  }

  const plan::Aggregation& op_;
  const QueryBlock& block_;
  Execution& execution_;
  std::unique_ptr<Cursor> child_;
  std::unique_ptr<Arena> arena_ = std::make_unique<Arena>();
  RowStore keys_;
  HashIndex index_;
  std::vector<Value> key_;
  std::vector<Value> inputs_;
  std::vector<Group> groups_;
  std::vector<size_t> order_;
  RowBatch batch_;
  const EvalContext* outer_ = nullptr;
  Arena scratch_;
  bool loaded_ = false;
  size_t next_ = 0;
};

std::unique_ptr<Cursor> MakeCursor(const plan::Aggregation& node, Execution& execution) {
  return std::make_unique<HashAggregateCursor>(node, execution);
}

}  // namespace sixfold::exec
