// Tokens of MySQL's dialect.
//
// The lexer only finds where tokens begin and end; values are decoded on demand. Comments vanish,
// with these exceptions: the content of /*! … */ and of /*!NNNNN … */ up to this server's MySQL
// version is lexed as if the marks were blanks. Optimizer hints are comments here.
// A word right behind a '.' is never a keyword. Broken tokens (an open string, an odd x'…') come
// out as kInvalid, which no grammar rule accepts.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/arena.h"
#include "core/sql/ast_node.h"
#include "core/sql/keyword.h"

namespace sixfold::sql {

/// What /*!NNNNN compares with.
inline constexpr uint32_t kMysqlVersion = 80036;

enum class TokenType : uint8_t {
  kEnd,
  kInvalid,
  kIdentifier,
  kQuotedIdentifier,
  kString,
  kNationalString,  // N'…'
  kIntroducer,      // _utf8mb4
  kInteger,
  kDecimal,
  kFloat,
  kHex,           // 0x… or x'…'
  kBit,           // 0b… or b'…'
  kUserVariable,  // @name, @'name', and the host part of an account
  kAtAt,
  kParameter,
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
  kComma,
  kDot,
  kSemicolon,
  kColon,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kCaret,
  kTilde,
  kAmpersand,
  kPipe,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqual,
  kNotEqual,
  kNullSafeEqual,
  kShiftLeft,
  kShiftRight,
  kAndAnd,
  kOrOr,
  kExclamation,
  kAssign,     // :=
  kArrow,      // ->
  kArrowText,  // ->>
};

struct Token {
  TokenType type = TokenType::kEnd;
  bool plain = true;  // a quoted token without escapes or doubled quotes
  Keyword keyword = Keyword::kNotKeyword;
  uint32_t begin = 0;
  uint32_t end = 0;
};

class Lexer {
 public:
  /// Where to go on; see Save().
  struct State {
    uint32_t position = 0;
    bool in_version_comment = false;
    bool word_follows_dot = false;
  };

  Lexer(std::string_view text, uint64_t sql_mode);

  Token Next();
  State Save() const { return state_; }
  void Restore(const State& state) { state_ = state; }

  std::string_view text() const { return text_; }
  std::string_view TextOf(const Token& token) const {
    return text_.substr(token.begin, token.end - token.begin);
  }
  /// Comments met so far, in order; a rewind may list one twice.
  const std::vector<SourceSpan>& comments() const { return comments_; }

  /// The name of an identifier or user variable, the value of a string; copied only if it must be.
  std::string_view Value(const Token& token, Arena* arena) const;
  /// The bytes of a hex or bit literal.
  std::string_view Bytes(const Token& token, Arena* arena) const;

 private:
  char At(uint32_t position) const { return position < size_ ? text_[position] : '\0'; }
  bool SkipBlanks();
  bool SkipBlockComment();
  void SkipLine();
  uint32_t SkipWord(uint32_t position) const;
  Token Word();
  Token Number();
  Token Quoted(TokenType type, uint32_t begin, uint32_t quote);
  Token QuotedDigits(TokenType type, uint32_t begin);
  Token AtSign();
  Token Point();
  Token Operator();
  Token Make(TokenType type, uint32_t begin, uint32_t length);
  std::string_view Unescape(std::string_view body, char quote, Arena* arena) const;
  std::string_view Undouble(std::string_view body, char quote, Arena* arena) const;

  std::string_view text_;
  uint32_t size_;
  bool ansi_quotes_;
  bool backslash_escapes_;
  bool ignore_space_;
  State state_;
  std::vector<SourceSpan> comments_;
};

}  // namespace sixfold::sql
