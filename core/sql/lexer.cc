#include "core/sql/lexer.h"

#include <algorithm>
#include <array>

#include "core/sql/parser.h"

namespace sixfold::sql {
namespace {

enum CharClass : uint8_t { kOther, kBlank, kWordChar, kDigit, kHexLetter };

constexpr std::array<uint8_t, 256> BuildClasses() {
  std::array<uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) classes[c] = kBlank;
    if (c >= '0' && c <= '9') classes[c] = kDigit;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) classes[c] = kWordChar;
    if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) classes[c] = kHexLetter;
    if (c == '_' || c == '$' || c >= 0x80) classes[c] = kWordChar;
  }
  return classes;
}
constexpr std::array<uint8_t, 256> kClasses = BuildClasses();

inline uint8_t ClassOf(char c) { return kClasses[static_cast<unsigned char>(c)]; }
inline bool IsBlankChar(char c) { return ClassOf(c) == kBlank; }
inline bool IsWordChar(char c) { return ClassOf(c) >= kWordChar; }
inline bool IsDigitChar(char c) { return ClassOf(c) == kDigit; }
inline bool IsHexChar(char c) { return ClassOf(c) >= kDigit; }

// Character sets that make _name an introducer; any other _name is an identifier.
constexpr std::string_view kIntroducers[] = {
    "armscii8", "ascii",   "big5",   "binary",   "cp1250",  "cp1251", "cp1256",  "cp1257", "cp850",
    "cp852",    "cp866",   "cp932",  "dec8",     "eucjpms", "euckr",  "gb18030", "gb2312", "gbk",
    "geostd8",  "greek",   "hebrew", "hp8",      "keybcs2", "koi8r",  "koi8u",   "latin1", "latin2",
    "latin5",   "latin7",  "macce",  "macroman", "sjis",    "swe7",   "tis620",  "ucs2",   "ujis",
    "utf16",    "utf16le", "utf32",  "utf8",     "utf8mb3", "utf8mb4"};

bool IsIntroducerName(std::string_view name) {
  return std::any_of(std::begin(kIntroducers), std::end(kIntroducers), [&](std::string_view known) {
    return known.size() == name.size() &&
           std::equal(name.begin(), name.end(), known.begin(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  });
}

int HexValue(char c) {
  if (c <= '9') return c - '0';
  return (c & 0xDF) - 'A' + 10;
}

}  // namespace

Lexer::Lexer(std::string_view text, uint64_t sql_mode)
    : text_(text),
      size_(static_cast<uint32_t>(text.size())),
      ansi_quotes_((sql_mode & kModeAnsiQuotes) != 0),
      backslash_escapes_((sql_mode & kModeNoBackslashEscapes) == 0),
      ignore_space_((sql_mode & kModeIgnoreSpace) != 0) {}

Token Lexer::Make(TokenType type, uint32_t begin, uint32_t length) {
  Token token;
  token.type = type;
  token.begin = begin;
  token.end = begin + length;
  state_.position = token.end;
  return token;
}

void Lexer::SkipLine() {
  const uint32_t begin = state_.position;
  while (state_.position < size_ && text_[state_.position] != '\n') ++state_.position;
  comments_.push_back({begin, state_.position});
}

// At "/*". False: the comment never ends.
bool Lexer::SkipBlockComment() {
  const uint32_t begin = state_.position;
  uint32_t& position = state_.position;
  position += 2;
  bool skipped_version = false;
  if (At(position) == '!' && !state_.in_version_comment) {
    ++position;
    uint32_t digits = 0;
    uint32_t version = 0;
    while (digits < 6 && IsDigitChar(At(position + digits))) {
      version = version * 10 + static_cast<uint32_t>(At(position + digits) - '0');
      ++digits;
    }
    if (digits < 5) {
      version = 0;
      digits = 0;
    }
    position += digits;
    if (version <= kMysqlVersion) {
      state_.in_version_comment = true;
      comments_.push_back({begin, position});
      return true;
    }
    skipped_version = true;
  }
  // Only a skipped /*!99999 … */ may hold comments of its own.
  int depth = 1;
  while (position < size_) {
    if (text_[position] == '*' && At(position + 1) == '/') {
      position += 2;
      if (--depth == 0) {
        comments_.push_back({begin, position});
        return true;
      }
    } else if (skipped_version && text_[position] == '/' && At(position + 1) == '*') {
      position += 2;
      ++depth;
    } else {
      ++position;
    }
  }
  state_.position = begin;
  return false;
}

bool Lexer::SkipBlanks() {
  uint32_t& position = state_.position;
  while (position < size_) {
    const char c = text_[position];
    if (IsBlankChar(c)) {
      ++position;
    } else if (c == '#') {
      SkipLine();
    } else if (c == '-' && At(position + 1) == '-' &&
               (position + 2 >= size_ || IsBlankChar(text_[position + 2]) ||
                static_cast<unsigned char>(text_[position + 2]) < 0x20)) {
      SkipLine();
    } else if (c == '/' && At(position + 1) == '*') {
      if (!SkipBlockComment()) return false;
    } else if (c == '*' && At(position + 1) == '/' && state_.in_version_comment) {
      comments_.push_back({position, position + 2});
      position += 2;
      state_.in_version_comment = false;
    } else if (c == '\0' && text_.find_first_not_of('\0', position) == std::string_view::npos) {
      position = size_;  // C clients may count the string's end
    } else {
      break;
    }
  }
  return true;
}

uint32_t Lexer::SkipWord(uint32_t position) const {
  while (position < size_ && IsWordChar(text_[position])) ++position;
  return position;
}

Token Lexer::Next() {
  if (state_.word_follows_dot) {
    state_.word_follows_dot = false;
    return Make(TokenType::kIdentifier, state_.position,
                SkipWord(state_.position) - state_.position);
  }
  if (!SkipBlanks()) return Make(TokenType::kInvalid, state_.position, size_ - state_.position);
  const uint32_t begin = state_.position;
  if (begin >= size_) {
    if (state_.in_version_comment) {
      state_.in_version_comment = false;
      return Make(TokenType::kInvalid, begin, 0);
    }
    return Make(TokenType::kEnd, begin, 0);
  }
  const char c = text_[begin];
  switch (ClassOf(c)) {
    case kWordChar:
    case kHexLetter:
      return Word();
    case kDigit:
      return Number();
    default:
      break;
  }
  switch (c) {
    case '\'':
      return Quoted(TokenType::kString, begin, begin);
    case '"':
      return Quoted(ansi_quotes_ ? TokenType::kQuotedIdentifier : TokenType::kString, begin, begin);
    case '`':
      return Quoted(TokenType::kQuotedIdentifier, begin, begin);
    case '@':
      return AtSign();
    case '.':
      return Point();
    default:
      return Operator();
  }
}

Token Lexer::Word() {
  const uint32_t begin = state_.position;
  const char first = text_[begin];
  if (At(begin + 1) == '\'') {
    if (first == 'x' || first == 'X') return QuotedDigits(TokenType::kHex, begin);
    if (first == 'b' || first == 'B') return QuotedDigits(TokenType::kBit, begin);
    if (first == 'n' || first == 'N') return Quoted(TokenType::kNationalString, begin, begin + 1);
  }
  const uint32_t end = SkipWord(begin);
  Token token = Make(TokenType::kIdentifier, begin, end - begin);
  const std::string_view word = TextOf(token);
  // The first word of select.from is no keyword either.
  if (At(end) == '.' && end + 1 < size_ && IsWordChar(text_[end + 1])) return token;
  token.keyword = LookUpKeyword(word);
  if (token.keyword != Keyword::kNotKeyword &&
      InfoOf(token.keyword).keyword_class == KeywordClass::kFunction) {
    uint32_t next = end;
    if (ignore_space_) {
      while (IsBlankChar(At(next))) ++next;
    }
    if (At(next) != '(') token.keyword = Keyword::kNotKeyword;
  }
  if (first == '_' && IsIntroducerName(word.substr(1))) token.type = TokenType::kIntroducer;
  return token;
}

Token Lexer::Number() {
  const uint32_t begin = state_.position;
  uint32_t position = begin;
  if (text_[begin] == '0' && (At(begin + 1) == 'x' || At(begin + 1) == 'b')) {
    const bool hex = text_[begin + 1] == 'x';
    position = begin + 2;
    while (hex ? IsHexChar(At(position)) && position < size_
               : At(position) == '0' || At(position) == '1') {
      ++position;
    }
    if (position > begin + 2 && !IsWordChar(At(position))) {
      return Make(hex ? TokenType::kHex : TokenType::kBit, begin, position - begin);
    }
    return Make(TokenType::kIdentifier, begin, SkipWord(begin) - begin);
  }
  while (IsDigitChar(At(position))) ++position;
  char next = At(position);
  if (next == 'e' || next == 'E') {
    uint32_t exponent = position + 1;
    if (At(exponent) == '+' || At(exponent) == '-') ++exponent;
    if (IsDigitChar(At(exponent))) {
      while (IsDigitChar(At(exponent))) ++exponent;
      return Make(TokenType::kFloat, begin, exponent - begin);
    }
  }
  if (position < size_ && IsWordChar(next)) {
    return Make(TokenType::kIdentifier, begin, SkipWord(position) - begin);
  }
  if (next != '.') return Make(TokenType::kInteger, begin, position - begin);
  ++position;
  while (IsDigitChar(At(position))) ++position;
  next = At(position);
  if (next == 'e' || next == 'E') {
    uint32_t exponent = position + 1;
    if (At(exponent) == '+' || At(exponent) == '-') ++exponent;
    if (IsDigitChar(At(exponent))) {
      while (IsDigitChar(At(exponent))) ++exponent;
      return Make(TokenType::kFloat, begin, exponent - begin);
    }
  }
  return Make(TokenType::kDecimal, begin, position - begin);
}

Token Lexer::Point() {
  const uint32_t begin = state_.position;
  const bool behind_word = begin > 0 && IsWordChar(text_[begin - 1]);
  if (IsDigitChar(At(begin + 1)) && !behind_word) {
    uint32_t position = begin + 1;
    while (IsDigitChar(At(position))) ++position;
    if (At(position) == 'e' || At(position) == 'E') {
      uint32_t exponent = position + 1;
      if (At(exponent) == '+' || At(exponent) == '-') ++exponent;
      if (IsDigitChar(At(exponent))) {
        while (IsDigitChar(At(exponent))) ++exponent;
        return Make(TokenType::kFloat, begin, exponent - begin);
      }
    }
    return Make(TokenType::kDecimal, begin, position - begin);
  }
  state_.word_follows_dot = begin + 1 < size_ && IsWordChar(text_[begin + 1]);
  return Make(TokenType::kDot, begin, 1);
}

// `quote` is where the opening quote stands.
Token Lexer::Quoted(TokenType type, uint32_t begin, uint32_t quote) {
  const char mark = text_[quote];
  const bool escapes = backslash_escapes_ && type != TokenType::kQuotedIdentifier && mark != '`';
  bool plain = true;
  uint32_t position = quote + 1;
  while (position < size_) {
    const char c = text_[position];
    if (c == mark) {
      if (At(position + 1) != mark || position + 1 >= size_) {
        Token token = Make(type, begin, position + 1 - begin);
        token.plain = plain;
        return token;
      }
      plain = false;
      position += 2;
    } else if (c == '\\' && escapes) {
      plain = false;
      position += 2;
    } else {
      ++position;
    }
  }
  return Make(TokenType::kInvalid, begin, size_ - begin);
}

Token Lexer::QuotedDigits(TokenType type, uint32_t begin) {
  uint32_t position = begin + 2;
  if (type == TokenType::kHex) {
    while (position < size_ && IsHexChar(text_[position])) ++position;
  } else {
    while (At(position) == '0' || At(position) == '1') ++position;
  }
  const bool even = type == TokenType::kBit || (position - begin) % 2 == 0;
  if (At(position) != '\'' || !even) return Make(TokenType::kInvalid, begin, position - begin);
  return Make(type, begin, position + 1 - begin);
}

Token Lexer::AtSign() {
  const uint32_t begin = state_.position;
  const char next = At(begin + 1);
  if (next == '@') return Make(TokenType::kAtAt, begin, 2);
  if (next == '\'' || next == '"' || next == '`') {
    return Quoted(TokenType::kUserVariable, begin, begin + 1);
  }
  uint32_t position = begin + 1;
  while (position < size_ && (IsWordChar(text_[position]) || text_[position] == '.')) ++position;
  return Make(TokenType::kUserVariable, begin, position - begin);
}

Token Lexer::Operator() {
  const uint32_t begin = state_.position;
  const char c = text_[begin];
  const char next = At(begin + 1);
  switch (c) {
    case '(':
      return Make(TokenType::kLeftParen, begin, 1);
    case ')':
      return Make(TokenType::kRightParen, begin, 1);
    case '{':
      return Make(TokenType::kLeftBrace, begin, 1);
    case '}':
      return Make(TokenType::kRightBrace, begin, 1);
    case ',':
      return Make(TokenType::kComma, begin, 1);
    case ';':
      return Make(TokenType::kSemicolon, begin, 1);
    case ':':
      return next == '=' ? Make(TokenType::kAssign, begin, 2) : Make(TokenType::kColon, begin, 1);
    case '+':
      return Make(TokenType::kPlus, begin, 1);
    case '-':
      if (next != '>') return Make(TokenType::kMinus, begin, 1);
      return At(begin + 2) == '>' ? Make(TokenType::kArrowText, begin, 3)
                                  : Make(TokenType::kArrow, begin, 2);
    case '*':
      return Make(TokenType::kStar, begin, 1);
    case '/':
      return Make(TokenType::kSlash, begin, 1);
    case '%':
      return Make(TokenType::kPercent, begin, 1);
    case '^':
      return Make(TokenType::kCaret, begin, 1);
    case '~':
      return Make(TokenType::kTilde, begin, 1);
    case '?':
      return Make(TokenType::kParameter, begin, 1);
    case '&':
      return next == '&' ? Make(TokenType::kAndAnd, begin, 2)
                         : Make(TokenType::kAmpersand, begin, 1);
    case '|':
      return next == '|' ? Make(TokenType::kOrOr, begin, 2) : Make(TokenType::kPipe, begin, 1);
    case '=':
      return Make(TokenType::kEqual, begin, 1);
    case '!':
      return next == '=' ? Make(TokenType::kNotEqual, begin, 2)
                         : Make(TokenType::kExclamation, begin, 1);
    case '<':
      if (next == '=') {
        return At(begin + 2) == '>' ? Make(TokenType::kNullSafeEqual, begin, 3)
                                    : Make(TokenType::kLessEqual, begin, 2);
      }
      if (next == '>') return Make(TokenType::kNotEqual, begin, 2);
      return next == '<' ? Make(TokenType::kShiftLeft, begin, 2) : Make(TokenType::kLess, begin, 1);
    case '>':
      if (next == '=') return Make(TokenType::kGreaterEqual, begin, 2);
      return next == '>' ? Make(TokenType::kShiftRight, begin, 2)
                         : Make(TokenType::kGreater, begin, 1);
    default:
      return Make(TokenType::kInvalid, begin, 1);
  }
}

std::string_view Lexer::Undouble(std::string_view body, char quote, Arena* arena) const {
  char* out = static_cast<char*>(arena->Allocate(body.size(), 1));
  size_t size = 0;
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] == quote) ++i;
    out[size++] = quote == body[i] ? quote : body[i];
  }
  return {out, size};
}

std::string_view Lexer::Unescape(std::string_view body, char quote, Arena* arena) const {
  char* out = static_cast<char*>(arena->Allocate(body.size(), 1));
  size_t size = 0;
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] == quote) {
      ++i;
      out[size++] = quote;
      continue;
    }
    if (body[i] != '\\' || i + 1 >= body.size()) {
      out[size++] = body[i];
      continue;
    }
    const char c = body[++i];
    switch (c) {
      case 'n':
        out[size++] = '\n';
        break;
      case 't':
        out[size++] = '\t';
        break;
      case 'r':
        out[size++] = '\r';
        break;
      case 'b':
        out[size++] = '\b';
        break;
      case '0':
        out[size++] = '\0';
        break;
      case 'Z':
        out[size++] = '\032';
        break;
      case '_':
      case '%':  // kept escaped, for LIKE
        out[size++] = '\\';
        out[size++] = c;
        break;
      default:
        out[size++] = c;
    }
  }
  return {out, size};
}

std::string_view Lexer::Value(const Token& token, Arena* arena) const {
  std::string_view body = TextOf(token);
  switch (token.type) {
    case TokenType::kString:
    case TokenType::kNationalString: {
      if (token.type == TokenType::kNationalString) body.remove_prefix(1);
      const char quote = body.front();
      body = body.substr(1, body.size() - 2);
      if (token.plain) return body;
      return backslash_escapes_ ? Unescape(body, quote, arena) : Undouble(body, quote, arena);
    }
    case TokenType::kQuotedIdentifier: {
      const char quote = body.front();
      body = body.substr(1, body.size() - 2);
      return token.plain ? body : Undouble(body, quote, arena);
    }
    case TokenType::kUserVariable: {
      body.remove_prefix(1);
      if (body.empty() || IsWordChar(body.front()) || body.front() == '.') return body;
      const char quote = body.front();
      body = body.substr(1, body.size() - 2);
      if (token.plain) return body;
      return quote != '`' && backslash_escapes_ ? Unescape(body, quote, arena)
                                                : Undouble(body, quote, arena);
    }
    default:
      return body;
  }
}

std::string_view Lexer::Bytes(const Token& token, Arena* arena) const {
  std::string_view digits = TextOf(token).substr(2);
  if (!digits.empty() && digits.back() == '\'') digits.remove_suffix(1);
  const size_t per_byte = token.type == TokenType::kHex ? 2 : 8;
  const size_t size = (digits.size() + per_byte - 1) / per_byte;
  char* out = static_cast<char*>(arena->Allocate(size, 1));
  std::memset(out, 0, size);
  // The first byte takes what is over, so that 0xABC is 0A BC.
  const size_t pad = size * per_byte - digits.size();
  for (size_t i = 0; i < digits.size(); ++i) {
    char& byte = out[(i + pad) / per_byte];
    const int value = HexValue(digits[i]);
    byte = static_cast<char>(static_cast<unsigned char>(byte) * (per_byte == 2 ? 16 : 2) + value);
  }
  return {out, size};
}

}  // namespace sixfold::sql
