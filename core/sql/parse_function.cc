// Primaries that begin with a word: columns, calls, and MySQL's functions with a grammar of their
// own.
#include <string>

#include "core/sql/parser_impl.h"

namespace sixfold::sql {

// A word that is no keyword, or one used as a name: a column, or a call of a function.
Expression* Parser::ParseNameOrCall() {
  const uint32_t begin = token_.begin;
  if (!IsIdentifier()) SyntaxError();
  if (!PeekIs(1, T::kLeftParen)) {
    ColumnReference* column = New<ColumnReference>();
    column->column = Identifier();
    if (!Is(T::kDot)) return Finish(column);
    Advance();
    column->table = column->column;
    column->column = Identifier();
    if (Is(T::kLeftParen)) return ParseGenericCall(column->table, column->column, begin);
    if (Accept(T::kDot)) {
      column->schema = column->table;
      column->table = column->column;
      column->column = Identifier();
    }
    return Finish(column);
  }
  const std::string_view name = Identifier();
  return ParseGenericCall({}, name, begin);
}

namespace {

// Whether the word calls a function with a grammar of its own when it is written plainly.
bool HasOwnGrammar(Keyword keyword) {
  using K = Keyword;
  switch (keyword) {
    case K::kNotKeyword:
      return false;
    case K::kAvg:
    case K::kAnyValue:
    case K::kAdddate:
    case K::kSubdate:
    case K::kTimestampadd:
    case K::kTimestampdiff:
    case K::kGetFormat:
    case K::kWeightString:
    case K::kJsonValue:
    case K::kSessionUser:
    case K::kSystemUser:
    case K::kUser:
      return true;
    default:
      break;
  }
  const KeywordClass keyword_class = InfoOf(keyword).keyword_class;
  return keyword_class == KeywordClass::kReserved || keyword_class == KeywordClass::kFunction;
}

}  // namespace

// At '('.
Expression* Parser::ParseGenericCall(std::string_view schema, std::string_view name,
                                     uint32_t begin) {
  FunctionCall* call = arena_->New<FunctionCall>();
  call->span.begin = begin;
  call->schema = schema;
  call->name = Lower(name);
  call->written_name = name;
  if (schema.empty() && HasOwnGrammar(LookUpKeyword(name))) {
    // `count`(a) and count (a) are not the built-in function.
    call->name = arena_->Copy("`" + std::string(call->name) + "`");
  }
  Expect(T::kLeftParen);
  if (!Is(T::kRightParen)) {
    do {
      Add(&call->arguments, ParseExpr());
      if (Accept(K::kAs)) {  // loadable functions see the names of their arguments
        IdentifierOrString();
      } else if (IsIdentifierOrString()) {
        IdentifierOrString();
      }
    } while (Accept(T::kComma));
  }
  Expect(T::kRightParen);
  return Finish(call);
}

// word(arguments), under a canonical name.
Expression* Parser::ParseSimpleCall(std::string_view canonical) {
  FunctionCall* call = New<FunctionCall>();
  call->name = canonical;
  call->written_name = lexer_.TextOf(token_);
  Advance();
  Expect(T::kLeftParen);
  if (!Is(T::kRightParen)) call->arguments = ParseExpressionList();
  Expect(T::kRightParen);
  return Finish(call);
}

// NOW(), CURRENT_TIMESTAMP, CURRENT_TIMESTAMP(n), …
Expression* Parser::ParseNowLike(std::string_view canonical, bool parentheses_required) {
  FunctionCall* call = New<FunctionCall>();
  call->name = canonical;
  call->written_name = lexer_.TextOf(token_);
  Advance();
  if (parentheses_required && !Is(T::kLeftParen)) SyntaxError();
  if (Accept(T::kLeftParen)) {
    if (Is(T::kInteger)) Add<Expression*>(&call->arguments, ParseNumber());
    Expect(T::kRightParen);
  }
  return Finish(call);
}

// At a keyword, reserved or not.
Expression* Parser::ParseKeywordPrimary() {
  const K keyword = token_.keyword;
  switch (keyword) {
    case K::kNull:
      return MakeKeywordLiteral(LiteralType::kNull);
    case K::kTrue:
      return MakeKeywordLiteral(LiteralType::kTrue);
    case K::kFalse:
      return MakeKeywordLiteral(LiteralType::kFalse);
    case K::kCase:
      return ParseCase();
    case K::kExists: {
      Exists* node = New<Exists>();
      Advance();
      node->query = ParseParenthesizedSubquery();
      return Finish(node);
    }
    case K::kInterval:
      return ParseIntervalPrimary();
    case K::kDefault: {
      Default* node = New<Default>();
      Advance();
      Expect(T::kLeftParen);
      node->column = Column();
      Expect(T::kRightParen);
      return Finish(node);
    }
    case K::kValues: {
      ValuesReference* node = New<ValuesReference>();
      Advance();
      Expect(T::kLeftParen);
      node->column = Column();
      Expect(T::kRightParen);
      return Finish(node);
    }
    case K::kRow: {
      RowExpression* row = New<RowExpression>();
      Advance();
      Expect(T::kLeftParen);
      row->items = ParseExpressionList();
      if (row->items.size() < 2) SyntaxError();
      Expect(T::kRightParen);
      return Finish(row);
    }
    case K::kMatch:
      return ParseMatch();
    case K::kConvert:
      return ParseConvert();
    case K::kCurrentDate:
      return ParseNowLike("curdate", false);
    case K::kCurrentTime:
      return ParseNowLike("curtime", false);
    case K::kCurrentTimestamp:
    case K::kLocaltime:
    case K::kLocaltimestamp:
      return ParseNowLike("now", false);
    case K::kUtcDate:
      return ParseNowLike("utc_date", false);
    case K::kUtcTime:
      return ParseNowLike("utc_time", false);
    case K::kUtcTimestamp:
      return ParseNowLike("utc_timestamp", false);
    case K::kCurrentUser:
      return ParseNowLike("current_user", false);
    case K::kDate:
      if (PeekIs(1, T::kString)) return ParseTemporalLiteral(LiteralType::kDate);
      break;
    case K::kTime:
      if (PeekIs(1, T::kString)) return ParseTemporalLiteral(LiteralType::kTime);
      break;
    case K::kTimestamp:
      if (PeekIs(1, T::kString)) return ParseTemporalLiteral(LiteralType::kTimestamp);
      break;
    default:
      break;
  }
  if (PeekIs(1, T::kLeftParen)) {
    if (Expression* call = ParseFunctionKeyword(keyword); call != nullptr) return call;
  }
  return ParseNameOrCall();
}

// At keyword '('. Null: nothing special about the keyword.
Expression* Parser::ParseFunctionKeyword(K keyword) {
  using A = AggregateFunction;
  switch (keyword) {
    case K::kCount:
      return ParseAggregate(A::kCount);
    case K::kSum:
      return ParseAggregate(A::kSum);
    case K::kAvg:
      return ParseAggregate(A::kAvg);
    case K::kMin:
      return ParseAggregate(A::kMin);
    case K::kMax:
      return ParseAggregate(A::kMax);
    case K::kBitAnd:
      return ParseAggregate(A::kBitAnd);
    case K::kBitOr:
      return ParseAggregate(A::kBitOr);
    case K::kBitXor:
      return ParseAggregate(A::kBitXor);
    case K::kStd:
    case K::kStddev:
    case K::kStddevPop:
      return ParseAggregate(A::kStdPop);
    case K::kStddevSamp:
      return ParseAggregate(A::kStdSamp);
    case K::kVariance:
    case K::kVarPop:
      return ParseAggregate(A::kVarPop);
    case K::kVarSamp:
      return ParseAggregate(A::kVarSamp);
    case K::kJsonArrayagg:
      return ParseAggregate(A::kJsonArrayAgg);
    case K::kJsonObjectagg:
      return ParseAggregate(A::kJsonObjectAgg);
    case K::kAnyValue:
      return ParseAggregate(A::kAnyValue);
    case K::kGrouping:
      return ParseAggregate(A::kGrouping);
    case K::kGroupConcat:
      return ParseGroupConcat();
    case K::kRowNumber:
      return ParseWindowFunction(A::kRowNumber);
    case K::kRank:
      return ParseWindowFunction(A::kRank);
    case K::kDenseRank:
      return ParseWindowFunction(A::kDenseRank);
    case K::kCumeDist:
      return ParseWindowFunction(A::kCumeDist);
    case K::kPercentRank:
      return ParseWindowFunction(A::kPercentRank);
    case K::kNtile:
      return ParseWindowFunction(A::kNtile);
    case K::kLead:
      return ParseWindowFunction(A::kLead);
    case K::kLag:
      return ParseWindowFunction(A::kLag);
    case K::kFirstValue:
      return ParseWindowFunction(A::kFirstValue);
    case K::kLastValue:
      return ParseWindowFunction(A::kLastValue);
    case K::kNthValue:
      return ParseWindowFunction(A::kNthValue);
    case K::kCast:
      return ParseCast();
    case K::kExtract:
      return ParseExtract();
    case K::kTrim:
      return ParseTrim();
    case K::kSubstr:
    case K::kSubstring:
    case K::kMid:
      return ParseSubstring();
    case K::kPosition:
      return ParsePosition();
    case K::kChar:
      return ParseCharCall();
    case K::kDateAdd:
      return ParseDateAdd(false, false);
    case K::kDateSub:
      return ParseDateAdd(true, false);
    case K::kAdddate:
      return ParseDateAdd(false, true);
    case K::kSubdate:
      return ParseDateAdd(true, true);
    case K::kTimestampadd:
      return ParseTimestampAdd();
    case K::kTimestampdiff:
      return ParseTimestampDiff();
    case K::kGetFormat:
      return ParseGetFormat();
    case K::kWeightString:
      return ParseWeightString();
    case K::kJsonValue:
      return ParseJsonValue();
    case K::kNow:
      return ParseNowLike("now", true);
    case K::kSysdate:
      return ParseNowLike("sysdate", true);
    case K::kCurdate:
      return ParseNowLike("curdate", true);
    case K::kCurtime:
      return ParseNowLike("curtime", true);
    case K::kSessionUser:
    case K::kSystemUser:
    case K::kUser:
      return ParseSimpleCall("user");
    case K::kDatabase:
    case K::kSchema:
      return ParseSimpleCall("database");
    case K::kIf:
      return ParseSimpleCall("if");
    case K::kLeft:
      return ParseSimpleCall("left");
    case K::kRight:
      return ParseSimpleCall("right");
    case K::kReplace:
      return ParseSimpleCall("replace");
    case K::kInsert:
      return ParseSimpleCall("insert");
    case K::kRepeat:
      return ParseSimpleCall("repeat");
    case K::kMod: {
      FunctionCall* call = static_cast<FunctionCall*>(ParseSimpleCall("mod"));
      if (call->arguments.size() != 2) SyntaxError();
      Expression* binary =
          MakeBinary(BinaryOperator::kModulo, call->arguments[0], call->arguments[1]);
      binary->span = call->span;
      return binary;
    }
    default:
      return nullptr;
  }
}

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

Expression* Parser::ParseAggregate(AggregateFunction function) {
  AggregateCall* call = New<AggregateCall>();
  call->function = function;
  Advance();
  Expect(T::kLeftParen);
  if (function == AggregateFunction::kCount && Accept(T::kStar)) {
    call->star = true;
  } else {
    if (Accept(K::kDistinct)) {
      call->distinct = true;
    } else if (Accept(K::kAll) && function == AggregateFunction::kCount && Accept(T::kStar)) {
      call->star = true;
    }
    if (!call->star) call->arguments = ParseExpressionList();
  }
  Expect(T::kRightParen);
  ParseOver(call);
  return Finish(call);
}

Expression* Parser::ParseGroupConcat() {
  AggregateCall* call = New<AggregateCall>();
  call->function = AggregateFunction::kGroupConcat;
  Advance();
  Expect(T::kLeftParen);
  call->distinct = Accept(K::kDistinct);
  call->arguments = ParseExpressionList();
  if (Is(K::kOrder)) {
    Expect(K::kOrder, K::kBy);
    call->order_by = ParseOrderList();
  }
  if (Accept(K::kSeparator)) {
    if (Is(T::kHex) || Is(T::kBit)) {
      call->separator = ParseHexOrBit()->text;
    } else {
      call->separator = String();
    }
  }
  Expect(T::kRightParen);
  ParseOver(call);
  return Finish(call);
}

Expression* Parser::ParseWindowFunction(AggregateFunction function) {
  AggregateCall* call = New<AggregateCall>();
  call->function = function;
  Advance();
  Expect(T::kLeftParen);
  if (!Is(T::kRightParen)) call->arguments = ParseExpressionList();
  Expect(T::kRightParen);
  if (Is(K::kFrom) && (PeekIs(1, K::kFirst) || PeekIs(1, K::kLast))) {
    Advance();
    Advance();
  }
  if (Accept(K::kRespect)) {
    call->respect_nulls_written = true;
    Expect(K::kNulls);
  } else if (Accept(K::kIgnore)) {
    Expect(K::kNulls);
  }
  if (!Is(K::kOver)) SyntaxError();
  ParseOver(call);
  return Finish(call);
}

void Parser::ParseOver(AggregateCall* call) {
  if (!Accept(K::kOver)) return;
  if (Accept(T::kLeftParen)) {
    call->over = ParseWindowSpecification();
    return;
  }
  call->over = arena_->New<WindowSpecification>();
  call->over->base_name = Identifier();
  call->over->is_reference = true;
}

// Behind '('; takes ')'.
WindowSpecification* Parser::ParseWindowSpecification() {
  WindowSpecification* window = arena_->New<WindowSpecification>();
  const bool frame_word = Is(K::kRows) || Is(K::kRange) || Is(K::kGroups);
  if (IsIdentifier() && !frame_word) window->base_name = Identifier();
  if (Is(K::kPartition)) {
    Expect(K::kPartition, K::kBy);
    window->partition_by = ParseExpressionList();
  }
  if (Is(K::kOrder)) {
    Expect(K::kOrder, K::kBy);
    window->order_by = ParseOrderList();
  }
  if (Is(K::kRows) || Is(K::kRange)) ParseFrame(window);
  Expect(T::kRightParen);
  return window;
}

void Parser::ParseFrame(WindowSpecification* window) {
  window->has_frame = true;
  window->frame_unit = Is(K::kRows) ? FrameUnit::kRows : FrameUnit::kRange;
  Advance();
  if (Accept(K::kBetween)) {
    window->frame_start = ParseFrameBound();
    Expect(K::kAnd);
    window->frame_end = ParseFrameBound();
  } else {
    window->frame_start = ParseFrameBound();
    window->frame_end.kind = FrameBoundKind::kCurrentRow;
  }
}

FrameBound Parser::ParseFrameBound() {
  FrameBound bound;
  if (Accept(K::kCurrent)) {
    Expect(K::kRow);
    return bound;
  }
  const bool unbounded = Accept(K::kUnbounded);
  if (!unbounded) {
    if (Is(K::kInterval)) {
      Interval interval;
      Expression* call = nullptr;
      if (!ParseIntervalOrCall(&interval, &call)) SyntaxError();
      bound.offset = interval.amount;
      bound.is_interval = true;
      bound.unit = interval.unit;
    } else {
      bound.offset = ParseSimple();
    }
  }
  if (Accept(K::kPreceding)) {
    bound.kind = unbounded ? FrameBoundKind::kUnboundedPreceding : FrameBoundKind::kPreceding;
  } else {
    Expect(K::kFollowing);
    bound.kind = unbounded ? FrameBoundKind::kUnboundedFollowing : FrameBoundKind::kFollowing;
  }
  return bound;
}

}  // namespace sixfold::sql
