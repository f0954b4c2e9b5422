// The kinds of bound expressions beside FunctionCall: literals, parameters, columns, variables.
// Subqueries are in subquery_nodes.h.
#pragma once

#include <string>

#include "core/plan/execution.h"
#include "core/plan/expression/expression.h"
#include "core/types/row_batch.h"

namespace sixfold::plan {

struct TableRef;

class LiteralExpr final : public Expression {
 public:
  LiteralExpr(types::Value value, types::DataType type)
      : Expression(std::move(type)), value_(value) {}
  types::Value Eval(EvalContext&) const override { return value_; }
  bool IsConstant() const override { return true; }
  const types::Value& value() const { return value_; }
  /// x'…' and b'…': bytes that are a number where a number is wanted.
  bool is_hex() const { return is_hex_; }
  void set_hex(bool is_hex) { is_hex_ = is_hex; }

 private:
  types::Value value_;
  bool is_hex_ = false;
};

class ParameterExpr final : public Expression {
 public:
  ParameterExpr(uint32_t ordinal, types::DataType type)
      : Expression(std::move(type)), ordinal_(ordinal) {}
  types::Value Eval(EvalContext& context) const override;
  bool IsConstant() const override { return true; }
  uint32_t ordinal() const { return ordinal_; }

 private:
  uint32_t ordinal_;
};

/// A column of a table of this block (depth 0) or of an enclosing one. The slot is known once the
/// block that owns the table is planned; grouping may redirect it to the grouped layout before
/// that.
class ColumnExpr final : public Expression {
 public:
  ColumnExpr(TableRef* table, uint32_t ordinal, uint32_t depth, types::DataType type)
      : Expression(std::move(type)), table_(table), ordinal_(ordinal), depth_(depth) {}

  types::Value Eval(EvalContext& context) const override {
    const EvalContext* at = &context;
    for (uint32_t d = depth_; d > 0; d--) at = at->outer;
    return at->batch->at(slot_, at->row);
  }

  TableRef* table() const { return table_; }
  uint32_t ordinal() const { return ordinal_; }
  uint32_t depth() const { return depth_; }
  uint32_t slot() const { return slot_; }
  void set_slot(uint32_t slot) { slot_ = slot; }
  /// Reads slot `slot` of another layout of its block from now on (grouped, windowed).
  void Redirect(uint32_t slot) {
    table_ = nullptr;
    slot_ = slot;
  }
  void set_depth(uint32_t depth) { depth_ = depth; }

 private:
  TableRef* table_;
  uint32_t ordinal_;
  uint32_t depth_;
  uint32_t slot_ = UINT32_MAX;
};

/// A slot of the current layout: results of aggregates and windows, rows of set operations.
class SlotExpr final : public Expression {
 public:
  SlotExpr(uint32_t slot, uint32_t depth, types::DataType type)
      : Expression(std::move(type)), slot_(slot), depth_(depth) {}
  types::Value Eval(EvalContext& context) const override {
    const EvalContext* at = &context;
    for (uint32_t d = depth_; d > 0; d--) at = at->outer;
    return at->batch->at(slot_, at->row);
  }
  uint32_t slot() const { return slot_; }
  void set_slot(uint32_t slot) { slot_ = slot; }
  uint32_t depth() const { return depth_; }

 private:
  uint32_t slot_;
  uint32_t depth_;
};

/// A constant subexpression: evaluated at most once a run.
class ConstantExpr final : public Expression {
 public:
  ConstantExpr(Expression* inner, uint32_t id) : Expression(inner->type()), inner_(inner), id_(id) {
    set_coercibility(inner->coercibility());
  }
  types::Value Eval(EvalContext& context) const override;
  bool IsConstant() const override { return true; }
  void ForEachChild(const ChildVisitor& visit) override { visit(inner_); }
  Expression* inner() const { return inner_; }

 private:
  Expression* inner_;
  uint32_t id_;
};

class UserVariableExpr final : public Expression {
 public:
  UserVariableExpr(std::string name, types::DataType type)
      : Expression(std::move(type)), name_(std::move(name)) {}
  types::Value Eval(EvalContext& context) const override;

 private:
  std::string name_;
};

/// @name := value
class AssignVariableExpr final : public Expression {
 public:
  AssignVariableExpr(std::string name, Expression* value)
      : Expression(value->type()), name_(std::move(name)), value_(value) {}
  types::Value Eval(EvalContext& context) const override;
  void ForEachChild(const ChildVisitor& visit) override { visit(value_); }

 private:
  std::string name_;
  Expression* value_;
};

class SystemVariableExpr final : public Expression {
 public:
  SystemVariableExpr(std::string name, uint8_t scope, types::DataType type)
      : Expression(std::move(type)), name_(std::move(name)), scope_(scope) {}
  types::Value Eval(EvalContext& context) const override;
  bool IsConstant() const override { return true; }

 private:
  std::string name_;
  uint8_t scope_;
};

/// ROW(a, b): only an operand of comparisons, which take it apart while binding.
class RowExpr final : public Expression {
 public:
  explicit RowExpr(std::vector<Expression*> items) : Expression({}), items_(std::move(items)) {}
  types::Value Eval(EvalContext&) const override { return types::Value::Null(); }
  bool IsConstant() const override;
  void ForEachChild(const ChildVisitor& visit) override {
    for (Expression*& item : items_) visit(item);
  }
  const std::vector<Expression*>& items() const { return items_; }

 private:
  std::vector<Expression*> items_;
};

/// True when both compute the same from the same row; used to find group keys and index matches.
bool SameExpression(const Expression* a, const Expression* b);

/// Visits an expression and everything below it, subqueries' references to outer rows included.
void WalkExpression(Expression* root, const std::function<void(Expression*)>& visit);

/// True for AND, OR … calls by their SQL spelling.
bool IsCallOf(const Expression* expression, std::string_view name);

}  // namespace sixfold::plan
