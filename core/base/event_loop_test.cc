#include "core/base/event_loop.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace sixfold {
namespace {

TEST(EventLoop, RunsPostedFunctionsInOrderAndStops) {
  EventLoop loop;
  std::vector<int> order;
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) loop.Post([&order, i] { order.push_back(i); });
    loop.Stop();
  });
  loop.Run();
  other.join();
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
}

TEST(EventLoop, AWatchMayDestroyItselfInItsCallback) {
  EventLoop loop;
  EventLoop::Watch watch;
  int calls = 0;
  watch = loop.After(0, [&] {
    ++calls;
    watch.Cancel();
    loop.Stop();
  });
  loop.Run();
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace sixfold
