#include "core/base/stack_guard.h"

#include <gtest/gtest.h>

#include <thread>

namespace sixfold {
namespace {

int Descend(int depth) {
  volatile char frame[512] = {};
  frame[0] = static_cast<char>(depth);
  if (!CheckStack()) return depth;
  return Descend(depth + 1) + frame[1];
}

TEST(StackGuard, EndsEndlessRecursion) {
  EXPECT_GT(Descend(0), 100);
  std::thread other([] { EXPECT_GT(Descend(0), 100); });
  other.join();
}

}  // namespace
}  // namespace sixfold
