// LIKE and substring search under a collation, character by character.
#include "core/types/collation.h"
#include "core/types/collation_ops.h"

namespace sixfold::types {
namespace {

// Walks a LIKE pattern: characters, and the two wildcards where they are not escaped.
class PatternCursor {
 public:
  enum class Token { kEnd, kChar, kOne, kMany };

  PatternCursor(const Charset& charset, std::string_view pattern, uint32_t escape)
      : charset_(&charset), escape_(escape), at_(pattern.data()), end_(at_ + pattern.size()) {}

  Token Next() {
    if (at_ == end_) return Token::kEnd;
    char_ = DecodeChar(*charset_, &at_, end_);
    if (char_ == escape_ && escape_ != 0) {
      if (at_ < end_) char_ = DecodeChar(*charset_, &at_, end_);
      return Token::kChar;
    }
    return char_ == '%' ? Token::kMany : char_ == '_' ? Token::kOne : Token::kChar;
  }
  uint32_t character() const { return char_; }

 private:
  const Charset* charset_;
  uint32_t escape_;
  uint32_t char_ = 0;
  const char* at_;
  const char* end_;
};

}  // namespace

bool Collation::Like(std::string_view text, std::string_view pattern, uint32_t escape) const {
  using Token = PatternCursor::Token;
  const char* at = text.data();
  const char* end = at + text.size();
  PatternCursor cursor(*charset, pattern, escape);
  // Where to go on after a mismatch: behind the last '%', one more character given to it.
  PatternCursor retry_cursor = cursor;
  const char* retry_at = nullptr;
  for (;;) {
    const Token token = cursor.Next();
    if (token == Token::kMany) {
      retry_cursor = cursor;
      retry_at = at;
      continue;
    }
    if (token == Token::kEnd && at == end) return true;
    bool matches = false;
    if (token != Token::kEnd && at < end) {
      const uint32_t c = DecodeChar(*charset, &at, end);
      matches = token == Token::kOne || ops->same_char(*this, c, cursor.character());
    } else if (token != Token::kEnd) {
      return false;  // the text is used up: giving '%' more of it cannot help
    }
    if (matches) continue;
    if (retry_at == nullptr || retry_at == end) return false;
    DecodeChar(*charset, &retry_at, end);
    at = retry_at;
    cursor = retry_cursor;
  }
}

size_t Collation::Find(std::string_view text, std::string_view needle, size_t from,
                       size_t* length) const {
  *length = needle.size();
  if (from > text.size()) return std::string_view::npos;
  const bool byte_search = ComparesBytes() && charset->IsSelfSynchronizing();
  if (byte_search || needle.empty()) return text.find(needle, from);
  const char* end = text.data() + text.size();
  const char* needle_end = needle.data() + needle.size();
  for (const char* start = text.data() + from; start < end;) {
    const char* at = start;
    const char* wanted = needle.data();
    while (at < end && wanted < needle_end &&
           ops->same_char(*this, DecodeChar(*charset, &at, end),
                          DecodeChar(*charset, &wanted, needle_end))) {
      if (wanted == needle_end) {
        *length = at - start;
        return start - text.data();
      }
    }
    DecodeChar(*charset, &start, end);
  }
  return std::string_view::npos;
}

}  // namespace sixfold::types
