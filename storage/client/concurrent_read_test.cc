// Readers beside commits and drains: every view sees all of a commit or nothing of it, for ever.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <map>
#include <thread>

#include "core/base/check.h"
#include "core/base/random.h"
#include "storage/client/in_process_volume.h"

namespace sixfold::storage {
namespace {

constexpr int kAccounts = 200;
constexpr int kTotal = kAccounts * 100;
constexpr int kTransfers = 3000;

std::string AccountKey(int account) { return fmt::format("account-{:05}", account); }

class Bank {
 public:
  Bank() {
    auto volume = InProcessVolume::Create({AccountKey(120)});
    CHECK(volume.ok(), "{}", ToString(volume.status()));
    volume_ = std::move(*volume);
    std::map<int, int> all;
    for (int i = 0; i < kAccounts; ++i) all[i] = balance_[i] = 100;
    Write(all);
    volume_->DrainEvery(37);
  }

  void Write(const std::map<int, int>& balances) {
    std::vector<std::string> bytes;
    for (auto [account, balance] : balances) {
      bytes.push_back(AccountKey(account));
      bytes.push_back(std::to_string(balance));
    }
    CommitRequest request;
    size_t at = 0;
    for (auto [account, balance] : balances) {
      // An empty account has no row, so that tombstones come and go.
      MutationKind kind = balance == 0 ? MutationKind::kDelete : MutationKind::kPut;
      request.mutations.push_back({kind, bytes[at], bytes[at + 1]});
      at += 2;
    }
    std::promise<void> decided;
    volume_->Commit(request, [&](CommitOutcome, Lsn) { decided.set_value(); });
    decided.get_future().get();
  }

  void TransferForAWhile() {
    SeededRandom random(1);
    for (int i = 0; i < kTransfers; ++i) {
      int from = static_cast<int>(random.Uniform(kAccounts));
      int to = static_cast<int>(random.Uniform(kAccounts));
      if (from == to || balance_[from] == 0) continue;
      int amount = random.Uniform(3) == 0 ? balance_[from] : 1;
      balance_[from] -= amount;
      balance_[to] += amount;
      Write({{from, balance_[from]}, {to, balance_[to]}});
    }
    done_ = true;
  }

  /// Every `rows_a_read` rows the scan lets go of the maps and goes on behind its last key.
  void Check(ReadView& view, bool forward, uint64_t rows_a_read) {
    int total = 0;
    uint64_t rows = 0;
    auto cursor = view.NewCursor("account-", "account.");
    Status status = forward ? cursor->SeekForward("") : cursor->SeekBackward("");
    while (status.ok() && cursor->Valid()) {
      total += std::atoi(std::string(cursor->row().value).c_str());
      if (++rows % rows_a_read != 0) {
        status = forward ? cursor->Next() : cursor->Prev();
      } else {
        status = GoOn(view, *cursor, forward);
      }
    }
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(total, kTotal);
  }

  static Status GoOn(ReadView& view, RowCursor& cursor, bool forward) {
    const std::string last(cursor.row().key);
    view.Release();
    RETURN_IF_ERROR(view.Renew(view.lsn()));
    if (!forward) return cursor.SeekBackward(last);
    RETURN_IF_ERROR(cursor.SeekForward(last));
    CHECK(cursor.Valid() && cursor.row().key == last, "{} is gone", last);
    return cursor.Next();
  }

  void ReadForAWhile(uint64_t seed) {
    SeededRandom random(seed);
    while (!done_) {
      auto hold = volume_->Hold(volume_->Progress().applied, ConnectionId(seed));
      if (!hold.ok()) continue;  // a drain came in between
      auto view = volume_->OpenView((*hold)->lsn());
      ASSERT_TRUE(view.ok()) << view.status();
      for (size_t i = 0; i <= random.Uniform(8); ++i) {
        Check(**view, random.Uniform(2) == 0, 1 + random.Uniform(kAccounts));
        if (testing::Test::HasFatalFailure()) return;
        if (random.Uniform(2) == 0) (*view)->Release();
        Status renewed = (*view)->Renew((*hold)->lsn());
        ASSERT_TRUE(renewed.ok()) << renewed;
      }
      reads_.fetch_add(1);
    }
  }

  int reads() const { return reads_; }

 private:
  std::unique_ptr<InProcessVolume> volume_;
  int balance_[kAccounts] = {};
  std::atomic<bool> done_ = false;
  std::atomic<int> reads_ = 0;
};

TEST(ConcurrentReadTest, ASnapshotNeverChangesAndCommitsAreWhole) {
  Bank bank;
  std::thread first([&] { bank.ReadForAWhile(1); });
  std::thread second([&] { bank.ReadForAWhile(2); });
  bank.TransferForAWhile();
  first.join();
  second.join();
  EXPECT_GT(bank.reads(), 0);
}

}  // namespace
}  // namespace sixfold::storage
