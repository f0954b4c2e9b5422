#include "core/txn/lock_table.h"

#include <gtest/gtest.h>

#include <thread>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/txn/keyspace.h"

namespace sixfold::txn {
namespace {

class LockTableTest : public testing::Test {
 protected:
  static std::string Key(std::string_view name) {
    return IndexPrefix(TableId(1000), IndexId(1001)) + std::string(name);
  }
  const std::string prefix_ = IndexPrefix(TableId(1000), IndexId(1001));

  LockOutcome Record(LockOwner& owner, std::string_view key, LockMode mode,
                     LockWait wait = LockWait::kNoWait) {
    return locks_.LockRecord(owner, Key(key), mode, {wait, 10'000, nullptr});
  }
  LockOutcome Insert(LockOwner& owner, std::string_view key, LockWait wait = LockWait::kNoWait) {
    return locks_.LockInsert(owner, Key(key), {wait, 10'000, nullptr});
  }
  LockOutcome NextKey(LockOwner& owner, std::string_view low, std::string_view high, LockMode mode,
                      LockWait wait = LockWait::kNoWait) {
    return locks_.LockNextKey(owner, prefix_, low.empty() ? "" : Key(low), Key(high), mode,
                              {wait, 10'000, nullptr});
  }
  LockOutcome Gap(LockOwner& owner, std::string_view low, std::string_view high,
                  LockMode mode = LockMode::kNone) {
    return locks_.LockGap(owner, prefix_, low.empty() ? "" : Key(low),
                          high.empty() ? "" : Key(high), mode, {LockWait::kNoWait, 0, nullptr});
  }
  void WaitUntilWaiting(size_t count) {
    while (locks_.waiting() < count) std::this_thread::yield();
  }
  void TearDown() override {
    for (LockOwner* owner : {&a_, &b_, &c_}) locks_.ReleaseAll(*owner);
    EXPECT_EQ(locks_.held_locks(), 0u);
  }

  SystemClock clock_;
  LockTable locks_{clock_};
  LockOwner a_{TxnId(1)}, b_{TxnId(2)}, c_{TxnId(3)};
};

using enum LockOutcome;

TEST_F(LockTableTest, SharedLocksAgreeAndExclusiveOnesDoNot) {
  EXPECT_EQ(Record(a_, "k", LockMode::kShared), kGranted);
  EXPECT_EQ(Record(b_, "k", LockMode::kShared), kGranted);
  EXPECT_EQ(Record(b_, "k", LockMode::kShared), kAlreadyHeld);
  EXPECT_EQ(Record(b_, "k", LockMode::kExclusive), kUnavailable);
  EXPECT_EQ(Record(c_, "other", LockMode::kExclusive), kGranted);
  EXPECT_EQ(Record(a_, "other", LockMode::kShared), kUnavailable);
  locks_.ReleaseAll(a_);
  EXPECT_EQ(Record(b_, "k", LockMode::kExclusive), kGranted);  // upgraded
  EXPECT_EQ(Record(b_, "k", LockMode::kShared), kAlreadyHeld);
  EXPECT_EQ(Record(a_, "k", LockMode::kShared), kUnavailable);
}

TEST_F(LockTableTest, IntentionsAgreeWithEachOther) {
  constexpr LockMode kModes[] = {LockMode::kIntendShared, LockMode::kIntendExclusive,
                                 LockMode::kShared, LockMode::kExclusive};
  constexpr bool kAgree[4][4] = {{true, true, true, false},
                                 {true, true, false, false},
                                 {true, false, true, false},
                                 {false, false, false, false}};
  for (int held = 0; held < 4; ++held) {
    for (int asked = 0; asked < 4; ++asked) {
      EXPECT_EQ(Record(a_, "t", kModes[held]), kGranted);
      EXPECT_EQ(Record(b_, "t", kModes[asked]), kAgree[held][asked] ? kGranted : kUnavailable);
      locks_.ReleaseAll(a_);
      locks_.ReleaseAll(b_);
    }
  }
  // Shared and about to change rows: nobody else may do either.
  EXPECT_EQ(Record(a_, "t", LockMode::kShared), kGranted);
  EXPECT_EQ(Record(a_, "t", LockMode::kIntendExclusive), kGranted);
  EXPECT_EQ(Record(a_, "t", LockMode::kIntendShared), kAlreadyHeld);
  EXPECT_EQ(Record(b_, "t", LockMode::kShared), kUnavailable);
  EXPECT_EQ(Record(b_, "t", LockMode::kIntendExclusive), kUnavailable);
}

TEST_F(LockTableTest, TableLocksCountForTheirSessionsTransaction) {
  LockOwner tables(TxnId(7));
  LockOwner mine(TxnId(8), &tables);
  EXPECT_EQ(locks_.LockRecord(tables, Key("t"), LockMode::kExclusive, {}), kGranted);
  EXPECT_EQ(Record(b_, "row", LockMode::kExclusive), kGranted);
  b_.set_weight(100);
  std::thread waiter(
      [&] { EXPECT_EQ(Record(mine, "row", LockMode::kShared, LockWait::kWait), kDeadlock); });
  WaitUntilWaiting(1);
  std::thread other(
      [&] { EXPECT_EQ(Record(b_, "t", LockMode::kIntendShared, LockWait::kWait), kWaited); });
  waiter.join();
  locks_.ReleaseAll(tables);
  other.join();
  locks_.ReleaseAll(mine);
}

TEST_F(LockTableTest, GapsKeepInsertsOutAndNothingElse) {
  EXPECT_EQ(Gap(a_, "10", "20"), kGranted);
  EXPECT_EQ(Gap(b_, "10", "20"), kGranted);
  EXPECT_EQ(Insert(c_, "15"), kUnavailable);
  EXPECT_EQ(Insert(a_, "15"), kUnavailable);  // b's gap
  locks_.ReleaseAll(b_);
  EXPECT_EQ(Insert(a_, "15"), kGranted);  // its own gap does not matter
  EXPECT_EQ(Insert(c_, "10"), kGranted);  // open at both ends
  EXPECT_EQ(Insert(c_, "20"), kGranted);
  EXPECT_EQ(Insert(c_, "21"), kGranted);
}

TEST_F(LockTableTest, NextKeyLocksCoverTheirRecord) {
  EXPECT_EQ(NextKey(a_, "10", "20", LockMode::kShared), kGranted);
  EXPECT_EQ(Record(b_, "20", LockMode::kShared), kGranted);
  EXPECT_EQ(Record(b_, "20", LockMode::kExclusive), kUnavailable);
  EXPECT_EQ(Insert(b_, "12"), kUnavailable);
  EXPECT_EQ(Record(a_, "20", LockMode::kShared), kAlreadyHeld);
}

TEST_F(LockTableTest, AScanHoldsOneInterval) {
  std::string last;
  for (int i = 100; i < 200; ++i) {
    EXPECT_EQ(NextKey(a_, last, std::to_string(i), LockMode::kExclusive), kGranted);
    last = std::to_string(i);
  }
  EXPECT_EQ(Gap(a_, last, "", LockMode::kExclusive), kGranted);
  EXPECT_EQ(locks_.held_locks(), 1u);
  EXPECT_EQ(Record(b_, "150", LockMode::kShared), kUnavailable);
  EXPECT_EQ(Insert(b_, "1505"), kUnavailable);
  EXPECT_EQ(Insert(b_, "999"), kUnavailable);
}

TEST_F(LockTableTest, AScanWaitsForRowsOnTheirWay) {
  EXPECT_EQ(Insert(b_, "15"), kGranted);
  // 10 and 20 are committed, 15 is not: it must not appear behind the scan's back.
  EXPECT_EQ(NextKey(a_, "10", "20", LockMode::kShared), kUnavailable);
  std::thread scan(
      [&] { EXPECT_EQ(NextKey(a_, "10", "20", LockMode::kShared, LockWait::kWait), kWaited); });
  WaitUntilWaiting(1);
  locks_.ReleaseAll(b_);
  scan.join();
  EXPECT_EQ(Insert(b_, "16"), kUnavailable);
}

TEST_F(LockTableTest, WaitersGoInTurn) {
  EXPECT_EQ(Record(a_, "k", LockMode::kShared), kGranted);
  std::thread exclusive([&] {
    EXPECT_EQ(Record(b_, "k", LockMode::kExclusive, LockWait::kWait), kWaited);
    locks_.ReleaseAll(b_);
  });
  WaitUntilWaiting(1);
  // A shared request does not overtake the exclusive one that waits.
  EXPECT_EQ(Record(c_, "k", LockMode::kShared), kUnavailable);
  std::thread shared(
      [&] { EXPECT_EQ(Record(c_, "k", LockMode::kShared, LockWait::kWait), kWaited); });
  WaitUntilWaiting(2);
  // Nor does the one who has it shared and wants more.
  EXPECT_EQ(Record(a_, "k", LockMode::kExclusive), kUnavailable);
  locks_.ReleaseAll(a_);
  exclusive.join();
  shared.join();
}

TEST_F(LockTableTest, TimesOutAndIsKilled) {
  EXPECT_EQ(Record(a_, "k", LockMode::kExclusive), kGranted);
  EXPECT_EQ(locks_.LockRecord(b_, Key("k"), LockMode::kShared, {LockWait::kWait, 30, nullptr}),
            kTimeout);
  std::atomic<int> killed{0};
  std::thread waiter([&] {
    EXPECT_EQ(
        locks_.LockRecord(b_, Key("k"), LockMode::kShared, {LockWait::kWait, 60'000, &killed}),
        kKilled);
  });
  WaitUntilWaiting(1);
  killed = 1;
  waiter.join();
}

TEST_F(LockTableTest, TheCheaperOneOfADeadlockLoses) {
  a_.set_weight(100);
  EXPECT_EQ(Record(a_, "1", LockMode::kExclusive), kGranted);
  EXPECT_EQ(Record(b_, "2", LockMode::kExclusive), kGranted);
  LockOutcome second = kGranted;
  std::thread waiter([&] {
    second = Record(b_, "1", LockMode::kExclusive, LockWait::kWait);
    locks_.ReleaseAll(b_);
  });
  WaitUntilWaiting(1);
  EXPECT_EQ(Record(a_, "2", LockMode::kExclusive, LockWait::kWait), kWaited);
  waiter.join();
  EXPECT_EQ(second, kDeadlock);
  EXPECT_EQ(locks_.deadlocks(), 1u);
}

TEST_F(LockTableTest, AnUpgradeBehindAWaitingExclusiveRequestIsADeadlock) {
  EXPECT_EQ(Record(a_, "k", LockMode::kShared), kGranted);
  LockOutcome other = kGranted;
  std::thread waiter([&] {
    other = Record(b_, "k", LockMode::kExclusive, LockWait::kWait);
    locks_.ReleaseAll(b_);
  });
  WaitUntilWaiting(1);
  a_.set_weight(1);
  EXPECT_EQ(Record(a_, "k", LockMode::kExclusive, LockWait::kWait), kWaited);
  waiter.join();
  EXPECT_EQ(other, kDeadlock);
}

TEST_F(LockTableTest, AnInsertOverTheOwnersRecordWaitsForNobodyBehindIt) {
  EXPECT_EQ(Record(a_, "k", LockMode::kExclusive), kGranted);
  std::thread waiter([&] {
    EXPECT_EQ(Record(b_, "k", LockMode::kExclusive, LockWait::kWait), kWaited);
    locks_.ReleaseAll(b_);
  });
  WaitUntilWaiting(1);
  EXPECT_EQ(Insert(a_, "k"), kGranted);
  locks_.ReleaseAll(a_);
  waiter.join();
}

TEST_F(LockTableTest, TwoInsertsIntoEachOthersGapAreADeadlock) {
  EXPECT_EQ(Gap(a_, "10", "20"), kGranted);
  EXPECT_EQ(Gap(b_, "10", "20"), kGranted);
  b_.set_weight(5);
  std::thread waiter([&] { EXPECT_EQ(Insert(b_, "12", LockWait::kWait), kWaited); });
  WaitUntilWaiting(1);
  EXPECT_EQ(Insert(a_, "13", LockWait::kWait), kDeadlock);
  locks_.ReleaseAll(a_);
  waiter.join();
}

TEST_F(LockTableTest, ThreeWayDeadlock) {
  EXPECT_EQ(Record(a_, "1", LockMode::kExclusive), kGranted);
  EXPECT_EQ(Record(b_, "2", LockMode::kExclusive), kGranted);
  EXPECT_EQ(Record(c_, "3", LockMode::kExclusive), kGranted);
  a_.set_weight(10);
  b_.set_weight(10);
  std::thread first([&] {
    EXPECT_EQ(Record(a_, "2", LockMode::kExclusive, LockWait::kWait), kWaited);
    locks_.ReleaseAll(a_);
  });
  WaitUntilWaiting(1);
  std::thread second([&] {
    EXPECT_EQ(Record(b_, "3", LockMode::kExclusive, LockWait::kWait), kWaited);
    locks_.ReleaseAll(b_);
  });
  WaitUntilWaiting(2);
  EXPECT_EQ(Record(c_, "1", LockMode::kExclusive, LockWait::kWait), kDeadlock);
  locks_.ReleaseAll(c_);
  first.join();
  second.join();
}

TEST_F(LockTableTest, UnlockRecordLetsTheNextOneIn) {
  EXPECT_EQ(Record(a_, "k", LockMode::kExclusive), kGranted);
  std::thread waiter(
      [&] { EXPECT_EQ(Record(b_, "k", LockMode::kExclusive, LockWait::kWait), kWaited); });
  WaitUntilWaiting(1);
  locks_.UnlockRecord(a_, Key("k"));
  waiter.join();
}

// Owners lock random keys in random ways; an array of plain integers, one per key, is touched only
// under the key's exclusive lock. Run under TSan this shows both exclusion and the absence of
// races.
TEST(LockTableStress, ExclusiveMeansAlone) {
  SystemClock clock;
  LockTable locks(clock);
  constexpr int kKeys = 8;
  constexpr int kThreads = 4;
  int64_t values[kKeys] = {};
  std::atomic<int64_t> added{0};
  std::vector<std::thread> threads;
  const std::string prefix = IndexPrefix(TableId(1000), IndexId(1));
  for (int n = 0; n < kThreads; ++n) {
    threads.emplace_back([&, n] {
      SeededRandom random(static_cast<uint64_t>(n) + 1);
      for (int round = 0; round < 400; ++round) {
        LockOwner owner(TxnId(static_cast<uint64_t>(n * 1000 + round)));
        std::vector<int> held;
        bool failed = false;
        for (int step = 0; step < 3 && !failed; ++step) {
          const int key = static_cast<int>(random.Uniform(kKeys));
          const std::string bytes = prefix + std::to_string(key);
          const LockPatience patience{LockWait::kWait, 20'000, nullptr};
          LockOutcome outcome;
          switch (random.Uniform(4)) {
            case 0:
              outcome = locks.LockGap(owner, prefix, bytes, prefix + std::to_string(key + 1),
                                      LockMode::kNone, patience);
              failed = !Holds(outcome);
              continue;
            case 1:
              outcome = locks.LockInsert(owner, bytes, patience);
              break;
            case 2:
              outcome =
                  locks.LockNextKey(owner, prefix, key == 0 ? "" : prefix + std::to_string(key - 1),
                                    bytes, LockMode::kExclusive, patience);
              break;
            default:
              outcome = locks.LockRecord(owner, bytes, LockMode::kExclusive, patience);
          }
          ASSERT_TRUE(Holds(outcome) || outcome == kDeadlock);
          failed = !Holds(outcome);
          if (!failed) held.push_back(key);
        }
        for (const int key : held) {
          values[key] += 1;
          added.fetch_add(1, std::memory_order_relaxed);
        }
        locks.ReleaseAll(owner);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int64_t sum = 0;
  for (const int64_t value : values) sum += value;
  EXPECT_EQ(sum, added.load());
  EXPECT_EQ(locks.held_locks(), 0u);
}

}  // namespace
}  // namespace sixfold::txn
