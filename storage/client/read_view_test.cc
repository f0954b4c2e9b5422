// The read path against a model: random commits, drains, registered snapshots, and views over them.
#include "storage/client/read_view.h"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <optional>

#include "core/base/random.h"
#include "storage/client/in_process_volume.h"

namespace sixfold::storage {
namespace {

using Versions = std::map<Lsn, std::optional<std::string>>;
using Rows = std::vector<std::pair<std::string, std::string>>;

class ReadViewModel {
 public:
  ReadViewModel(uint64_t seed, std::vector<std::string> split_keys) : random_(seed) {
    auto volume = InProcessVolume::Create(std::move(split_keys));
    CHECK(volume.ok(), "{}", ToString(volume.status()));
    volume_ = std::move(*volume);
    std::string stem(486, 'm');
    for (int i = 0; i < 80; ++i) {
      std::string key = random_.Uniform(3) == 0 ? stem : "";
      size_t length = 1 + random_.Uniform(8);
      for (size_t j = 0; j < length; ++j) key += static_cast<char>(random_.Uniform(3) * 127);
      keys_.push_back(key);
    }
  }

  void CommitSome() {
    std::map<std::string, std::optional<std::string>> changes;
    for (size_t i = 0; i <= random_.Uniform(4); ++i) {
      std::string value = fmt::format("{}-{}", ++counter_, std::string(random_.Uniform(60), 'x'));
      if (random_.Uniform(200) == 0) value.append(100'000, 'y');
      changes[AnyKey()] = random_.Uniform(3) == 0 ? std::nullopt : std::optional(value);
    }
    CommitRequest request;
    for (auto& [key, value] : changes) {
      request.mutations.push_back({value ? MutationKind::kPut : MutationKind::kDelete, key,
                                   value ? std::string_view(*value) : std::string_view()});
    }
    std::promise<Lsn> decided;
    volume_->Commit(request, [&](CommitOutcome, Lsn lsn) { decided.set_value(lsn); });
    newest_ = decided.get_future().get();
    for (auto& [key, value] : changes) model_[key][newest_] = value;
  }

  void HoldNewest() {
    auto hold = volume_->Hold(newest_, ConnectionId(1));
    ASSERT_TRUE(hold.ok()) << hold.status();
    holds_.push_back(std::move(*hold));
  }
  void DropOne() {
    if (!holds_.empty()) holds_.erase(holds_.begin() + random_.Uniform(holds_.size()));
  }

  Rows Expected(Lsn lsn, std::string_view begin, std::string_view end) const {
    Rows rows;
    for (const auto& [key, versions] : model_) {
      if (key < begin || (!end.empty() && key >= end)) continue;
      auto after = versions.upper_bound(lsn);
      if (after != versions.begin() && std::prev(after)->second) {
        rows.emplace_back(key, *std::prev(after)->second);
      }
    }
    return rows;
  }

  void CheckAll(Lsn lsn) {
    auto opened = volume_->OpenView(lsn);
    ASSERT_TRUE(opened.ok()) << opened.status();
    ReadView& view = **opened;
    std::string begin = random_.Uniform(2) == 0 ? "" : AnyKey();
    std::string end = random_.Uniform(2) == 0 ? "" : AnyKey();
    if (!end.empty() && end < begin) std::swap(begin, end);
    Rows expected = Expected(lsn, begin, end);
    auto cursor = view.NewCursor(begin, end);
    CheckScan(*cursor, expected, true);
    CheckScan(*cursor, expected, false);
    for (int i = 0; i < 4; ++i) CheckWalk(*cursor, expected);
    for (const std::string& key : keys_) {
      RowView row;
      auto found = view.Get(key, &row);
      ASSERT_TRUE(found.ok()) << found.status();
      Rows one = Expected(lsn, key, key + '\0');
      ASSERT_EQ(*found, !one.empty());
      if (*found) {
        ASSERT_EQ(row.value, one[0].second);
      }
    }
  }

  void CheckScan(RowCursor& cursor, const Rows& expected, bool forward) {
    Rows seen;
    Status status = forward ? cursor.SeekForward("") : cursor.SeekBackward("");
    ASSERT_TRUE(status.ok()) << status;
    while (cursor.Valid()) {
      seen.emplace_back(cursor.row().key, cursor.row().value);
      status = forward ? cursor.Next() : cursor.Prev();
      ASSERT_TRUE(status.ok()) << status;
    }
    if (!forward) std::reverse(seen.begin(), seen.end());
    ASSERT_EQ(seen.size(), expected.size());
    ASSERT_EQ(seen, expected);
  }

  // A random seek, then random steps both ways.
  void CheckWalk(RowCursor& cursor, const Rows& expected) {
    std::string target = AnyKey();
    auto lower = [&] {
      return std::find_if(expected.begin(), expected.end(),
                          [&](const auto& row) { return row.first >= target; }) -
             expected.begin();
    };
    ptrdiff_t at = lower();
    if (random_.Uniform(2) == 0) {
      ASSERT_TRUE(cursor.SeekForward(target).ok());
    } else {
      ASSERT_TRUE(cursor.SeekBackward(target).ok());
      --at;
    }
    for (int step = 0; step < 12; ++step) {
      bool inside = at >= 0 && at < static_cast<ptrdiff_t>(expected.size());
      ASSERT_EQ(cursor.Valid(), inside);
      if (!inside) return;
      ASSERT_EQ(cursor.row().key, expected[at].first);
      ASSERT_EQ(cursor.row().value, expected[at].second);
      bool next = random_.Uniform(2) == 0;
      ASSERT_TRUE((next ? cursor.Next() : cursor.Prev()).ok());
      at += next ? 1 : -1;
    }
  }

  void Run(int steps) {
    CommitSome();
    for (int step = 0; step < steps; ++step) {
      CommitSome();
      if (random_.Uniform(8) == 0) HoldNewest();
      if (random_.Uniform(10) == 0) DropOne();
      if (random_.Uniform(12) == 0) volume_->Drain();
      if (step % 5 == 0) CheckAll(newest_);
      if (step % 7 == 0 && !holds_.empty()) {
        CheckAll(holds_[random_.Uniform(holds_.size())]->lsn());
      }
      if (testing::Test::HasFatalFailure()) return;
    }
  }

  std::string AnyKey() { return keys_[random_.Uniform(keys_.size())]; }
  InProcessVolume& volume() { return *volume_; }
  Lsn newest() const { return newest_; }

 private:
  SeededRandom random_;
  std::unique_ptr<InProcessVolume> volume_;
  std::vector<std::unique_ptr<SnapshotHold>> holds_;  // before volume_ goes
  std::vector<std::string> keys_;
  std::map<std::string, Versions> model_;
  uint64_t counter_ = 0;
  Lsn newest_;
};

TEST(ReadViewTest, AgreesWithAModelOverDrainsAndSnapshots) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    ReadViewModel(seed, {}).Run(400);
    if (HasFatalFailure()) return;
  }
}

TEST(ReadViewTest, AgreesWithAModelOverSeveralGroups) {
  std::string long_key(486, 'm');
  long_key.append("\x7f\x7f");
  ReadViewModel(5, {long_key, "\x7f", "\xfe"}).Run(400);
}

Lsn Commit(InProcessVolume& volume, std::vector<Mutation> mutations,
           std::vector<std::string> dropped = {}) {
  std::promise<Lsn> decided;
  CommitRequest request;
  request.mutations = std::move(mutations);
  request.dropped_prefixes = std::move(dropped);
  volume.Commit(request, [&](CommitOutcome, Lsn lsn) { decided.set_value(lsn); });
  return decided.get_future().get();
}

TEST(ReadViewTest, AnUnregisteredSnapshotBelowADrainIsRefused) {
  auto volume = InProcessVolume::Create();
  ASSERT_TRUE(volume.ok());
  Lsn first = Commit(**volume, {{MutationKind::kPut, "a", "1"}});
  Commit(**volume, {{MutationKind::kPut, "a", "2"}});
  auto view = (*volume)->OpenView(first);
  ASSERT_TRUE(view.ok());
  (*volume)->Drain();
  RowView row;
  EXPECT_EQ((*view)->Get("b", &row).status().code(), StatusCode::kOutOfRange);
  ASSERT_TRUE((*view)->Renew(first).ok());
  EXPECT_EQ((*view)->Get("a", &row).status().code(), StatusCode::kOutOfRange);
  EXPECT_EQ((*volume)->Hold(first, ConnectionId(1)).status().code(), StatusCode::kOutOfRange);
}

TEST(ReadViewTest, DroppedPrefixesLoseTheirRows) {
  auto volume = InProcessVolume::Create();
  ASSERT_TRUE(volume.ok());
  Commit(**volume, {{MutationKind::kPut, "t1-a", "1"},
                    {MutationKind::kPut, "t1-b", "1"},
                    {MutationKind::kPut, "t2-a", "1"}});
  (*volume)->Drain();
  Lsn dropped = Commit(**volume, {{MutationKind::kPut, "catalog", "1"}}, {"t1-"});
  (*volume)->Drain();
  auto view = (*volume)->OpenView(dropped);
  ASSERT_TRUE(view.ok());
  RowView row;
  EXPECT_FALSE(*(*view)->Get("t1-a", &row));
  EXPECT_TRUE(*(*view)->Get("t2-a", &row));
}

TEST(ReadViewTest, ACursorGoesOnAfterItsViewIsRenewed) {
  auto volume = InProcessVolume::Create();
  ASSERT_TRUE(volume.ok());
  Lsn lsn = Commit(**volume, {{MutationKind::kPut, "a", "1"}, {MutationKind::kPut, "b", "1"}});
  (*volume)->Drain();
  auto view = (*volume)->OpenView(lsn);
  ASSERT_TRUE(view.ok());
  auto cursor = (*view)->NewCursor("", "");
  ASSERT_TRUE(cursor->SeekForward("").ok());
  EXPECT_EQ(cursor->row().key, "a");
  lsn = Commit(**volume, {{MutationKind::kPut, "b", "2"}});
  (*view)->Release();
  ASSERT_TRUE((*view)->Renew(lsn).ok());
  ASSERT_TRUE(cursor->SeekForward("a\0").ok());
  ASSERT_TRUE(cursor->Next().ok());
  EXPECT_EQ(cursor->row().value, "2");
}

TEST(ReadViewTest, LargeValuesGoThroughInSlices) {
  auto volume = InProcessVolume::Create();
  ASSERT_TRUE(volume.ok());
  std::vector<std::string> keys, values;
  for (int i = 0; i < 6; ++i) {
    keys.push_back(fmt::format("chunk-{}", i));
    values.push_back(std::string(size_t{20} << 20, static_cast<char>('a' + i)));
  }
  std::vector<Mutation> mutations;
  for (int i = 0; i < 6; ++i) mutations.push_back({MutationKind::kPut, keys[i], values[i]});
  Lsn lsn = Commit(**volume, mutations);
  for (int drained = 0; drained < 2; ++drained) {
    auto view = (*volume)->OpenView(lsn);
    ASSERT_TRUE(view.ok());
    for (int i = 0; i < 6; ++i) {
      RowView row;
      ASSERT_TRUE(*(*view)->Get(keys[i], &row));
      EXPECT_TRUE(row.value == values[i]);
    }
    (*volume)->Drain();
  }
}

TEST(ReadViewTest, MaxMeetsTheBase) {
  auto volume = InProcessVolume::Create();
  ASSERT_TRUE(volume.ok());
  Commit(**volume, {{MutationKind::kMax, "s", "5"}});
  (*volume)->Drain();
  Lsn lsn = Commit(**volume, {{MutationKind::kMax, "s", "3"}});
  auto view = (*volume)->OpenView(lsn);
  ASSERT_TRUE(view.ok());
  RowView row;
  ASSERT_TRUE(*(*view)->Get("s", &row));
  EXPECT_EQ(row.value, "5");
}

}  // namespace
}  // namespace sixfold::storage
