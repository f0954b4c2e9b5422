// What operators join: parentheses, subqueries, CASE, variables, intervals; and the nodes that
// several places build.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

Expression* Parser::ParsePrimary() {
  if (pending_ != nullptr) {
    Expression* primary = pending_;
    pending_ = nullptr;
    return primary;
  }
  switch (token_.type) {
    case T::kInteger:
    case T::kDecimal:
    case T::kFloat:
      return ParameterOr(ParseNumber());
    case T::kString:
    case T::kNationalString:
      return ParameterOr(ParseStringLiteral());
    case T::kIntroducer:
      return ParseIntroduced();
    case T::kHex:
    case T::kBit:
      return ParseHexOrBit();
    case T::kParameter: {
      if (!options_.allow_parameters) SyntaxError();
      Parameter* parameter = New<Parameter>();
      parameter->ordinal = parameters_++;
      Advance();
      return Finish(parameter);
    }
    case T::kUserVariable:
      return ParseVariableAssignmentOrUse();
    case T::kAtAt:
      return ParseSystemVariable();
    case T::kLeftParen:
      return ParseParenthesized();
    case T::kLeftBrace:
      return ParseOdbcEscape();
    case T::kQuotedIdentifier:
      return ParseNameOrCall();
    case T::kIdentifier:
      return token_.keyword == K::kNotKeyword ? ParseNameOrCall() : ParseKeywordPrimary();
    case T::kDot:
      return Column();
    default:
      SyntaxError();
  }
}

Expression* Parser::ParseParenthesized() {
  const uint32_t begin = token_.begin;
  Expect(T::kLeftParen);
  return AfterParenthesis(ParseExpressionOrQuery(), begin);
}

// Takes what stands between '(' and ')' and its ')'; makes a row of (a, b).
Expression* Parser::AfterParenthesis(ExpressionOrQuery inner, uint32_t begin) {
  if (inner.query != nullptr && !Is(T::kComma)) {
    Expect(T::kRightParen);
    return MakeSubquery(inner.query, begin);
  }
  Expression* first = inner.query != nullptr ? MakeSubquery(inner.query, begin) : inner.expression;
  if (!Is(T::kComma)) {
    Expect(T::kRightParen);
    return first;
  }
  RowExpression* row = arena_->New<RowExpression>();
  row->span.begin = begin;
  Add(&row->items, first);
  while (Accept(T::kComma)) Add(&row->items, ParseExpr());
  Expect(T::kRightParen);
  return Finish(row);
}

// Behind '('. Whether "((SELECT 1) …" is a query or an expression shows only behind its inner
// parentheses.
Parser::ExpressionOrQuery Parser::ParseExpressionOrQuery() {
  GuardStack();
  if (StartsQuery()) return {nullptr, ParseQuery()};
  if (!Is(T::kLeftParen)) return {ParseExpr(), nullptr};
  const uint32_t begin = token_.begin;
  Advance();
  const ExpressionOrQuery inner = ParseExpressionOrQuery();
  if (inner.query == nullptr || Is(T::kComma)) {
    return {ParseExprFrom(AfterParenthesis(inner, begin)), nullptr};
  }
  Expect(T::kRightParen);
  if (ContinuesQuery()) {
    return {nullptr, ParseQueryFrom(UnwrapParenthesized(inner.query, begin))};
  }
  if (Is(T::kRightParen) || Is(T::kComma)) return inner;
  return {ParseExprFrom(MakeSubquery(inner.query, begin)), nullptr};
}

QueryExpression* Parser::ParseParenthesizedSubquery() {
  Expect(T::kLeftParen);
  QueryExpression* query = ParseQuery();
  Expect(T::kRightParen);
  return query;
}

Expression* Parser::MakeSubquery(QueryExpression* query, uint32_t begin) {
  Subquery* node = arena_->New<Subquery>();
  node->span.begin = begin;
  node->query = query;
  return Finish(node);
}

Expression* Parser::MakeBinary(BinaryOperator op, Expression* left, Expression* right) {
  Binary* node = arena_->New<Binary>();
  node->span.begin = left->span.begin;
  node->op = op;
  node->left = left;
  node->right = right;
  return Finish(node);
}

Expression* Parser::MakeNot(Expression* operand, uint32_t begin) {
  Unary* node = arena_->New<Unary>();
  node->span.begin = begin;
  node->op = UnaryOperator::kNot;
  node->operand = operand;
  return Finish(node);
}

Expression* Parser::MakeDateArithmetic(Expression* date, const Interval& interval, bool subtract) {
  DateArithmetic* node = arena_->New<DateArithmetic>();
  node->span.begin = date->span.begin;
  node->date = date;
  node->amount = interval.amount;
  node->unit = interval.unit;
  node->subtract = subtract;
  return Finish(node);
}

FunctionCall* Parser::MakeCall(std::string_view name, std::initializer_list<Expression*> arguments,
                               uint32_t begin) {
  FunctionCall* call = arena_->New<FunctionCall>();
  call->span.begin = begin;
  call->name = name;
  call->written_name = name;
  for (Expression* argument : arguments) Add(&call->arguments, argument);
  return Finish(call);
}

Expression* Parser::ParseCase() {
  Case* node = New<Case>();
  Expect(K::kCase);
  if (!Is(K::kWhen)) node->operand = ParseExpr();
  do {
    Expect(K::kWhen);
    CaseBranch branch;
    branch.when = ParseExpr();
    Expect(K::kThen);
    branch.then = ParseExpr();
    Add(&node->branches, branch);
  } while (Is(K::kWhen));
  if (Accept(K::kElse)) node->otherwise = ParseExpr();
  Expect(K::kEnd);
  return Finish(node);
}

Expression* Parser::ParseVariableAssignmentOrUse() {
  const uint32_t begin = token_.begin;
  const std::string_view name = lexer_.Value(token_, arena_);
  Advance();
  if (Accept(T::kAssign)) {
    UserVariableAssignment* node = arena_->New<UserVariableAssignment>();
    node->span.begin = begin;
    node->name = name;
    node->value = ParseExpr();
    return Finish(node);
  }
  UserVariable* node = arena_->New<UserVariable>();
  node->span.begin = begin;
  node->name = name;
  return Finish(node);
}

Expression* Parser::ParseSystemVariable() {
  SystemVariable* node = New<SystemVariable>();
  Expect(T::kAtAt);
  std::string_view first = AnyWord();
  if (Is(T::kDot)) {
    const Keyword scope = LookUpKeyword(first);
    const bool is_scope = scope == K::kGlobal || scope == K::kSession || scope == K::kLocal ||
                          scope == K::kPersist || scope == K::kPersistOnly;
    if (is_scope) {
      node->scope = scope == K::kGlobal        ? VariableScope::kGlobal
                    : scope == K::kPersist     ? VariableScope::kPersist
                    : scope == K::kPersistOnly ? VariableScope::kPersistOnly
                                               : VariableScope::kSession;
      Advance();
      first = AnyWord();
    }
  }
  node->name = first;
  if (Accept(T::kDot)) {
    node->base = first;
    node->name = AnyWord();
  }
  return Finish(node);
}

// {d '…'}, {t '…'}, {ts '…'}; any other {word expr} is its expression.
Expression* Parser::ParseOdbcEscape() {
  const uint32_t begin = token_.begin;
  Expect(T::kLeftBrace);
  const std::string_view word = Lower(Identifier());
  Expression* value = ParseExpr();
  Expect(T::kRightBrace);
  if (Literal* literal = TryAs<Literal>(value);
      literal != nullptr && literal->type == LiteralType::kString) {
    if (word == "d") literal->type = LiteralType::kDate;
    if (word == "t") literal->type = LiteralType::kTime;
    if (word == "ts") literal->type = LiteralType::kTimestamp;
  }
  value->span.begin = begin;
  return Finish(value);
}

bool Parser::IsIntervalUnit() const {
  switch (token_.keyword) {
    case K::kMicrosecond:
    case K::kSecond:
    case K::kMinute:
    case K::kHour:
    case K::kDay:
    case K::kWeek:
    case K::kMonth:
    case K::kQuarter:
    case K::kYear:
    case K::kSqlTsiSecond:
    case K::kSqlTsiMinute:
    case K::kSqlTsiHour:
    case K::kSqlTsiDay:
    case K::kSqlTsiWeek:
    case K::kSqlTsiMonth:
    case K::kSqlTsiQuarter:
    case K::kSqlTsiYear:
    case K::kSecondMicrosecond:
    case K::kMinuteMicrosecond:
    case K::kMinuteSecond:
    case K::kHourMicrosecond:
    case K::kHourSecond:
    case K::kHourMinute:
    case K::kDayMicrosecond:
    case K::kDaySecond:
    case K::kDayMinute:
    case K::kDayHour:
    case K::kYearMonth:
      return true;
    default:
      return false;
  }
}

IntervalUnit Parser::ParseIntervalUnit() {
  const K keyword = token_.keyword;
  if (!IsIntervalUnit()) SyntaxError();
  Advance();
  switch (keyword) {
    case K::kMicrosecond:
      return IntervalUnit::kMicrosecond;
    case K::kSecond:
    case K::kSqlTsiSecond:
      return IntervalUnit::kSecond;
    case K::kMinute:
    case K::kSqlTsiMinute:
      return IntervalUnit::kMinute;
    case K::kHour:
    case K::kSqlTsiHour:
      return IntervalUnit::kHour;
    case K::kWeek:
    case K::kSqlTsiWeek:
      return IntervalUnit::kWeek;
    case K::kMonth:
    case K::kSqlTsiMonth:
      return IntervalUnit::kMonth;
    case K::kQuarter:
    case K::kSqlTsiQuarter:
      return IntervalUnit::kQuarter;
    case K::kYear:
    case K::kSqlTsiYear:
      return IntervalUnit::kYear;
    case K::kSecondMicrosecond:
      return IntervalUnit::kSecondMicrosecond;
    case K::kMinuteMicrosecond:
      return IntervalUnit::kMinuteMicrosecond;
    case K::kMinuteSecond:
      return IntervalUnit::kMinuteSecond;
    case K::kHourMicrosecond:
      return IntervalUnit::kHourMicrosecond;
    case K::kHourSecond:
      return IntervalUnit::kHourSecond;
    case K::kHourMinute:
      return IntervalUnit::kHourMinute;
    case K::kDayMicrosecond:
      return IntervalUnit::kDayMicrosecond;
    case K::kDaySecond:
      return IntervalUnit::kDaySecond;
    case K::kDayMinute:
      return IntervalUnit::kDayMinute;
    case K::kDayHour:
      return IntervalUnit::kDayHour;
    case K::kYearMonth:
      return IntervalUnit::kYearMonth;
    default:
      return IntervalUnit::kDay;
  }
}

// At INTERVAL. True: `INTERVAL amount unit`. False: the function INTERVAL(n, …) as *call.
bool Parser::ParseIntervalOrCall(Interval* interval, Expression** call) {
  const uint32_t begin = token_.begin;
  Expect(K::kInterval);
  if (Is(T::kLeftParen)) {
    const uint32_t open = token_.begin;
    Advance();
    const ExpressionOrQuery inner = ParseExpressionOrQuery();
    if (inner.query == nullptr && Is(T::kComma)) {
      FunctionCall* node = MakeCall("interval", {inner.expression}, begin);
      while (Accept(T::kComma)) Add(&node->arguments, ParseExpr());
      Expect(T::kRightParen);
      *call = Finish(node);
      return false;
    }
    interval->amount = ParseExprFrom(AfterParenthesis(inner, open));
  } else {
    interval->amount = ParseExpr();
  }
  interval->unit = ParseIntervalUnit();
  return true;
}

// INTERVAL n unit + date, or the function.
Expression* Parser::ParseIntervalPrimary() {
  const uint32_t begin = token_.begin;
  Interval interval;
  Expression* call = nullptr;
  if (!ParseIntervalOrCall(&interval, &call)) return call;
  Expect(T::kPlus);
  Expression* sum = MakeDateArithmetic(ParseUnary(), interval, false);
  sum->span.begin = begin;
  return sum;
}

List<Expression*> Parser::ParseExpressionList() {
  List<Expression*> list;
  do {
    Add(&list, ParseExpr());
  } while (Accept(T::kComma));
  return list;
}

}  // namespace sixfold::sql
