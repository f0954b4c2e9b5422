// Literals: numbers, strings with introducers, hex and bit strings, DATE '…'.
#include <charconv>
#include <string>

#include "core/sql/parameterize.h"
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

Literal* Parser::ParseNumber() {
  Literal* literal = New<Literal>();
  const std::string_view text = lexer_.TextOf(token_);
  literal->text = text;
  if (Is(T::kInteger)) {
    literal->type = LiteralType::kInteger;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), literal->integer);
    if (error != std::errc()) literal->type = LiteralType::kDecimal;
  } else {
    literal->type = Is(T::kDecimal) ? LiteralType::kDecimal : LiteralType::kFloat;
  }
  Advance();
  return Finish(literal);
}

// The literal itself, or a parameter where the plan cache made it one.
Expression* Parser::ParameterOr(Literal* literal) {
  if (options_.parameterized == nullptr) return literal;
  const auto& literals = options_.parameterized->literals;
  if (parameters_ >= literals.size()) return literal;
  if (literals[parameters_].span.begin != literal->span.begin) return literal;
  Parameter* parameter = arena_->New<Parameter>();
  parameter->span = literal->span;
  parameter->ordinal = parameters_++;
  parameter->literal = literal;
  return parameter;
}

// 'a' 'b' is one string.
Literal* Parser::ParseStringLiteral() {
  Literal* literal = New<Literal>();
  literal->type = LiteralType::kString;
  if (Is(T::kNationalString)) literal->introducer = "utf8mb3";
  literal->text = lexer_.Value(token_, arena_);
  Advance();
  if (Is(T::kString)) {
    std::string whole(literal->text);
    while (Is(T::kString)) {
      whole.append(lexer_.Value(token_, arena_));
      Advance();
    }
    literal->text = arena_->Copy(whole);
  }
  return Finish(literal);
}

Literal* Parser::ParseHexOrBit() {
  Literal* literal = New<Literal>();
  literal->type = Is(T::kHex) ? LiteralType::kHex : LiteralType::kBit;
  literal->text = lexer_.Bytes(token_, arena_);
  Advance();
  return Finish(literal);
}

Literal* Parser::ParseIntroduced() {
  const uint32_t begin = token_.begin;
  const std::string_view charset = Lower(lexer_.TextOf(token_).substr(1));
  Advance();
  Literal* literal = nullptr;
  if (Is(T::kString)) {
    literal = ParseStringLiteral();
  } else if (Is(T::kHex) || Is(T::kBit)) {
    literal = ParseHexOrBit();
  } else {
    SyntaxError();
  }
  literal->introducer = charset == "utf8" ? "utf8mb3" : charset;
  literal->span.begin = begin;
  return literal;
}

Literal* Parser::MakeKeywordLiteral(LiteralType type) {
  Literal* literal = New<Literal>();
  literal->type = type;
  literal->integer = type == LiteralType::kTrue ? 1 : 0;
  Advance();
  return Finish(literal);
}

// At DATE, TIME or TIMESTAMP with a string behind it.
Expression* Parser::ParseTemporalLiteral(LiteralType type) {
  Literal* literal = New<Literal>();
  literal->type = type;
  Advance();
  literal->text = String();
  return Finish(literal);
}

}  // namespace sixfold::sql
