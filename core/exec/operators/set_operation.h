// UNION, INTERSECT and EXCEPT, each DISTINCT or ALL. Values are converted to the common types.
#pragma once

#include "core/exec/operators/operator.h"
#include "core/types/data_type.h"

namespace sixfold::exec {

enum class SetOperationKind : uint8_t { kUnion, kIntersect, kExcept };

class SetOperationOperator final : public Operator {
 public:
  SetOperationOperator(SetOperationKind kind, bool all, const Operator* left, const Operator* right,
                       std::vector<types::DataType> left_types,
                       std::vector<types::DataType> right_types, std::vector<types::DataType> types)
      : kind_(kind),
        all_(all),
        left_(left),
        right_(right),
        left_types_(std::move(left_types)),
        right_types_(std::move(right_types)),
        types_(std::move(types)) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override;
  std::vector<const Operator*> children() const override { return {left_, right_}; }

 private:
  friend class SetOperationCursor;
  SetOperationKind kind_;
  bool all_;
  const Operator* left_;
  const Operator* right_;
  std::vector<types::DataType> left_types_, right_types_, types_;
};

}  // namespace sixfold::exec
