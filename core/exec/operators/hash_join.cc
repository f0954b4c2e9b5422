#include <numeric>

#include "core/exec/operators/hash_index.h"
#include "core/exec/operators/join_output.h"
#include "core/exec/operators/node_cursors.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/types/result_type.h"

namespace sixfold::exec {

// The store keeps [keys…, right slots…] per right row.
class HashJoinCursor final : public Cursor {
 public:
  HashJoinCursor(const plan::HashJoin& op, Execution& execution)
      : op_(op),
        execution_(execution),
        left_(NewCursor(*op.left, execution)),
        right_(NewCursor(*op.right, execution)),
        output_(op.layout, op.conditions, execution),
        store_(KeyCount() + op.layout.right_end - op.layout.right_begin, &execution.memory()),
        index_(&store_, Ordinals(), KeyTypes()),
        row_(store_.width() + 1) {}

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    output_.Start(outer);
    left_->Open(outer);
    left_batch_ = nullptr;
    in_row_ = false;
    first_ = true;
    built_ = false;
  }

  RowBatch* Next() override {
    output_.Clear(!first_);
    first_ = false;
    while (true) {
      if (left_batch_ == nullptr || left_row_ >= left_batch_->rows()) {
        if (!output_.empty()) return &output_.batch();
        execution_.session().CheckInterrupted();
        left_batch_ = left_->Next();
        left_row_ = 0;
        if (left_batch_ == nullptr) return nullptr;
        if (!built_) Build();
      }
      JoinRow();
      if (output_.full()) return &output_.batch();
    }
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
    const uint32_t begin = op_.layout.right_begin;
    while (RowBatch* batch = right_->Next()) {
      execution_.session().CheckInterrupted();
      scratch_.Reset();
      EvalContext context = execution_.Context(&scratch_, outer_);
      context.batch = batch;
      for (uint32_t row = 0; row < batch->rows(); row++) {
        context.row = row;
        if (!EvaluateKeys(context, false)) continue;
        for (uint32_t s = begin; s < op_.layout.right_end; s++)
          row_[KeyCount() + s - begin] = batch->at(s, row);
        store_.Append(row_.data());
        if (KeyCount() > 0) index_.Add(row_.data(), index_.Hash(row_.data()));
      }
    }
  }

  uint32_t FirstMatch() {
    if (KeyCount() == 0) return store_.empty() ? HashIndex::kNone : 0;
    EvalContext context = output_.ContextOf(*left_batch_, left_row_);
    if (!EvaluateKeys(context, true)) return HashIndex::kNone;
    return index_.Find(row_.data(), index_.Hash(row_.data()));
  }
  uint32_t MatchAfter(uint32_t row) const {
    if (KeyCount() > 0) return index_.NextEqual(row);
    return row + 1 < store_.size() ? row + 1 : HashIndex::kNone;
  }

  void JoinRow() {
    if (!in_row_) {
      match_ = FirstMatch();
      in_row_ = true;
      matched_ = false;
    }
    while (match_ != HashIndex::kNone) {
      if (output_.full()) return;
      const uint32_t at = output_.Begin(*left_batch_, left_row_);
      const Value* values = store_.row(match_) + KeyCount();
      for (uint32_t s = op_.layout.right_begin; s < op_.layout.right_end; s++) {
        output_.batch().at(s, at) = values[s - op_.layout.right_begin];
      }
      match_ = MatchAfter(match_);
      if (!output_.Accept()) continue;
      matched_ = true;
      if (op_.join == plan::JoinKind::kAnti) output_.Drop();
      if (op_.join == plan::JoinKind::kSemi || op_.join == plan::JoinKind::kAnti) break;
    }
    if (!matched_ && (op_.join == plan::JoinKind::kLeft || op_.join == plan::JoinKind::kAnti)) {
      if (output_.full()) {
        match_ = HashIndex::kNone;
        return;
      }
      output_.AddNullComplemented(*left_batch_, left_row_);
    }
    in_row_ = false;
    left_row_++;
  }

  const plan::HashJoin& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> left_, right_;
  JoinOutput output_;
  RowStore store_;
  HashIndex index_;
  std::vector<Value> row_;
  Arena scratch_;
  const EvalContext* outer_ = nullptr;
  RowBatch* left_batch_ = nullptr;
  uint32_t left_row_ = 0, match_ = HashIndex::kNone;
  bool in_row_ = false, matched_ = false, first_ = true, built_ = false;
};

std::unique_ptr<Cursor> MakeCursor(const plan::HashJoin& node, Execution& execution) {
  return std::make_unique<HashJoinCursor>(node, execution);
}

}  // namespace sixfold::exec
