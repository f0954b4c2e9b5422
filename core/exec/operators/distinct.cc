#include "core/exec/operators/distinct.h"

#include <numeric>

#include "core/exec/operators/hash_index.h"
#include "core/exec/session_context.h"

namespace sixfold::exec {

class DistinctCursor final : public Cursor {
 public:
  DistinctCursor(const Distinct& op, Execution& execution)
      : op_(op),
        execution_(execution),
        child_(op.child_->NewCursor(execution)),
        seen_(static_cast<uint32_t>(op.types_.size()), &execution.memory()),
        index_(&seen_, Ordinals(), op.types_),
        key_(op.types_.size()) {}

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
          key_[c] = AsKey(batch->at(c, row), op_.types_[c], batch->arena());
        const uint64_t hash = index_.Hash(key_.data());
        if (index_.Find(key_.data(), hash) != HashIndex::kNone) continue;
        seen_.Append(key_.data());
        index_.Add(key_.data(), hash);
        if (kept != row) CopySlots(*batch, row, batch, kept, 0, op_.width_);
        kept++;
      }
      batch->set_rows(kept);
      if (kept > 0) return batch;
    }
    return nullptr;
  }

 private:
  std::vector<uint32_t> Ordinals() const {
    std::vector<uint32_t> ordinals(op_.types_.size());
    std::iota(ordinals.begin(), ordinals.end(), 0);
    return ordinals;
  }

  const Distinct& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> child_;
  RowStore seen_;
  HashIndex index_;
  std::vector<Value> key_;
};

std::unique_ptr<Cursor> Distinct::NewCursor(Execution& execution) const {
  return std::make_unique<DistinctCursor>(*this, execution);
}

}  // namespace sixfold::exec
