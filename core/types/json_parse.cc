// Reading of JSON text (RFC 8259), into sorted trees.
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "core/types/charset.h"
#include "core/types/error_codes.h"
#include "core/types/json.h"
#include "core/types/sql_error.h"

namespace sixfold::types {
namespace {

bool IsJsonDigit(char c) { return c >= '0' && c <= '9'; }

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  bool ReadDocument(Json* out) {
    if (!ReadValue(out, 1)) return false;
    SkipBlanks();
    return at_ == text_.size() || Fail("The document root must not be followed by other values.");
  }
  size_t at() const { return at_; }
  const std::string& error() const { return error_; }

 private:
  bool Fail(std::string_view message) {
    if (error_.empty()) error_ = message;
    return false;
  }
  void SkipBlanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  bool Accept(char c) {
    SkipBlanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool ReadValue(Json* out, int depth) {
    if (depth > kMaxJsonDepth) throw MakeError(ErrorCode::kJsonDocumentTooDeep);
    SkipBlanks();
    if (at_ >= text_.size()) return Fail("The document is empty.");
    switch (text_[at_]) {
      case '{':
        return ReadObject(out, depth);
      case '[':
        return ReadArray(out, depth);
      case '"':
        out->type = Json::Type::kString;
        return ReadString(&out->text);
      case 't':
        return ReadWord("true", Json::Bool(true), out);
      case 'f':
        return ReadWord("false", Json::Bool(false), out);
      case 'n':
        return ReadWord("null", Json(), out);
      default:
        return ReadNumber(out);
    }
  }

  bool ReadWord(std::string_view word, Json value, Json* out) {
    if (text_.substr(at_, word.size()) != word) return Fail("Invalid value.");
    at_ += word.size();
    *out = std::move(value);
    return true;
  }

  bool ReadObject(Json* out, int depth) {
    out->type = Json::Type::kObject;
    ++at_;
    if (Accept('}')) return true;
    for (;;) {
      SkipBlanks();
      if (at_ >= text_.size() || text_[at_] != '"')
        return Fail("Missing a name for object member.");
      std::string key;
      if (!ReadString(&key)) return false;
      if (!Accept(':')) return Fail("Missing a colon after a name of object member.");
      Json value;
      if (!ReadValue(&value, depth + 1)) return false;
      out->SetMember(key, std::move(value));
      if (Accept('}')) return true;
      if (!Accept(',')) return Fail("Missing a comma or } after an object member.");
    }
  }

  bool ReadArray(Json* out, int depth) {
    out->type = Json::Type::kArray;
    ++at_;
    if (Accept(']')) return true;
    for (;;) {
      out->items.emplace_back();
      if (!ReadValue(&out->items.back(), depth + 1)) return false;
      if (Accept(']')) return true;
      if (!Accept(',')) return Fail("Missing a comma or ] after an array element.");
    }
  }

  bool ReadString(std::string* out) {
    ++at_;
    for (;;) {
      const size_t start = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
             static_cast<unsigned char>(text_[at_]) >= 0x20)
        ++at_;
      out->append(text_.substr(start, at_ - start));
      if (at_ >= text_.size()) return Fail("Missing a closing quotation mark in string.");
      const char c = text_[at_++];
      if (c == '"')
        return WellFormedBytes(kUtf8mb4Charset, *out) == out->size() ||
               Fail("Invalid encoding in string.");
      if (c != '\\') return Fail("Invalid encoding in string.");
      if (!ReadEscape(out)) return false;
    }
  }

  bool ReadEscape(std::string* out) {
    if (at_ >= text_.size()) return Fail("Invalid escape character in string.");
    switch (const char c = text_[at_++]) {
      case '"':
      case '\\':
      case '/':
        out->push_back(c);
        return true;
      case 'b':
        out->push_back('\b');
        return true;
      case 'f':
        out->push_back('\f');
        return true;
      case 'n':
        out->push_back('\n');
        return true;
      case 'r':
        out->push_back('\r');
        return true;
      case 't':
        out->push_back('\t');
        return true;
      case 'u':
        return ReadUnicodeEscape(out);
      default:
        return Fail("Invalid escape character in string.");
    }
  }

  bool ReadHex(uint32_t* value) {
    if (text_.size() - at_ < 4) return Fail("Incorrect hex digit after \\u escape in string.");
    const char* start = text_.data() + at_;
    const auto [end, error] = std::from_chars(start, start + 4, *value, 16);
    if (error != std::errc() || end != start + 4)
      return Fail("Incorrect hex digit after \\u escape in string.");
    at_ += 4;
    return true;
  }

  bool ReadUnicodeEscape(std::string* out) {
    uint32_t code_point;
    if (!ReadHex(&code_point)) return false;
    if (code_point >= 0xD800 && code_point < 0xDC00) {
      uint32_t low = 0;
      if (text_.substr(at_, 2) != "\\u") return Fail("The surrogate pair in string is invalid.");
      at_ += 2;
      if (!ReadHex(&low)) return false;
      if (low < 0xDC00 || low > 0xDFFF) return Fail("The surrogate pair in string is invalid.");
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
    }
    return EncodeChar(kUtf8mb4Charset, code_point, out) ||
           Fail("The surrogate pair in string is invalid.");
  }

  bool ReadNumber(Json* out) {
    const size_t start = at_;
    if (at_ < text_.size() && text_[at_] == '-') ++at_;
    const size_t digits = at_;
    while (at_ < text_.size() && IsJsonDigit(text_[at_])) ++at_;
    if (at_ == digits) {
      at_ = start;
      return Fail("Invalid value.");
    }
    if (text_[digits] == '0' && at_ - digits > 1) {
      at_ = digits + 1;
      return Fail("The document root must not be followed by other values.");
    }
    bool real = false;
    if (at_ < text_.size() && text_[at_] == '.') {
      real = true;
      const size_t fraction = ++at_;
      while (at_ < text_.size() && IsJsonDigit(text_[at_])) ++at_;
      if (at_ == fraction) return Fail("Miss fraction part in number.");
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      real = true;
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      const size_t exponent = at_;
      while (at_ < text_.size() && IsJsonDigit(text_[at_])) ++at_;
      if (at_ == exponent) return Fail("Miss exponent in number.");
    }
    return StoreNumber(text_.substr(start, at_ - start), real, out);
  }

  bool StoreNumber(std::string_view number, bool real, Json* out) {
    const char* end = number.data() + number.size();
    if (!real) {
      out->type = Json::Type::kInt;
      if (std::from_chars(number.data(), end, out->integer).ec == std::errc()) return true;
      uint64_t large;
      if (std::from_chars(number.data(), end, large).ec == std::errc()) {
        out->type = Json::Type::kUint;
        out->integer = static_cast<int64_t>(large);
        return true;
      }
    }
    out->type = Json::Type::kDouble;
    out->real = std::strtod(std::string(number).c_str(), nullptr);
    return std::isfinite(out->real) || Fail("Number too big to be stored in double.");
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string error_;
};

}  // namespace

bool ParseJson(std::string_view text, Json* out, std::string* error, size_t* error_at) {
  JsonReader reader(text);
  *out = Json();
  if (reader.ReadDocument(out)) return true;
  *error = reader.error();
  *error_at = reader.at();
  return false;
}

}  // namespace sixfold::types
