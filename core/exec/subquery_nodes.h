// Subqueries inside expressions: scalar, EXISTS, IN, ANY/ALL.
//
// One that refers to no outer row runs once per execution and keeps its result. A correlated one
// runs for each outer row, but remembers results by the values of the outer columns it uses, up to
// a bound. IN keeps a hash table of the rows when the operands compare as values of one type.
#pragma once

#include <vector>

#include "core/exec/execution.h"
#include "core/exec/expression.h"

namespace sixfold::exec {

class ColumnExpr;
class Operator;
struct BoundQuery;

enum class SubqueryKind : uint8_t { kScalar, kExists, kIn, kQuantified };
enum class QuantifiedOp : uint8_t { kEq, kNe, kLt, kLe, kGt, kGe };

class SubqueryExpr final : public Expression {
 public:
  SubqueryExpr(SubqueryKind kind, BoundQuery* query, types::DataType type, uint32_t state_id)
      : Expression(std::move(type)), kind_(kind), query_(query), state_id_(state_id) {}

  types::Value Eval(EvalContext& context) const override;
  /// The same for every row of an execution where nothing outside is referred to.
  bool IsConstant() const override;
  void ForEachChild(const ChildVisitor& visit) override {
    for (Expression*& item : left_) visit(item);
  }

  SubqueryKind kind() const { return kind_; }
  BoundQuery& query() const { return *query_; }
  const std::vector<Expression*>& left() const { return left_; }

  /// IN and ANY/ALL: the operands left of it, and for each the expression comparing it (SlotExpr 0…
  /// of the subquery's row against `left` evaluated in the outer row).
  void set_left(std::vector<Expression*> left) { left_ = std::move(left); }
  /// compares[i](left value in slot 0, subquery's value in slot 1) with the operator wanted.
  void set_compares(std::vector<Expression*> compares) { compares_ = std::move(compares); }
  void set_hashable(bool hashable) { hashable_ = hashable; }
  void set_all(bool all) { all_ = all; }
  /// A row subquery's column beside the first one: (a, b) = (SELECT …) takes them apart.
  void set_column(uint32_t column) {
    column_ = column;
    is_part_ = true;
  }
  bool hashable() const { return hashable_; }
  /// IN: the values of the subquery's only column, and the type they are kept in.
  std::vector<types::Value> Values(EvalContext& context, types::DataType* type) const;
  uint32_t state_id() const { return state_id_; }
  /// A subquery of several columns that was not taken apart yet.
  bool is_row() const;

 private:
  friend class SubqueryRun;
  class SubqueryRun& RunOf(Execution& execution) const;
  types::Value EvalScalar(class SubqueryRun& run, EvalContext& context) const;
  types::Value EvalExists(class SubqueryRun& run, EvalContext& context) const;
  types::Value EvalIn(class SubqueryRun& run, EvalContext& context) const;
  types::Value EvalQuantified(class SubqueryRun& run, EvalContext& context) const;

  SubqueryKind kind_;
  BoundQuery* query_;
  uint32_t state_id_;
  uint32_t column_ = 0;
  bool is_part_ = false;  // one column of a row subquery
  bool hashable_ = false;
  bool all_ = false;
  std::vector<Expression*> left_;
  std::vector<Expression*> compares_;
};

}  // namespace sixfold::exec
