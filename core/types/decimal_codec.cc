// The order-preserving binary form of a decimal.
#include <algorithm>

#include "core/base/check.h"
#include "core/types/decimal.h"

namespace sixfold::types {
namespace {

constexpr int kGroupDigits = 9;
// Bytes that a group of so many digits takes.
constexpr int kGroupBytes[kGroupDigits + 1] = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
constexpr uint32_t kGroupPowers[] = {1,      10,      100,      1000,      10000,
                                     100000, 1000000, 10000000, 100000000, 1000000000};

int BytesOfDigits(int digits) {
  return digits / kGroupDigits * 4 + kGroupBytes[digits % kGroupDigits];
}

void PutGroup(uint32_t group, int bytes, std::string* out) {
  for (int i = bytes - 1; i >= 0; --i) out->push_back(static_cast<char>(group >> (8 * i)));
}

}  // namespace

int Decimal::EncodedBytes(int precision, int scale) {
  return BytesOfDigits(precision - scale) + BytesOfDigits(scale);
}

void Decimal::AppendEncoded(int precision, int scale, std::string* out) const {
  const size_t start = out->size();
  const int integer_digits = precision - scale;
  CHECK_LE(IntegerDigits(), integer_digits);
  int word = kPointWord + integer_digits / kGroupDigits;
  if (const int leading = integer_digits % kGroupDigits; leading > 0)
    PutGroup(words_[word], kGroupBytes[leading], out);
  for (--word; word >= kPointWord; --word) PutGroup(words_[word], 4, out);
  int fraction = scale;
  for (; fraction >= kGroupDigits; fraction -= kGroupDigits, --word) PutGroup(words_[word], 4, out);
  if (fraction > 0)
    PutGroup(words_[word] / kGroupPowers[kGroupDigits - fraction], kGroupBytes[fraction], out);
  if (negative_) {
    for (size_t i = start; i < out->size(); ++i) (*out)[i] = static_cast<char>(~(*out)[i]);
  }
  (*out)[start] = static_cast<char>((*out)[start] ^ 0x80);
}

Decimal Decimal::Decode(const char* from, int precision, int scale) {
  Decimal result;
  const auto* at = reinterpret_cast<const unsigned char*>(from);
  const bool negative = (at[0] & 0x80) == 0;
  const unsigned char flip = negative ? 0xFF : 0;
  bool first = true;
  auto get = [&](int bytes) {
    uint32_t group = 0;
    for (; bytes > 0; --bytes, ++at) {
      const auto byte = static_cast<unsigned char>(*at ^ flip ^ (first ? 0x80 : 0));
      first = false;
      group = group << 8 | byte;
    }
    return std::min(group, kBase - 1);
  };
  const int integer_digits = precision - scale;
  int word = kPointWord + integer_digits / kGroupDigits;
  if (const int leading = integer_digits % kGroupDigits; leading > 0)
    result.words_[word] = get(kGroupBytes[leading]);
  for (--word; word >= kPointWord; --word) result.words_[word] = get(4);
  int fraction = scale;
  for (; fraction >= kGroupDigits; fraction -= kGroupDigits, --word) result.words_[word] = get(4);
  if (fraction > 0) {
    const uint32_t group = std::min(get(kGroupBytes[fraction]), kGroupPowers[fraction] - 1);
    result.words_[word] = group * kGroupPowers[kGroupDigits - fraction];
  }
  result.scale_ = static_cast<uint8_t>(scale);
  result.negative_ = negative;
  result.Normalize();
  return result;
}

}  // namespace sixfold::types
