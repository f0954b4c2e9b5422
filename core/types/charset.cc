// Decoding, encoding and conversion of character sets.
#include "core/types/charset.h"

#include <unicode/uchar.h>
#include <unicode/ucnv.h>

#include <array>
#include <cstring>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>

#include "core/types/charset_table.h"
#include "core/types/multibyte.h"

namespace sixfold::types {
namespace {

// Both directions of an eight-bit set. 0xFFFF: the byte stands for no character.
struct EightBitMap {
  std::array<uint16_t, 256> to_unicode;
  std::map<uint32_t, uint8_t> from_unicode;
};

// MySQL's latin1 is cp1252 whose five holes stand for themselves.
constexpr uint16_t kCp1252[32] = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                  0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                  0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                  0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

void FillLatin1(EightBitMap* map) {
  for (int byte = 0; byte < 256; ++byte) {
    map->to_unicode[byte] = byte >= 0x80 && byte < 0xA0 ? kCp1252[byte - 0x80] : byte;
  }
}

void FillFromIcu(const char* converter_name, EightBitMap* map) {
  UErrorCode status = U_ZERO_ERROR;
  UConverter* converter = ucnv_open(converter_name, &status);
  for (int byte = 0; byte < 256; ++byte) {
    map->to_unicode[byte] = byte < 0x80 ? byte : 0xFFFF;
    if (byte < 0x80 || U_FAILURE(status)) continue;
    const char source = static_cast<char>(byte);
    const char* at = &source;
    UErrorCode char_status = U_ZERO_ERROR;
    const UChar32 code_point = ucnv_getNextUChar(converter, &at, &source + 1, &char_status);
    if (U_SUCCESS(char_status) && code_point < 0xFFFD) map->to_unicode[byte] = code_point;
    ucnv_reset(converter);
  }
  if (U_SUCCESS(status)) ucnv_close(converter);
}

std::unique_ptr<const EightBitMap> BuildEightBitMap(const Charset& charset) {
  auto map = std::make_unique<EightBitMap>();
  if (charset.converter == nullptr) {
    FillLatin1(map.get());
  } else {
    FillFromIcu(charset.converter, map.get());
  }
  for (int byte = 255; byte >= 0; --byte) {
    if (map->to_unicode[byte] != 0xFFFF) map->from_unicode[map->to_unicode[byte]] = byte;
  }
  return map;
}

// Built on first use, immutable afterwards.
const EightBitMap& MapOf(const Charset& charset) {
  static std::array<std::once_flag, std::size(kCharsets)> once;
  static std::array<std::unique_ptr<const EightBitMap>, std::size(kCharsets)> maps;
  const size_t index = &charset - kCharsets;
  std::call_once(once[index], [&] { maps[index] = BuildEightBitMap(charset); });
  return *maps[index];
}

bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// Zero: ill-formed at p.
int Utf8Bytes(const unsigned char* p, const unsigned char* end, int longest, uint32_t* code_point) {
  const unsigned char first = p[0];
  if (first < 0x80) {
    *code_point = first;
    return 1;
  }
  if (first < 0xC2 || first > 0xF4) return 0;
  const int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length > longest || end - p < length) return 0;
  uint32_t value = first & (0x7F >> length);
  for (int i = 1; i < length; ++i) {
    if (!IsContinuation(p[i])) return 0;
    value = value << 6 | (p[i] & 0x3F);
  }
  if (length == 3 && (value < 0x800 || (value >= 0xD800 && value < 0xE000))) return 0;
  if (length == 4 && (value < 0x10000 || value > 0x10FFFF)) return 0;
  *code_point = value;
  return length;
}

int Utf16Bytes(const unsigned char* p, const unsigned char* end, bool little, bool surrogates,
               uint32_t* code_point) {
  auto unit = [&](const unsigned char* at) -> uint32_t {
    return little ? at[0] | at[1] << 8 : at[0] << 8 | at[1];
  };
  if (end - p < 2) return 0;
  const uint32_t high = unit(p);
  if (high < 0xD800 || high >= 0xE000) {
    *code_point = high;
    return 2;
  }
  if (!surrogates || high >= 0xDC00 || end - p < 4) return 0;
  const uint32_t low = unit(p + 2);
  if (low < 0xDC00 || low >= 0xE000) return 0;
  *code_point = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
  return 4;
}

int Utf32Bytes(const unsigned char* p, const unsigned char* end, uint32_t* code_point) {
  if (end - p < 4) return 0;
  const uint32_t value = p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
  if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return 0;
  *code_point = value;
  return 4;
}

// The bytes of the character at p, zero where it is ill-formed.
int CharBytes(const Charset& charset, const char* at, const char* end_at, uint32_t* code_point) {
  const auto* p = reinterpret_cast<const unsigned char*>(at);
  const auto* end = reinterpret_cast<const unsigned char*>(end_at);
  switch (charset.kind) {
    case CharsetKind::kUtf8mb4:
      return Utf8Bytes(p, end, 4, code_point);
    case CharsetKind::kUtf8mb3:
      return Utf8Bytes(p, end, 3, code_point);
    case CharsetKind::kUcs2:
      return Utf16Bytes(p, end, false, false, code_point);
    case CharsetKind::kUtf16:
      return Utf16Bytes(p, end, false, true, code_point);
    case CharsetKind::kUtf16le:
      return Utf16Bytes(p, end, true, true, code_point);
    case CharsetKind::kUtf32:
      return Utf32Bytes(p, end, code_point);
    case CharsetKind::kAscii:
      *code_point = *p;
      return *p < 0x80 ? 1 : 0;
    case CharsetKind::kEightBit:
      *code_point = *p < 0x80 ? *p : MapOf(charset).to_unicode[*p];
      if (*code_point == 0xFFFF) *code_point = kInvalidBase + *p;
      return 1;
    case CharsetKind::kMultiByte:
      return MultiByteMap::Of(charset).Decode(p, end, code_point);
    case CharsetKind::kBinary:
      *code_point = *p;
      return 1;
  }
  return 0;
}

void AppendUtf16(uint32_t unit, bool little, std::string* out) {
  const char high = static_cast<char>(unit >> 8);
  const char low = static_cast<char>(unit);
  out->push_back(little ? low : high);
  out->push_back(little ? high : low);
}

bool EncodeUtf8(uint32_t code_point, int longest, std::string* out) {
  if (code_point < 0x80) {
    out->push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out->push_back(static_cast<char>(0xC0 | code_point >> 6));
    out->push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else if (code_point < 0x10000) {
    if (code_point >= 0xD800 && code_point < 0xE000) return false;
    out->push_back(static_cast<char>(0xE0 | code_point >> 12));
    out->push_back(static_cast<char>(0x80 | (code_point >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else {
    if (longest < 4 || code_point > 0x10FFFF) return false;
    out->push_back(static_cast<char>(0xF0 | code_point >> 18));
    out->push_back(static_cast<char>(0x80 | (code_point >> 12 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code_point >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  }
  return true;
}

bool EncodeUtf16(uint32_t code_point, bool little, bool surrogates, std::string* out) {
  if (code_point >= 0x10000) {
    if (!surrogates || code_point > 0x10FFFF) return false;
    AppendUtf16(0xD800 + ((code_point - 0x10000) >> 10), little, out);
    AppendUtf16(0xDC00 + ((code_point - 0x10000) & 0x3FF), little, out);
    return true;
  }
  AppendUtf16(code_point, little, out);
  return true;
}

bool EncodeEightBit(const Charset& charset, uint32_t code_point, std::string* out) {
  if (code_point < 0x80) {
    out->push_back(static_cast<char>(code_point));
    return true;
  }
  const auto& map = MapOf(charset).from_unicode;
  const auto found = map.find(code_point);
  if (found == map.end()) return false;
  out->push_back(static_cast<char>(found->second));
  return true;
}

char MapAsciiCase(char c, CaseMapping mapping) {
  if (mapping == CaseMapping::kUpper) return c >= 'a' && c <= 'z' ? c - 32 : c;
  return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

}  // namespace

constinit const Charset& kUtf8mb4Charset = *CharsetNamed("utf8mb4");
constinit const Charset& kBinaryCharset = *CharsetNamed("binary");

bool EqualsIgnoreAsciiCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (MapAsciiCase(a[i], CaseMapping::kLower) != MapAsciiCase(b[i], CaseMapping::kLower))
      return false;
  }
  return true;
}

const Charset* FindCharset(std::string_view name) {
  if (EqualsIgnoreAsciiCase(name, "utf8")) name = "utf8mb3";
  for (const Charset& charset : kCharsets) {
    if (EqualsIgnoreAsciiCase(name, charset.name)) return &charset;
  }
  return nullptr;
}

const Charset* AllCharsets(size_t* count) {
  *count = std::size(kCharsets);
  return kCharsets;
}

uint32_t DecodeChar(const Charset& charset, const char** at, const char* end) {
  uint32_t code_point;
  const int bytes = CharBytes(charset, *at, end, &code_point);
  if (bytes > 0) {
    *at += bytes;
    return code_point;
  }
  return kInvalidBase + static_cast<unsigned char>(*(*at)++);
}

bool EncodeChar(const Charset& charset, uint32_t code_point, std::string* out) {
  switch (charset.kind) {
    case CharsetKind::kUtf8mb4:
      return EncodeUtf8(code_point, 4, out);
    case CharsetKind::kUtf8mb3:
      return EncodeUtf8(code_point, 3, out);
    case CharsetKind::kUcs2:
      return EncodeUtf16(code_point, false, false, out);
    case CharsetKind::kUtf16:
      return EncodeUtf16(code_point, false, true, out);
    case CharsetKind::kUtf16le:
      return EncodeUtf16(code_point, true, true, out);
    case CharsetKind::kUtf32:
      if (code_point > 0x10FFFF) return false;
      AppendUtf16(code_point >> 16, false, out);
      AppendUtf16(code_point & 0xFFFF, false, out);
      return true;
    case CharsetKind::kAscii:
      if (code_point >= 0x80) return false;
      out->push_back(static_cast<char>(code_point));
      return true;
    case CharsetKind::kEightBit:
      return EncodeEightBit(charset, code_point, out);
    case CharsetKind::kMultiByte:
      return MultiByteMap::Of(charset).Encode(code_point, out);
    case CharsetKind::kBinary:
      if (code_point >= 0x100) return false;
      out->push_back(static_cast<char>(code_point));
      return true;
  }
  return false;
}

bool IsAscii(std::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if (word & 0x8080808080808080ull) return false;
  }
  for (; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
  }
  return true;
}

size_t CharLength(const Charset& charset, std::string_view text) {
  if (charset.IsSingleByte() || (charset.IsUtf8() && IsAscii(text))) return text.size();
  size_t count = 0;
  const char* at = text.data();
  const char* end = at + text.size();
  for (; at < end; ++count) DecodeChar(charset, &at, end);
  return count;
}

size_t PrefixBytes(const Charset& charset, std::string_view text, size_t chars) {
  if (charset.IsSingleByte()) return std::min(chars, text.size());
  if (chars >= text.size()) return text.size();
  if (charset.IsUtf8() && IsAscii(text.substr(0, chars))) return chars;
  const char* at = text.data();
  const char* end = at + text.size();
  for (; at < end && chars > 0; --chars) DecodeChar(charset, &at, end);
  return at - text.data();
}

size_t WellFormedBytes(const Charset& charset, std::string_view text) {
  if (charset.kind == CharsetKind::kBinary || charset.kind == CharsetKind::kEightBit)
    return text.size();
  if (charset.IsAsciiBased() && IsAscii(text)) return text.size();
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end) {
    uint32_t code_point;
    const int bytes = CharBytes(charset, at, end, &code_point);
    if (bytes == 0) break;
    at += bytes;
  }
  return at - text.data();
}

size_t ConvertCharset(std::string_view text, const Charset& from, const Charset& to,
                      std::string* out) {
  const bool keeps_bytes = &from == &to || from.kind == CharsetKind::kBinary ||
                           to.kind == CharsetKind::kBinary ||
                           (from.IsAsciiBased() && to.IsAsciiBased() && IsAscii(text)) ||
                           (from.kind == CharsetKind::kUtf8mb3 && to.kind == CharsetKind::kUtf8mb4);
  if (keeps_bytes) {
    out->append(text);
    return 0;
  }
  size_t lost = 0;
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end) {
    const uint32_t code_point = DecodeChar(from, &at, end);
    if (code_point < kInvalidBase && EncodeChar(to, code_point, out)) continue;
    EncodeChar(to, '?', out);
    ++lost;
  }
  return lost;
}

void MapCase(const Charset& charset, std::string_view text, CaseMapping mapping, std::string* out) {
  if (charset.kind == CharsetKind::kBinary) {
    out->append(text);
    return;
  }
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end) {
    if (charset.IsAsciiBased() && static_cast<unsigned char>(*at) < 0x80) {
      out->push_back(MapAsciiCase(*at++, mapping));
      continue;
    }
    const char* start = at;
    const uint32_t code_point = DecodeChar(charset, &at, end);
    if (code_point < kInvalidBase) {
      const uint32_t mapped =
          mapping == CaseMapping::kUpper ? u_toupper(code_point) : u_tolower(code_point);
      if (EncodeChar(charset, mapped, out)) continue;
    }
    out->append(start, at - start);
  }
}

std::string_view TrimTrailingSpaces(const Charset& charset, std::string_view text) {
  const size_t width = charset.mbminlen;
  while (text.size() >= width) {
    const char* last = text.data() + text.size() - width;
    const char* end = last + width;
    uint32_t code_point;
    if (CharBytes(charset, last, end, &code_point) != static_cast<int>(width) || code_point != ' ')
      break;
    text.remove_suffix(width);
  }
  return text;
}

}  // namespace sixfold::types
