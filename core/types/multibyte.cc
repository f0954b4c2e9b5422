#include "core/types/multibyte.h"

#include <unicode/ucnv.h>

#include <initializer_list>
#include <iterator>
#include <mutex>
#include <string_view>

#include "core/base/check.h"
#include "core/types/charset.h"
#include "core/types/charset_table.h"

namespace sixfold::types {
namespace {

struct ByteRange {
  unsigned char low;
  unsigned char high;
  bool Has(unsigned char byte) const { return byte >= low && byte <= high; }
};

constexpr ByteRange kNoBytes{1, 0};
constexpr unsigned char kKanaShift = 0x8E;    // EUC-JP: a half-width kana follows
constexpr unsigned char kTripleShift = 0x8F;  // EUC-JP: JIS X 0212 follows
constexpr uint32_t kQuadsBelowSupplementary = 39'420;
constexpr uint32_t kFirstSupplementaryQuad = 189'000;  // 90 30 81 30 is U+10000

}  // namespace

struct MultiByteMap::Rule {
  std::string_view charset;
  ByteRange lead[2];
  ByteRange trail[3];
  ByteRange single;  // above ASCII
  bool euc_japanese = false;
  bool quads = false;

  bool IsLead(unsigned char byte) const { return lead[0].Has(byte) || lead[1].Has(byte); }
  bool IsTrail(unsigned char byte) const {
    return trail[0].Has(byte) || trail[1].Has(byte) || trail[2].Has(byte);
  }
};

const MultiByteMap::Rule& MultiByteMap::RuleOf(const Charset& charset) {
  // clang-format off
  static constexpr Rule kRules[] = {
      {"big5", {{0xA1, 0xF9}, kNoBytes}, {{0x40, 0x7E}, {0xA1, 0xFE}, kNoBytes}, kNoBytes},
      {"cp932", {{0x81, 0x9F}, {0xE0, 0xFC}}, {{0x40, 0x7E}, {0x80, 0xFC}, kNoBytes}, {0xA1, 0xDF}},
      {"eucjpms", {{0xA1, 0xFE}, kNoBytes}, {{0xA1, 0xFE}, kNoBytes, kNoBytes}, kNoBytes, true},
      {"euckr", {{0x81, 0xFE}, kNoBytes}, {{0x41, 0x5A}, {0x61, 0x7A}, {0x81, 0xFE}}, kNoBytes},
      {"gb18030", {{0x81, 0xFE}, kNoBytes}, {{0x40, 0x7E}, {0x80, 0xFE}, kNoBytes}, kNoBytes, false, true},
      {"gb2312", {{0xA1, 0xF7}, kNoBytes}, {{0xA1, 0xFE}, kNoBytes, kNoBytes}, kNoBytes},
      {"gbk", {{0x81, 0xFE}, kNoBytes}, {{0x40, 0x7E}, {0x80, 0xFE}, kNoBytes}, kNoBytes},
      {"sjis", {{0x81, 0x9F}, {0xE0, 0xFC}}, {{0x40, 0x7E}, {0x80, 0xFC}, kNoBytes}, {0xA1, 0xDF}},
      {"ujis", {{0xA1, 0xFE}, kNoBytes}, {{0xA1, 0xFE}, kNoBytes, kNoBytes}, kNoBytes, true},
  };
  // clang-format on
  for (const Rule& rule : kRules) {
    if (rule.charset == charset.name) return rule;
  }
  CHECK(false, "{} has no rule", charset.name);
  return kRules[0];
}

const MultiByteMap& MultiByteMap::Of(const Charset& charset) {
  static std::array<std::once_flag, std::size(kCharsets)> once;
  static std::array<std::unique_ptr<const MultiByteMap>, std::size(kCharsets)> maps;
  const size_t index = static_cast<size_t>(&charset - kCharsets);
  std::call_once(once[index], [&] { maps[index].reset(new MultiByteMap(charset)); });
  return *maps[index];
}

MultiByteMap::MultiByteMap(const Charset& charset) : rule_(RuleOf(charset)), pairs_(0x80 * 256) {
  UErrorCode status = U_ZERO_ERROR;
  UConverter* converter = ucnv_open(charset.converter, &status);
  if (U_FAILURE(status)) return;  // ASCII only, where ICU came without its data
  for (int byte = rule_.single.low; byte <= rule_.single.high; ++byte)
    Add(converter, {static_cast<unsigned char>(byte)}, &singles_[byte]);
  FillPairs(converter);
  if (rule_.euc_japanese) FillTriples(converter);
  if (rule_.quads) FillQuads(converter);
  ucnv_close(converter);
}

void MultiByteMap::Add(void* converter, std::initializer_list<unsigned char> bytes,
                       uint32_t* slot) {
  const char* at = reinterpret_cast<const char*>(bytes.begin());
  const char* const end = at + bytes.size();
  UErrorCode status = U_ZERO_ERROR;
  const UChar32 code_point =
      ucnv_getNextUChar(static_cast<UConverter*>(converter), &at, end, &status);
  const bool one = U_SUCCESS(status) && at == end && code_point >= 0x80 && code_point != 0xFFFD;
  ucnv_reset(static_cast<UConverter*>(converter));
  if (!one) return;
  *slot = static_cast<uint32_t>(code_point);
  uint32_t packed = 0;
  for (const unsigned char byte : bytes) packed = packed << 8 | byte;
  from_unicode_.emplace(*slot, packed);
}

void MultiByteMap::FillPairs(void* converter) {
  for (int lead = 0x81; lead <= 0xFE; ++lead) {
    const auto first = static_cast<unsigned char>(lead);
    for (int trail = 0x40; trail <= 0xFE; ++trail) {
      const auto second = static_cast<unsigned char>(trail);
      const bool kana =
          rule_.euc_japanese && first == kKanaShift && second >= 0xA1 && second <= 0xDF;
      if (!kana && !(rule_.IsLead(first) && rule_.IsTrail(second))) continue;
      Add(converter, {first, second}, &pairs_[(lead - 0x80) * 256 + trail]);
    }
  }
}

void MultiByteMap::FillTriples(void* converter) {
  triples_.resize(0x10000);
  for (int b = 0xA1; b <= 0xFE; ++b) {
    for (int c = 0xA1; c <= 0xFE; ++c) {
      Add(converter, {kTripleShift, static_cast<unsigned char>(b), static_cast<unsigned char>(c)},
          &triples_[b * 256 + c]);
    }
  }
}

void MultiByteMap::FillQuads(void* converter) {
  quads_.resize(kQuadsBelowSupplementary);
  for (uint32_t i = 0; i < kQuadsBelowSupplementary; ++i) {
    Add(converter,
        {static_cast<unsigned char>(0x81 + i / 12'600),
         static_cast<unsigned char>(0x30 + i / 1'260 % 10),
         static_cast<unsigned char>(0x81 + i / 10 % 126),
         static_cast<unsigned char>(0x30 + i % 10)},
        &quads_[i]);
  }
}

uint32_t MultiByteMap::QuadIndex(const unsigned char* p) {
  return (((p[0] - 0x81u) * 10 + (p[1] - 0x30u)) * 126 + (p[2] - 0x81u)) * 10 + (p[3] - 0x30u);
}

int MultiByteMap::Decode(const unsigned char* p, const unsigned char* end,
                         uint32_t* code_point) const {
  const auto known = [&](uint32_t found, uint32_t bytes) {
    *code_point = found != 0 ? found : kInvalidBase + bytes;
  };
  const unsigned char first = p[0];
  if (first < 0x80) {
    *code_point = first;
    return 1;
  }
  if (rule_.single.Has(first)) {
    known(singles_[first], first);
    return 1;
  }
  if (end - p < 2) return 0;
  if (rule_.euc_japanese && first == kTripleShift) {
    if (end - p < 3 || !rule_.IsTrail(p[1]) || !rule_.IsTrail(p[2])) return 0;
    known(triples_.empty() ? 0 : triples_[p[1] * 256 + p[2]], first << 16 | p[1] << 8 | p[2]);
    return 3;
  }
  const bool kana = rule_.euc_japanese && first == kKanaShift && p[1] >= 0xA1 && p[1] <= 0xDF;
  if (kana || (rule_.IsLead(first) && rule_.IsTrail(p[1]))) {
    known(pairs_[(first - 0x80) * 256 + p[1]], first << 8 | p[1]);
    return 2;
  }
  const auto is_digit = [](unsigned char byte) { return byte >= 0x30 && byte <= 0x39; };
  if (!rule_.quads || !rule_.IsLead(first) || !is_digit(p[1])) return 0;
  if (end - p < 4 || p[2] < 0x81 || p[2] == 0xFF || !is_digit(p[3])) return 0;
  const uint32_t index = QuadIndex(p);
  if (index < kQuadsBelowSupplementary) {
    known(quads_.empty() ? 0 : quads_[index], index);
  } else if (index >= kFirstSupplementaryQuad && index - kFirstSupplementaryQuad < 0x100000) {
    *code_point = 0x10000 + index - kFirstSupplementaryQuad;
  } else {
    known(0, index);
  }
  return 4;
}

bool MultiByteMap::Encode(uint32_t code_point, std::string* out) const {
  if (code_point < 0x80) {
    out->push_back(static_cast<char>(code_point));
    return true;
  }
  if (rule_.quads && code_point >= 0x10000 && code_point <= 0x10FFFF) {
    const uint32_t i = code_point - 0x10000 + kFirstSupplementaryQuad;
    out->push_back(static_cast<char>(0x81 + i / 12'600));
    out->push_back(static_cast<char>(0x30 + i / 1'260 % 10));
    out->push_back(static_cast<char>(0x81 + i / 10 % 126));
    out->push_back(static_cast<char>(0x30 + i % 10));
    return true;
  }
  const auto found = from_unicode_.find(code_point);
  if (found == from_unicode_.end()) return false;
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (found->second >> shift != 0) out->push_back(static_cast<char>(found->second >> shift));
  }
  return true;
}

}  // namespace sixfold::types
