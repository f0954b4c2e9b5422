#include "storage/client/batch_pace.h"

#include <gtest/gtest.h>

namespace sixfold::storage {
namespace {

TEST(BatchPaceTest, ACommitAloneLeavesAtOnce) { EXPECT_TRUE(BatchMayLeave(0, false)); }

TEST(BatchPaceTest, WhatComesMeanwhileWaits) { EXPECT_FALSE(BatchMayLeave(1, false)); }

TEST(BatchPaceTest, AFullBatchNeedNotWait) {
  EXPECT_TRUE(BatchMayLeave(1, true));
  EXPECT_FALSE(BatchMayLeave(kFullBatchesUnderWay, true));
}

}  // namespace
}  // namespace sixfold::storage
