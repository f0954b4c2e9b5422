#include "storage/node/drain_troubles.h"

#include <gtest/gtest.h>

namespace sixfold::storage {
namespace {

const CopyId kOne(1), kTwo(2);
const Status kFull = ResourceExhausted("reserve space: No space left on device");

TEST(DrainTroublesTest, AFullDiskIsNamedOnceWithTheWayOut) {
  DrainTroubles troubles;
  EXPECT_EQ(troubles.News(kOne, "/disk1", OkStatus()), "");
  const std::string news = troubles.News(kOne, "/disk1", kFull);
  EXPECT_NE(news.find("No space left"), std::string::npos) << news;
  EXPECT_NE(news.find("make some on the disk of /disk1"), std::string::npos) << news;
  EXPECT_EQ(troubles.News(kOne, "/disk1", kFull), "");
  EXPECT_EQ(troubles.News(kOne, "/disk1", ResourceExhausted("in other words")), "");
}

TEST(DrainTroublesTest, WhatChangesIsSaid) {
  DrainTroubles troubles;
  EXPECT_NE(troubles.News(kOne, "/disk1", kFull), "");
  EXPECT_NE(troubles.News(kTwo, "/disk2", kFull), "");
  EXPECT_NE(troubles.News(kOne, "/disk1", Corrupt("a batch is damaged")), "");
  EXPECT_EQ(troubles.News(kOne, "/disk1", OkStatus()), "copy 1 drains again");
  EXPECT_EQ(troubles.News(kOne, "/disk1", OkStatus()), "");
  EXPECT_NE(troubles.News(kOne, "/disk1", kFull), "");
  EXPECT_EQ(troubles.News(kTwo, "/disk2", kFull), "");
}

}  // namespace
}  // namespace sixfold::storage
