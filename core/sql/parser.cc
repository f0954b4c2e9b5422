// The token window, errors, and the entry points.
#include "core/sql/parser.h"

#include <algorithm>
#include <string>

#include "core/base/stack_guard.h"
#include "core/sql/parser_impl.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::sql {
namespace {

constexpr size_t kNearTextBytes = 80;

// At most 80 bytes, never half a character.
std::string_view NearText(std::string_view rest) {
  if (rest.size() <= kNearTextBytes) return rest;
  size_t size = kNearTextBytes;
  while (size > 0 && (static_cast<unsigned char>(rest[size]) & 0xC0) == 0x80) --size;
  return rest.substr(0, size);
}

}  // namespace

Parser::Parser(std::string_view text, const ParseOptions& options, Arena* arena)
    : lexer_(text, options.sql_mode), options_(options), arena_(arena) {
  token_ = lexer_.Next();
}

const Token& Parser::Peek(size_t distance) {
  DCHECK(distance <= ahead_.size());
  if (distance == 0) return token_;
  while (ahead_count_ < distance) {
    ahead_[(ahead_begin_ + ahead_count_) % ahead_.size()] = lexer_.Next();
    ++ahead_count_;
  }
  return ahead_[(ahead_begin_ + distance - 1) % ahead_.size()];
}

void Parser::Advance() {
  previous_end_ = token_.end;
  if (ahead_count_ == 0) {
    token_ = lexer_.Next();
    return;
  }
  token_ = ahead_[ahead_begin_];
  ahead_begin_ = (ahead_begin_ + 1) % ahead_.size();
  --ahead_count_;
}

bool Parser::Accept(T type) {
  if (token_.type != type) return false;
  Advance();
  return true;
}

bool Parser::Accept(K keyword) {
  if (token_.keyword != keyword) return false;
  Advance();
  return true;
}

bool Parser::Accept(K first, K second) {
  if (token_.keyword != first || !PeekIs(1, second)) return false;
  Advance();
  Advance();
  return true;
}

void Parser::Expect(T type) {
  if (!Accept(type)) SyntaxError();
}

void Parser::Expect(K keyword) {
  if (!Accept(keyword)) SyntaxError();
}

void Parser::Expect(K first, K second) {
  Expect(first);
  Expect(second);
}

void Parser::SyntaxError() const {
  const std::string_view text = lexer_.text();
  const auto line = 1 + std::count(text.begin(), text.begin() + token_.end, '\n');
  throw MakeError(ErrorCode::kParseError,
                  "You have an error in your SQL syntax; check the manual that corresponds to your "
                  "MySQL server version for the right syntax to use",
                  NearText(text.substr(token_.begin)), line);
}

void Parser::GuardStack() const {
  if (CheckStack()) return;
  throw MakeError(ErrorCode::kStackOverrun, kStackReserveBytes, kStackReserveBytes,
                  kStackReserveBytes);
}

std::string_view Parser::TextBetween(uint32_t begin, uint32_t end) const {
  return lexer_.text().substr(begin, end - begin);
}

std::string_view Parser::TextWithoutComments(uint32_t begin, uint32_t end) const {
  const auto inside = [&](const SourceSpan& comment) {
    return comment.begin >= begin && comment.end <= end;
  };
  const auto& comments = lexer_.comments();
  if (std::none_of(comments.begin(), comments.end(), inside)) return TextBetween(begin, end);
  std::string text;
  uint32_t from = begin;
  for (const SourceSpan& comment : comments) {
    if (!inside(comment) || comment.begin < from) continue;
    text.append(TextBetween(from, comment.begin));
    from = comment.end;
  }
  text.append(TextBetween(from, end));
  return arena_->Copy(text);
}

// Clients ping with a lone comment: that is a statement which does nothing. No text at all is an
// error.
ParseResult Parser::EmptyStatement() {
  if (lexer_.comments().empty()) throw MakeError(ErrorCode::kEmptyQuery);
  ParseResult result;
  result.statement = New<DoStatement>();
  result.consumed = lexer_.text().size();
  return result;
}

ParseResult Parser::ParseOne() {
  if (Is(T::kEnd)) return EmptyStatement();
  if (Is(T::kSemicolon)) throw MakeError(ErrorCode::kEmptyQuery);
  ParseResult result;
  const uint32_t begin = token_.begin;
  result.statement = ParseStatement();
  if (!AtEnd()) SyntaxError();
  result.statement->span = {begin, previous_end_};
  result.parameter_count = parameters_;
  result.consumed = token_.end;
  if (Is(T::kSemicolon)) {
    result.is_last = lexer_.Next().type == T::kEnd;
  } else {
    result.consumed = lexer_.text().size();
  }
  return result;
}

Expression* Parser::ParseWholeExpression() {
  Expression* expression = ParseExpr();
  if (!Is(T::kEnd)) SyntaxError();
  return expression;
}

QueryExpression* Parser::ParseWholeQuery() {
  QueryExpression* query = ParseQuery();
  if (!Is(T::kEnd)) SyntaxError();
  return query;
}

ParseResult Parse(std::string_view text, const ParseOptions& options, Arena* arena) {
  return Parser(text, options, arena).ParseOne();
}

Expression* ParseExpression(std::string_view text, const ParseOptions& options, Arena* arena) {
  return Parser(text, options, arena).ParseWholeExpression();
}

QueryExpression* ParseQuery(std::string_view text, const ParseOptions& options, Arena* arena) {
  return Parser(text, options, arena).ParseWholeQuery();
}

}  // namespace sixfold::sql
