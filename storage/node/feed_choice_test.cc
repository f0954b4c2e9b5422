#include "storage/node/feed_choice.h"

#include <gtest/gtest.h>

#include <vector>

#include "storage/log/batch.h"

namespace sixfold::storage {
namespace {

FeedSource Copy(uint64_t log_start, uint64_t applicable, uint64_t base) {
  return {true, Lsn(log_start), Lsn(applicable), Lsn(base)};
}
FeedSource Out() { return {false, Lsn(4096), Lsn(1'000'000), Lsn(1'000'000)}; }

TEST(FeedChoice, TheCopyThatReachesFurthestFeeds) {
  const std::vector<FeedSource> copies = {Copy(4096, 9'000, 5'000), Copy(4096, 12'000, 5'000)};
  EXPECT_EQ(ChooseFeed(copies, Lsn(8'000)), 1u);
  EXPECT_EQ(ChooseFeed(copies, Lsn(12'000)), std::nullopt);
}

TEST(FeedChoice, NeverOverAHole) {
  // Copy 1 was rebuilt: its log starts above where the layer stands.
  const std::vector<FeedSource> copies = {Copy(4096, 9'000, 5'000), Copy(20'000, 30'000, 20'000)};
  EXPECT_EQ(ChooseFeed(copies, Lsn(8'000)), 0u);
  EXPECT_EQ(ChooseFeed(copies, Lsn(9'000)), std::nullopt);
  EXPECT_EQ(ChooseFeed(copies, Lsn(20'000)), 1u);
}

TEST(FeedChoice, ACopyThatIsOutNeitherFeedsNorSeats) {
  const std::vector<FeedSource> copies = {Out(), Copy(4096, 9'000, 5'000)};
  EXPECT_EQ(ChooseFeed(copies, Lsn(8'000)), 1u);
  EXPECT_EQ(ChooseSeat(copies), Lsn(5'000));
  EXPECT_EQ(ChooseSeat(std::vector<FeedSource>{Out(), Out()}), std::nullopt);
}

TEST(FeedChoice, AnEmptyVolumeIsFedFromItsFirstBatch) {
  const std::vector<FeedSource> copies = {Copy(kFirstLogLsn.value(), 9'000, 0)};
  EXPECT_EQ(ChooseFeed(copies, Lsn()), 0u);
  EXPECT_EQ(ChooseSeat(copies), Lsn());
}

TEST(FeedChoice, AFreshLayerServesBothCopiesWhereALogLeadsUp) {
  const std::vector<FeedSource> copies = {Copy(4096, 30'000, 5'000), Copy(20'000, 30'000, 20'000)};
  EXPECT_EQ(ChooseSeat(copies), Lsn(5'000));
}

TEST(FeedChoice, CopiesRebuiltAtDifferentLsnsSeatAtTheHigher) {
  // No log leads from 20000 to 26000: at the lower one the layer would stand still.
  const std::vector<FeedSource> copies = {Copy(20'000, 20'000, 20'000),
                                          Copy(26'000, 31'000, 26'000)};
  EXPECT_EQ(ChooseFeed(copies, Lsn(8'000)), std::nullopt);
  EXPECT_EQ(ChooseSeat(copies), Lsn(26'000));
  EXPECT_EQ(ChooseFeed(copies, Lsn(26'000)), 1u);
}

TEST(FeedChoice, ALayerThatSurvivedIsKeptForTheBasesItReaches) {
  const std::vector<FeedSource> copies = {Copy(4096, 30'000, 5'000), Copy(4096, 30'000, 7'000)};
  EXPECT_EQ(ChooseReplay(copies, Lsn(4'000), Lsn(9'000)), Lsn(5'000));
  EXPECT_EQ(ChooseReplay(copies, Lsn(6'000), Lsn(9'000)), Lsn(7'000));
  EXPECT_EQ(ChooseReplay(copies, Lsn(8'000), Lsn(9'000)), std::nullopt);
  EXPECT_EQ(ChooseReplay(copies, Lsn(), Lsn(4'500)), std::nullopt);
  EXPECT_EQ(ChooseReplay(copies, Lsn(), Lsn()), std::nullopt);
}

}  // namespace
}  // namespace sixfold::storage
