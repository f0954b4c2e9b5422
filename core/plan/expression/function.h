// Scalar functions as binding and evaluation see them; core/exec/functions has them.
// A function has one scalar implementation; it evaluates its own arguments, so IF and COALESCE are
// lazy without special cases.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/plan/expression/expression.h"

namespace sixfold::plan {

struct FunctionDef;

/// Constant data a call keeps from binding on (a compiled pattern, a parsed JSON path).
struct CallState {
  virtual ~CallState() = default;
};

class FunctionCall final : public Expression {
 public:
  FunctionCall(const FunctionDef* def, std::vector<Expression*> args)
      : Expression({}), def_(def), args_(std::move(args)) {}

  types::Value Eval(EvalContext& context) const override;
  bool IsConstant() const override;
  void ForEachChild(const ChildVisitor& visit) override {
    for (Expression*& arg : args_) visit(arg);
  }

  const FunctionDef& def() const { return *def_; }
  std::span<Expression* const> args() const { return args_; }
  Expression& arg(size_t i) const { return *args_[i]; }
  types::Value EvalArg(size_t i, EvalContext& context) const { return args_[i]->Eval(context); }
  const CallState* state() const { return state_.get(); }
  void set_state(std::unique_ptr<CallState> state) { state_ = std::move(state); }

 private:
  const FunctionDef* def_;
  std::vector<Expression*> args_;
  std::unique_ptr<CallState> state_;
};

/// What binding a call may ask for.
struct BindContext {
  SessionContext* session = nullptr;
  types::Diagnostics* diagnostics = nullptr;
};

struct FunctionDef {
  std::string_view name;  // lower case
  int min_args = 0;
  int max_args = 0;  // -1: any number
  /// Sets the call's result type (and coercibility, state); may throw SqlError.
  void (*bind)(FunctionCall& call, BindContext& context);
  types::Value (*eval)(const FunctionCall& call, EvalContext& context);
  /// False for RAND, UUID, SLEEP, LAST_INSERT_ID(x) …: evaluated for each row.
  bool deterministic = true;
};

/// By lower-case name; null: no such function. Operators are functions too, under their SQL
/// spelling: "+", "-", "*", "/", "div", "%", "neg", "=", "<=>", "<>", "<", "<=", ">", ">=", "&",
/// "|", "^", "<<", ">>", "~", "not", "and", "or", "xor", "is null", "is not null", "is true", …,
/// "like", "regexp", "between", "in", "case", "if", "ifnull", "nullif", "coalesce". CASE takes
/// [operand-less] when1, then1, …, [else]; "cast" keeps its target type in the call's type(), set
/// before bind. Syntax of its own arrives so (units are integer literals: the ordinal of
/// sql::IntervalUnit):
///   "date_add", "date_sub" (date, amount, unit); "extract" (unit, value); "timestampdiff" (unit,
///   from, to); "trim" (side: 0 both, 1 leading, 2 trailing; text [, remove]); "weight_string"
///   (value, length or -1, as_binary); "like" (text, pattern [, escape]); "in" (operand, items …);
///   "between" (operand, low, high): NOT is a call of "not" around; "convert_using" (text),
///   "collate" (text), "char" (codes …): with the collation in type(), set before bind (null: none
///   written).
class FunctionLibrary {
 public:
  virtual ~FunctionLibrary() = default;
  virtual const FunctionDef* Find(std::string_view name) const = 0;
};

}  // namespace sixfold::plan
