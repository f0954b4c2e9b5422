// Project: a row of output expressions for each input row. Without input: one row.
#pragma once

#include "core/exec/operators/operator.h"

namespace sixfold::exec {

class Project final : public Operator {
 public:
  /// A null child stands for one row without columns (SELECT without FROM).
  Project(const Operator* child, std::vector<Expression*> output)
      : child_(child), output_(std::move(output)) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override {
    return child_ == nullptr ? "Rows fetched before execution" : "";
  }
  std::vector<const Operator*> children() const override {
    return child_ == nullptr ? std::vector<const Operator*>{}
                             : std::vector<const Operator*>{child_};
  }
  const std::vector<Expression*>& output() const { return output_; }

 private:
  friend class ProjectCursor;
  const Operator* child_;
  std::vector<Expression*> output_;
};

/// One row without columns: what a SELECT without tables reads.
class SingleRow final : public Operator {
 public:
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override { return "Rows fetched before execution"; }
};

}  // namespace sixfold::exec
