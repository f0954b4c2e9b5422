// Randomness comes only through a Random, so that a simulation can replay it from a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace sixfold {

class Random {
 public:
  virtual ~Random() = default;
  virtual uint64_t Next64() = 0;

  /// Uniform in [0, bound); bound > 0.
  uint64_t Uniform(uint64_t bound) { return Next64() % bound; }
  std::string Bytes(size_t count);
};

/// From the kernel; fit for salts and uuids.
class SystemRandom final : public Random {
 public:
  uint64_t Next64() override;
};

/// SplitMix64: the same seed gives the same sequence.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  uint64_t Next64() override;

 private:
  uint64_t state_;
};

}  // namespace sixfold
