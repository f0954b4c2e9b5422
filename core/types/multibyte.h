// The East Asian character sets: one byte for ASCII, two, three or four for the rest. Their tables
// are made from ICU's converters on first use and immutable afterwards.
//
// As in MySQL the bytes' ranges alone decide what is one character. One that is in range and stands
// for nothing decodes as kInvalidBase plus its bytes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace sixfold::types {

struct Charset;

class MultiByteMap {
 public:
  static const MultiByteMap& Of(const Charset& charset);

  /// The bytes of the character at p (< end), zero where it is ill-formed.
  int Decode(const unsigned char* p, const unsigned char* end, uint32_t* code_point) const;
  /// Appends the character; false where the set has none.
  bool Encode(uint32_t code_point, std::string* out) const;

 private:
  struct Rule;
  static const Rule& RuleOf(const Charset& charset);

  explicit MultiByteMap(const Charset& charset);
  void Add(void* converter, std::initializer_list<unsigned char> bytes, uint32_t* slot);
  void FillPairs(void* converter);
  void FillTriples(void* converter);
  void FillQuads(void* converter);
  static uint32_t QuadIndex(const unsigned char* p);

  const Rule& rule_;
  std::array<uint32_t, 256> singles_{};  // 0: no character
  std::vector<uint32_t> pairs_;          // (lead - 0x80) * 256 + trail
  std::vector<uint32_t> triples_;        // EUC-JP's 8F xx yy: xx * 256 + yy
  std::vector<uint32_t> quads_;          // GB 18030's, below U+10000, by QuadIndex()
  std::unordered_map<uint32_t, uint32_t> from_unicode_;  // bytes, the first one highest
};

}  // namespace sixfold::types
