#include "core/base/random.h"

#include <sys/random.h>

#include "core/base/bytes.h"
#include "core/base/check.h"

namespace sixfold {

std::string Random::Bytes(size_t count) {
  std::string bytes;
  while (bytes.size() < count) PutFixed(&bytes, Next64());
  bytes.resize(count);
  return bytes;
}

uint64_t SystemRandom::Next64() {
  uint64_t value;
  CHECK_EQ(getrandom(&value, sizeof(value), 0), static_cast<ssize_t>(sizeof(value)));
  return value;
}

uint64_t SeededRandom::Next64() {
  uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

}  // namespace sixfold
