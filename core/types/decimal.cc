// Arithmetic of decimals in base 1e9.
#include "core/types/decimal.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "core/base/check.h"
#include "core/base/checksum.h"

namespace sixfold::types {
namespace {

constexpr int kDigitsPerWord = 9;
constexpr int kFractionDigits = Decimal::kPointWord * kDigitsPerWord;
constexpr int kIntegerDigits = (Decimal::kWords - Decimal::kPointWord) * kDigitsPerWord;
constexpr uint32_t kPowers[10] = {1,      10,      100,      1000,      10000,
                                  100000, 1000000, 10000000, 100000000, 1000000000};
constexpr uint64_t kWordBase = Decimal::kBase;

int DecimalDigits(uint32_t word) {
  int digits = 0;
  for (; word != 0; word /= 10) ++digits;
  return digits;
}

// Long division (Knuth's algorithm D) of little-endian base 1e9 numbers: u becomes the remainder,
// q the quotient. u has one spare word on top; v's top word is not zero.
void DivideWords(uint32_t* u, int u_words, const uint32_t* v, int v_words, uint32_t* q) {
  if (v_words == 1) {
    uint64_t rest = 0;
    for (int i = u_words - 1; i >= 0; --i) {
      const uint64_t current = rest * kWordBase + u[i];
      q[i] = static_cast<uint32_t>(current / v[0]);
      rest = current % v[0];
      u[i] = 0;
    }
    u[0] = static_cast<uint32_t>(rest);
    return;
  }
  const uint64_t factor = kWordBase / (uint64_t{v[v_words - 1]} + 1);
  uint32_t divisor[Decimal::kWords];
  uint64_t carry = 0;
  for (int i = 0; i < u_words; ++i) {
    carry += u[i] * factor;
    u[i] = static_cast<uint32_t>(carry % kWordBase);
    carry /= kWordBase;
  }
  u[u_words] = static_cast<uint32_t>(carry);
  carry = 0;
  for (int i = 0; i < v_words; ++i) {
    carry += v[i] * factor;
    divisor[i] = static_cast<uint32_t>(carry % kWordBase);
    carry /= kWordBase;
  }
  for (int j = u_words - v_words; j >= 0; --j) {
    const uint64_t top = u[j + v_words] * kWordBase + u[j + v_words - 1];
    uint64_t guess = top / divisor[v_words - 1];
    uint64_t rest = top % divisor[v_words - 1];
    while (guess >= kWordBase ||
           guess * divisor[v_words - 2] > rest * kWordBase + u[j + v_words - 2]) {
      --guess;
      rest += divisor[v_words - 1];
      if (rest >= kWordBase) break;
    }
    int64_t borrow = 0;
    uint64_t product = 0;
    for (int i = 0; i < v_words; ++i) {
      product += guess * divisor[i];
      int64_t digit = int64_t{u[i + j]} - static_cast<int64_t>(product % kWordBase) + borrow;
      product /= kWordBase;
      borrow = digit < 0 ? -1 : 0;
      u[i + j] = static_cast<uint32_t>(digit < 0 ? digit + static_cast<int64_t>(kWordBase) : digit);
    }
    const int64_t last = int64_t{u[j + v_words]} - static_cast<int64_t>(product) + borrow;
    u[j + v_words] = 0;
    if (last < 0) {  // the guess was one too large
      --guess;
      uint64_t add_carry = 0;
      for (int i = 0; i < v_words; ++i) {
        add_carry += uint64_t{u[i + j]} + divisor[i];
        u[i + j] = static_cast<uint32_t>(add_carry % kWordBase);
        add_carry /= kWordBase;
      }
    }
    q[j] = static_cast<uint32_t>(guess);
  }
  uint64_t rest = 0;
  for (int i = v_words - 1; i >= 0; --i) {
    const uint64_t current = rest * kWordBase + u[i];
    u[i] = static_cast<uint32_t>(current / factor);
    rest = current % factor;
  }
}

int TopWord(const uint32_t* words, int count) {
  while (count > 0 && words[count - 1] == 0) --count;
  return count;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads an exponent behind 'e'; false when there is none.
bool ReadExponent(std::string_view text, size_t* at, int* exponent) {
  size_t i = *at + 1;
  bool negative = false;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) negative = text[i++] == '-';
  if (i >= text.size() || !IsDigit(text[i])) return false;
  int value = 0;
  for (; i < text.size() && IsDigit(text[i]); ++i)
    value = std::min(value * 10 + (text[i] - '0'), 100000);
  *exponent = negative ? -value : value;
  *at = i;
  return true;
}

}  // namespace

Decimal Decimal::FromUint(uint64_t value) {
  Decimal result;
  for (int i = kPointWord; value != 0; ++i, value /= kWordBase)
    result.words_[i] = static_cast<uint32_t>(value % kWordBase);
  return result;
}

Decimal Decimal::FromInt(int64_t value) {
  Decimal result =
      FromUint(value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value));
  result.negative_ = value < 0;
  return result;
}

DecimalStatus Decimal::FromDouble(double value, Decimal* out) {
  if (!std::isfinite(value)) {
    *out = Max(kMaxPrecision, 0, value < 0);
    return DecimalStatus::kOverflow;
  }
  char text[40];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  size_t consumed;
  return FromString({text, static_cast<size_t>(end - text)}, out, &consumed);
}

DecimalStatus Decimal::FromString(std::string_view text, Decimal* out, size_t* consumed) {
  *out = Decimal();
  *consumed = 0;
  size_t at = 0;
  bool negative = false;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
  const size_t integer_start = at;
  while (at < text.size() && IsDigit(text[at])) ++at;
  const size_t integer_end = at;
  size_t fraction_start = at;
  size_t fraction_end = at;
  if (at < text.size() && text[at] == '.') {
    fraction_start = ++at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    fraction_end = at;
  }
  if (integer_end == integer_start && fraction_end == fraction_start) return DecimalStatus::kOk;
  int exponent = 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) ReadExponent(text, &at, &exponent);
  *consumed = at;

  DecimalStatus status = DecimalStatus::kOk;
  int power =
      static_cast<int>(std::min<size_t>(integer_end - integer_start, 1 << 20)) - 1 + exponent;
  auto add = [&](size_t from, size_t to) {
    for (size_t i = from; i < to; ++i, --power) {
      const int digit = text[i] - '0';
      if (digit == 0) continue;
      if (power >= kIntegerDigits) {
        status = DecimalStatus::kOverflow;
      } else if (power >= -kFractionDigits) {
        out->AddDigit(power, digit);
      } else if (status == DecimalStatus::kOk) {
        status = DecimalStatus::kTruncated;
      }
    }
  };
  add(integer_start, integer_end);
  add(fraction_start, fraction_end);
  out->negative_ = negative;
  const int scale = std::max(0, static_cast<int>(fraction_end - fraction_start) - exponent);
  if (status == DecimalStatus::kOverflow || out->IntegerDigits() > kMaxPrecision) {
    *out = Max(kMaxPrecision, 0, negative);
    return DecimalStatus::kOverflow;
  }
  if (scale > kMaxScale) {
    const Decimal exact = *out;
    Round(exact, kMaxScale, DecimalRounding::kHalfUp, out);
    if (exact.Compare(*out) != 0) status = DecimalStatus::kTruncated;
  } else {
    out->scale_ = static_cast<uint8_t>(scale);
  }
  out->Normalize();
  return status;
}

Decimal Decimal::Max(int precision, int scale, bool negative) {
  Decimal result;
  for (int power = -scale; power < precision - scale; ++power) result.AddDigit(power, 9);
  result.scale_ = static_cast<uint8_t>(scale);
  result.negative_ = negative;
  return result;
}

bool Decimal::is_zero() const {
  for (const uint32_t word : words_) {
    if (word != 0) return false;
  }
  return true;
}

void Decimal::Normalize() {
  if (negative_ && is_zero()) negative_ = false;
}

int Decimal::DigitAt(int power) const {
  const int position = power + kFractionDigits;
  return words_[position / kDigitsPerWord] / kPowers[position % kDigitsPerWord] % 10;
}

void Decimal::AddDigit(int power, int digit) {
  const int position = power + kFractionDigits;
  words_[position / kDigitsPerWord] += kPowers[position % kDigitsPerWord] * digit;
}

int Decimal::IntegerDigits() const {
  for (int i = kWords - 1; i >= kPointWord; --i) {
    if (words_[i] != 0) return (i - kPointWord) * kDigitsPerWord + DecimalDigits(words_[i]);
  }
  return 0;
}

int Decimal::Precision() const { return std::max(1, IntegerDigits() + scale_); }

Decimal Decimal::Negated() const {
  Decimal result = *this;
  result.negative_ = !negative_;
  result.Normalize();
  return result;
}

int Decimal::CompareMagnitude(const Decimal& a, const Decimal& b) {
  for (int i = kWords - 1; i >= 0; --i) {
    if (a.words_[i] != b.words_[i]) return a.words_[i] < b.words_[i] ? -1 : 1;
  }
  return 0;
}

// False when a digit falls off the top.
bool Decimal::AddMagnitude(const Decimal& a, const Decimal& b, Decimal* out) {
  uint32_t carry = 0;
  for (int i = 0; i < kWords; ++i) {
    const uint32_t sum = a.words_[i] + b.words_[i] + carry;
    carry = sum >= kBase ? 1 : 0;
    out->words_[i] = sum - (carry ? kBase : 0);
  }
  return carry == 0;
}

void Decimal::SubtractMagnitude(const Decimal& larger, const Decimal& smaller, Decimal* out) {
  uint32_t borrow = 0;
  for (int i = 0; i < kWords; ++i) {
    const uint32_t subtrahend = smaller.words_[i] + borrow;
    borrow = larger.words_[i] < subtrahend ? 1 : 0;
    out->words_[i] = larger.words_[i] + (borrow ? kBase : 0) - subtrahend;
  }
}

DecimalStatus Decimal::Add(const Decimal& a, const Decimal& b, Decimal* out) {
  Decimal result;
  result.scale_ = std::max(a.scale_, b.scale_);
  bool fits = true;
  if (a.negative_ == b.negative_) {
    fits = AddMagnitude(a, b, &result);
    result.negative_ = a.negative_;
  } else if (CompareMagnitude(a, b) >= 0) {
    SubtractMagnitude(a, b, &result);
    result.negative_ = a.negative_;
  } else {
    SubtractMagnitude(b, a, &result);
    result.negative_ = b.negative_;
  }
  result.Normalize();
  *out = fits ? result : Max(kMaxPrecision, 0, result.negative_);
  return fits ? DecimalStatus::kOk : DecimalStatus::kOverflow;
}

DecimalStatus Decimal::Subtract(const Decimal& a, const Decimal& b, Decimal* out) {
  return Add(a, b.Negated(), out);
}

DecimalStatus Decimal::Multiply(const Decimal& a, const Decimal& b, Decimal* out) {
  uint32_t product[2 * kWords] = {};
  const int a_top = TopWord(a.words_.data(), kWords);
  const int b_top = TopWord(b.words_.data(), kWords);
  for (int i = 0; i < a_top; ++i) {
    if (a.words_[i] == 0) continue;
    uint64_t carry = 0;
    for (int j = 0; j < b_top; ++j) {
      carry += uint64_t{a.words_[i]} * b.words_[j] + product[i + j];
      product[i + j] = static_cast<uint32_t>(carry % kWordBase);
      carry /= kWordBase;
    }
    product[i + b_top] = static_cast<uint32_t>(carry);
  }
  Decimal result;
  result.negative_ = a.negative_ != b.negative_;
  const bool overflows = TopWord(product, 2 * kWords) > kWords + kPointWord;
  if (overflows) {
    *out = Max(kMaxPrecision, 0, result.negative_);
    return DecimalStatus::kOverflow;
  }
  std::copy(product + kPointWord, product + kPointWord + kWords, result.words_.begin());
  const int scale = std::min(a.scale_ + b.scale_, kMaxScale);
  result.scale_ = static_cast<uint8_t>(scale);
  if (a.scale_ + b.scale_ > kMaxScale) result = result.Rounded(kMaxScale);
  result.Normalize();
  *out = result;
  return DecimalStatus::kOk;
}

DecimalStatus Decimal::Divide(const Decimal& a, const Decimal& b, int increment, Decimal* out) {
  if (b.is_zero()) return DecimalStatus::kDivisionByZero;
  // MySQL rounds both operands' scales up to whole words and only tops up what is missing.
  auto words_of = [](int digits) { return (digits + kDigitsPerWord - 1) / kDigitsPerWord; };
  const int a_words = words_of(a.scale_);
  const int b_words = words_of(b.scale_);
  const int spare = a_words * kDigitsPerWord - a.scale_ + b_words * kDigitsPerWord - b.scale_;
  const int fraction_words = std::min(
      kPointWord, words_of((a_words + b_words) * kDigitsPerWord + std::max(0, increment - spare)));

  uint32_t numerator[kWords + kPointWord + 1] = {};
  std::copy(a.words_.begin(), a.words_.end(), numerator + fraction_words);
  const int numerator_words = TopWord(numerator, kWords + fraction_words);
  const int divisor_words = TopWord(b.words_.data(), kWords);
  uint32_t quotient[kWords + kPointWord + 1] = {};
  if (numerator_words >= divisor_words)
    DivideWords(numerator, numerator_words, b.words_.data(), divisor_words, quotient);

  Decimal result;
  result.negative_ = a.negative_ != b.negative_;
  const int shift = kPointWord - fraction_words;
  if (TopWord(quotient, kWords + kPointWord + 1) + shift > kWords) {
    *out = Max(kMaxPrecision, 0, result.negative_);
    return DecimalStatus::kOverflow;
  }
  for (int i = 0; i + shift < kWords; ++i) result.words_[i + shift] = quotient[i];
  result.scale_ = static_cast<uint8_t>(std::min(a.scale_ + increment, kMaxScale));
  result.Normalize();
  *out = result;
  return DecimalStatus::kOk;
}

DecimalStatus Decimal::Modulo(const Decimal& a, const Decimal& b, Decimal* out) {
  if (b.is_zero()) return DecimalStatus::kDivisionByZero;
  Decimal result;
  uint32_t rest[kWords + 1] = {};
  std::copy(a.words_.begin(), a.words_.end(), rest);
  const int a_top = TopWord(rest, kWords);
  const int b_top = TopWord(b.words_.data(), kWords);
  uint32_t quotient[kWords + 1] = {};
  if (a_top >= b_top) DivideWords(rest, a_top, b.words_.data(), b_top, quotient);
  std::copy(rest, rest + kWords, result.words_.begin());
  result.negative_ = a.negative_;
  result.scale_ = std::max(a.scale_, b.scale_);
  result.Normalize();
  *out = result;
  return DecimalStatus::kOk;
}

DecimalStatus Decimal::Round(const Decimal& value, int scale, DecimalRounding rounding,
                             Decimal* out) {
  Decimal result = value;
  result.scale_ = static_cast<uint8_t>(std::clamp(scale, 0, kMaxScale));
  const int cut = kFractionDigits - scale;  // digits below this position go
  if (cut <= 0) {
    *out = result;
    return DecimalStatus::kOk;
  }
  bool up = false;
  bool lost = false;
  if (cut > kFractionDigits + kIntegerDigits) {
    lost = !value.is_zero();
    result.words_.fill(0);
  } else {
    up = value.DigitAt(cut - 1 - kFractionDigits) >= 5;
    for (int i = 0; i < cut / kDigitsPerWord; ++i) {
      lost |= result.words_[i] != 0;
      result.words_[i] = 0;
    }
    if (const int part = cut % kDigitsPerWord; part != 0) {
      uint32_t& word = result.words_[cut / kDigitsPerWord];
      const uint32_t below = word % kPowers[part];
      lost |= below != 0;
      word -= below;
    }
  }
  switch (rounding) {
    case DecimalRounding::kHalfUp:
      break;
    case DecimalRounding::kTruncate:
      up = false;
      break;
    case DecimalRounding::kCeiling:
      up = lost && !value.negative_;
      break;
    case DecimalRounding::kFloor:
      up = lost && value.negative_;
      break;
  }
  if (up) {
    if (cut >= kFractionDigits + kIntegerDigits) return DecimalStatus::kOverflow;
    Decimal one;
    one.AddDigit(cut - kFractionDigits, 1);
    if (!AddMagnitude(result, one, &result)) return DecimalStatus::kOverflow;
  }
  result.Normalize();
  *out = result;
  return DecimalStatus::kOk;
}

Decimal Decimal::Rounded(int scale) const {
  Decimal result = *this;
  Round(*this, scale, DecimalRounding::kHalfUp, &result);
  return result;
}

std::strong_ordering Decimal::Compare(const Decimal& other) const {
  if (negative_ != other.negative_)
    return negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
  const int order = CompareMagnitude(*this, other);
  return (negative_ ? -order : order) <=> 0;
}

uint64_t Decimal::Hash() const {
  return Checksum64({reinterpret_cast<const char*>(words_.data()), sizeof(words_)}, negative_);
}

void Decimal::AppendTo(std::string* out) const {
  char text[kIntegerDigits + kFractionDigits + 3];
  char* at = text;
  const Decimal value = scale_ < kFractionDigits ? Rounded(scale_) : *this;
  if (value.negative_) *at++ = '-';
  const int digits = std::max(1, value.IntegerDigits());
  for (int power = digits - 1; power >= 0; --power)
    *at++ = static_cast<char>('0' + value.DigitAt(power));
  if (scale_ > 0) *at++ = '.';
  for (int power = -1; power >= -scale_; --power)
    *at++ = static_cast<char>('0' + value.DigitAt(power));
  out->append(text, at - text);
}

std::string Decimal::ToString() const {
  std::string text;
  AppendTo(&text);
  return text;
}

double Decimal::ToDouble() const {
  // All digits, also those Divide kept beyond the scale.
  Decimal exact = *this;
  exact.scale_ = kFractionDigits;
  const std::string text = exact.ToString();
  return std::strtod(text.c_str(), nullptr);
}

DecimalStatus Decimal::ToMagnitude(uint64_t* out) const {
  const Decimal rounded = Rounded(0);
  *out = UINT64_MAX;
  unsigned __int128 value = 0;
  for (int i = kWords - 1; i >= kPointWord; --i) {
    value = value * kWordBase + rounded.words_[i];
    if (value > UINT64_MAX) return DecimalStatus::kOverflow;
  }
  *out = static_cast<uint64_t>(value);
  return DecimalStatus::kOk;
}

DecimalStatus Decimal::ToInt64(int64_t* out) const {
  uint64_t magnitude;
  const DecimalStatus status = ToMagnitude(&magnitude);
  const uint64_t limit = static_cast<uint64_t>(INT64_MAX) + (negative_ ? 1 : 0);
  if (status != DecimalStatus::kOk || magnitude > limit) {
    *out = negative_ ? INT64_MIN : INT64_MAX;
    return DecimalStatus::kOverflow;
  }
  *out = negative_ ? static_cast<int64_t>(0 - magnitude) : static_cast<int64_t>(magnitude);
  return DecimalStatus::kOk;
}

DecimalStatus Decimal::ToUint64(uint64_t* out) const {
  const DecimalStatus status = ToMagnitude(out);
  if (!negative_ || *out == 0) return status;
  *out = 0;
  return DecimalStatus::kOverflow;
}

}  // namespace sixfold::types
