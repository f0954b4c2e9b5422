// Time comes only through a Clock, so that a simulation can own it.
#pragma once

#include <cstdint>

namespace sixfold {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Nanoseconds of a clock that never goes back (CLOCK_MONOTONIC; one origin per host boot, so
  /// values of processes on one host compare).
  virtual uint64_t MonotonicNanos() const = 0;
  /// Microseconds since 1970-01-01 UTC.
  virtual int64_t WallMicros() const = 0;

  uint64_t MonotonicMillis() const { return MonotonicNanos() / 1'000'000; }
  /// MonotonicNanos() of up to a few milliseconds ago, for a fifth of the price: for whoever asks
  /// with each statement whether something is long past.
  virtual uint64_t RecentNanos() const { return MonotonicNanos(); }
};

class SystemClock final : public Clock {
 public:
  uint64_t MonotonicNanos() const override;
  int64_t WallMicros() const override;
  uint64_t RecentNanos() const override;
};

}  // namespace sixfold
