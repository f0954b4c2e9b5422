#include "core/exec/operators/node_cursors.h"
#include "core/plan/expression/nodes.h"

namespace sixfold::exec {

class ProjectCursor final : public Cursor {
 public:
  ProjectCursor(const plan::Project& op, Execution& execution)
      : op_(op),
        execution_(execution),
        child_(op.child == nullptr ? nullptr : NewCursor(*op.child, execution)),
        batch_(static_cast<uint32_t>(op.output.size()), 1) {}

  void Open(const EvalContext* outer) override {
    outer_ = outer;
    done_ = false;
    if (child_ != nullptr) child_->Open(outer);
  }

  RowBatch* Next() override {
    if (child_ == nullptr) return Single();
    RowBatch* input = child_->Next();
    if (input == nullptr) return nullptr;
    batch_.Reset();
    if (batch_.capacity() < input->rows())
      batch_.Reserve(std::max(input->rows(), NextBatchCapacity(batch_.capacity())));
    EvalContext context = execution_.Context(batch_.arena(), outer_);
    context.batch = input;
    const uint32_t rows = input->rows();
    for (uint32_t row = 0; row < rows; row++) {
      context.row = row;
      for (uint32_t c = 0; c < op_.output.size(); c++)
        batch_.at(c, row) = op_.output[c]->Eval(context);
    }
    batch_.set_rows(rows);
    return &batch_;
  }

 private:
  RowBatch* Single() {
    if (done_) return nullptr;
    done_ = true;
    batch_.Reset();
    EvalContext context = execution_.Context(batch_.arena(), outer_);
    for (uint32_t c = 0; c < op_.output.size(); c++) batch_.at(c, 0) = op_.output[c]->Eval(context);
    batch_.set_rows(1);
    return &batch_;
  }

  const plan::Project& op_;
  Execution& execution_;
  std::unique_ptr<Cursor> child_;
  RowBatch batch_;
  const EvalContext* outer_ = nullptr;
  bool done_ = false;
};

std::unique_ptr<Cursor> MakeCursor(const plan::Project& node, Execution& execution) {
  return std::make_unique<ProjectCursor>(node, execution);
}

namespace {

class SingleRowCursor final : public Cursor {
 public:
  void Open(const EvalContext*) override { done_ = false; }
  RowBatch* Next() override {
    if (done_) return nullptr;
    done_ = true;
    batch_.set_rows(1);
    return &batch_;
  }

 private:
  RowBatch batch_{0, 1};
  bool done_ = false;
};

}  // namespace

std::unique_ptr<Cursor> MakeCursor(const plan::SingleRow&, Execution&) {
  return std::make_unique<SingleRowCursor>();
}

}  // namespace sixfold::exec
