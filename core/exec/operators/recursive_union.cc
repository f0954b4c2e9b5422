#include <numeric>

#include "core/exec/operators/derived_rows.h"
#include "core/exec/operators/hash_index.h"
#include "core/exec/operators/node_cursors.h"
#include "core/plan/session_context.h"
#include "core/types/result_type.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {

class RecursiveUnionCursor final : public Cursor {
 public:
  RecursiveUnionCursor(const plan::RecursiveUnion& op, Execution& execution)
      : op_(op), execution_(execution), seed_(NewCursor(*op.seed, execution)), batch_(Width()) {
    for (const PlanNode* part : op.parts) parts_.push_back(NewCursor(*part, execution));
  }

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    auto state = std::make_unique<WorkingRows>(Width(), &execution_.memory());
    working_ = state.get();
    execution_.set_state(op_.state_id, std::move(state));
    std::vector<uint32_t> ordinals(Width());
    std::iota(ordinals.begin(), ordinals.end(), 0);
    index_ = std::make_unique<HashIndex>(&working_->rows, ordinals, op_.types);
    next_ = 0;
    Compute();
  }

  RowBatch* Next() override {
    if (next_ >= working_->rows.size()) return nullptr;
    batch_.Reset();
    if (next_ > 0) GrowBatch(&batch_);
    uint32_t rows = 0;
    while (rows < batch_.capacity() && next_ < working_->rows.size())
      working_->rows.CopyTo(next_++, &batch_, rows++);
    batch_.set_rows(rows);
    return &batch_;
  }

 private:
  uint32_t Width() const { return static_cast<uint32_t>(op_.types.size()); }

  void Compute() {
    seed_->Open(outer_);
    Take(*seed_, op_.types);
    const uint64_t depth_max = execution_.session().UnsignedVariable("cte_max_recursion_depth");
    uint64_t rounds = 0;
    working_->round_begin = 0;
    working_->round_end = working_->rows.size();
    while (working_->round_begin < working_->round_end) {
      if (++rounds > depth_max) throw MakeError(static_cast<ErrorCode>(3636), rounds);
      for (size_t p = 0; p < parts_.size(); p++) {
        parts_[p]->Open(outer_);
        Take(*parts_[p], op_.part_types[p]);
      }
      working_->round_begin = working_->round_end;
      working_->round_end = working_->rows.size();
    }
  }

  void Take(Cursor& cursor, const std::vector<types::DataType>& types) {
    std::vector<Value> row(Width());
    while (RowBatch* batch = cursor.Next()) {
      execution_.session().CheckInterrupted();
      Arena scratch;
      for (uint32_t r = 0; r < batch->rows(); r++) {
        for (uint32_t c = 0; c < Width(); c++)
          row[c] = ConvertToType(batch->at(c, r), types[c], op_.types[c],
                                 execution_.Conversion(&scratch));
        if (op_.distinct) {
          const uint64_t hash = index_->Hash(row.data());
          if (index_->Find(row.data(), hash) != HashIndex::kNone) continue;
          working_->rows.Append(row.data());
          index_->Add(row.data(), hash);
        } else {
          working_->rows.Append(row.data());
        }
      }
    }
  }

  const plan::RecursiveUnion& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> seed_;
  std::vector<std::unique_ptr<Cursor>> parts_;
  std::unique_ptr<HashIndex> index_;
  WorkingRows* working_ = nullptr;
  RowBatch batch_;
  const EvalContext* outer_ = nullptr;
  size_t next_ = 0;
};

std::unique_ptr<Cursor> MakeCursor(const plan::RecursiveUnion& node, Execution& execution) {
  return std::make_unique<RecursiveUnionCursor>(node, execution);
}

}  // namespace sixfold::exec
