// Character sets: their names as MySQL shows them, decoding and encoding of single characters,
// conversion between sets, and the counting of characters that CHAR(n), SUBSTRING and LIKE need.
// Everything is context free: a character is decoded from its own bytes alone. A byte that begins
// no well-formed character decodes as kInvalidBase plus that byte and is one byte long, so that
// broken input still has a length, an order and a hash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sixfold::types {

enum class CharsetKind : uint8_t {
  kBinary,
  kAscii,
  kEightBit,
  kMultiByte,  // East Asian: core/types/multibyte.h
  kUtf8mb3,
  kUtf8mb4,
  kUcs2,
  kUtf16,
  kUtf16le,
  kUtf32
};

struct Charset {
  const char* name;
  const char* description;
  const char* default_collation;
  CharsetKind kind;
  uint8_t mbminlen;
  uint8_t mbmaxlen;
  const char* converter;  // ICU's name of a kEightBit or kMultiByte set, null for latin1 (built in)

  bool IsUtf8() const { return kind == CharsetKind::kUtf8mb3 || kind == CharsetKind::kUtf8mb4; }
  /// One byte is one character, and bytes below 128 are ASCII.
  bool IsSingleByte() const { return mbmaxlen == 1; }
  /// A character that begins with a byte below 128 is that byte, an ASCII character.
  bool IsAsciiBased() const { return mbminlen == 1; }
  /// No character's bytes stand inside another's: text can be searched by bytes.
  bool IsSelfSynchronizing() const { return IsAsciiBased() && kind != CharsetKind::kMultiByte; }
};

inline constexpr uint32_t kInvalidBase = 0x110000;

/// Null when there is none of that name ("utf8" is utf8mb3). Names are compared without case.
const Charset* FindCharset(std::string_view name);
/// All of them, in SHOW CHARACTER SET's order; count receives how many.
const Charset* AllCharsets(size_t* count);

extern const Charset& kUtf8mb4Charset;
extern const Charset& kBinaryCharset;

/// Decodes the character at *at (< end) and moves *at behind it.
uint32_t DecodeChar(const Charset& charset, const char** at, const char* end);
/// Appends the character; false (and nothing appended) where the set has no such character.
bool EncodeChar(const Charset& charset, uint32_t code_point, std::string* out);

size_t CharLength(const Charset& charset, std::string_view text);
/// The bytes of the first `chars` characters, or of all there are.
size_t PrefixBytes(const Charset& charset, std::string_view text, size_t chars);
/// How many bytes from the start are well formed; text.size() when all are.
size_t WellFormedBytes(const Charset& charset, std::string_view text);
bool IsAscii(std::string_view text);

/// Converts text; characters that `to` does not have become '?'. Returns how many were lost. Binary
/// to anything, and anything to binary, keeps the bytes.
size_t ConvertCharset(std::string_view text, const Charset& from, const Charset& to,
                      std::string* out);

enum class CaseMapping : uint8_t { kUpper, kLower };
/// UPPER and LOWER: one character to one character, as MySQL maps them. Binary text is unchanged.
void MapCase(const Charset& charset, std::string_view text, CaseMapping mapping, std::string* out);

/// Without the trailing spaces (of mbminlen bytes each).
std::string_view TrimTrailingSpaces(const Charset& charset, std::string_view text);

bool EqualsIgnoreAsciiCase(std::string_view a, std::string_view b);

}  // namespace sixfold::types
