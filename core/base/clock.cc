#include "core/base/clock.h"

#include <ctime>

namespace sixfold {
namespace {

int64_t Nanos(clockid_t id) {
  timespec now;
  clock_gettime(id, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

uint64_t SystemClock::MonotonicNanos() const {
  return static_cast<uint64_t>(Nanos(CLOCK_MONOTONIC));
}
uint64_t SystemClock::RecentNanos() const {
  return static_cast<uint64_t>(Nanos(CLOCK_MONOTONIC_COARSE));
}
int64_t SystemClock::WallMicros() const { return Nanos(CLOCK_REALTIME) / 1000; }

}  // namespace sixfold
