#include "core/plan/expression/nodes.h"

#include "core/plan/bind/block.h"
#include "core/plan/expression/function.h"
#include "core/plan/expression/subquery.h"
#include "core/plan/session_context.h"
#include "core/types/compare_values.h"
#include "core/types/result_type.h"

namespace sixfold::plan {

types::Value ParameterExpr::Eval(EvalContext& context) const {
  if (context.execution == nullptr || ordinal_ >= context.execution->parameters().size())
    return types::Value::Null();
  return context.execution->parameters()[ordinal_].value;
}

types::Value ConstantExpr::Eval(EvalContext& context) const {
  if (context.execution == nullptr) return inner_->Eval(context);
  Execution::Constant& kept = context.execution->constant(id_);
  if (!kept.known) {
    EvalContext own = context;
    own.arena = context.execution->arena();
    kept.value = Keep(inner_->Eval(own), own.arena);
    kept.known = true;
  }
  return kept.value;
}

types::Value UserVariableExpr::Eval(EvalContext& context) const {
  types::DataType current;
  types::Value value = context.session->UserVariable(name_, &current);
  // What the statement assigns does not change the type the variable had at its start (MySQL's
  // manual, "User-Defined Variables").
  if (current.id != type().id && type().id != types::TypeId::kNull &&
      context.execution != nullptr) {
    value = ConvertToType(value, current, type(), context.execution->Conversion(context.arena));
  }
  return Keep(value, context.arena);  // an assignment in the same row may replace it
}

types::Value AssignVariableExpr::Eval(EvalContext& context) const {
  const types::Value value = value_->Eval(context);
  context.session->SetUserVariable(name_, value, type());
  return value;
}

types::Value SystemVariableExpr::Eval(EvalContext& context) const {
  types::DataType type;
  return context.session->SystemVariable(name_, static_cast<VariableScope>(scope_), &type,
                                         context.arena);
}

bool RowExpr::IsConstant() const {
  for (const Expression* item : items_) {
    if (!item->IsConstant()) return false;
  }
  return true;
}

namespace {

bool SameArguments(const FunctionCall& a, const FunctionCall& b) {
  if (&a.def() != &b.def() || a.args().size() != b.args().size() || !a.def().deterministic)
    return false;
  if (a.type().id != b.type().id || a.type().length != b.type().length ||
      a.type().scale != b.type().scale || a.type().collation != b.type().collation) {
    return false;
  }
  for (size_t i = 0; i < a.args().size(); i++) {
    if (!SameExpression(a.args()[i], b.args()[i])) return false;
  }
  return true;
}

bool SameLiteral(const LiteralExpr& a, const LiteralExpr& b) {
  if (a.type().id != b.type().id || a.value().kind() != b.value().kind()) return false;
  if (a.value().is_null()) return true;
  if (a.value().is_string() && a.value().bytes() != b.value().bytes()) return false;
  if (a.type().is_unsigned != b.type().is_unsigned || a.type().collation != b.type().collation)
    return false;
  return CompareValues(a.value(), b.value(), a.type()) == 0;
}

}  // namespace

bool SameExpression(const Expression* a, const Expression* b) {
  if (a == b) return true;
  if (const auto* constant = dynamic_cast<const ConstantExpr*>(a))
    a = const_cast<ConstantExpr*>(constant)->inner();
  if (const auto* constant = dynamic_cast<const ConstantExpr*>(b))
    b = const_cast<ConstantExpr*>(constant)->inner();
  if (typeid(*a) != typeid(*b)) return false;
  if (const auto* x = dynamic_cast<const ColumnExpr*>(a)) {
    const auto* y = static_cast<const ColumnExpr*>(b);
    if (x->depth() != y->depth() || x->table() != y->table()) return false;
    return x->table() != nullptr ? x->ordinal() == y->ordinal() : x->slot() == y->slot();
  }
  if (const auto* x = dynamic_cast<const LiteralExpr*>(a))
    return SameLiteral(*x, *static_cast<const LiteralExpr*>(b));
  if (const auto* x = dynamic_cast<const ParameterExpr*>(a)) {
    return x->ordinal() == static_cast<const ParameterExpr*>(b)->ordinal();
  }
  if (const auto* x = dynamic_cast<const SlotExpr*>(a)) {
    const auto* y = static_cast<const SlotExpr*>(b);
    return x->slot() == y->slot() && x->depth() == y->depth();
  }
  if (const auto* x = dynamic_cast<const FunctionCall*>(a))
    return SameArguments(*x, *static_cast<const FunctionCall*>(b));
  return false;
}

void WalkExpression(Expression* root, const std::function<void(Expression*)>& visit) {
  visit(root);
  if (auto* subquery = dynamic_cast<SubqueryExpr*>(root)) {
    for (const OuterReference& reference : subquery->query().outer_references) {
      if (reference.column != nullptr) visit(reference.column);
    }
  }
  root->ForEachChild([&](Expression*& child) { WalkExpression(child, visit); });
}

bool IsCallOf(const Expression* expression, std::string_view name) {
  const auto* call = dynamic_cast<const FunctionCall*>(expression);
  return call != nullptr && call->def().name == name;
}

}  // namespace sixfold::plan
