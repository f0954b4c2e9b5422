// Subqueries inside expressions: scalar, EXISTS, IN, ANY/ALL. How they are run is the
// SubqueryRunner's business, which core/exec implements.
#pragma once

#include <vector>

#include "core/plan/execution.h"
#include "core/plan/expression/expression.h"

namespace sixfold::plan {

struct BoundQuery;

enum class SubqueryKind : uint8_t { kScalar, kExists, kIn, kQuantified };

class SubqueryExpr;

/// Results are kept in the context's execution, by the node's state id.
class SubqueryRunner {
 public:
  virtual ~SubqueryRunner() = default;
  virtual types::Value Eval(const SubqueryExpr& node, EvalContext& context) = 0;
};

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
  const std::vector<Expression*>& compares() const { return compares_; }
  bool hashable() const { return hashable_; }
  bool all() const { return all_; }
  uint32_t column() const { return column_; }
  uint32_t state_id() const { return state_id_; }
  /// A subquery of several columns that was not taken apart yet.
  bool is_row() const;

 private:
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

}  // namespace sixfold::plan
