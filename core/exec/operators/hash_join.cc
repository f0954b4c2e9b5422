#include <numeric>

#include "core/exec/operators/hash_index.h"
#include "core/exec/operators/join_cursor.h"
#include "core/exec/operators/node_cursors.h"
#include "core/plan/expression/nodes.h"
#include "core/types/result_type.h"

namespace sixfold::exec {

// The store keeps [keys…, right slots…] per right row.
class HashJoinCursor final : public JoinCursor {
 public:
  HashJoinCursor(const plan::HashJoin& op, Execution& execution)
      : JoinCursor(*op.left, op.layout, op.join, op.conditions, execution),
        op_(op),
        right_(NewCursor(*op.right, execution)),
        store_(KeyCount() + op.layout.right_end - op.layout.right_begin, &execution.memory()),
        index_(&store_, Ordinals(), KeyTypes()),
        row_(store_.width() + 1) {}

  void Open(const EvalContext* outer) override {
    JoinCursor::Open(outer);
    built_ = false;
  }

 private:
  uint32_t KeyCount() const { return static_cast<uint32_t>(op_.keys.size()); }
  std::vector<uint32_t> Ordinals() const {
    std::vector<uint32_t> ordinals(op_.keys.size());
    std::iota(ordinals.begin(), ordinals.end(), 0);
    return ordinals;
  }
  std::vector<types::DataType> KeyTypes() const {
    std::vector<types::DataType> list;
    for (const plan::HashJoin::Key& key : op_.keys) list.push_back(key.type);
    return list;
  }

  /// The keys of a row; false when one is NULL and so matches nothing.
  bool EvaluateKeys(EvalContext& context, bool left) {
    for (uint32_t k = 0; k < KeyCount(); k++) {
      const plan::HashJoin::Key& key = op_.keys[k];
      Expression* side = left ? key.left : key.right;
      const Value value = side->Eval(context);
      if (value.is_null() && !key.null_safe) return false;
      row_[k] = ConvertToType(value, side->type(), key.type, execution_.Conversion(context.arena));
    }
    return true;
  }

  void Build() {
    built_ = true;
    store_.Clear();
    index_.Clear();
    right_->Open(outer_);
    const uint32_t begin = layout_.right_begin;
    while (RowBatch* batch = right_->Next()) {
      execution_.session().CheckInterrupted();
      scratch_.Reset();
      EvalContext context = execution_.Context(&scratch_, outer_);
      context.batch = batch;
      for (uint32_t row = 0; row < batch->rows(); row++) {
        context.row = row;
        if (!EvaluateKeys(context, false)) continue;
        for (uint32_t s = begin; s < layout_.right_end; s++)
          row_[KeyCount() + s - begin] = batch->at(s, row);
        store_.Append(row_.data());
        if (KeyCount() > 0) index_.Add(row_.data(), index_.Hash(row_.data()));
      }
    }
  }

  uint32_t FirstMatch() {
    if (KeyCount() == 0) return store_.empty() ? HashIndex::kNone : 0;
    EvalContext context = output_.ContextOf(left_batch(), left_row());
    if (!EvaluateKeys(context, true)) return HashIndex::kNone;
    return index_.Find(row_.data(), index_.Hash(row_.data()));
  }
  uint32_t MatchAfter(uint32_t row) const {
    if (KeyCount() > 0) return index_.NextEqual(row);
    return row + 1 < store_.size() ? row + 1 : HashIndex::kNone;
  }

  void StartRow() override {
    if (!built_) Build();
    match_ = FirstMatch();
  }

  void JoinRow() override {
    while (match_ != HashIndex::kNone) {
      if (output_.full()) return;
      const uint32_t at = output_.Begin(left_batch(), left_row());
      const Value* values = store_.row(match_) + KeyCount();
      for (uint32_t s = layout_.right_begin; s < layout_.right_end; s++) {
        output_.batch().at(s, at) = values[s - layout_.right_begin];
      }
      match_ = MatchAfter(match_);
      if (AcceptPair()) return NextLeft();
    }
    if (matched() || !complements_nulls() || !output_.full()) FinishRow();
  }

  const plan::HashJoin& op_;
  std::unique_ptr<Cursor> right_;
  RowStore store_;
  HashIndex index_;
  std::vector<Value> row_;
  Arena scratch_;
  uint32_t match_ = HashIndex::kNone;
  bool built_ = false;
};

std::unique_ptr<Cursor> MakeCursor(const plan::HashJoin& node, Execution& execution) {
  return std::make_unique<HashJoinCursor>(node, execution);
}

}  // namespace sixfold::exec
