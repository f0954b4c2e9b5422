#include "storage/recent/recent_layer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <thread>

#include "core/base/random.h"
#include "storage/recent/recent_cursor.h"

namespace sixfold::storage {
namespace {

class RecentLayerTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "recent-" + std::to_string(::getpid());
    std::filesystem::remove_all(folder_);
    Open();
  }
  void TearDown() override {
    layer_.reset();
    std::filesystem::remove_all(folder_);
  }
  void Open() {
    layer_.reset();
    RecentOptions options;
    options.folder = folder_;
    options.map_bytes = size_t{1} << 30;
    auto layer = RecentLayer::Open(options);
    ASSERT_TRUE(layer.ok()) << layer.status();
    layer_ = std::move(*layer);
  }
  void Apply(Lsn lsn, std::vector<Mutation> mutations) {
    std::sort(mutations.begin(), mutations.end(),
              [](const Mutation& a, const Mutation& b) { return a.key < b.key; });
    std::string bytes;
    EncodeRecord({}, mutations, {}, &bytes);
    std::string_view input = bytes;
    auto record = RecordView::Parse(&input, Lsn(0));
    ASSERT_TRUE(record.ok()) << record.status();
    DurableRecord durable{lsn, false, record->mutations()};
    Status applied = layer_->Apply(std::span(&durable, 1), lsn);
    ASSERT_TRUE(applied.ok()) << applied;
  }
  void Put(Lsn lsn, std::string_view key, std::string_view value) {
    Apply(lsn, {{MutationKind::kPut, key, value}});
  }
  std::string Get(Lsn lsn, std::string_view key) {
    auto txn = LmdbReadTxn::Begin(layer_->env());
    auto cursor = RecentCursor::Open(**txn, layer_->table());
    EXPECT_TRUE((*cursor)->Renew(lsn).ok());
    RecentVersion version;
    auto found = (*cursor)->Get(key, &version);
    EXPECT_TRUE(found.ok()) << found.status();
    if (!*found) return "none";
    return version.tombstone ? "gone" : std::string(version.value);
  }

  std::string folder_;
  std::unique_ptr<RecentLayer> layer_;
};

TEST_F(RecentLayerTest, GivesTheNewestVersionNotNewerThanTheSnapshot) {
  Put(Lsn(10), "a", "1");
  Put(Lsn(20), "a", "2");
  Apply(Lsn(30), {{MutationKind::kDelete, "a", ""}});
  Put(Lsn(25 + 10), "ab", "x");
  EXPECT_EQ(Get(Lsn(9), "a"), "none");
  EXPECT_EQ(Get(Lsn(10), "a"), "1");
  EXPECT_EQ(Get(Lsn(29), "a"), "2");
  EXPECT_EQ(Get(Lsn(30), "a"), "gone");
  EXPECT_EQ(Get(Lsn(40), "ab"), "x");
  EXPECT_EQ(Get(Lsn(40), "b"), "none");
}

TEST_F(RecentLayerTest, MaxKeepsTheLargerOfRecentAndBase) {
  layer_->set_base_lookup([](std::string_view key, std::string* value) -> StatusOr<bool> {
    if (key != "base") return false;
    *value = "5";
    return true;
  });
  Apply(Lsn(10), {{MutationKind::kMax, "base", "3"}, {MutationKind::kMax, "fresh", "3"}});
  EXPECT_EQ(Get(Lsn(10), "base"), "5");
  EXPECT_EQ(Get(Lsn(10), "fresh"), "3");
  Apply(Lsn(20), {{MutationKind::kMax, "base", "7"}});
  Apply(Lsn(30), {{MutationKind::kMax, "base", "6"}});
  EXPECT_EQ(Get(Lsn(30), "base"), "7");
  std::string lng(600, 'k');
  Apply(Lsn(40), {{MutationKind::kMax, lng, "7"}});
  Apply(Lsn(50), {{MutationKind::kMax, lng, "6"}});
  EXPECT_EQ(Get(Lsn(50), lng), "7");
}

TEST_F(RecentLayerTest, SurvivesReopeningAndKeepsWhatItCovers) {
  Put(Lsn(10), "a", "1");
  Put(Lsn(20), "b", "2");
  Open();
  EXPECT_EQ(layer_->applied(), Lsn(20));
  EXPECT_EQ(Get(Lsn(20), "a"), "1");
  ASSERT_TRUE(layer_->Trim(Lsn(10)).ok());
  EXPECT_EQ(Get(Lsn(20), "a"), "none");
  EXPECT_EQ(Get(Lsn(20), "b"), "2");
  Open();
  EXPECT_EQ(layer_->covered_from(), Lsn(10));
}

/// Half of a key's versions gone must not show an older row than the base has.
TEST_F(RecentLayerTest, ATrimThatIsCutShortLeavesTheNewestVersions) {
  Put(Lsn(10), "a", "1");
  Put(Lsn(20), "a", "2");
  Apply(Lsn(30), {{MutationKind::kDelete, "a", ""}});
  Put(Lsn(40), "b", "1");
  Put(Lsn(50), "b", "2");
  bool done = false;
  for (int step = 0; !done; ++step) {
    ASSERT_LT(step, 10);
    auto trimmed = layer_->TrimStep(Lsn(50), 1);
    ASSERT_TRUE(trimmed.ok()) << trimmed.status();
    done = *trimmed;
    EXPECT_THAT(Get(Lsn(50), "a"), testing::AnyOf("gone", "none"));
    EXPECT_THAT(Get(Lsn(50), "b"), testing::AnyOf("2", "none"));
  }
  EXPECT_EQ(Get(Lsn(50), "a"), "none");
  EXPECT_EQ(Get(Lsn(50), "b"), "none");
}

TEST_F(RecentLayerTest, AnotherVolumeStartsEmpty) {
  Put(Lsn(10), "a", "1");
  layer_->progress().page().durable.store(10);
  layer_->progress().page().catalog.store(10);
  layer_->progress().page().epoch.store(3);
  layer_.reset();
  RecentOptions options;
  options.folder = folder_;
  options.volume.bytes[0] = 7;
  auto layer = RecentLayer::Open(options);
  ASSERT_TRUE(layer.ok()) << layer.status();
  EXPECT_EQ((*layer)->applied(), Lsn(0));
  // Not what was known of the other volume, nor its rows in memory.
  const ProgressPage& page = (*layer)->progress().page();
  EXPECT_EQ(page.durable.load() + page.catalog.load() + page.epoch.load() + page.floor.load(), 0u);
  size_t environments = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    environments += entry.is_directory() ? 1 : 0;
  EXPECT_EQ(environments, 1u);
}

TEST_F(RecentLayerTest, StartingOverFromABaseTellsReaders) {
  Put(Lsn(10), "a", "1");
  ProgressPage& page = layer_->progress().page();
  const uint64_t generation = page.generation.load();
  ASSERT_TRUE(layer_->Reset(Lsn(50), "/rebuilt").ok());
  EXPECT_GT(page.generation.load(), generation);
  EXPECT_EQ(layer_->progress().ReadPlaces()->base_folder, "/rebuilt");
  EXPECT_EQ(page.applied.load(), 50u);
  EXPECT_EQ(page.covered_from.load(), 50u);
  // What came in between was not looked at: definitions may have changed.
  EXPECT_EQ(page.catalog.load(), 50u);
  EXPECT_EQ(Get(Lsn(50), "a"), "none");
}

/// A reader on another thread never finds the new position with the old environment.
TEST_F(RecentLayerTest, ANewPositionIsSeenAfterItsGenerationOnly) {
  ProgressPage& page = layer_->progress().page();
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> wrong{0}, looks{0};
  std::thread reader([&] {
    while (!stop) {
      const uint64_t before = page.generation.load();
      const uint64_t applied = page.applied.load();
      const uint64_t number = page.generation.load();
      // Generation 2n is published for the n-th start; it stands at 10 n.
      if (before == number && number % 2 == 0 && applied > 10 * (number / 2)) ++wrong;
      ++looks;
    }
  });
  for (uint64_t n = page.generation.load() / 2 + 1; n < 200; ++n) {
    ASSERT_TRUE(layer_->Reset(Lsn(10 * n), "").ok());
    EXPECT_EQ(page.generation.load(), 2 * n);
  }
  while (looks < 1000) std::this_thread::yield();
  stop = true;
  reader.join();
  EXPECT_EQ(wrong, 0u);
}

TEST_F(RecentLayerTest, WaitAppliedWakesUp) {
  std::thread waiter([&] { EXPECT_TRUE(layer_->progress().WaitApplied(Lsn(10), 10'000'000)); });
  while (layer_->progress().page().waiters.load() == 0) std::this_thread::yield();
  Put(Lsn(10), "a", "1");
  waiter.join();
  EXPECT_FALSE(layer_->progress().WaitApplied(Lsn(11), 1000));
}

TEST_F(RecentLayerTest, SnapshotsAreCollectedInOrder) {
  auto second = layer_->snapshots().Publish(Lsn(20), ConnectionId(7), 1);
  auto first = layer_->snapshots().Publish(Lsn(10), ConnectionId(8), 2);
  ASSERT_TRUE(second.ok() && first.ok());
  auto live = layer_->snapshots().Collect();
  ASSERT_EQ(live.size(), 2u);
  EXPECT_EQ(live[0].lsn, Lsn(10));
  EXPECT_EQ(live[1].owner, ConnectionId(7));
  SnapshotTable::Withdraw(*first);
  SnapshotTable::Withdraw(*second);
  EXPECT_TRUE(layer_->snapshots().Collect().empty());
}

// Random versions of keys that share prefixes, some long, against a map of key -> LSN -> value.
TEST_F(RecentLayerTest, AgreesWithAModelInBothDirections) {
  SeededRandom random(20);
  std::vector<std::string> keys;
  std::string stem(485, 's');
  for (int i = 0; i < 60; ++i) {
    std::string key = random.Uniform(2) == 0 ? stem : "";
    size_t length = 1 + random.Uniform(8);
    for (size_t j = 0; j < length; ++j) key += static_cast<char>(random.Uniform(3) * 127);
    keys.push_back(key);
  }
  std::map<std::string, std::map<Lsn, std::optional<std::string>>> model;
  uint64_t lsn = 1;
  Lsn trimmed;
  for (int step = 0; step < 1500; ++step) {
    std::map<std::string, Mutation> changes;
    for (size_t i = 0; i <= random.Uniform(4); ++i) {
      const std::string& key = keys[random.Uniform(keys.size())];
      bool gone = random.Uniform(4) == 0;
      changes[key] = {gone ? MutationKind::kDelete : MutationKind::kPut, key, "v"};
    }
    lsn += 1 + random.Uniform(3);
    std::string value = "value " + std::to_string(lsn);
    std::vector<Mutation> mutations;
    for (auto& [key, change] : changes) {
      if (change.kind == MutationKind::kPut) change.value = value;
      mutations.push_back(change);
      model[key][Lsn(lsn)] =
          change.kind == MutationKind::kPut ? std::optional(value) : std::nullopt;
    }
    Apply(Lsn(lsn), mutations);
    if (step % 100 == 99) {
      trimmed = Lsn(lsn - random.Uniform(100));
      ASSERT_TRUE(layer_->TrimStep(trimmed, 10).ok());
      ASSERT_TRUE(layer_->Trim(trimmed).ok());
      for (auto& [key, versions] : model) {
        versions.erase(versions.begin(), versions.upper_bound(trimmed));
      }
    }
    if (step % 20 != 0) continue;

    Lsn snapshot(lsn - random.Uniform(std::min<uint64_t>(lsn - trimmed.value(), 60)));
    std::vector<std::pair<std::string, std::optional<std::string>>> expected;
    for (auto& [key, versions] : model) {
      auto after = versions.upper_bound(snapshot);
      if (after == versions.begin()) continue;
      expected.emplace_back(key, std::prev(after)->second);
    }
    auto txn = LmdbReadTxn::Begin(layer_->env());
    auto opened = RecentCursor::Open(**txn, layer_->table());
    RecentCursor& cursor = **opened;
    ASSERT_TRUE(cursor.Renew(snapshot).ok());
    std::vector<std::pair<std::string, std::optional<std::string>>> seen;
    auto note = [&] {
      seen.emplace_back(cursor.key(), cursor.version().tombstone
                                          ? std::nullopt
                                          : std::optional(std::string(cursor.version().value)));
    };
    ASSERT_TRUE(cursor.SeekForward("").ok());
    while (cursor.valid()) {
      note();
      ASSERT_TRUE(cursor.Next().ok());
    }
    ASSERT_EQ(seen, expected);
    seen.clear();
    ASSERT_TRUE(cursor.SeekBackward("").ok());
    while (cursor.valid()) {
      note();
      ASSERT_TRUE(cursor.Prev().ok());
    }
    std::reverse(seen.begin(), seen.end());
    ASSERT_EQ(seen, expected);
    for (int i = 0; i < 10; ++i) {
      const std::string& target = keys[random.Uniform(keys.size())];
      auto at = std::find_if(expected.begin(), expected.end(),
                             [&](const auto& e) { return e.first >= target; });
      ASSERT_TRUE(cursor.SeekForward(target).ok());
      ASSERT_EQ(cursor.valid(), at != expected.end());
      if (cursor.valid()) {
        ASSERT_EQ(cursor.key(), at->first);
        ASSERT_TRUE(cursor.Prev().ok());
        ASSERT_EQ(cursor.valid(), at != expected.begin());
        if (cursor.valid()) {
          ASSERT_EQ(cursor.key(), std::prev(at)->first);
        }
      }
      ASSERT_TRUE(cursor.SeekBackward(target).ok());
      ASSERT_EQ(cursor.valid(), at != expected.begin());
      if (cursor.valid()) {
        ASSERT_EQ(cursor.key(), std::prev(at)->first);
        ASSERT_TRUE(cursor.Next().ok());
        ASSERT_EQ(cursor.valid(), at != expected.end());
        if (cursor.valid()) {
          ASSERT_EQ(cursor.key(), at->first);
        }
      }
      RecentVersion version;
      auto found = cursor.Get(target, &version);
      ASSERT_TRUE(found.ok());
      ASSERT_EQ(*found, at != expected.end() && at->first == target);
      if (*found) {
        ASSERT_EQ(version.tombstone, !at->second.has_value());
      }
    }
  }
}

}  // namespace
}  // namespace sixfold::storage
