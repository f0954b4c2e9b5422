// The simulator itself: it must be replayable, notice broken rules and get to the rare branches.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "test/sim/canaries.h"
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

/// Runs seeds with a rule left out, in a process of their own: a CHECK of the code under test may
/// notice too. True where something did.
bool Noticed(Canary left_out, uint64_t seeds) {
  const pid_t child = ::fork();
  if (child == 0) {
    (void)!std::freopen("/dev/null", "w", stderr);
    canary = left_out;
    for (uint64_t seed = 1; seed <= seeds; ++seed) {
      if (!RunSeed(seed).failure.empty()) ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

TEST(Simulator, SlowNoticesEveryCanary) {
  constexpr uint64_t kSeeds = 500;  // as many as the rarest may take; most need a few
  for (const Canary each : AllCanaries()) EXPECT_TRUE(Noticed(each, kSeeds)) << NameOf(each);
}

TEST(Simulator, SlowReachesEveryMark) {
  constexpr uint64_t kFirst = 751, kSeeds = 600;
  EXPECT_GT(MarkCount(), 0u);
  for (uint64_t seed = kFirst; seed < kFirst + kSeeds && !MarksNotReached().empty(); ++seed)
    EXPECT_EQ(RunSeed(seed).failure, "") << seed;
  EXPECT_EQ(MarksNotReached(), std::vector<std::string>());
}

}  // namespace
}  // namespace sixfold::sim
