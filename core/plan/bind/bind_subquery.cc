// Subqueries in expressions.
#include "core/plan/bind/binder.h"
#include "core/plan/expression/function.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/expression/subquery.h"
#include "core/types/compare_values.h"
#include "core/types/raise.h"

namespace sixfold::plan {

namespace {

const char* ComparisonName(sql::BinaryOperator op) {
  switch (op) {
    case sql::BinaryOperator::kNotEqual:
      return "<>";
    case sql::BinaryOperator::kLess:
      return "<";
    case sql::BinaryOperator::kLessEqual:
      return "<=";
    case sql::BinaryOperator::kGreater:
      return ">";
    case sql::BinaryOperator::kGreaterEqual:
      return ">=";
    default:
      return "=";
  }
}

types::DataType BooleanType() {
  types::DataType type;
  type.id = types::TypeId::kBigInt;
  type.length = 1;
  return type;
}

}  // namespace

std::shared_ptr<BoundQuery> Binder::BindNested(const sql::QueryExpression& query) {
  const Clause saved_clause = clause_;
  const bool saved_aggregate = inside_aggregate_;
  const bool saved_aliases = aliases_visible_;
  const txn::LockMode saved_lock = forced_lock;
  forced_lock = txn::LockMode::kNone;
  inside_aggregate_ = false;
  auto bound = BindQuery(query, scope_, level_ + 1, scope_ != nullptr ? scope_->ctes : nullptr);
  inside_aggregate_ = saved_aggregate;
  forced_lock = saved_lock;
  clause_ = saved_clause;
  aliases_visible_ = saved_aliases;
  SetRole(bound.get(), bound->outer_references.empty() ? "SUBQUERY" : "DEPENDENT SUBQUERY");
  arena()->New<std::shared_ptr<BoundQuery>>(bound);
  return bound;
}

Expression* Binder::BindExists(const sql::Exists& exists) {
  auto query = BindNested(*exists.query);
  return arena()->New<SubqueryExpr>(SubqueryKind::kExists, query.get(), BooleanType(), NewState());
}

Expression* Binder::BindScalarSubquery(const sql::Subquery& subquery) {
  auto query = BindNested(*subquery.query);
  types::DataType type = query->columns[0].type;
  type.nullable = true;
  auto* node = arena()->New<SubqueryExpr>(SubqueryKind::kScalar, query.get(), type, NewState());
  node->set_coercibility(type.collation != nullptr ? 2 : 5);
  return node;
}

Expression* Binder::BindInSubquery(const sql::InSubquery& in) {
  Expression* operand = Bind(*in.operand);
  std::vector<Expression*> left = RowItems(operand);
  if (left.empty()) left.push_back(operand);
  auto query = BindNested(*in.query);
  if (query->columns.size() != left.size()) Raise(kErOperandColumns, left.size());
  auto* node =
      arena()->New<SubqueryExpr>(SubqueryKind::kIn, query.get(), BooleanType(), NewState());
  std::vector<Expression*> compares;
  bool hashable = true;
  for (uint32_t i = 0; i < left.size(); i++) {
    auto* a = arena()->New<SlotExpr>(0, 0, left[i]->type());
    auto* b = arena()->New<SlotExpr>(1, 0, query->columns[i].type);
    a->set_coercibility(left[i]->coercibility());
    b->set_coercibility(query->columns[i].type.collation != nullptr ? 2 : 5);
    compares.push_back(Call("=", {a, b}));
    hashable = hashable && HashComparable(left[i]->type(), query->columns[i].type);
    left[i] = CacheConstant(left[i]);
  }
  node->set_left(std::move(left));
  node->set_compares(std::move(compares));
  node->set_hashable(hashable);
  return in.negated ? Call("not", {node}) : node;
}

Expression* Binder::BindQuantified(const sql::Quantified& quantified) {
  Expression* operand = Bind(*quantified.left);
  std::vector<Expression*> left = RowItems(operand);
  if (left.empty()) left.push_back(operand);
  auto query = BindNested(*quantified.query);
  if (query->columns.size() != left.size()) Raise(kErOperandColumns, left.size());
  auto* node =
      arena()->New<SubqueryExpr>(SubqueryKind::kQuantified, query.get(), BooleanType(), NewState());
  if (left.size() > 1 && quantified.op != sql::BinaryOperator::kEqual &&
      quantified.op != sql::BinaryOperator::kNotEqual) {
    Raise(kErOperandColumns, 1);
  }
  std::vector<Expression*> compares;
  for (uint32_t i = 0; i < left.size(); i++) {
    auto* a = arena()->New<SlotExpr>(0, 0, left[i]->type());
    auto* b = arena()->New<SlotExpr>(1, 0, query->columns[i].type);
    a->set_coercibility(left[i]->coercibility());
    compares.push_back(Call(ComparisonName(quantified.op), {a, b}));
    left[i] = CacheConstant(left[i]);
  }
  node->set_left(std::move(left));
  node->set_compares(std::move(compares));
  node->set_all(quantified.all);
  return node;
}

}  // namespace sixfold::plan
