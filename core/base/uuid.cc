#include "core/base/uuid.h"

#include <fmt/format.h>

#include <cstring>

#include "core/base/bytes.h"
#include "core/base/random.h"

namespace sixfold {

Uuid Uuid::Generate(Random& random) {
  Uuid uuid;
  const std::string bytes = random.Bytes(16);
  std::memcpy(uuid.bytes.data(), bytes.data(), 16);
  uuid.bytes[6] = (uuid.bytes[6] & 0x0f) | 0x40;
  uuid.bytes[8] = (uuid.bytes[8] & 0x3f) | 0x80;
  return uuid;
}

std::optional<Uuid> Uuid::Parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid;
  size_t nibble = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (dash) continue;
    const char c = static_cast<char>(text[i] | 0x20);
    int digit;
    if (c >= '0' && c <= '9')
      digit = c - '0';
    else if (c >= 'a' && c <= 'f')
      digit = c - 'a' + 10;
    else
      return std::nullopt;
    uuid.bytes[nibble / 2] |= static_cast<uint8_t>(nibble % 2 == 0 ? digit << 4 : digit);
    ++nibble;
  }
  return uuid;
}

std::string Uuid::ToString() const {
  const std::string hex = ToHex(view());
  const std::string_view digits = hex;
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4),
                     digits.substr(12, 4), digits.substr(16, 4), digits.substr(20));
}

}  // namespace sixfold
