#include "core/plan/bind/binder.h"

#include "core/plan/bind/ast_walk.h"
#include "core/plan/expression/function.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/sql/parser.h"
#include "core/types/collation.h"
#include "core/types/raise.h"

namespace sixfold::plan {

Binder::Binder(SessionContext& session, const FunctionLibrary& functions, PlanMemory& memory,
               std::span<const types::DataType> parameter_types, std::string_view text)
    : session_(session),
      functions_(functions),
      memory_(memory),
      parameter_types_(parameter_types.begin(), parameter_types.end()),
      text_(text) {}

std::string_view Binder::session_function_schema() const { return session_.current_schema(); }

types::DataType Binder::session_text_type() const {
  types::DataType type;
  type.id = types::TypeId::kVarchar;
  type.collation = &types::kUtf8mb4Collation;
  type.length = UINT16_MAX;
  type.nullable = false;
  return type;
}

Expression* Binder::StringLiteral8(std::string_view text) {
  return arena()->New<LiteralExpr>(types::Value::String(arena()->Copy(text)), session_text_type());
}

Expression* Binder::BindText(std::string_view text, Scope* scope, Clause clause) {
  const std::string_view kept = arena()->Copy(text);
  sql::Expression* tree = sql::ParseExpression(kept, {}, arena());
  return Scalar(BindIn(*tree, scope, clause));
}

Expression* Binder::DefaultOf(const catalog::ColumnDef& column, const catalog::TableDef& table) {
  if (column.default_expression) {
    auto* scope = arena()->New<Scope>();
    scope->block = arena()->New<QueryBlock>();
    scope->block->level = level_;
    return BindText(*column.default_expression, scope, Clause::kValues);
  }
  if (!column.default_literal) {
    if (!column.type.nullable && !column.auto_increment) {
      if (column.type.id == types::TypeId::kEnum) {
        return arena()->New<LiteralExpr>(
            types::Value::String(arena()->Copy((*column.type.labels)[0])), session_text_type());
      }
      Raise(kErNoDefault, column.name);
    }
    if (column.auto_increment) return IntLiteral(0);
    return NullLiteral();
  }
  return arena()->New<LiteralExpr>(types::Value::String(arena()->Copy(*column.default_literal)),
                                   session_text_type());
}

namespace {

/// True when `test` holds for the expression or an operand of it; subqueries are not entered.
template <typename Test>
bool AnyNode(const sql::Expression& root, const Test& test) {
  if (test(root)) return true;
  bool found = false;
  ForEachOperand(root,
                 [&](const sql::Expression& operand) { found = found || AnyNode(operand, test); });
  return found;
}

}  // namespace

bool ContainsAggregate(const sql::Expression& expression) {
  return AnyNode(expression, [](const sql::Expression& e) {
    const auto* call = sql::TryAs<sql::AggregateCall>(&e);
    return call != nullptr && call->over == nullptr;
  });
}

bool IsMergeable(const sql::Expression& expression, const FunctionLibrary& functions) {
  return !AnyNode(expression, [&](const sql::Expression& e) {
    using Kind = sql::Expression::Kind;
    if (e.kind == Kind::kAggregateCall || e.kind == Kind::kUserVariable ||
        e.kind == Kind::kUserVariableAssignment || e.kind == Kind::kSubquery ||
        e.kind == Kind::kExists || e.kind == Kind::kInSubquery || e.kind == Kind::kQuantified) {
      return true;
    }
    const auto* call = sql::TryAs<sql::FunctionCall>(&e);
    if (call == nullptr) return false;
    const FunctionDef* def = functions.Find(call->name);
    return def != nullptr && !def->deterministic;
  });
}

}  // namespace sixfold::plan
