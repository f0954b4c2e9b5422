// Transactions of several threads at once, over the real read path of a volume in one process.
#include <atomic>
#include <thread>

#include "core/base/random.h"
#include "core/txn/txn_test_support.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"
#include "storage/client/in_process_volume.h"

namespace sixfold::txn {
namespace {

class ConcurrencyTest : public testing::Test {
 protected:
  ConcurrencyTest() {
    auto created = storage::InProcessVolume::Create();
    CHECK(created.ok());
    volume_ = std::move(created).value();
    manager_ = std::make_unique<TransactionManager>(*volume_, clock_);
    manager_->SetWriter(volume_.get());
    BootstrapCatalog(*manager_, catalog::MasterAccount("admin", "mysql_native_password", "*hash"));
    auto t = Begin();
    catalog::SchemaDef schema;
    schema.name = "test";
    schema.collation = &types::kUtf8mb4Collation;
    t->catalog_writer().CreateSchema(schema);
    catalog::TableDef def;
    def.schema = "test";
    def.name = "accounts";
    def.columns = {Column("id", IntType()), Column("balance", IntType())};
    def.indexes = {Index("PRIMARY", catalog::IndexKind::kPrimary, {0}),
                   Index("b", catalog::IndexKind::kSecondary, {1})};
    table_ = t->catalog_writer().CreateTable(def);
    EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
    t = Begin();
    Arena arena;
    for (int i = 0; i < kAccounts; ++i) {
      const Value row[] = {Value::Int(i), Value::Int(kStart)};
      EXPECT_TRUE(t->NewWriter(table_)->Insert(row, &arena).ok);
    }
    EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
  }

  std::unique_ptr<Transaction> Begin(Isolation isolation = Isolation::kRepeatableRead) {
    TransactionOptions options;
    options.isolation = isolation;
    auto transaction = manager_->Begin(options);
    transaction->BeginStatement();
    return transaction;
  }

  int64_t Balance(Transaction& t, int64_t id, LockMode lock) {
    Arena arena;
    const Value key = Value::Int(id);
    const uint32_t column = 1;
    Value out;
    EXPECT_TRUE(t.NewReader(table_)->Get(0, std::span(&key, 1), std::span(&column, 1), lock,
                                         LockWait::kWait, &out, &arena));
    return out.int_value();
  }

  void SetBalance(Transaction& t, int64_t id, int64_t from, int64_t to) {
    Arena arena;
    const Value old_row[] = {Value::Int(id), Value::Int(from)};
    const Value new_row[] = {Value::Int(id), Value::Int(to)};
    EXPECT_TRUE(t.NewWriter(table_)->Update(old_row, new_row, Value::Null(), &arena).ok);
  }

  int64_t Sum(Transaction& t, uint32_t index, LockMode lock, int* rows) {
    const uint32_t column = 1;
    ScanRequest request;
    request.index = index;
    request.columns = std::span(&column, 1);
    request.lock = lock;
    auto reader = t.NewReader(table_);
    reader->Open(request);
    types::RowBatch batch(1, 16);
    int64_t sum = 0;
    *rows = 0;
    while (reader->Next(&batch)) {
      for (uint32_t i = 0; i < batch.rows(); ++i) sum += batch.at(0, i).int_value();
      *rows += static_cast<int>(batch.rows());
      batch.Reset();
    }
    return sum;
  }

  static constexpr int kAccounts = 20;
  static constexpr int64_t kStart = 1000;
  SystemClock clock_;
  std::unique_ptr<storage::InProcessVolume> volume_;
  std::unique_ptr<TransactionManager> manager_;
  catalog::TablePtr table_;
};

TEST_F(ConcurrencyTest, TheBankKeepsItsSum) {
  std::atomic<bool> stop{false};
  std::atomic<int> transfers{0};
  std::atomic<int> deadlocks{0};
  std::vector<std::thread> threads;
  for (int n = 0; n < 3; ++n) {
    threads.emplace_back([&, n] {
      SeededRandom random(static_cast<uint64_t>(n) + 7);
      while (!stop) {
        auto t = Begin(n == 0 ? Isolation::kReadCommitted : Isolation::kRepeatableRead);
        try {
          const int64_t from = static_cast<int64_t>(random.Uniform(kAccounts));
          const int64_t to =
              (from + 1 + static_cast<int64_t>(random.Uniform(kAccounts - 1))) % kAccounts;
          const int64_t a = Balance(*t, from, LockMode::kExclusive);
          SetBalance(*t, from, a, a - 5);
          t->EndStatement();
          t->BeginStatement();
          const int64_t b = Balance(*t, to, LockMode::kExclusive);
          SetBalance(*t, to, b, b + 5);
          t->EndStatement();
          if (random.Uniform(10) == 0) {
            t->Rollback();
          } else {
            ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
            ++transfers;
          }
        } catch (const SqlError& error) {
          ASSERT_EQ(error.number(), 1213) << error.message();
          ++deadlocks;
        }
      }
    });
  }
  // On until enough transfers were seen, however the threads are scheduled.
  for (int round = 0; round < 150 || transfers < 20; ++round) {
    auto t = Begin();
    int rows = 0;
    EXPECT_EQ(Sum(*t, 0, LockMode::kNone, &rows), kAccounts * kStart);
    EXPECT_EQ(rows, kAccounts);
    EXPECT_EQ(Sum(*t, 1, LockMode::kNone, &rows), kAccounts * kStart);
    EXPECT_EQ(rows, kAccounts);
    if (round % 10 == 0) {
      auto locking = Begin();
      try {
        EXPECT_EQ(Sum(*locking, 0, LockMode::kShared, &rows), kAccounts * kStart);
        EXPECT_EQ(rows, kAccounts);
      } catch (const SqlError& error) {
        EXPECT_EQ(error.number(), 1213);
      }
    }
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(transfers.load(), 20);
  EXPECT_EQ(manager_->locks().held_locks(), 0u);
}

// Threads insert the same unique ids; each id must be there once, made by whoever was told so.
TEST_F(ConcurrencyTest, OneInsertOfAnIdWins) {
  constexpr int kIds = 200;
  std::atomic<int> won{0};
  std::vector<std::thread> threads;
  for (int n = 0; n < 3; ++n) {
    threads.emplace_back([&, n] {
      Arena arena;
      for (int i = 0; i < kIds; ++i) {
        auto t = Begin();
        const Value row[] = {Value::Int(1000 + i), Value::Int(n)};
        const WriteResult result = t->NewWriter(table_)->Insert(row, &arena);
        if (result.ok) {
          ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
          ++won;
        } else {
          EXPECT_EQ(result.existing[0].int_value(), 1000 + i);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won.load(), kIds);
  int rows = 0;
  auto t = Begin();
  Sum(*t, 0, LockMode::kNone, &rows);
  EXPECT_EQ(rows, kAccounts + kIds);
}

// A locking scan, once done, has the range for itself: counting again gives the same.
TEST_F(ConcurrencyTest, NoPhantomsInALockedRange) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int n = 0; n < 2; ++n) {
    threads.emplace_back([&, n] {
      SeededRandom random(static_cast<uint64_t>(n) + 99);
      Arena arena;
      while (!stop) {
        auto t = Begin();
        try {
          const int64_t id = 100 + static_cast<int64_t>(random.Uniform(50));
          const Value row[] = {Value::Int(id), Value::Int(0)};
          const WriteResult result = t->NewWriter(table_)->Insert(row, &arena);
          if (!result.ok) {
            const Value old_row[] = {result.existing[0], result.existing[1]};
            t->NewWriter(table_)->Delete(old_row, Value::Null(), &arena);
          }
          ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
        } catch (const SqlError& error) {
          ASSERT_EQ(error.number(), 1213) << error.message();
        }
        arena.Reset();
      }
    });
  }
  for (int round = 0; round < 60; ++round) {
    auto t = Begin();
    try {
      int first = 0;
      int second = 0;
      const LockMode mode = round % 2 == 0 ? LockMode::kShared : LockMode::kExclusive;
      const uint32_t index = round % 3 == 0 ? 1 : 0;
      Sum(*t, index, mode, &first);
      t->EndStatement();
      t->BeginStatement();
      Sum(*t, index, mode, &second);
      EXPECT_EQ(first, second);
    } catch (const SqlError& error) {
      EXPECT_EQ(error.number(), 1213);
    }
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace sixfold::txn
