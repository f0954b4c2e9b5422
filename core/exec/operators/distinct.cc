#include <numeric>

#include "core/exec/operators/hash_index.h"
#include "core/exec/operators/node_cursors.h"
#include "core/plan/session_context.h"

namespace sixfold::exec {

class DistinctCursor final : public Cursor {
 public:
  DistinctCursor(const plan::Distinct& op, Execution& execution)
      : op_(op),
        execution_(execution),
        child_(NewCursor(*op.child, execution)),
        seen_(static_cast<uint32_t>(op.types.size()), &execution.memory()),
        index_(&seen_, Ordinals(), op.types),
        key_(op.types.size()) {}

  void Open(const EvalContext* outer) override {
    seen_.Clear();
    index_.Clear();
    child_->Open(outer);
  }

  RowBatch* Next() override {
    while (RowBatch* batch = child_->Next()) {
      execution_.session().CheckInterrupted();
      uint32_t kept = 0;
      for (uint32_t row = 0; row < batch->rows(); row++) {
        for (uint32_t c = 0; c < key_.size(); c++)
          key_[c] = AsKey(batch->at(c, row), op_.types[c], batch->arena());
        const uint64_t hash = index_.Hash(key_.data());
        if (index_.Find(key_.data(), hash) != HashIndex::kNone) continue;
        seen_.Append(key_.data());
        index_.Add(key_.data(), hash);
        if (kept != row) CopySlots(*batch, row, batch, kept, 0, op_.width);
        kept++;
      }
      batch->set_rows(kept);
      if (kept > 0) return batch;
    }
    return nullptr;
  }

 private:
  std::vector<uint32_t> Ordinals() const {
    std::vector<uint32_t> ordinals(op_.types.size());
    std::iota(ordinals.begin(), ordinals.end(), 0);
    return ordinals;
  }

  const plan::Distinct& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> child_;
  RowStore seen_;
  HashIndex index_;
  std::vector<Value> key_;
};

std::unique_ptr<Cursor> MakeCursor(const plan::Distinct& node, Execution& execution) {
  return std::make_unique<DistinctCursor>(node, execution);
}

}  // namespace sixfold::exec
