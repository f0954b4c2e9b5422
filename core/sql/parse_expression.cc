// Expressions by precedence climbing, one method per level of MySQL's grammar:
//   OR < XOR < AND < NOT < IS TRUE < comparison, IS NULL < BETWEEN, IN, LIKE, REGEXP
//   < | < & < << >> < + - < * / DIV % MOD < ^ < || (PIPES_AS_CONCAT) < unary - ~ ! BINARY
//   < COLLATE
// NOT has the precedence of ! under HIGH_NOT_PRECEDENCE.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

Expression* Parser::ParseExprFrom(Expression* primary) {
  pending_ = primary;
  return ParseExpr();
}

Expression* Parser::ParseExpr() {
  GuardStack();
  Expression* left = ParseXor();
  const bool pipes_are_or = (options_.sql_mode & kModePipesAsConcat) == 0;
  Logical* chain = nullptr;
  while (Is(K::kOr) || (pipes_are_or && Is(T::kOrOr))) {
    Advance();
    Expression* right = ParseXor();
    if (chain == nullptr) {
      chain = arena_->New<Logical>();
      chain->is_and = false;
      chain->span.begin = left->span.begin;
      Add(&chain->operands, left);
      left = chain;
    }
    Add(&chain->operands, right);
    Finish(chain);
  }
  return left;
}

Expression* Parser::ParseXor() {
  Expression* left = ParseAnd();
  while (Accept(K::kXor)) left = MakeBinary(BinaryOperator::kXor, left, ParseAnd());
  return left;
}

Expression* Parser::ParseAnd() {
  Expression* left = ParseNot();
  Logical* chain = nullptr;
  while (Is(K::kAnd) || Is(T::kAndAnd)) {
    Advance();
    Expression* right = ParseNot();
    if (chain == nullptr) {
      chain = arena_->New<Logical>();
      chain->span.begin = left->span.begin;
      Add(&chain->operands, left);
      left = chain;
    }
    Add(&chain->operands, right);
    Finish(chain);
  }
  return left;
}

Expression* Parser::ParseNot() {
  if (pending_ != nullptr || !Is(K::kNot) || (options_.sql_mode & kModeHighNotPrecedence) != 0) {
    return ParseTruth();
  }
  GuardStack();
  const uint32_t begin = token_.begin;
  Advance();
  return MakeNot(ParseNot(), begin);
}

// … IS [NOT] TRUE|FALSE|UNKNOWN, which cannot be chained.
Expression* Parser::ParseTruth() {
  Expression* operand = ParseComparison();
  if (!Is(K::kIs)) return operand;
  Advance();
  const bool negated = Accept(K::kNot);
  TruthTest test = TruthTest::kTrue;
  if (Accept(K::kFalse)) {
    test = TruthTest::kFalse;
  } else if (Accept(K::kUnknown)) {
    test = TruthTest::kUnknown;
  } else {
    Expect(K::kTrue);
  }
  IsTest* node = arena_->New<IsTest>();
  node->span.begin = operand->span.begin;
  node->operand = operand;
  node->test = test;
  node->negated = negated;
  return Finish(node);
}

bool Parser::IsComparisonOperator() const {
  return token_.type >= T::kLess && token_.type <= T::kNullSafeEqual;
}

namespace {

BinaryOperator ComparisonOf(TokenType type) {
  switch (type) {
    case TokenType::kLess:
      return BinaryOperator::kLess;
    case TokenType::kLessEqual:
      return BinaryOperator::kLessEqual;
    case TokenType::kGreater:
      return BinaryOperator::kGreater;
    case TokenType::kGreaterEqual:
      return BinaryOperator::kGreaterEqual;
    case TokenType::kNotEqual:
      return BinaryOperator::kNotEqual;
    case TokenType::kNullSafeEqual:
      return BinaryOperator::kNullSafeEqual;
    default:
      return BinaryOperator::kEqual;
  }
}

struct BitOperator {
  int precedence;  // 0: none
  BinaryOperator op;
};

BitOperator BitOperatorOf(const Token& token) {
  switch (token.type) {
    case TokenType::kPipe:
      return {1, BinaryOperator::kBitOr};
    case TokenType::kAmpersand:
      return {2, BinaryOperator::kBitAnd};
    case TokenType::kShiftLeft:
      return {3, BinaryOperator::kShiftLeft};
    case TokenType::kShiftRight:
      return {3, BinaryOperator::kShiftRight};
    case TokenType::kPlus:
      return {4, BinaryOperator::kAdd};
    case TokenType::kMinus:
      return {4, BinaryOperator::kSubtract};
    case TokenType::kStar:
      return {5, BinaryOperator::kMultiply};
    case TokenType::kSlash:
      return {5, BinaryOperator::kDivide};
    case TokenType::kPercent:
      return {5, BinaryOperator::kModulo};
    case TokenType::kCaret:
      return {6, BinaryOperator::kBitXor};
    case TokenType::kIdentifier:
      if (token.keyword == Keyword::kDiv) return {5, BinaryOperator::kIntegerDivide};
      if (token.keyword == Keyword::kMod) return {5, BinaryOperator::kModulo};
      return {0, BinaryOperator::kAdd};
    default:
      return {0, BinaryOperator::kAdd};
  }
}

}  // namespace

Expression* Parser::ParseComparison() {
  Expression* left = ParsePredicate();
  while (true) {
    if (IsComparisonOperator()) {
      const BinaryOperator op = ComparisonOf(token_.type);
      Advance();
      const bool quantified =
          (Is(K::kAll) || Is(K::kAny) || Is(K::kSome)) && PeekIs(1, T::kLeftParen);
      if (!quantified) {
        left = MakeBinary(op, left, ParsePredicate());
        continue;
      }
      Quantified* node = arena_->New<Quantified>();
      node->span.begin = left->span.begin;
      node->op = op;
      node->all = Is(K::kAll);
      node->left = left;
      Advance();
      node->query = ParseParenthesizedSubquery();
      left = Finish(node);
    } else if (Is(K::kIs) && (PeekIs(1, K::kNull) || (PeekIs(1, K::kNot) && PeekIs(2, K::kNull)))) {
      Advance();
      IsTest* node = arena_->New<IsTest>();
      node->span.begin = left->span.begin;
      node->operand = left;
      node->negated = Accept(K::kNot);
      Advance();
      left = Finish(node);
    } else {
      return left;
    }
  }
}

Expression* Parser::ParsePredicate() {
  Expression* operand = ParseBit(1);
  if (!Is(T::kIdentifier)) return operand;
  switch (token_.keyword) {
    case K::kNot:
      switch (Peek(1).keyword) {
        case K::kIn:
        case K::kBetween:
        case K::kLike:
        case K::kRegexp:
        case K::kRlike:
          Advance();
          return ParseNegatablePredicate(operand, true);
        default:
          return operand;
      }
    case K::kIn:
    case K::kBetween:
    case K::kLike:
    case K::kRegexp:
    case K::kRlike:
      return ParseNegatablePredicate(operand, false);
    case K::kSounds: {
      if (!PeekIs(1, K::kLike)) return operand;
      Advance();
      Advance();
      return MakeBinary(BinaryOperator::kSoundsLike, operand, ParseBit(1));
    }
    case K::kMember: {
      if (!PeekIs(1, K::kOf) && !PeekIs(1, T::kLeftParen)) return operand;
      Advance();
      Accept(K::kOf);
      Expect(T::kLeftParen);
      Expression* array = ParseSimple();
      Expect(T::kRightParen);
      return MakeBinary(BinaryOperator::kMemberOf, operand, array);
    }
    default:
      return operand;
  }
}

Expression* Parser::ParseNegatablePredicate(Expression* operand, bool negated) {
  const K keyword = token_.keyword;
  const uint32_t begin = operand->span.begin;
  Advance();
  if (keyword == K::kIn) return ParseInTail(operand, negated);
  if (keyword == K::kBetween) {
    Between* node = arena_->New<Between>();
    node->span.begin = begin;
    node->operand = operand;
    node->negated = negated;
    node->low = ParseBit(1);
    Expect(K::kAnd);
    GuardStack();
    node->high = ParsePredicate();
    return Finish(node);
  }
  if (keyword == K::kLike) {
    Like* node = arena_->New<Like>();
    node->span.begin = begin;
    node->operand = operand;
    node->negated = negated;
    node->pattern = ParseSimple();
    if (Accept(K::kEscape)) node->escape = ParseSimple();
    return Finish(node);
  }
  Expression* call = MakeCall("regexp_like", {operand, ParseBit(1)}, begin);
  return negated ? MakeNot(call, begin) : call;
}

// Behind IN.
Expression* Parser::ParseInTail(Expression* operand, bool negated) {
  const uint32_t begin = operand->span.begin;
  Expect(T::kLeftParen);
  const ExpressionOrQuery first = ParseExpressionOrQuery();
  if (first.query != nullptr && !Is(T::kComma)) {
    InSubquery* node = arena_->New<InSubquery>();
    node->span.begin = begin;
    node->operand = operand;
    node->query = first.query;
    node->negated = negated;
    Expect(T::kRightParen);
    return Finish(node);
  }
  InList* node = arena_->New<InList>();
  node->span.begin = begin;
  node->operand = operand;
  node->negated = negated;
  Add(&node->items, first.query != nullptr ? MakeSubquery(first.query, begin) : first.expression);
  while (Accept(T::kComma)) Add(&node->items, ParseExpr());
  Expect(T::kRightParen);
  return Finish(node);
}

Expression* Parser::ParseBit(int lowest) {
  Expression* left = ParseSimple();
  while (true) {
    const BitOperator bit = BitOperatorOf(token_);
    if (bit.precedence == 0 || bit.precedence < lowest) return left;
    Advance();
    if (bit.precedence == 4 && Is(K::kInterval)) {
      Interval interval;
      Expression* call = nullptr;
      if (ParseIntervalOrCall(&interval, &call)) {
        left = MakeDateArithmetic(left, interval, bit.op == BinaryOperator::kSubtract);
        continue;
      }
      pending_ = call;
    }
    left = MakeBinary(bit.op, left, ParseBit(bit.precedence + 1));
  }
}

Expression* Parser::ParseSimple() {
  Expression* left = ParseUnary();
  while (Is(T::kOrOr) && (options_.sql_mode & kModePipesAsConcat) != 0) {
    Advance();
    Expression* right = ParseUnary();
    left = MakeCall("concat", {left, right}, left->span.begin);
  }
  return left;
}

Expression* Parser::ParseUnary() {
  if (pending_ != nullptr) return ParsePostfix();
  UnaryOperator op = UnaryOperator::kNegate;
  switch (token_.type) {
    case T::kPlus: {
      GuardStack();
      Advance();
      return ParseUnary();
    }
    case T::kMinus:
      break;
    case T::kTilde:
      op = UnaryOperator::kBitNot;
      break;
    case T::kExclamation:
      op = UnaryOperator::kNot;
      break;
    case T::kIdentifier:
      if (token_.keyword == K::kNot && (options_.sql_mode & kModeHighNotPrecedence) != 0) {
        op = UnaryOperator::kNot;
        break;
      }
      if (token_.keyword == K::kBinary) {
        GuardStack();
        Cast* cast = New<Cast>();
        cast->type.keyword = TypeKeyword::kChar;
        cast->type.charset = "binary";
        Advance();
        cast->operand = ParseUnary();
        return Finish(cast);
      }
      return ParsePostfix();
    default:
      return ParsePostfix();
  }
  GuardStack();
  Unary* node = New<Unary>();
  node->op = op;
  Advance();
  node->operand = ParseUnary();
  return Finish(node);
}

Expression* Parser::ParsePostfix() {
  Expression* operand = ParsePrimary();
  if ((Is(T::kArrow) || Is(T::kArrowText)) && operand->kind == Expression::Kind::kColumnReference) {
    const bool unquote = Is(T::kArrowText);
    const uint32_t begin = operand->span.begin;
    Advance();
    if (!Is(T::kString)) SyntaxError();
    operand = MakeCall("json_extract", {operand, ParseStringLiteral()}, begin);
    if (unquote) operand = MakeCall("json_unquote", {operand}, begin);
  }
  while (Is(K::kCollate)) {
    Advance();
    Collate* node = arena_->New<Collate>();
    node->span.begin = operand->span.begin;
    node->operand = operand;
    node->collation = CollationName();
    operand = Finish(node);
  }
  return operand;
}

}  // namespace sixfold::sql
