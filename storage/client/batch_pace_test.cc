#include "storage/client/batch_pace.h"

#include <gtest/gtest.h>

namespace sixfold::storage {
namespace {

TEST(BatchPaceTest, ACommitAloneLeavesAtOnce) {
  BatchPace pace;
  EXPECT_TRUE(pace.MayLeave(0, 1));
  pace.Left(10);
  EXPECT_TRUE(pace.MayLeave(0, 1));
}

TEST(BatchPaceTest, BesideAnotherItWaitsUntilItIsAsLarge) {
  BatchPace pace;
  pace.Left(3);
  EXPECT_FALSE(pace.MayLeave(1, 2));
  EXPECT_TRUE(pace.MayLeave(1, 3));
  pace.Left(3);
  EXPECT_FALSE(pace.MayLeave(2, 100));
  EXPECT_FALSE(pace.MayLeave(1, 2));
}

TEST(BatchPaceTest, LonelyCommitsGoTwoByTwo) {
  BatchPace pace;
  pace.Left(1);
  EXPECT_TRUE(pace.MayLeave(1, 1));
}

}  // namespace
}  // namespace sixfold::storage
