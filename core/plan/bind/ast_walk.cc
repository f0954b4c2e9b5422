#include "core/plan/bind/ast_walk.h"

namespace sixfold::plan {

namespace {

using Visit = std::function<void(const sql::Expression&)>;

void VisitIf(const sql::Expression* expression, const Visit& visit) {
  if (expression != nullptr) visit(*expression);
}

void VisitList(const sql::List<sql::Expression*>& list, const Visit& visit) {
  for (const sql::Expression* item : list) visit(*item);
}

void VisitAggregate(const sql::AggregateCall& call, const Visit& visit) {
  VisitList(call.arguments, visit);
  for (const sql::OrderItem& item : call.order_by) visit(*item.expression);
  if (call.over == nullptr) return;
  VisitList(call.over->partition_by, visit);
  for (const sql::OrderItem& item : call.over->order_by) visit(*item.expression);
}

void VisitCase(const sql::Case& node, const Visit& visit) {
  VisitIf(node.operand, visit);
  for (const sql::CaseBranch& branch : node.branches) {
    visit(*branch.when);
    visit(*branch.then);
  }
  VisitIf(node.otherwise, visit);
}

}  // namespace

void ForEachOperand(const sql::Expression& e, const Visit& visit) {
  using Kind = sql::Expression::Kind;
  switch (e.kind) {
    case Kind::kUserVariableAssignment:
      return VisitIf(sql::As<sql::UserVariableAssignment>(e).value, visit);
    case Kind::kUnary:
      return VisitIf(sql::As<sql::Unary>(e).operand, visit);
    case Kind::kBinary:
      visit(*sql::As<sql::Binary>(e).left);
      return visit(*sql::As<sql::Binary>(e).right);
    case Kind::kLogical:
      return VisitList(sql::As<sql::Logical>(e).operands, visit);
    case Kind::kIsTest:
      return visit(*sql::As<sql::IsTest>(e).operand);
    case Kind::kBetween:
      visit(*sql::As<sql::Between>(e).operand);
      visit(*sql::As<sql::Between>(e).low);
      return visit(*sql::As<sql::Between>(e).high);
    case Kind::kInList:
      visit(*sql::As<sql::InList>(e).operand);
      return VisitList(sql::As<sql::InList>(e).items, visit);
    case Kind::kInSubquery:
      return visit(*sql::As<sql::InSubquery>(e).operand);
    case Kind::kQuantified:
      return visit(*sql::As<sql::Quantified>(e).left);
    case Kind::kLike:
      visit(*sql::As<sql::Like>(e).operand);
      visit(*sql::As<sql::Like>(e).pattern);
      return VisitIf(sql::As<sql::Like>(e).escape, visit);
    case Kind::kCase:
      return VisitCase(sql::As<sql::Case>(e), visit);
    case Kind::kRow:
      return VisitList(sql::As<sql::RowExpression>(e).items, visit);
    case Kind::kCollate:
      return visit(*sql::As<sql::Collate>(e).operand);
    case Kind::kFunctionCall:
      return VisitList(sql::As<sql::FunctionCall>(e).arguments, visit);
    case Kind::kAggregateCall:
      return VisitAggregate(sql::As<sql::AggregateCall>(e), visit);
    case Kind::kCast:
      return visit(*sql::As<sql::Cast>(e).operand);
    case Kind::kConvertUsing:
      return visit(*sql::As<sql::ConvertUsing>(e).operand);
    case Kind::kExtract:
      return visit(*sql::As<sql::Extract>(e).operand);
    case Kind::kTrim:
      VisitIf(sql::As<sql::Trim>(e).remove, visit);
      return visit(*sql::As<sql::Trim>(e).operand);
    case Kind::kDateArithmetic:
      visit(*sql::As<sql::DateArithmetic>(e).date);
      return visit(*sql::As<sql::DateArithmetic>(e).amount);
    case Kind::kTimestampDiff:
      visit(*sql::As<sql::TimestampDiff>(e).from);
      return visit(*sql::As<sql::TimestampDiff>(e).to);
    case Kind::kWeightString:
      return visit(*sql::As<sql::WeightString>(e).operand);
    case Kind::kJsonValue:
      visit(*sql::As<sql::JsonValue>(e).document);
      return visit(*sql::As<sql::JsonValue>(e).path);
    default:
      return;
  }
}

}  // namespace sixfold::plan
