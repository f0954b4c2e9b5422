// Decimal: an exact number as MySQL's DECIMAL, of fixed size and trivially copyable.
//
// Twelve words of nine decimal digits, least significant first, with the point fixed between word 3
// and word 4: 36 digits behind it, 72 before it. So addition and comparison need no alignment. The
// scale is how many of the fractional digits belong to the number when it is printed.
//
// Invariants: every word is below 1e9; digits beyond the scale may be non-zero only in results of
// Divide, which keeps whole words as MySQL does; zero is never negative.
// SQL columns hold at most 65 digits and 30 behind the point; intermediate results may hold more.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace sixfold::types {

enum class DecimalStatus : uint8_t { kOk, kTruncated, kOverflow, kDivisionByZero };
enum class DecimalRounding : uint8_t { kHalfUp, kTruncate, kCeiling, kFloor };

class Decimal {
 public:
  static constexpr int kMaxPrecision = 65;
  static constexpr int kMaxScale = 30;
  static constexpr int kWords = 12;
  static constexpr int kPointWord = 4;
  static constexpr uint32_t kBase = 1000000000;

  constexpr Decimal() = default;
  static Decimal FromInt(int64_t value);
  static Decimal FromUint(uint64_t value);
  /// The shortest decimal that reads back as the same double. kOverflow: too large (clamped).
  static DecimalStatus FromDouble(double value, Decimal* out);
  /// Reads [sign] digits [. digits] [e exponent] from the start. *consumed: how many bytes were
  /// part of the number, 0 when it does not begin with one (the result is 0 then). kTruncated:
  /// digits beyond 30 decimals were rounded away; kOverflow: clamped to 65 nines.
  static DecimalStatus FromString(std::string_view text, Decimal* out, size_t* consumed);
  /// The largest value of DECIMAL(precision, scale).
  static Decimal Max(int precision, int scale, bool negative);

  bool is_negative() const { return negative_; }
  bool is_zero() const;
  int scale() const { return scale_; }
  void set_scale(int scale) { scale_ = static_cast<uint8_t>(scale); }
  /// Digits before the point, without leading zeros: 0 for 0.5.
  int IntegerDigits() const;
  /// Digits before the point plus scale, at least 1.
  int Precision() const;

  Decimal Negated() const;
  Decimal Abs() const { return negative_ ? Negated() : *this; }

  /// *out may be one of the operands.
  static DecimalStatus Add(const Decimal& a, const Decimal& b, Decimal* out);
  static DecimalStatus Subtract(const Decimal& a, const Decimal& b, Decimal* out);
  static DecimalStatus Multiply(const Decimal& a, const Decimal& b, Decimal* out);
  /// Scale of the result: a's plus increment, filled up to whole words as MySQL does; truncated.
  static DecimalStatus Divide(const Decimal& a, const Decimal& b, int increment, Decimal* out);
  /// a's sign; scale: the larger one.
  static DecimalStatus Modulo(const Decimal& a, const Decimal& b, Decimal* out);

  /// To `scale` digits behind the point; negative: tens, hundreds. Sets the scale to max(scale, 0).
  static DecimalStatus Round(const Decimal& value, int scale, DecimalRounding rounding,
                             Decimal* out);
  Decimal Rounded(int scale) const;

  std::strong_ordering Compare(const Decimal& other) const;
  bool operator==(const Decimal& other) const { return Compare(other) == 0; }
  std::strong_ordering operator<=>(const Decimal& other) const { return Compare(other); }
  /// Equal numbers have equal hashes, whatever their scales.
  uint64_t Hash() const;

  std::string ToString() const;
  void AppendTo(std::string* out) const;
  double ToDouble() const;
  /// Rounded half away from zero; kOverflow: clamped to the type's range.
  DecimalStatus ToInt64(int64_t* out) const;
  DecimalStatus ToUint64(uint64_t* out) const;

  /// The order-preserving, fixed-size form of a DECIMAL(precision, scale) value, which must fit:
  /// EncodedBytes(precision, scale) bytes whose memcmp order is numeric order. The digits before
  /// and behind the point stand in groups of nine (four bytes, big-endian), partial groups in as
  /// many bytes as they need; all bytes are inverted for negative numbers, and the first bit is
  /// inverted for all. That is also the row format of MySQL.
  static int EncodedBytes(int precision, int scale);
  void AppendEncoded(int precision, int scale, std::string* out) const;
  static Decimal Decode(const char* from, int precision, int scale);

 private:
  static int CompareMagnitude(const Decimal& a, const Decimal& b);
  static bool AddMagnitude(const Decimal& a, const Decimal& b, Decimal* out);
  static void SubtractMagnitude(const Decimal& larger, const Decimal& smaller, Decimal* out);
  DecimalStatus ToMagnitude(uint64_t* out) const;
  /// The digit at 10^power, power from -36 to 71.
  int DigitAt(int power) const;
  void AddDigit(int power, int digit);
  void Normalize();

  std::array<uint32_t, kWords> words_{};
  uint8_t scale_ = 0;
  bool negative_ = false;
};

}  // namespace sixfold::types
