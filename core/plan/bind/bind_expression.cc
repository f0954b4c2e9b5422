// Operators: each becomes a call of the function under its SQL spelling. Comparisons of rows are
// taken apart here, so that functions see scalars only.
#include "core/plan/bind/binder.h"
#include "core/plan/expression/function.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/expression/subquery.h"
#include "core/plan/session_context.h"
#include "core/types/collation.h"
#include "core/types/names.h"
#include "core/types/raise.h"
#include "core/types/require_stack.h"

namespace sixfold::plan {

using sql::BinaryOperator;

namespace {

std::string_view OperatorName(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kEqual:
      return "=";
    case BinaryOperator::kNullSafeEqual:
      return "<=>";
    case BinaryOperator::kNotEqual:
      return "<>";
    case BinaryOperator::kLess:
      return "<";
    case BinaryOperator::kLessEqual:
      return "<=";
    case BinaryOperator::kGreater:
      return ">";
    case BinaryOperator::kGreaterEqual:
      return ">=";
    case BinaryOperator::kAdd:
      return "+";
    case BinaryOperator::kSubtract:
      return "-";
    case BinaryOperator::kMultiply:
      return "*";
    case BinaryOperator::kDivide:
      return "/";
    case BinaryOperator::kIntegerDivide:
      return "div";
    case BinaryOperator::kModulo:
      return "%";
    case BinaryOperator::kBitOr:
      return "|";
    case BinaryOperator::kBitAnd:
      return "&";
    case BinaryOperator::kBitXor:
      return "^";
    case BinaryOperator::kShiftLeft:
      return "<<";
    case BinaryOperator::kShiftRight:
      return ">>";
    case BinaryOperator::kXor:
      return "xor";
    case BinaryOperator::kSoundsLike:
      return "sounds like";
    case BinaryOperator::kMemberOf:
      return "member of";
  }
  return "=";
}

bool IsNotNullDate(const Expression& expression) {
  const auto* column = dynamic_cast<const ColumnExpr*>(&expression);
  if (column == nullptr || column->table() == nullptr || column->table()->kind != TableKind::kBase)
    return false;
  const types::DataType& type = column->table()->columns[column->ordinal()].type;
  return !type.nullable && (type.id == types::TypeId::kDate || type.id == types::TypeId::kDatetime);
}

bool IsComparison(BinaryOperator op) { return op <= BinaryOperator::kGreaterEqual; }

}  // namespace

Expression* Binder::Bind(const sql::Expression& e) {
  RequireStack();
  using Kind = sql::Expression::Kind;
  switch (e.kind) {
    case Kind::kLiteral:
      return BindLiteral(sql::As<sql::Literal>(e));
    case Kind::kParameter: {
      const auto& syntax = sql::As<sql::Parameter>(e);
      const uint32_t ordinal = syntax.ordinal;
      types::DataType type;
      if (ordinal < parameter_types_.size()) {
        type = parameter_types_[ordinal];
      } else if (syntax.literal != nullptr) {
        type = BindLiteral(*syntax.literal)->type();
      }
      memory_.parameter_count = std::max(memory_.parameter_count, ordinal + 1);
      auto* parameter = arena()->New<ParameterExpr>(ordinal, type);
      if (type.id == types::TypeId::kNull) parameter->set_coercibility(6);
      if (type.IsNumeric()) parameter->set_coercibility(5);
      return parameter;
    }
    case Kind::kColumnReference:
      return BindColumn(sql::As<sql::ColumnReference>(e));
    case Kind::kWildcard:
      Raise(kErSyntax, "*");
    case Kind::kUserVariable:
      return BindUserVariable(sql::As<sql::UserVariable>(e));
    case Kind::kUserVariableAssignment:
      return BindAssignment(sql::As<sql::UserVariableAssignment>(e));
    case Kind::kSystemVariable:
      return BindSystemVariable(sql::As<sql::SystemVariable>(e));
    case Kind::kUnary:
      return BindUnary(sql::As<sql::Unary>(e));
    case Kind::kBinary:
      return BindBinary(sql::As<sql::Binary>(e));
    case Kind::kLogical:
      return BindLogical(sql::As<sql::Logical>(e));
    case Kind::kIsTest:
      return BindIsTest(sql::As<sql::IsTest>(e));
    case Kind::kBetween:
      return BindBetween(sql::As<sql::Between>(e));
    case Kind::kInList:
      return BindInList(sql::As<sql::InList>(e));
    case Kind::kInSubquery:
      return BindInSubquery(sql::As<sql::InSubquery>(e));
    case Kind::kLike:
      return BindLike(sql::As<sql::Like>(e));
    case Kind::kCase:
      return BindCase(sql::As<sql::Case>(e));
    case Kind::kExists:
      return BindExists(sql::As<sql::Exists>(e));
    case Kind::kSubquery:
      return BindScalarSubquery(sql::As<sql::Subquery>(e));
    case Kind::kQuantified:
      return BindQuantified(sql::As<sql::Quantified>(e));
    case Kind::kRow: {
      std::vector<Expression*> items;
      for (const sql::Expression* item : sql::As<sql::RowExpression>(e).items)
        items.push_back(Bind(*item));
      if (items.size() == 1) return items[0];
      return arena()->New<RowExpr>(std::move(items));
    }
    case Kind::kCollate:
      return BindCollate(sql::As<sql::Collate>(e));
    case Kind::kFunctionCall:
      return BindFunction(sql::As<sql::FunctionCall>(e));
    case Kind::kAggregateCall:
      return BindAggregate(sql::As<sql::AggregateCall>(e));
    case Kind::kCast:
      return BindCast(sql::As<sql::Cast>(e));
    case Kind::kConvertUsing:
      return BindConvertUsing(sql::As<sql::ConvertUsing>(e));
    case Kind::kExtract:
      return BindExtract(sql::As<sql::Extract>(e));
    case Kind::kTrim:
      return BindTrim(sql::As<sql::Trim>(e));
    case Kind::kDateArithmetic:
      return BindDateArithmetic(sql::As<sql::DateArithmetic>(e));
    case Kind::kTimestampDiff:
      return BindTimestampDiff(sql::As<sql::TimestampDiff>(e));
    case Kind::kWeightString:
      return BindWeightString(sql::As<sql::WeightString>(e));
    case Kind::kMatchAgainst:
      Raise(kErNotSupported, "MATCH ... AGAINST");
    case Kind::kValuesReference: {
      const auto& values = sql::As<sql::ValuesReference>(e);
      if (values_column) return values_column(*values.column);
      BindColumn(*values.column);
      return NullLiteral();
    }
    case Kind::kDefault:
      return BindDefault(sql::As<sql::Default>(e));
    case Kind::kJsonValue:
      return BindJsonValue(sql::As<sql::JsonValue>(e));
  }
  Raise(kErNotSupported, "this expression");
}

Expression* Binder::BindIn(const sql::Expression& expression, Scope* scope, Clause clause) {
  Scope* saved_scope = scope_;
  const Clause saved_clause = clause_;
  const bool saved_aliases = aliases_visible_;
  scope_ = scope;
  clause_ = clause;
  aliases_visible_ =
      clause == Clause::kGroupBy || clause == Clause::kHaving || clause == Clause::kOrderBy;
  Expression* bound = Bind(expression);
  scope_ = saved_scope;
  clause_ = saved_clause;
  aliases_visible_ = saved_aliases;
  return bound;
}

Expression* Binder::Scalar(Expression* operand) {
  if (dynamic_cast<RowExpr*>(operand) != nullptr) Raise(kErOperandColumns, 1);
  if (auto* subquery = dynamic_cast<SubqueryExpr*>(operand);
      subquery != nullptr && subquery->kind() == SubqueryKind::kScalar && subquery->is_row()) {
    Raise(kErOperandColumns, 1);
  }
  return operand;
}

std::vector<Expression*> Binder::RowItems(Expression* operand) {
  if (auto* row = dynamic_cast<RowExpr*>(operand)) return row->items();
  auto* subquery = dynamic_cast<SubqueryExpr*>(operand);
  if (subquery == nullptr || subquery->kind() != SubqueryKind::kScalar || !subquery->is_row())
    return {};
  std::vector<Expression*> items;
  const auto& columns = subquery->query().columns;
  for (uint32_t c = 0; c < columns.size(); c++) {
    types::DataType type = columns[c].type;
    type.nullable = true;
    auto* item = arena()->New<SubqueryExpr>(SubqueryKind::kScalar, &subquery->query(), type,
                                            subquery->state_id());
    item->set_column(c);
    item->set_coercibility(2);
    items.push_back(item);
  }
  return items;
}

Expression* Binder::CallDef(const FunctionDef* def, std::vector<Expression*> args,
                            const types::DataType* type) {
  const int count = static_cast<int>(args.size());
  if (count < def->min_args || (def->max_args >= 0 && count > def->max_args)) {
    Raise(kErWrongParamCount, std::string(def->name));
  }
  bool constant = def->deterministic;
  for (Expression* arg : args) constant = constant && arg->IsConstant();
  if (!constant) {
    for (Expression*& arg : args) arg = CacheConstant(arg);
  }
  auto* call = arena()->New<FunctionCall>(def, std::move(args));
  if (type != nullptr) call->set_type(*type);
  BindContext context{&session_, &session_.diagnostics()};
  def->bind(*call, context);
  if (!def->deterministic) {
    for (OpenQuery& open : open_queries_) open.query->volatile_result = true;
  }
  return call;
}

Expression* Binder::Call(std::string_view function, std::vector<Expression*> args) {
  const FunctionDef* def = functions_.Find(function);
  if (def == nullptr) Raise(kErNotSupported, std::string(function));
  return CallDef(def, std::move(args));
}

Expression* Binder::CacheConstant(Expression* expression) {
  if (!expression->IsConstant()) return expression;
  if (dynamic_cast<FunctionCall*>(expression) == nullptr &&
      dynamic_cast<SystemVariableExpr*>(expression) == nullptr) {
    return expression;
  }
  return arena()->New<ConstantExpr>(expression, memory_.constant_count++);
}

Expression* Binder::Conjunction(const std::vector<Expression*>& conjuncts) {
  if (conjuncts.empty()) return nullptr;
  if (conjuncts.size() == 1) return conjuncts[0];
  return Call("and", conjuncts);
}

/// Notes the tests that AND and OR alone connect to the whole condition.
void Binder::FindWhereTests(const sql::Expression& expression) {
  if (const auto* test = sql::TryAs<sql::IsTest>(&expression)) where_tests_.push_back(test);
  const auto* logical = sql::TryAs<sql::Logical>(&expression);
  if (logical == nullptr) return;
  for (const sql::Expression* operand : logical->operands) FindWhereTests(*operand);
}

void Binder::BindConjuncts(const sql::Expression& expression, Scope* scope, Clause clause,
                           std::vector<Expression*>* out) {
  if (const auto* logical = sql::TryAs<sql::Logical>(&expression);
      logical != nullptr && logical->is_and) {
    for (const sql::Expression* operand : logical->operands)
      BindConjuncts(*operand, scope, clause, out);
    return;
  }
  std::vector<const sql::IsTest*> outer_tests = std::exchange(where_tests_, {});
  if (clause == Clause::kWhere) FindWhereTests(expression);
  Expression* bound = Scalar(BindIn(expression, scope, clause));
  where_tests_ = std::move(outer_tests);
  std::vector<Expression*> pending{bound};
  while (!pending.empty()) {  // row comparisons came apart into calls of AND
    Expression* next = pending.back();
    pending.pop_back();
    if (IsCallOf(next, "and")) {
      const auto args = static_cast<FunctionCall*>(next)->args();
      pending.insert(pending.end(), args.rbegin(), args.rend());
      continue;
    }
    out->push_back(CacheConstant(next));
  }
}

Expression* Binder::BindUnary(const sql::Unary& unary) {
  switch (unary.op) {
    case sql::UnaryOperator::kNegate: {
      if (const auto* literal = sql::TryAs<sql::Literal>(unary.operand)) {
        if (Expression* folded = BindNegatedLiteral(*literal)) return folded;
      }
      return Call("neg", {HexToNumber(BindScalar(*unary.operand))});
    }
    case sql::UnaryOperator::kNot:
      return Call("not", {BindScalar(*unary.operand)});
    case sql::UnaryOperator::kBitNot:
      return Call("~", {HexToNumber(BindScalar(*unary.operand))});
  }
  Raise(kErNotSupported, "this operator");
}

Expression* Binder::BindBinary(const sql::Binary& binary) {
  Expression* left = Bind(*binary.left);
  Expression* right = Bind(*binary.right);
  if (IsComparison(binary.op)) return Compare(binary.op, left, right);
  if (binary.op == BinaryOperator::kSoundsLike) {
    return Call("=", {Call("soundex", {Scalar(left)}), Call("soundex", {Scalar(right)})});
  }
  const bool bits = binary.op >= BinaryOperator::kBitOr && binary.op <= BinaryOperator::kShiftRight;
  auto is_bytes = [](const Expression* e) {
    const auto* literal = dynamic_cast<const LiteralExpr*>(e);
    return e->type().IsString() && e->type().collation == &types::kBinaryCollation &&
           (literal == nullptr || !literal->is_hex());
  };
  if (!bits || (!is_bytes(left) && !is_bytes(right))) {
    left = HexToNumber(left);
    right = HexToNumber(right);
  }
  return Call(OperatorName(binary.op), {Scalar(left), Scalar(right)});
}

Expression* Binder::Compare(BinaryOperator op, Expression* left, Expression* right) {
  const std::vector<Expression*> left_items = RowItems(left);
  const std::vector<Expression*> right_items = RowItems(right);
  if (left_items.empty() && right_items.empty()) {
    if (left->type().IsNumeric() || left->type().id == types::TypeId::kBit)
      right = HexToNumber(right);
    if (right->type().IsNumeric() || right->type().id == types::TypeId::kBit)
      left = HexToNumber(left);
    return Call(OperatorName(op), {left, right});
  }
  if (left_items.size() != right_items.size()) {
    Raise(kErOperandColumns, std::max<size_t>(1, left_items.size()));
  }
  return CompareRows(op, left_items, right_items);
}

Expression* Binder::CompareRows(BinaryOperator op, const std::vector<Expression*>& left,
                                const std::vector<Expression*>& right) {
  if (op == BinaryOperator::kEqual || op == BinaryOperator::kNullSafeEqual ||
      op == BinaryOperator::kNotEqual) {
    std::vector<Expression*> parts;
    for (size_t i = 0; i < left.size(); i++) parts.push_back(Compare(op, left[i], right[i]));
    return Call(op == BinaryOperator::kNotEqual ? "or" : "and", std::move(parts));
  }
  // (a, b) < (c, d)  is  a < c OR (a = c AND b < d)
  const bool less = op == BinaryOperator::kLess || op == BinaryOperator::kLessEqual;
  const BinaryOperator strict = less ? BinaryOperator::kLess : BinaryOperator::kGreater;
  Expression* result = nullptr;
  for (size_t i = left.size(); i-- > 0;) {
    if (result == nullptr) {
      result = Compare(op, left[i], right[i]);
      continue;
    }
    Expression* equal = Compare(BinaryOperator::kEqual, left[i], right[i]);
    Expression* tail = Call("and", {equal, result});
    result = Call("or", {Compare(strict, left[i], right[i]), tail});
  }
  return result;
}

Expression* Binder::BindLogical(const sql::Logical& logical) {
  std::vector<Expression*> operands;
  for (const sql::Expression* operand : logical.operands) operands.push_back(BindScalar(*operand));
  return Call(logical.is_and ? "and" : "or", std::move(operands));
}

Expression* Binder::BindIsTest(const sql::IsTest& test) {
  std::string name = test.negated ? "is not " : "is ";
  switch (test.test) {
    case sql::TruthTest::kNull:
    case sql::TruthTest::kUnknown:
      name += "null";
      break;
    case sql::TruthTest::kTrue:
      name += "true";
      break;
    case sql::TruthTest::kFalse:
      name += "false";
      break;
  }
  Expression* operand = BindScalar(*test.operand);
  const bool filters =
      std::find(where_tests_.begin(), where_tests_.end(), &test) != where_tests_.end();
  if (filters && test.test == sql::TruthTest::kNull && !test.negated && IsNotNullDate(*operand)) {
    // A NOT NULL date column IS NULL where it holds the zero date; only as a condition of WHERE.
    const types::Value zero = operand->type().id == types::TypeId::kDate
                                  ? types::Value::Date(0)
                                  : types::Value::Datetime(0);
    auto* literal = arena()->New<LiteralExpr>(zero, operand->type());
    literal->set_coercibility(5);
    return Call("or", {Call(name, {operand}), Call("=", {BindScalar(*test.operand), literal})});
  }
  return Call(name, {operand});
}

Expression* Binder::BindBetween(const sql::Between& between) {
  Expression* call = Call("between", {BindScalar(*between.operand), BindScalar(*between.low),
                                      BindScalar(*between.high)});
  return between.negated ? Call("not", {call}) : call;
}

Expression* Binder::BindInList(const sql::InList& in) {
  Expression* operand = Bind(*in.operand);
  const std::vector<Expression*> left = RowItems(operand);
  Expression* result = nullptr;
  if (left.empty()) {
    std::vector<Expression*> args{operand};
    for (const sql::Expression* item : in.items) args.push_back(BindScalar(*item));
    result = args.size() == 2 ? Call("=", std::move(args)) : Call("in", std::move(args));
  } else {
    std::vector<Expression*> alternatives;
    for (const sql::Expression* item : in.items) {
      const std::vector<Expression*> right = RowItems(Bind(*item));
      if (right.size() != left.size()) Raise(kErOperandColumns, left.size());
      // Operands are used once per alternative; they are bound anew, as nodes are never shared.
      const std::vector<Expression*> fresh =
          alternatives.empty() ? left : RowItems(Bind(*in.operand));
      alternatives.push_back(CompareRows(BinaryOperator::kEqual, fresh, right));
    }
    result = alternatives.size() == 1 ? alternatives[0] : Call("or", std::move(alternatives));
  }
  return in.negated ? Call("not", {result}) : result;
}

Expression* Binder::BindLike(const sql::Like& like) {
  std::vector<Expression*> args{BindScalar(*like.operand), BindScalar(*like.pattern)};
  if (like.escape != nullptr) args.push_back(BindScalar(*like.escape));
  Expression* call = Call("like", std::move(args));
  return like.negated ? Call("not", {call}) : call;
}

// CASE x WHEN y does not know JSON: a document meets a number as a number, anything else as text.
Expression* Binder::CompareCase(Expression* operand, Expression* when) {
  const auto is_json = [](const Expression& e) { return e.type().id == types::TypeId::kJson; };
  const auto plain = [&](Expression* document, const Expression& other) -> Expression* {
    if (!is_json(*document)) return document;
    if (other.type().IsNumeric()) return Call("+", {document, IntLiteral(0)});
    const types::DataType text{.collation = types::FindCollation("utf8mb4_bin")};
    return CallDef(functions_.Find("convert_using"), {document}, &text);
  };
  if (!is_json(*operand) && !is_json(*when)) {
    return Compare(BinaryOperator::kEqual, operand, when);
  }
  return Compare(BinaryOperator::kEqual, plain(operand, *when), plain(when, *operand));
}

Expression* Binder::BindCase(const sql::Case& node) {
  std::vector<Expression*> args;
  for (const sql::CaseBranch& branch : node.branches) {
    Expression* when = Bind(*branch.when);
    if (node.operand != nullptr) when = CompareCase(Bind(*node.operand), when);
    args.push_back(Scalar(when));
    args.push_back(BindScalar(*branch.then));
  }
  if (node.otherwise != nullptr) args.push_back(BindScalar(*node.otherwise));
  return Call("case", std::move(args));
}

Expression* Binder::BindUserVariable(const sql::UserVariable& variable) {
  types::DataType type;
  session_.UserVariable(variable.name, &type);
  auto* node = arena()->New<UserVariableExpr>(LowerName(variable.name), type);
  node->set_coercibility(2);
  for (OpenQuery& open : open_queries_) open.query->volatile_result = true;
  memory_.volatile_plan = true;  // its type may be another one at the next run
  return node;
}

Expression* Binder::BindAssignment(const sql::UserVariableAssignment& assignment) {
  for (OpenQuery& open : open_queries_) open.query->volatile_result = true;
  memory_.volatile_plan = true;
  auto* node =
      arena()->New<AssignVariableExpr>(LowerName(assignment.name), BindScalar(*assignment.value));
  node->set_coercibility(2);
  return node;
}

Expression* Binder::BindSystemVariable(const sql::SystemVariable& variable) {
  VariableScope scope = VariableScope::kDefault;
  if (variable.scope == sql::VariableScope::kGlobal) scope = VariableScope::kGlobal;
  if (variable.scope == sql::VariableScope::kSession) scope = VariableScope::kSession;
  std::string name(variable.name);
  if (!variable.base.empty()) name = std::string(variable.base) + "." + name;
  types::DataType type;
  session_.SystemVariable(name, scope, &type, arena());
  memory_.session_only = true;  // the type has the length of this session's value
  auto* node = arena()->New<SystemVariableExpr>(LowerName(name), static_cast<uint8_t>(scope), type);
  node->set_coercibility(3);
  return node;
}

}  // namespace sixfold::plan
