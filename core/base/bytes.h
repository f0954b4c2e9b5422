// Fixed and variable width integers in byte strings, and a bounds-checked reader. On-disk and
// wire integers are little-endian; keys that must sort are big-endian.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sixfold {

static_assert(std::endian::native == std::endian::little,
              "formats are written for little-endian hosts");

template <typename T>
inline void PutFixed(std::string* out, T value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename T>
inline T LoadFixed(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

template <typename T>
inline void StoreFixed(void* to, T value) {
  std::memcpy(to, &value, sizeof(value));
}

inline void PutBigEndian32(std::string* out, uint32_t value) {
  PutFixed(out, __builtin_bswap32(value));
}
inline void PutBigEndian64(std::string* out, uint64_t value) {
  PutFixed(out, __builtin_bswap64(value));
}
inline uint32_t LoadBigEndian32(const void* from) {
  return __builtin_bswap32(LoadFixed<uint32_t>(from));
}
inline uint64_t LoadBigEndian64(const void* from) {
  return __builtin_bswap64(LoadFixed<uint64_t>(from));
}

/// LEB128, at most 10 bytes.
void PutVarint(std::string* out, uint64_t value);
/// A varint length, then the bytes.
void PutLengthPrefixed(std::string* out, std::string_view bytes);

/// Reads from a byte string that may be hostile: past its end every read gives zero or "" and ok()
/// turns false for good. Views returned point into the input.
class ByteReader {
 public:
  explicit ByteReader(std::string_view input) : rest_(input) {}

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  size_t remaining() const { return rest_.size(); }
  std::string_view rest() const { return rest_; }

  template <typename T>
  T Fixed() {
    if (rest_.size() < sizeof(T)) {
      Fail();
      return T{};
    }
    T value = LoadFixed<T>(rest_.data());
    rest_.remove_prefix(sizeof(T));
    return value;
  }
  uint64_t Varint();
  std::string_view Bytes(size_t count);
  std::string_view LengthPrefixed();

 private:
  void Fail() {
    ok_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

/// Lower-case hex of the bytes, for messages and tools.
std::string ToHex(std::string_view bytes);
/// Upper-case hex, as SQL writes it.
std::string ToUpperHex(std::string_view bytes);

}  // namespace sixfold
