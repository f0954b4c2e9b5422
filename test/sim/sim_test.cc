// The simulator itself: it must be replayable.
#include <gtest/gtest.h>

#include "test/sim/scenario.h"

namespace sixfold::sim {
namespace {

Outcome RunSeed(uint64_t seed) {
  Scenario scenario(seed, false);
  return scenario.Run();
}

TEST(Simulator, OneSeedIsOneHistory) {
  for (const uint64_t seed : {3, 68, 363}) {
    const Outcome first = RunSeed(seed);
    const Outcome second = RunSeed(seed);
    EXPECT_EQ(first.failure, "");
    EXPECT_GT(first.commits, 0u);
    EXPECT_EQ(first.hash, second.hash);
    EXPECT_EQ(first.steps, second.steps);
  }
}

TEST(Simulator, OtherSeedsAreOtherHistories) { EXPECT_NE(RunSeed(1).hash, RunSeed(2).hash); }

}  // namespace
}  // namespace sixfold::sim
