// StrongInt: a 64-bit number that does not mix with other numbers. Lsn, Epoch, TableId … are such
// types, so that no call ever takes two bare integers side by side.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <utility>

namespace sixfold {

template <typename Tag>
class StrongInt {
 public:
  constexpr StrongInt() = default;
  constexpr explicit StrongInt(uint64_t value) : value_(value) {}

  constexpr uint64_t value() const { return value_; }
  constexpr auto operator<=>(const StrongInt&) const = default;
  constexpr StrongInt operator+(uint64_t delta) const { return StrongInt(value_ + delta); }
  constexpr StrongInt operator-(uint64_t delta) const { return StrongInt(value_ - delta); }
  constexpr uint64_t operator-(StrongInt other) const { return value_ - other.value_; }
  constexpr StrongInt& operator+=(uint64_t delta) {
    value_ += delta;
    return *this;
  }
  constexpr StrongInt& operator++() {
    ++value_;
    return *this;
  }

  template <typename H>
  friend H AbslHashValue(H h, StrongInt v) {
    return H::combine(std::move(h), v.value_);
  }

 private:
  uint64_t value_ = 0;
};

}  // namespace sixfold

template <typename Tag>
struct std::hash<sixfold::StrongInt<Tag>> {
  size_t operator()(sixfold::StrongInt<Tag> v) const noexcept {
    return std::hash<uint64_t>()(v.value());
  }
};
