#include "core/sql/parameterize.h"

#include <charconv>

#include "core/sql/lexer.h"

namespace sixfold::sql {
namespace {

constexpr size_t kLongestText = 16 * 1024;
constexpr size_t kMostLiterals = 512;
constexpr size_t kDeepestNesting = 64;

// What the tokens between two parentheses are.
struct Level {
  bool closed = false;      // select list, GROUP BY, ORDER BY, LIMIT, arguments of a function
  bool value_list = false;  // IN (…) or a row of VALUES
};

class Scan {
 public:
  Scan(std::string_view text, uint64_t sql_mode, Arena* arena, ParameterizedText* result)
      : lexer_(text, sql_mode), text_(text), arena_(arena), result_(result) {}

  bool Run();

 private:
  using K = Keyword;
  using T = TokenType;

  Level& level() { return levels_[depth_]; }
  bool Open();
  void Word();
  void Advance();
  bool IsComparison(const Token& token) const {
    return token.type >= T::kLess && token.type <= T::kNullSafeEqual;
  }
  bool IsOperand(const Token& token) const;
  bool EndsOperand(const Token& token) const;
  bool IsLiteralContext() const;
  void Replace();

  Lexer lexer_;
  std::string_view text_;
  Arena* arena_;
  ParameterizedText* result_;
  Token earlier_;
  Token before_;
  Token previous_;
  Token token_;
  Token next_;
  Level levels_[kDeepestNesting];
  size_t depth_ = 0;
  size_t copied_ = 0;
  bool insert_ = false;
  bool in_values_ = false;       // behind VALUES of an INSERT
  bool between_ = false;         // BETWEEN was seen, its AND not yet
  bool and_of_between_ = false;  // the AND just passed belongs to BETWEEN
};

void Scan::Advance() {
  earlier_ = before_;
  before_ = previous_;
  previous_ = token_;
  token_ = next_;
  next_ = lexer_.Next();
}

// A name or the end of a call: what a literal may be compared with.
bool Scan::IsOperand(const Token& token) const {
  return token.type == T::kQuotedIdentifier || token.type == T::kRightParen ||
         (token.type == T::kIdentifier &&
          (token.keyword == K::kNotKeyword ||
           InfoOf(token.keyword).keyword_class != KeywordClass::kReserved));
}

bool Scan::EndsOperand(const Token& token) const {
  switch (token.type) {
    case T::kRightParen:
    case T::kComma:
    case T::kEnd:
    case T::kSemicolon:
    case T::kAndAnd:
      return true;
    default:
      break;
  }
  switch (token.keyword) {
    case K::kAnd:
    case K::kOr:
    case K::kXor:
    case K::kWhere:
    case K::kGroup:
    case K::kHaving:
    case K::kOrder:
    case K::kLimit:
    case K::kFor:
    case K::kLock:
    case K::kUnion:
    case K::kExcept:
    case K::kIntersect:
    case K::kWindow:
    case K::kInto:
    case K::kOn:
    case K::kThen:
    case K::kJoin:
    case K::kInner:
    case K::kLeft:
    case K::kRight:
    case K::kCross:
    case K::kNatural:
    case K::kStraightJoin:
      return true;
    default:
      return false;
  }
}

bool Scan::IsLiteralContext() const {
  const Level& here = levels_[depth_];
  if (here.closed) return false;
  if (!EndsOperand(next_)) return false;
  const bool negative = previous_.type == T::kMinus;
  if (negative && (token_.type == T::kString || previous_.end != token_.begin)) return false;
  const Token& left = negative ? before_ : previous_;
  const Token& before_left = negative ? earlier_ : before_;
  if (here.value_list) return left.type == T::kLeftParen || left.type == T::kComma;
  if (IsComparison(left)) return IsOperand(before_left);
  if (negative) return false;
  if (left.keyword == K::kBetween) return next_.keyword == K::kAnd;
  return left.keyword == K::kAnd && and_of_between_;
}

void Scan::Replace() {
  TextLiteral literal;
  literal.span = {token_.begin, token_.end};
  const std::string_view written = lexer_.TextOf(token_);
  literal.text = written;
  char mark[64];
  char* end = mark;
  *end++ = '?';
  switch (token_.type) {
    case T::kInteger: {
      literal.type = LiteralType::kInteger;
      const auto [at, error] =
          std::from_chars(written.data(), written.data() + written.size(), literal.integer);
      if (error != std::errc()) return;  // too large: stays as it is
      *end++ = literal.integer >> 63 != 0 ? 'u' : 'i';
      break;
    }
    case T::kDecimal: {
      literal.type = LiteralType::kDecimal;
      const size_t point = written.find('.');
      *end++ = 'd';
      end = std::to_chars(end, mark + 30, written.size()).ptr;
      *end++ = '.';
      end = std::to_chars(end, mark + sizeof(mark), written.size() - point).ptr;
      break;
    }
    case T::kFloat:
      literal.type = LiteralType::kFloat;
      *end++ = 'f';
      break;
    default:
      literal.type = LiteralType::kString;
      literal.text = lexer_.Value(token_, arena_);
      *end++ = 's';
      break;
  }
  result_->key.append(text_, copied_, token_.begin - copied_);
  result_->key.append(mark, end);
  copied_ = token_.end;
  result_->literals.push_back(literal);
}

// At '('.
bool Scan::Open() {
  if (depth_ + 1 >= kDeepestNesting) return false;
  Level inner;
  const bool row = in_values_ && depth_ == 0 &&
                   (previous_.type == T::kComma || previous_.keyword == K::kValues ||
                    previous_.keyword == K::kValue);
  const bool in_list =
      previous_.keyword == K::kIn && (IsOperand(before_) || before_.keyword == K::kNot);
  const bool query = next_.keyword == K::kSelect || next_.type == T::kLeftParen;
  const bool call = IsOperand(previous_) && previous_.type != T::kRightParen;
  inner.value_list = row || (in_list && !query);
  inner.closed = level().closed || (call && !query && !in_values_);
  if (previous_.keyword != K::kNotKeyword && !inner.value_list && !query &&
      InfoOf(previous_.keyword).keyword_class != KeywordClass::kOrdinary) {
    // A reserved word before '(' is an operator (AND, WHERE) or a function (IF, LEFT).
    switch (previous_.keyword) {
      case K::kAnd:
      case K::kOr:
      case K::kXor:
      case K::kNot:
      case K::kWhere:
      case K::kOn:
      case K::kHaving:
      case K::kFrom:
      case K::kJoin:
        break;
      default:
        inner.closed = true;
    }
  }
  if (in_values_ && !row && depth_ >= 1) inner.closed = true;
  levels_[++depth_] = inner;
  return true;
}

void Scan::Word() {
  switch (token_.keyword) {
    case K::kSelect:
      in_values_ = false;
      level().closed = true;
      break;
    case K::kFrom:
      // Opens what its own SELECT closed, unless all around it is closed.
      level().closed = depth_ > 0 && levels_[depth_ - 1].closed;
      break;
    case K::kGroup:
    case K::kOrder:
    case K::kLimit:
      level().closed = true;
      break;
    case K::kHaving:
      level().closed = depth_ > 0 && levels_[depth_ - 1].closed;
      break;
    case K::kValues:
    case K::kValue:
      if (insert_ && depth_ == 0 && previous_.type != T::kDot && next_.type == T::kLeftParen) {
        in_values_ = true;
      }
      break;
    case K::kOn:
      in_values_ = false;
      break;
    case K::kBetween:
      between_ = IsOperand(previous_) || previous_.keyword == K::kNot;
      break;
    case K::kAnd:
      and_of_between_ = between_;
      between_ = false;
      break;
    default:
      break;
  }
}

bool Scan::Run() {
  result_->cacheable = false;
  result_->key.clear();
  result_->literals.clear();
  if (text_.size() > kLongestText) return false;
  next_ = lexer_.Next();
  Advance();
  switch (token_.keyword) {
    case K::kSelect:
    case K::kUpdate:
    case K::kDelete:
      break;
    case K::kInsert:
    case K::kReplace:
      insert_ = true;
      break;
    default:
      return false;
  }
  while (token_.type != T::kEnd) {
    switch (token_.type) {
      case T::kSemicolon:
        if (next_.type != T::kEnd) return false;
        break;
      case T::kInvalid:
      case T::kParameter:
        return false;
      case T::kLeftParen:
        if (!Open()) return false;
        break;
      case T::kRightParen:
        if (depth_ == 0) return false;
        --depth_;
        break;
      case T::kIdentifier:
        if (token_.keyword != K::kNotKeyword) Word();
        break;
      case T::kInteger:
      case T::kDecimal:
      case T::kFloat:
      case T::kString:
        if (IsLiteralContext()) Replace();
        break;
      default:
        break;
    }
    if (token_.keyword != K::kAnd) and_of_between_ = false;
    Advance();
  }
  if (depth_ != 0 || result_->literals.size() > kMostLiterals) return false;
  result_->key.append(text_, copied_);
  result_->cacheable = true;
  return true;
}

}  // namespace

void Parameterize(std::string_view text, uint64_t sql_mode, Arena* arena,
                  ParameterizedText* result) {
  Scan(text, sql_mode, arena, result).Run();
}

}  // namespace sixfold::sql
