#include "core/base/precise_timer.h"

#include <gtest/gtest.h>

#include "core/base/clock.h"

namespace sixfold {
namespace {

TEST(PreciseTimer, FiresOncePerArming) {
  EventLoop loop;
  int fired = 0;
  PreciseTimer timer(loop, [&] { ++fired; });
  EXPECT_FALSE(timer.armed());
  for (int i = 1; i <= 3; ++i) {
    timer.Arm(50);
    timer.Arm(10'000'000);  // stands for the first
    EXPECT_TRUE(timer.armed());
    while (fired < i) loop.RunOnce();
    EXPECT_FALSE(timer.armed());
  }
  loop.RunPending();
  EXPECT_EQ(fired, 3);
}

TEST(PreciseTimer, IsFinerThanAMillisecond) {
  EventLoop loop;
  bool fired = false;
  PreciseTimer timer(loop, [&] { fired = true; });
  const SystemClock clock;
  // A busy machine may be late now and then, never early.
  uint64_t shortest_ns = UINT64_MAX;
  for (int i = 0; i < 200; ++i) {
    fired = false;
    const uint64_t start_ns = clock.MonotonicNanos();
    timer.Arm(100);
    while (!fired) loop.RunOnce();
    shortest_ns = std::min(shortest_ns, clock.MonotonicNanos() - start_ns);
  }
  EXPECT_GE(shortest_ns, 100'000u);
  EXPECT_LT(shortest_ns, 1'000'000u);
}

}  // namespace
}  // namespace sixfold
