// Bound expressions: what the binder makes of syntax trees and cursors evaluate. Immutable
// after binding and shareable between executions; everything that varies stands in the EvalContext.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "core/types/data_type.h"
#include "core/types/value.h"

namespace sixfold {
class Arena;
}
namespace sixfold::types {
class Diagnostics;
class RowBatch;
}  // namespace sixfold::types

namespace sixfold::plan {

class SessionContext;
class Execution;  // state of one execution: parameters, subquery results, rand() seeds …
                  // (core/plan/execution.h)

/// The surroundings of one evaluation.
struct EvalContext {
  SessionContext* session = nullptr;
  types::Diagnostics* diagnostics = nullptr;
  Arena* arena = nullptr;                  // results live at least until the current batch is done
  const types::RowBatch* batch = nullptr;  // the current row is row `row` of it
  uint32_t row = 0;
  const EvalContext* outer =
      nullptr;  // the row of the enclosing query block, for correlated subqueries
  Execution* execution = nullptr;
};

class Expression {
 public:
  explicit Expression(types::DataType type) : type_(std::move(type)) {}
  virtual ~Expression() = default;
  virtual types::Value Eval(EvalContext& context) const = 0;
  /// Same value for every row of an execution (literals, parameters, and functions of those).
  virtual bool IsConstant() const { return false; }
  /// Visits the operands; the visitor may replace them (only while a plan is being made).
  using ChildVisitor = std::function<void(Expression*&)>;
  virtual void ForEachChild(const ChildVisitor& visit) {}

  const types::DataType& type() const { return type_; }
  uint8_t coercibility() const { return coercibility_; }  // MySQL's 0 (explicit COLLATE) … 6 (NULL)
  void set_type(types::DataType type) { type_ = std::move(type); }
  void set_coercibility(uint8_t value) { coercibility_ = value; }

 private:
  types::DataType type_;
  uint8_t coercibility_ = 4;
};

}  // namespace sixfold::plan
