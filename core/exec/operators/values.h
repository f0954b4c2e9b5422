// ValuesOperator: VALUES ROW(…), ….
#pragma once

#include "core/exec/operators/operator.h"
#include "core/types/data_type.h"

namespace sixfold::exec {

class ValuesOperator final : public Operator {
 public:
  ValuesOperator(std::vector<std::vector<Expression*>> rows, std::vector<types::DataType> types)
      : rows_(std::move(rows)), types_(std::move(types)) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override { return "Rows fetched before execution"; }

 private:
  friend class ValuesCursor;
  std::vector<std::vector<Expression*>> rows_;
  std::vector<types::DataType> types_;
};

}  // namespace sixfold::exec
