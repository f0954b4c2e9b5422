// A random 128-bit id (RFC 4122 version 4) of a volume or a writer.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sixfold {

class Random;

struct Uuid {
  std::array<uint8_t, 16> bytes{};

  static Uuid Generate(Random& random);
  static std::optional<Uuid> Parse(std::string_view text);
  std::string ToString() const;
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  bool IsNil() const { return *this == Uuid{}; }
  auto operator<=>(const Uuid&) const = default;
};

}  // namespace sixfold
