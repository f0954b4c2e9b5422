#include "storage/node/drain_turns.h"

#include <gtest/gtest.h>

namespace sixfold::storage {
namespace {

TEST(DrainTurnsTest, OneDrainATurn) {
  const DrainTurns turns{.interval_ms = 100, .phase_ms = 0};
  EXPECT_FALSE(turns.IsDue(190, 100));
  EXPECT_TRUE(turns.IsDue(200, 100));
  EXPECT_FALSE(turns.IsDue(201, 200));
}

TEST(DrainTurnsTest, DaemonsTakeTurns) {
  const DrainTurns a{.interval_ms = 300, .phase_ms = 0}, b{.interval_ms = 300, .phase_ms = 100},
      c{.interval_ms = 300, .phase_ms = 200};
  EXPECT_TRUE(a.IsDue(600, 299) && !b.IsDue(600, 500) && !c.IsDue(600, 400));
  EXPECT_TRUE(!a.IsDue(700, 600) && !b.IsDue(700, 500) && c.IsDue(700, 400));
  EXPECT_TRUE(!a.IsDue(800, 600) && b.IsDue(800, 500) && !c.IsDue(800, 700));
}

TEST(DrainTurnsTest, ADrainBetweenTurnsDoesNotMoveThem) {
  const DrainTurns turns{.interval_ms = 100, .phase_ms = 0};
  EXPECT_FALSE(turns.IsDue(205, 190));  // just over
  EXPECT_TRUE(turns.IsDue(240, 190));
  EXPECT_FALSE(turns.IsDue(299, 240));
  EXPECT_TRUE(turns.IsDue(300, 240));
}

}  // namespace
}  // namespace sixfold::storage
