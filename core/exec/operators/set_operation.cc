#include <numeric>

#include "core/exec/operators/hash_index.h"
#include "core/exec/operators/node_cursors.h"
#include "core/plan/session_context.h"
#include "core/types/result_type.h"

namespace sixfold::exec {

// DISTINCT forms keep what was met in a hash table. INTERSECT and EXCEPT first count the right
// rows; a left row then takes one of its equals (ALL), or needs any (DISTINCT).
class SetOperationCursor final : public Cursor {
 public:
  SetOperationCursor(const plan::SetOperation& op, Execution& execution)
      : op_(op),
        execution_(execution),
        left_(NewCursor(*op.left, execution)),
        right_(NewCursor(*op.right, execution)),
        rows_(Width(), &execution.memory()),
        index_(&rows_, Ordinals(), op.types),
        batch_(Width()) {}

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    rows_.Clear();
    index_.Clear();
    counts_.clear();
    emitted_.clear();
    on_right_ = false;
    left_->Open(outer);
    if (op_.operation != plan::SetOperationKind::kUnion) CountRight();
  }

  RowBatch* Next() override {
    while (true) {
      execution_.session().CheckInterrupted();
      RowBatch* from = on_right_ ? right_->Next() : left_->Next();
      if (from == nullptr) {
        if (on_right_ || op_.operation != plan::SetOperationKind::kUnion) return nullptr;
        on_right_ = true;
        right_->Open(outer_);
        continue;
      }
      Convert(*from, on_right_ ? op_.right_types : op_.left_types);
      if (op_.operation != plan::SetOperationKind::kUnion || !op_.all) Select();
      if (batch_.rows() > 0) return &batch_;
    }
  }

 private:
  uint32_t Width() const { return static_cast<uint32_t>(op_.types.size()); }
  std::vector<uint32_t> Ordinals() const {
    std::vector<uint32_t> ordinals(op_.types.size());
    std::iota(ordinals.begin(), ordinals.end(), 0);
    return ordinals;
  }

  void Convert(const RowBatch& from, const std::vector<types::DataType>& types) {
    batch_.Reset();
    if (batch_.capacity() < from.rows())
      batch_.Reserve(std::max(from.rows(), NextBatchCapacity(batch_.capacity())));
    for (uint32_t c = 0; c < Width(); c++) {
      const bool convert = NeedsConversion(types[c], op_.types[c]);
      for (uint32_t row = 0; row < from.rows(); row++) {
        batch_.at(c, row) = convert ? ConvertToType(from.at(c, row), types[c], op_.types[c],
                                                    execution_.Conversion(batch_.arena()))
                                    : from.at(c, row);
      }
    }
    batch_.set_rows(from.rows());
  }

  void CountRight() {
    right_->Open(outer_);
    while (RowBatch* from = right_->Next()) {
      Convert(*from, op_.right_types);
      std::vector<Value> key(Width());
      for (uint32_t row = 0; row < batch_.rows(); row++) {
        for (uint32_t c = 0; c < Width(); c++)
          key[c] = AsKey(batch_.at(c, row), op_.types[c], batch_.arena());
        const uint64_t hash = index_.Hash(key.data());
        const uint32_t at = index_.Find(key.data(), hash);
        if (at != HashIndex::kNone) {
          counts_[at]++;
          continue;
        }
        rows_.Append(key.data());
        index_.Add(key.data(), hash);
        counts_.push_back(1);
        emitted_.push_back(false);
      }
    }
  }

  void Select() {
    uint32_t kept = 0;
    std::vector<Value> key(Width());
    for (uint32_t row = 0; row < batch_.rows(); row++) {
      for (uint32_t c = 0; c < Width(); c++)
        key[c] = AsKey(batch_.at(c, row), op_.types[c], batch_.arena());
      if (!Wanted(key.data())) continue;
      if (kept != row) CopySlots(batch_, row, &batch_, kept, 0, Width());
      kept++;
    }
    batch_.set_rows(kept);
  }

  bool Wanted(const Value* key) {
    const uint64_t hash = index_.Hash(key);
    uint32_t at = index_.Find(key, hash);
    const bool known = at != HashIndex::kNone;
    if (!known && op_.operation == plan::SetOperationKind::kIntersect) return false;
    if (!known) {
      if (op_.all) return true;
      rows_.Append(key);
      index_.Add(key, hash);
      counts_.push_back(0);
      emitted_.push_back(true);
      return true;
    }
    if (op_.operation == plan::SetOperationKind::kUnion) return false;
    const bool in_right = counts_[at] > 0;
    if (op_.all) {
      if (in_right) counts_[at]--;
      return op_.operation == plan::SetOperationKind::kIntersect ? in_right : !in_right;
    }
    if (op_.operation == plan::SetOperationKind::kExcept || emitted_[at]) return false;
    emitted_[at] = true;
    return true;
  }

  const plan::SetOperation& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> left_, right_;
  RowStore rows_;
  HashIndex index_;
  std::vector<int64_t> counts_;
  std::vector<bool> emitted_;
  RowBatch batch_;
  const EvalContext* outer_ = nullptr;
  bool on_right_ = false;
};

std::unique_ptr<Cursor> MakeCursor(const plan::SetOperation& node, Execution& execution) {
  return std::make_unique<SetOperationCursor>(node, execution);
}

}  // namespace sixfold::exec
