// A large transaction on its way from the log into the recent layer: how far bases may be drained
// meanwhile, and what a layer does that one transaction fills.
#include "storage/node/recent_feeder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "core/base/posix_disk.h"
#include "storage/recent/recent_cursor.h"

namespace sixfold::storage {
namespace {

const Uuid kVolume = *Uuid::Parse("11111111-2222-4333-8444-555555555555");
const Uuid kWriter = *Uuid::Parse("aaaaaaaa-0000-4000-8000-000000000001");

class RecentFeederTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/sixfold-feeder-XXXXXX";
    folder_ = mkdtemp(name);
    std::vector<CopyId> ids;
    for (uint64_t id = 1; id <= kCopies; ++id) ids.emplace_back(id);
    ASSERT_TRUE(CopyHost::Format(disk_, folder_ + "/copy", {kVolume, "c", "az-a"}, CopyId(1),
                                 CopyStanding::kMember, Membership::Founding(ids))
                    .ok());
    auto host = CopyHost::Open(disk_, folder_ + "/copy", {.segment_bytes = 16 << 20}, Lsn(),
                               [this] { loop_.Stop(); });
    ASSERT_TRUE(host.ok()) << host.status();
    host_ = std::move(*host);
    std::optional<CopyReport> reply;
    host_->OnPromise(Epoch(1), kWriter, [&](CopyReport report) { reply = report; });
    disk_.Flush();
    ASSERT_TRUE(Until([&] { return reply.has_value(); }));
    OpenFeeder(size_t{512} << 20);
  }
  void TearDown() override {
    feeder_.reset();
    host_.reset();
    std::filesystem::remove_all(folder_);
  }

  void OpenFeeder(size_t full_bytes) {
    feeder_.reset();
    RecentOptions options;
    options.folder = folder_ + "/recent";
    options.volume = kVolume;
    options.full_bytes = full_bytes;
    options.map_bytes = size_t{1} << 30;
    auto layer = RecentLayer::Open(options);
    ASSERT_TRUE(layer.ok()) << layer.status();
    const FeedSource source{true, kFirstLogLsn, host_->state().applicable(), Lsn()};
    auto feeder = RecentFeeder::Open(std::move(*layer), {&source, 1});
    ASSERT_TRUE(feeder.ok()) << feeder.status();
    feeder_ = std::move(*feeder);
  }

  template <typename Condition>
  bool Until(Condition condition) {
    for (int i = 0; i < 5000 && !condition(); ++i) {
      const auto wake = loop_.After(1000, [this] { loop_.Stop(); });
      loop_.Run();
    }
    return condition();
  }

  /// One batch with one record, durable everywhere when this returns. Its first LSN.
  Lsn Append(uint64_t txn, uint16_t flags = 0, uint32_t part = 0, size_t value_bytes = 1,
             MutationKind kind = MutationKind::kPut) {
    const std::string key = fmt::format("key {:03} of {:03}", part, txn);
    const std::string value(value_bytes, 'v');
    std::string record;
    EncodeRecord({.flags = flags, .txn = TxnId(txn), .epoch = Epoch(1), .part = part},
                 std::vector<Mutation>{{kind, key, value}}, {}, &record);
    const LogTail tail = host_->state().tail();
    const bool opens = tail.epoch != Epoch(1);
    BatchBuilder builder(tail.end + (opens ? 64 * kBlockBytes : 0));
    builder.Append(record);
    BatchHeader header;
    header.flags = opens ? kBatchOpensEpoch : 0;
    header.volume = kVolume;
    header.epoch = Epoch(1);
    header.prev_lsn = tail.last_lsn;
    header.prev_checksum = tail.last_checksum;
    header.prev_end = tail.end;
    auto padded = std::make_shared<AlignedBuffer>(builder.Finish(&header));
    EXPECT_EQ(host_->OnAppend(Epoch(1), {header, std::move(padded)}),
              CopyState::AppendVerdict::kAppend);
    disk_.Flush();
    EXPECT_TRUE(Until([&] { return host_->state().acknowledged() == header.end_lsn; }));
    host_->OnVdl(Epoch(1), header.end_lsn);
    return header.first_lsn;
  }
  /// Parts first … last of a transaction whose values fill several rounds.
  void AppendParts(uint64_t txn, uint32_t first, uint32_t last) {
    for (uint32_t part = first; part <= last; ++part) {
      const uint16_t end = part == last ? kLastPart : 0;
      Append(txn, static_cast<uint16_t>(kPart | end), part, 512 << 10);
    }
  }
  /// True when there is more to do.
  bool Advance() {
    const StatusOr<bool> more = feeder_->Advance(feeder_->amid_round() ? nullptr : host_.get());
    EXPECT_TRUE(more.ok()) << more.status();
    return more.ok() && *more;
  }
  Lsn end() const { return host_->state().tail().end; }

  EventLoop loop_;
  PosixDisk disk_{loop_};
  std::string folder_;
  std::unique_ptr<CopyHost> host_;
  std::unique_ptr<RecentFeeder> feeder_;
};

/// The log that was to be read again is gone, since a base has it all; the layer had it already.
TEST_F(RecentFeederTest, GoesOnFromABaseBelowWhatTheLayerHas) {
  Append(1);
  Append(2);
  while (Advance()) {
  }
  const Lsn drained = end();
  OpenFeeder(size_t{512} << 20);
  ASSERT_LT(feeder_->position(), drained);
  feeder_->GoOnFrom(drained);
  EXPECT_EQ(feeder_->position(), drained);
  EXPECT_EQ(feeder_->recent().applied(), drained);
  Append(3);
  while (Advance()) {
  }
  EXPECT_EQ(feeder_->recent().applied(), end());
}

/// Who restarts from a base needs all the parts of what that base has not got.
TEST_F(RecentFeederTest, NothingIsDrainedPastTheBeginningOfWhatIsNotPublished) {
  Append(1);
  const Lsn opened = Append(2, kPart, 0);
  Append(3);
  while (Advance()) {
  }
  ASSERT_EQ(feeder_->recent().applied(), end());
  EXPECT_EQ(feeder_->drainable(), opened);

  AppendParts(2, 1, 8);
  int slices = 0;
  while (Advance()) {
    EXPECT_EQ(feeder_->drainable(), opened);
    slices += feeder_->amid_round() ? 1 : 0;
  }
  EXPECT_GT(slices, 1);
  EXPECT_EQ(feeder_->recent().applied(), end());
  EXPECT_EQ(feeder_->drainable(), end());
}

/// For a moment there is no base to look a sequence up in: its record is not passed over.
TEST_F(RecentFeederTest, WhatCouldNotBeAppliedIsAppliedAgain) {
  bool base_is_there = false;
  feeder_->recent().set_base_lookup([&](std::string_view, std::string* value) -> StatusOr<bool> {
    if (!base_is_there) return Unavailable("no base is served");
    *value = "5";
    return true;
  });
  Append(1, 0, 0, 1, MutationKind::kMax);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(feeder_->Advance(feeder_->amid_round() ? nullptr : host_.get()).status().code(),
              StatusCode::kUnavailable);
    EXPECT_LT(feeder_->recent().applied(), end());
  }
  const Lsn first_end = end();
  Append(2);
  base_is_there = true;
  for (int i = 0; i < 10 && feeder_->recent().applied() < end(); ++i) Advance();
  EXPECT_EQ(feeder_->recent().applied(), end());
  auto txn = LmdbReadTxn::Begin(feeder_->recent().env());
  auto cursor = RecentCursor::Open(**txn, feeder_->recent().table());
  ASSERT_TRUE((*cursor)->Renew(first_end).ok());
  RecentVersion version;
  EXPECT_TRUE(*(*cursor)->Get("key 000 of 001", &version));
}

TEST_F(RecentFeederTest, ATransactionThatFillsTheLayerIsFedToItsEnd) {
  OpenFeeder(1 << 20);
  AppendParts(2, 0, 8);
  for (int i = 0; i < 100 && feeder_->recent().applied() < end(); ++i) {
    const bool waits = feeder_->MustWait();
    if (waits) {  // as after a drain
      ASSERT_TRUE(feeder_->recent().Trim(feeder_->drainable()).ok());
    }
    Advance();
  }
  EXPECT_EQ(feeder_->recent().applied(), end());
  EXPECT_TRUE(feeder_->recent().full());
  // Now a drain can make room: what comes next waits for it.
  EXPECT_TRUE(feeder_->MustWait());
  Append(3);
  EXPECT_FALSE(Advance());
  EXPECT_LT(feeder_->recent().applied(), end());
}

}  // namespace
}  // namespace sixfold::storage
