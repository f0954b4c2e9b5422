// XXH3-64, the checksum of every batch, superblock and row value.
#pragma once

#include <cstdint>
#include <string_view>

namespace sixfold {

uint64_t Checksum64(std::string_view bytes);
/// Chains: the checksum of bytes seeded with another one.
uint64_t Checksum64(std::string_view bytes, uint64_t seed);

/// Transparent hash for containers keyed by std::string and looked up by string_view.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view bytes) const { return Checksum64(bytes); }
};
struct StringEq {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return a == b; }
};

}  // namespace sixfold
