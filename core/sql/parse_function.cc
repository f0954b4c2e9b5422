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

}  // namespace sixfold::sql
