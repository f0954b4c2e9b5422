// Identifiers, qualified names, accounts and other small pieces.
#include <algorithm>
#include <charconv>

#include "core/sql/parser_impl.h"

namespace sixfold::sql {

bool Parser::IsIdentifier(const Token& token) {
  if (token.type == T::kQuotedIdentifier) return true;
  if (token.type != T::kIdentifier) return false;
  if (token.keyword == K::kNotKeyword) return true;
  const KeywordClass keyword_class = InfoOf(token.keyword).keyword_class;
  return keyword_class == KeywordClass::kOrdinary || keyword_class == KeywordClass::kContext;
}

std::string_view Parser::Identifier() {
  if (!IsIdentifier()) SyntaxError();
  const std::string_view name = lexer_.Value(token_, arena_);
  Advance();
  return name;
}

std::string_view Parser::IdentifierOrString() {
  if (!IsIdentifierOrString()) SyntaxError();
  const std::string_view name = lexer_.Value(token_, arena_);
  Advance();
  return name;
}

// An identifier or any keyword, for names that follow @@ and the like.
std::string_view Parser::AnyWord() {
  if (!Is(T::kIdentifier) && !Is(T::kQuotedIdentifier)) SyntaxError();
  const std::string_view name = lexer_.Value(token_, arena_);
  Advance();
  return name;
}

std::string_view Parser::String() {
  if (!Is(T::kString)) SyntaxError();
  const std::string_view value = lexer_.Value(token_, arena_);
  Advance();
  return value;
}

std::string_view Parser::OptionalAlias() {
  if (Accept(K::kAs)) return Identifier();
  return IsIdentifier() ? Identifier() : std::string_view();
}

uint64_t Parser::UnsignedInteger() {
  uint64_t value = 0;
  if (Is(T::kInteger)) {
    const std::string_view digits = lexer_.TextOf(token_);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc()) SyntaxError();
  } else if (Is(T::kHex)) {
    const std::string_view bytes = lexer_.Bytes(token_, arena_);
    if (bytes.size() > sizeof(value)) SyntaxError();
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  } else {
    SyntaxError();
  }
  Advance();
  return value;
}

// Table options take any number and cut its fraction off.
uint64_t Parser::RoundedNumber() {
  if (!Is(T::kDecimal) && !Is(T::kFloat)) return UnsignedInteger();
  const std::string_view text = lexer_.TextOf(token_);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (!(value >= 0 && value < 18446744073709551615.0)) SyntaxError();
  Advance();
  return static_cast<uint64_t>(value);
}

std::string_view Parser::Lower(std::string_view text) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (std::none_of(text.begin(), text.end(), is_upper)) return text;
  char* out = static_cast<char*>(arena_->Allocate(text.size(), 1));
  std::transform(text.begin(), text.end(), out,
                 [&](char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; });
  return {out, text.size()};
}

std::string_view Parser::Upper(std::string_view text) {
  char* out = static_cast<char*>(arena_->Allocate(text.size() + 1, 1));
  std::transform(text.begin(), text.end(), out,
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return {out, text.size()};
}

std::string_view Parser::CharsetName() {
  if (Accept(K::kBinary)) return "binary";
  return Lower(IdentifierOrString());
}

std::string_view Parser::CollationName() {
  if (Accept(K::kBinary)) return "binary";
  return Lower(IdentifierOrString());
}

TableName Parser::QualifiedName() {
  TableName name;
  if (Accept(T::kDot)) {  // .t is t
    name.table = Identifier();
    return name;
  }
  name.table = Identifier();
  if (Accept(T::kDot)) {
    name.schema = name.table;
    name.table = Identifier();
  }
  return name;
}

// DELETE's t.* and db.t.*
TableName Parser::QualifiedNameWithStar() {
  TableName name;
  name.table = Identifier();
  if (!Accept(T::kDot)) return name;
  if (Accept(T::kStar)) return name;
  name.schema = name.table;
  name.table = Identifier();
  if (Accept(T::kDot)) Expect(T::kStar);
  return name;
}

List<std::string_view> Parser::NameList() {
  List<std::string_view> names;
  do {
    Add(&names, Identifier());
  } while (Accept(T::kComma));
  return names;
}

AccountName Parser::Account() {
  AccountName account;
  if (Accept(K::kCurrentUser)) {
    if (Accept(T::kLeftParen)) Expect(T::kRightParen);
    account.is_current = true;
    return account;
  }
  account.user = IdentifierOrString();
  if (Is(T::kUserVariable)) {
    account.host = Lower(lexer_.Value(token_, arena_));
    account.has_host = true;
    Advance();
  }
  return account;
}

List<AccountName> Parser::AccountList() {
  List<AccountName> accounts;
  do {
    Add(&accounts, Account());
  } while (Accept(T::kComma));
  return accounts;
}

ColumnReference* Parser::Column() {
  ColumnReference* column = New<ColumnReference>();
  Accept(T::kDot);
  column->column = Identifier();
  if (Accept(T::kDot)) {
    column->table = column->column;
    column->column = Identifier();
    if (Accept(T::kDot)) {
      column->schema = column->table;
      column->table = column->column;
      column->column = Identifier();
    }
  }
  return Finish(column);
}

bool Parser::AcceptIfExists() {
  if (!Is(K::kIf)) return false;
  Advance();
  Expect(K::kExists);
  return true;
}

bool Parser::AcceptIfNotExists() {
  if (!Is(K::kIf)) return false;
  Advance();
  Expect(K::kNot, K::kExists);
  return true;
}

YesNo Parser::OptionalChain() {
  if (!Accept(K::kAnd)) return YesNo::kNotWritten;
  const YesNo chain = Accept(K::kNo) ? YesNo::kNo : YesNo::kYes;
  Expect(K::kChain);
  return chain;
}

YesNo Parser::OptionalRelease() {
  if (Accept(K::kNo)) {
    Expect(K::kRelease);
    return YesNo::kNo;
  }
  return Accept(K::kRelease) ? YesNo::kYes : YesNo::kNotWritten;
}

}  // namespace sixfold::sql
