// A growing byte buffer whose address is a multiple of 4 KiB, as O_DIRECT wants it. The space past
// size() up to capacity() belongs to the owner; capacity is always a multiple of 4 KiB.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/base/check.h"

namespace sixfold {

inline constexpr size_t kBlockBytes = 4096;

inline constexpr uint64_t RoundUpToBlock(uint64_t bytes) {
  return (bytes + kBlockBytes - 1) & ~uint64_t{kBlockBytes - 1};
}

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(size_t capacity) { Reserve(capacity); }
  AlignedBuffer(AlignedBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~AlignedBuffer() { std::free(data_); }

  char* data() { return data_; }
  const char* data() const { return data_; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  std::string_view view() const { return {data_, size_}; }
  void Clear() { size_ = 0; }

  void Reserve(size_t bytes) {
    if (bytes <= capacity_) return;
    const size_t wanted = RoundUpToBlock(bytes > 2 * capacity_ ? bytes : 2 * capacity_);
    auto* grown = static_cast<char*>(std::aligned_alloc(kBlockBytes, wanted));
    CHECK(grown != nullptr, "allocating {} bytes", wanted);
    if (size_ > 0) std::memcpy(grown, data_, size_);
    std::free(data_);
    data_ = grown;
    capacity_ = wanted;
  }
  /// New bytes are uninitialized.
  void Resize(size_t bytes) {
    Reserve(bytes);
    size_ = bytes;
  }
  void Append(std::string_view bytes) {
    const size_t old = size_;
    Resize(old + bytes.size());
    if (!bytes.empty()) std::memcpy(data_ + old, bytes.data(), bytes.size());
  }
  /// Fills with zeros up to the next multiple of 4 KiB.
  void PadToBlock() {
    const size_t old = size_;
    Resize(RoundUpToBlock(old));
    std::memset(data_ + old, 0, size_ - old);
  }

 private:
  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace sixfold
