// Calls with a grammar of their own: CAST, EXTRACT, TRIM, MATCH, JSON_VALUE …
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

Expression* Parser::ParseCast() {
  Cast* cast = New<Cast>();
  Advance();
  Expect(T::kLeftParen);
  cast->operand = ParseExpr();
  if (Accept(K::kAt)) {
    if (Upper(AnyWord()) != "TIME") SyntaxError();
    Expect(K::kZone);
    Accept(K::kInterval);
    cast->at_time_zone = ParseStringLiteral();
  }
  Expect(K::kAs);
  cast->type = ParseCastType();
  Expect(T::kRightParen);
  return Finish(cast);
}

// CONVERT(x USING cs), CONVERT(x, type)
Expression* Parser::ParseConvert() {
  const uint32_t begin = token_.begin;
  Advance();
  Expect(T::kLeftParen);
  Expression* operand = ParseExpr();
  Expression* result = nullptr;
  if (Accept(K::kUsing)) {
    ConvertUsing* convert = arena_->New<ConvertUsing>();
    convert->operand = operand;
    convert->charset = CharsetName();
    result = convert;
  } else {
    Expect(T::kComma);
    Cast* cast = arena_->New<Cast>();
    cast->operand = operand;
    cast->type = ParseCastType();
    result = cast;
  }
  Expect(T::kRightParen);
  result->span.begin = begin;
  return Finish(result);
}

TypeSyntax Parser::ParseCastType() {
  TypeSyntax type;
  const K keyword = token_.keyword;
  switch (keyword) {
    case K::kSigned:
    case K::kUnsigned:
      type.keyword = keyword == K::kSigned ? TypeKeyword::kSigned : TypeKeyword::kUnsigned;
      Advance();
      if (!Accept(K::kInt)) Accept(K::kInteger);
      break;
    case K::kBinary:
    case K::kChar:
    case K::kCharacter:
    case K::kNchar:
    case K::kNational:
    case K::kDecimal:
    case K::kDec:
    case K::kNumeric:
    case K::kDate:
    case K::kTime:
    case K::kDatetime:
    case K::kYear:
    case K::kJson:
    case K::kFloat:
    case K::kDouble:
    case K::kReal:
    case K::kPoint:
    case K::kLinestring:
    case K::kPolygon:
    case K::kMultipoint:
    case K::kMultilinestring:
    case K::kMultipolygon:
    case K::kGeometrycollection:
    case K::kGeomcollection:
      type = ParseType();
      break;
    default:
      SyntaxError();
  }
  type.array = Accept(K::kArray);
  return type;
}

Expression* Parser::ParseExtract() {
  Extract* node = New<Extract>();
  Advance();
  Expect(T::kLeftParen);
  node->unit = ParseIntervalUnit();
  Expect(K::kFrom);
  node->operand = ParseExpr();
  Expect(T::kRightParen);
  return Finish(node);
}

// TRIM([LEADING|TRAILING|BOTH] [remove] FROM s), TRIM(remove FROM s), TRIM(s)
Expression* Parser::ParseTrim() {
  Trim* node = New<Trim>();
  Advance();
  Expect(T::kLeftParen);
  node->side_written = Is(K::kLeading) || Is(K::kTrailing) || Is(K::kBoth);
  if (node->side_written) {
    node->side = Is(K::kLeading)    ? TrimSide::kLeading
                 : Is(K::kTrailing) ? TrimSide::kTrailing
                                    : TrimSide::kBoth;
    Advance();
    if (!Is(K::kFrom)) node->remove = ParseExpr();
    Expect(K::kFrom);
    node->operand = ParseExpr();
  } else {
    node->operand = ParseExpr();
    if (Accept(K::kFrom)) {
      node->remove = node->operand;
      node->operand = ParseExpr();
    }
  }
  Expect(T::kRightParen);
  return Finish(node);
}

Expression* Parser::ParseSubstring() {
  FunctionCall* call = New<FunctionCall>();
  call->name = "substr";
  call->written_name = lexer_.TextOf(token_);
  Advance();
  Expect(T::kLeftParen);
  Add(&call->arguments, ParseExpr());
  const bool sql_form = Is(K::kFrom);
  if (!sql_form && !Is(T::kComma)) SyntaxError();
  Advance();
  Add(&call->arguments, ParseExpr());
  if (sql_form ? Accept(K::kFor) : Accept(T::kComma)) Add(&call->arguments, ParseExpr());
  Expect(T::kRightParen);
  return Finish(call);
}

Expression* Parser::ParsePosition() {
  FunctionCall* call = New<FunctionCall>();
  call->name = "locate";
  call->written_name = lexer_.TextOf(token_);
  Advance();
  Expect(T::kLeftParen);
  Add(&call->arguments, ParseBit(1));
  Expect(K::kIn);
  Add(&call->arguments, ParseExpr());
  Expect(T::kRightParen);
  return Finish(call);
}

Expression* Parser::ParseCharCall() {
  FunctionCall* call = New<FunctionCall>();
  call->name = "char";
  call->written_name = lexer_.TextOf(token_);
  Advance();
  Expect(T::kLeftParen);
  call->arguments = ParseExpressionList();
  if (Accept(K::kUsing)) call->using_charset = CharsetName();
  Expect(T::kRightParen);
  return Finish(call);
}

// DATE_ADD(d, INTERVAL …) and its sisters; ADDDATE(d, n) counts days.
Expression* Parser::ParseDateAdd(bool subtract, bool days_by_default) {
  const uint32_t begin = token_.begin;
  Advance();
  Expect(T::kLeftParen);
  Expression* date = ParseExpr();
  Expect(T::kComma);
  Interval interval;
  if (Is(K::kInterval)) {
    Expression* call = nullptr;
    if (!ParseIntervalOrCall(&interval, &call)) {
      if (!days_by_default) SyntaxError();
      interval.amount = ParseExprFrom(call);
    }
  } else {
    if (!days_by_default) SyntaxError();
    interval.amount = ParseExpr();
  }
  Expect(T::kRightParen);
  Expression* node = MakeDateArithmetic(date, interval, subtract);
  node->span.begin = begin;
  return node;
}

Expression* Parser::ParseTimestampAdd() {
  const uint32_t begin = token_.begin;
  Advance();
  Expect(T::kLeftParen);
  Interval interval;
  interval.unit = ParseIntervalUnit();
  Expect(T::kComma);
  interval.amount = ParseExpr();
  Expect(T::kComma);
  Expression* date = ParseExpr();
  Expect(T::kRightParen);
  Expression* node = MakeDateArithmetic(date, interval, false);
  node->span.begin = begin;
  return node;
}

Expression* Parser::ParseTimestampDiff() {
  TimestampDiff* node = New<TimestampDiff>();
  Advance();
  Expect(T::kLeftParen);
  node->unit = ParseIntervalUnit();
  Expect(T::kComma);
  node->from = ParseExpr();
  Expect(T::kComma);
  node->to = ParseExpr();
  Expect(T::kRightParen);
  return Finish(node);
}

// GET_FORMAT(DATE, 'USA'): the type arrives as a string literal.
Expression* Parser::ParseGetFormat() {
  FunctionCall* call = New<FunctionCall>();
  call->name = "get_format";
  call->written_name = lexer_.TextOf(token_);
  Advance();
  Expect(T::kLeftParen);
  if (!Is(K::kDate) && !Is(K::kTime) && !Is(K::kDatetime) && !Is(K::kTimestamp)) SyntaxError();
  Literal* type = New<Literal>();
  type->type = LiteralType::kString;
  type->text = Is(K::kTimestamp) ? std::string_view("DATETIME") : InfoOf(token_.keyword).text;
  Advance();
  Add<Expression*>(&call->arguments, Finish(type));
  Expect(T::kComma);
  Add(&call->arguments, ParseExpr());
  Expect(T::kRightParen);
  return Finish(call);
}

Expression* Parser::ParseWeightString() {
  WeightString* node = New<WeightString>();
  Advance();
  Expect(T::kLeftParen);
  node->operand = ParseExpr();
  if (Accept(K::kAs)) {
    node->as_binary = Is(K::kBinary);
    if (!Accept(K::kBinary)) Expect(K::kChar);
    Expect(T::kLeftParen);
    node->length = static_cast<int64_t>(UnsignedInteger());
    Expect(T::kRightParen);
  }
  Expect(T::kRightParen);
  return Finish(node);
}

// MATCH (a, b) AGAINST ('…' [IN NATURAL LANGUAGE MODE [WITH QUERY EXPANSION] | IN BOOLEAN MODE
// | WITH QUERY EXPANSION])
Expression* Parser::ParseMatch() {
  MatchAgainst* node = New<MatchAgainst>();
  Advance();
  const bool parentheses = Accept(T::kLeftParen);
  do {
    Add<Expression*>(&node->columns, Column());
  } while (Accept(T::kComma));
  if (parentheses) Expect(T::kRightParen);
  Expect(K::kAgainst);
  Expect(T::kLeftParen);
  node->against = ParseBit(1);
  if (Accept(K::kIn)) {
    if (Accept(K::kBoolean)) {
      Expect(K::kMode);
      node->mode = MatchMode::kBoolean;
    } else {
      Expect(K::kNatural, K::kLanguage);
      Expect(K::kMode);
    }
  }
  if (node->mode != MatchMode::kBoolean && Accept(K::kWith)) {
    Expect(K::kQuery, K::kExpansion);
    node->mode = MatchMode::kNaturalWithExpansion;
  }
  Expect(T::kRightParen);
  return Finish(node);
}

JsonFallback Parser::ParseJsonFallback() {
  JsonFallback fallback;
  if (Accept(K::kError)) {
    fallback.kind = JsonFallbackKind::kError;
  } else if (Accept(K::kNull)) {
    fallback.kind = JsonFallbackKind::kNull;
  } else {
    Expect(K::kDefault);
    fallback.kind = JsonFallbackKind::kDefault;
    fallback.value = ParseUnary();
  }
  Expect(K::kOn);
  return fallback;
}

void Parser::ParseJsonFallbacks(JsonFallback* on_empty, JsonFallback* on_error) {
  while (Is(K::kError) || Is(K::kNull) || Is(K::kDefault)) {
    const JsonFallback fallback = ParseJsonFallback();
    if (Accept(K::kEmpty)) {
      *on_empty = fallback;
    } else {
      Expect(K::kError);
      *on_error = fallback;
    }
  }
}

Expression* Parser::ParseJsonValue() {
  JsonValue* node = New<JsonValue>();
  Advance();
  Expect(T::kLeftParen);
  node->document = ParseSimple();
  Expect(T::kComma);
  node->path = ParseStringLiteral();
  if (Accept(K::kReturning)) {
    node->has_type = true;
    node->type = ParseCastType();
  }
  ParseJsonFallbacks(&node->on_empty, &node->on_error);
  Expect(T::kRightParen);
  return Finish(node);
}

}  // namespace sixfold::sql
