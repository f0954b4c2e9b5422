#include "core/types/format.h"

#include <charconv>
#include <cmath>

#include "core/types/decimal.h"
#include "core/types/metadata.h"
#include "core/types/temporal.h"
#include "core/types/time_zone.h"

namespace sixfold::types {
namespace {

constexpr int kFloatDigits = 6;
constexpr int kMaxPointPosition = 15;

// From "d.ddde[+-]xx" to MySQL's choice between plain and exponent form; forced: the latter.
void AppendScientific(std::string_view scientific, std::string* out, bool forced = false) {
  if (scientific.front() == '-') {
    out->push_back('-');
    scientific.remove_prefix(1);
  }
  const size_t e = scientific.find('e');
  int exponent = 0;
  const char* exponent_start = scientific.data() + e + (scientific[e + 1] == '+' ? 2 : 1);
  std::from_chars(exponent_start, scientific.data() + scientific.size(), exponent);
  std::string digits(1, scientific[0]);
  if (e > 2) digits += scientific.substr(2, e - 2);
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  const int point = exponent + 1;
  if (forced || point < 1 - kMaxPointPosition || point > kMaxPointPosition) {
    out->push_back(digits[0]);
    if (digits.size() > 1) out->append(".").append(digits, 1);
    out->append("e").append(std::to_string(exponent));
  } else if (point <= 0) {
    out->append("0.").append(-point, '0').append(digits);
  } else if (static_cast<size_t>(point) >= digits.size()) {
    out->append(digits).append(point - digits.size(), '0');
  } else {
    out->append(digits, 0, point).append(".").append(digits, point);
  }
}

// Digits beyond the 17 a double holds are zeros, not those of its binary value.
void AppendFixed(double value, int scale, std::string* out) {
  constexpr double kAllDigits = 1e17;
  char text[400];
  if (std::abs(value) >= kAllDigits && std::isfinite(value)) {
    const auto scientific_end =
        std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific, 16).ptr;
    const std::string_view scientific(text, scientific_end - text);
    const size_t e = scientific.find('e');
    int exponent = 0;
    std::from_chars(scientific.data() + e + 2, scientific_end, exponent);
    std::string digits;
    for (const char c : scientific.substr(0, e)) {
      if (c != '.') digits += c;
    }
    digits.append(exponent - 16, '0');
    if (scale > 0) digits.append(".").append(scale, '0');
    out->append(digits);
    return;
  }
  const auto end =
      std::to_chars(text, text + sizeof(text), value, std::chars_format::fixed, scale).ptr;
  out->append(text, end - text);
}

void AppendBits(uint64_t bits, uint32_t length, std::string* out) {
  for (int i = static_cast<int>((length + 7) / 8) - 1; i >= 0; --i)
    out->push_back(static_cast<char>(bits >> (8 * i)));
}

void AppendPadded(std::string_view digits, uint32_t width, std::string* out) {
  if (digits.size() < width) out->append(width - digits.size(), '0');
  out->append(digits);
}

template <typename Integer>
void AppendInteger(Integer value, const DataType& type, std::string* out) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  const std::string_view digits(text, end - text);
  if (type.id == TypeId::kYear) {
    AppendPadded(digits, 4, out);
  } else if (type.zerofill) {
    AppendPadded(digits, DisplayLength(type), out);
  } else {
    out->append(digits);
  }
}

void AppendDecimal(const Decimal& value, const DataType& type, std::string* out) {
  const size_t start = out->size();
  if (type.id == TypeId::kDecimal && value.scale() != type.scale) {
    value.Rounded(type.scale).AppendTo(out);
  } else {
    value.AppendTo(out);
  }
  if (!type.zerofill) return;
  const std::string digits = out->substr(start);
  out->resize(start);
  AppendPadded(digits, DisplayLength(type), out);
}

int FractionDigits(const DataType& type) { return type.IsTemporal() ? type.scale : 0; }

}  // namespace

void AppendDouble(double value, int scale, std::string* out) {
  if (value == 0) value = 0;
  if (scale < kNotFixedScale) return AppendFixed(value, scale, out);
  if (std::isnan(value) || std::isinf(value)) {
    out->append("0");
    return;
  }
  char text[40];
  const auto end =
      std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific).ptr;
  AppendScientific({text, static_cast<size_t>(end - text)}, out);
}

void AppendDoubleWithDigits(double value, int digits, size_t width, std::string* out) {
  char text[40];
  const auto end =
      std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific, digits - 1)
          .ptr;
  const std::string_view scientific(text, end - text);
  const size_t start = out->size();
  AppendScientific(scientific, out);
  if (out->size() - start <= width) return;
  out->resize(start);
  AppendScientific(scientific, out, true);
}

void AppendFloat(double value, int scale, std::string* out) {
  if (value == 0) value = 0;
  if (scale < kNotFixedScale) return AppendFixed(value, scale, out);
  char text[40];
  const auto end = std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific,
                                 kFloatDigits - 1)
                       .ptr;
  AppendScientific({text, static_cast<size_t>(end - text)}, out);
}

void AppendText(const Value& value, const DataType& type, const TimeZone& zone, std::string* out) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return;
    case ValueKind::kInt:
      return AppendInteger(value.int_value(), type, out);
    case ValueKind::kUint:
      if (type.id == TypeId::kBit) return AppendBits(value.uint_value(), type.length, out);
      return AppendInteger(value.uint_value(), type, out);
    case ValueKind::kDouble: {
      const size_t start = out->size();
      if (type.id == TypeId::kFloat) {
        AppendFloat(value.double_value(), type.scale, out);
      } else {
        AppendDouble(value.double_value(), type.id == TypeId::kDouble ? type.scale : kNotFixedScale,
                     out);
      }
      if (type.zerofill && out->size() - start < DisplayLength(type)) {
        out->insert(start, DisplayLength(type) - (out->size() - start), '0');
      }
      return;
    }
    case ValueKind::kDecimal:
      return AppendDecimal(value.decimal(), type, out);
    case ValueKind::kString:
    case ValueKind::kJson:
      out->append(value.bytes());
      return;
    case ValueKind::kDate:
      return AppendDate(value.int_value(), out);
    case ValueKind::kTime:
      return AppendTime(value.int_value(), FractionDigits(type), out);
    case ValueKind::kDatetime: {
      const bool is_utc = type.id == TypeId::kTimestamp;
      const int64_t local = is_utc ? zone.TimestampToLocal(value.int_value()) : value.int_value();
      return AppendDatetime(local, FractionDigits(type), out);
    }
  }
}

}  // namespace sixfold::types
