// Two AZs on one host, driven by hand: when a reader moves between them.
#include "storage/client/volume_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "storage/copy/base_store.h"
#include "storage/log/record.h"
#include "storage/recent/map_guard.h"
#include "storage/recent/recent_layer.h"

namespace sixfold::storage {
namespace {

class ManualClock final : public Clock {
 public:
  uint64_t MonotonicNanos() const override { return now_ns; }
  int64_t WallMicros() const override { return 0; }
  uint64_t now_ns = 1'000'000'000;
};

class TwoAzTest : public testing::Test {
 protected:
  struct TestAz {
    std::string folder;
    std::unique_ptr<BaseStore> base;
    std::unique_ptr<RecentLayer> recent;
  };

  void SetUp() override {
    root_ = testing::TempDir() + "azs-" + std::to_string(::getpid());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
    Start(0);
    Start(1);
  }
  void TearDown() override {
    reader_.reset();
    for (TestAz& az : azs_) {
      az.recent.reset();
      az.base.reset();
    }
    std::filesystem::remove_all(root_);
  }
  void Start(int i) {
    TestAz& az = azs_[i];
    az.folder = root_ + "/recent-" + std::to_string(i);
    BaseOptions base;
    base.folder = root_ + "/base-" + std::to_string(i);
    base.map_bytes = size_t{1} << 30;
    az.base = *BaseStore::Open(base);
    RecentOptions recent;
    recent.folder = az.folder;
    recent.map_bytes = size_t{1} << 30;
    az.recent = *RecentLayer::Open(recent);
    az.recent->ServeBase(base.folder);
  }
  void OpenReader() {
    auto reader = MappedVolumeReader::Open({azs_[0].folder, azs_[1].folder}, clock_);
    ASSERT_TRUE(reader.ok()) << reader.status();
    reader_ = std::move(*reader);
  }
  void Hear(int i) { azs_[i].recent->progress().page().heard_ns.store(clock_.now_ns); }
  void Put(int i, Lsn lsn, std::string_view value) {
    std::string bytes;
    Mutation mutation{MutationKind::kPut, "k", value};
    EncodeRecord({}, std::span(&mutation, 1), {}, &bytes);
    std::string_view input = bytes;
    auto record = RecordView::Parse(&input, Lsn(0));
    ASSERT_TRUE(record.ok());
    DurableRecord durable{lsn, false, record->mutations()};
    azs_[i].recent->progress().page().durable.store(lsn.value());
    ASSERT_TRUE(azs_[i].recent->Apply(std::span(&durable, 1), lsn).ok());
  }
  std::string Get(Lsn lsn) {
    auto view = reader_->OpenView(lsn);
    if (!view.ok()) return ToString(view.status());
    RowView row;
    auto found = (*view)->Get("k", &row);
    if (!found.ok()) return ToString(found.status());
    return *found ? std::string(row.value) : "none";
  }

  ManualClock clock_;
  std::string root_;
  TestAz azs_[2];
  std::unique_ptr<MappedVolumeReader> reader_;
};

TEST_F(TwoAzTest, MovesAwayFromASilentAzAndHomeAgain) {
  Put(0, Lsn(10), "1");
  Put(1, Lsn(10), "1");
  Hear(0);
  Hear(1);
  OpenReader();
  EXPECT_EQ(reader_->Progress().durable, Lsn(10));
  clock_.now_ns += 300'000'000;
  Hear(1);
  Put(1, Lsn(20), "2");
  EXPECT_EQ(reader_->Progress().durable, Lsn(20));
  EXPECT_EQ(Get(Lsn(20)), "2");
  // Home hears again but is behind: nothing seen may be unseen.
  Hear(0);
  EXPECT_EQ(reader_->Progress().durable, Lsn(20));
  Put(0, Lsn(20), "2");
  Put(0, Lsn(30), "3");
  EXPECT_EQ(reader_->Progress().durable, Lsn(30));
  EXPECT_EQ(Get(Lsn(30)), "3");
}

TEST_F(TwoAzTest, StaysWhenAllAreSilent) {
  Put(0, Lsn(10), "1");
  Put(1, Lsn(20), "1");
  Hear(0);
  Hear(1);
  OpenReader();
  clock_.now_ns += 10'000'000'000;
  EXPECT_EQ(reader_->Progress().durable, Lsn(10));
}

TEST_F(TwoAzTest, AWaitEndsWhereAnotherAzIsFarEnough) {
  Put(0, Lsn(10), "1");
  Put(1, Lsn(20), "2");
  OpenReader();
  EXPECT_TRUE(reader_->WaitApplied(Lsn(20), 1'000'000));
  EXPECT_EQ(Get(Lsn(20)), "2");
  EXPECT_FALSE(reader_->WaitApplied(Lsn(21), 30'000));
}

/// Shared memory outlives the cluster: what an earlier one left is not taken for this one's.
TEST_F(TwoAzTest, APageWhoseDaemonIsDeadIsNotOpened) {
  Put(0, Lsn(10), "1");
  Put(1, Lsn(10), "2");
  ProgressPage& page = azs_[0].recent->progress().page();
  page.daemon_start.store(page.daemon_start.load() - 1);  // another process had this number
  EXPECT_EQ(AzMaps::Open(azs_[0].folder).status().code(), StatusCode::kUnavailable);
  OpenReader();
  EXPECT_EQ(Get(Lsn(10)), "2");
}

TEST_F(TwoAzTest, ASnapshotIsKeptInBothAzs) {
  Put(0, Lsn(10), "1");
  Put(1, Lsn(10), "1");
  OpenReader();
  auto hold = reader_->Hold(Lsn(10), ConnectionId(1));
  ASSERT_TRUE(hold.ok());
  for (TestAz& az : azs_) {
    auto live = az.recent->snapshots().Collect();
    ASSERT_EQ(live.size(), 1u);
    EXPECT_EQ(live[0].lsn, Lsn(10));
  }
  hold->reset();
  for (TestAz& az : azs_) EXPECT_TRUE(az.recent->snapshots().Collect().empty());
}

TEST_F(TwoAzTest, AViewFollowsItsAzIntoANewGeneration) {
  Put(0, Lsn(10), "1");
  OpenReader();
  auto view = reader_->OpenView(Lsn(10));
  ASSERT_TRUE(view.ok());
  ASSERT_TRUE(azs_[0].recent->Reset(Lsn(0), root_ + "/base-0").ok());
  Put(0, Lsn(10), "rebuilt");
  RowView row;
  ASSERT_TRUE(*(*view)->Get("k", &row));
  EXPECT_EQ(row.value, "1");  // still the old map
  auto cursor = (*view)->NewCursor("", "");
  ASSERT_TRUE(cursor->SeekForward("").ok());
  ASSERT_TRUE((*view)->Renew(Lsn(10)).ok());
  ASSERT_TRUE(*(*view)->Get("k", &row));
  EXPECT_EQ(row.value, "rebuilt");
  ASSERT_TRUE(cursor->SeekForward("").ok());
  EXPECT_EQ(cursor->row().value, "rebuilt");
}

/// Its base was rebuilt at 20 from a peer's rows: what was replaced before is not kept in it.
TEST_F(TwoAzTest, ASnapshotMovesAwayFromABaseThatWasRebuiltAboveIt) {
  Put(0, Lsn(10), "1");
  Put(1, Lsn(10), "1");
  OpenReader();
  auto hold = reader_->Hold(Lsn(10), ConnectionId(1));
  auto view = reader_->OpenView(Lsn(10));
  ASSERT_TRUE(view.ok());
  Put(1, Lsn(20), "2");
  azs_[0].recent->progress().page().floor.store(20);
  ASSERT_TRUE(azs_[0].recent->Reset(Lsn(20), root_ + "/base-0").ok());
  EXPECT_GE(reader_->Progress().applied, Lsn(20));
  ASSERT_TRUE((*view)->Renew(Lsn(10)).ok());
  RowView row;
  ASSERT_TRUE(*(*view)->Get("k", &row));
  EXPECT_EQ(row.value, "1");
}

TEST_F(TwoAzTest, ABaseThatDoesNotReachTheRecentLayerIsNotRead) {
  Put(0, Lsn(10), "1");
  OpenReader();
  EXPECT_EQ(Get(Lsn(10)), "1");
  // As if an empty disk stood where the copy was.
  ASSERT_TRUE(azs_[0].recent->Trim(Lsn(10)).ok());
  auto view = reader_->OpenView(Lsn(10));
  ASSERT_TRUE(view.ok());
  RowView row;
  EXPECT_EQ((*view)->Get("k", &row).status().code(), StatusCode::kUnavailable);
  // The next one reads elsewhere, where somebody has it.
  Put(1, Lsn(10), "1");
  EXPECT_FALSE((*view)->Get("k", &row).ok());
  ASSERT_TRUE((*view)->Renew(Lsn(10)).ok());
  ASSERT_TRUE(*(*view)->Get("k", &row));
  EXPECT_EQ(row.value, "1");
}

/// Its disk lost what a reader has mapped: that read fails, later ones go to the other AZ.
TEST_F(TwoAzTest, ABaseFileCutUnderAReaderFailsTheReadOnly) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer delivers signals itself and cannot be left by a jump";
#endif
  InstallMapGuard();
  Put(1, Lsn(1000), "1");
  ProgressPage& page = azs_[0].recent->progress().page();
  for (int i = 1; i <= 1000; ++i) {  // enough for many pages
    std::string bytes;
    const std::string key = i == 1000 ? "k" : "key" + std::to_string(i);
    const std::string value(500, 'v');
    Mutation mutations[] = {{MutationKind::kPut, key, value}};
    EncodeRecord({}, mutations, {}, &bytes);
    std::string_view input = bytes;
    DurableRecord durable{Lsn(i), false, RecordView::Parse(&input, Lsn(0))->mutations()};
    ASSERT_TRUE(azs_[0].recent->Apply(std::span(&durable, 1), Lsn(i)).ok());
  }
  page.durable.store(1000);
  auto stretch = StretchFromRecent(*azs_[0].recent, Lsn(0), Lsn(1000));
  ASSERT_TRUE(stretch.ok());
  ASSERT_TRUE(
      azs_[0].base->Drain(**stretch, Lsn(1000), PrepareDrain(*azs_[0].recent, Lsn(1000))).ok());
  ASSERT_TRUE(azs_[0].recent->Trim(Lsn(1000)).ok());
  OpenReader();
  auto view = reader_->OpenView(Lsn(1000));
  ASSERT_TRUE(view.ok()) << view.status();
  RowView row;
  ASSERT_TRUE(*(*view)->Get("k", &row));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root_ + "/base-0")) {
    if (entry.path().filename() == "data.mdb") std::filesystem::resize_file(entry.path(), 8192);
  }
  EXPECT_EQ((*view)->Get("k", &row).status().code(), StatusCode::kDataLoss);
  auto cursor = (*view)->NewCursor("", "");
  EXPECT_EQ(cursor->SeekForward("").code(), StatusCode::kDataLoss);
  EXPECT_TRUE((*view)->Verify().ok());  // nobody saw anything wrong
  ASSERT_TRUE((*view)->Renew(Lsn(1000)).ok());
  ASSERT_TRUE(*(*view)->Get("k", &row));
  EXPECT_EQ(row.value, "1");  // the other AZ's
}

/// … and what was handed out before turns to zeros: the statement must not succeed.
TEST_F(TwoAzTest, RowsOfARecentLayerCutUnderAReaderDoNotLeave) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer delivers signals itself and cannot be left by a jump";
#endif
  InstallMapGuard();
  Put(0, Lsn(10), std::string(100'000, 'v'));
  // A reader of another process maps the file for reading only; here the daemon's map is in the
  // way.
  const std::string folder = azs_[0].recent->env()->folder();
  azs_[0].recent.reset();
  OpenReader();
  auto view = reader_->OpenView(Lsn(10));
  ASSERT_TRUE(view.ok()) << view.status();
  RowView row;
  ASSERT_TRUE(*(*view)->Get("k", &row));
  EXPECT_TRUE((*view)->Verify().ok());
  std::filesystem::resize_file(folder + "/data.mdb", 8192);
  EXPECT_EQ(row.value[50'000], '\0');
  EXPECT_EQ((*view)->Verify().code(), StatusCode::kDataLoss);
  EXPECT_FALSE((*view)->Get("k", &row).ok());
  EXPECT_FALSE((*view)->Renew(Lsn(10)).ok());
}

}  // namespace
}  // namespace sixfold::storage
