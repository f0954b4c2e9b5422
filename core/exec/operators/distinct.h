// Distinct: the first row of each set of rows alike in the first `visible` columns.
#pragma once

#include "core/exec/operators/operator.h"
#include "core/types/data_type.h"

namespace sixfold::exec {

class Distinct final : public Operator {
 public:
  Distinct(const Operator* child, uint32_t width, std::vector<types::DataType> visible_types)
      : child_(child), width_(width), types_(std::move(visible_types)) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override { return "Deduplicate rows"; }
  std::vector<const Operator*> children() const override { return {child_}; }

 private:
  friend class DistinctCursor;
  const Operator* child_;
  uint32_t width_;
  std::vector<types::DataType> types_;
};

}  // namespace sixfold::exec
