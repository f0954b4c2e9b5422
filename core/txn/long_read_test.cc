// How long a transaction's reads of the maps last: statements of any length see their snapshot, or
// the latest rows, while what they read is let go of in between.
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "core/txn/txn_test_support.h"
#include "core/types/sql_error.h"
#include "storage/client/in_process_volume.h"

namespace sixfold::txn {
namespace {

class SteppedClock final : public Clock {
 public:
  uint64_t MonotonicNanos() const override { return now_ns_ += tick_ns_; }
  int64_t WallMicros() const override { return 0; }
  void Step(uint64_t ms) { now_ns_ += ms * 1'000'000; }
  /// Each look at it takes so long.
  void set_tick_ms(uint64_t ms) { tick_ns_ = ms * 1'000'000; }

 private:
  mutable std::atomic<uint64_t> now_ns_{1'000'000'000};
  uint64_t tick_ns_ = 0;
};

constexpr int kRows = 100;
constexpr uint64_t kLongMs = 150;

class LongReadTest : public testing::Test {
 protected:
  LongReadTest() {
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
    def.name = "t";
    def.collation = &types::kUtf8mb4Collation;
    def.columns = {Column("id", IntType()), Column("k", IntType(true)),
                   Column("c", TextType(types::TypeId::kVarchar, 100))};
    def.indexes = {Index("PRIMARY", catalog::IndexKind::kPrimary, {0}),
                   Index("k", catalog::IndexKind::kSecondary, {1})};
    table_ = t->catalog_writer().CreateTable(def);
    EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
    t = Begin();
    for (int i = 0; i < kRows; ++i) {
      const std::string text = Text(i);
      const Value row[] = {Value::Int(i), Value::Int(i), Value::String(text)};
      EXPECT_TRUE(t->NewWriter(table_)->Insert(row, &arena_).ok);
    }
    EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
    volume_->Drain();
  }

  static std::string Text(int id) { return "original-" + std::to_string(id); }

  std::unique_ptr<Transaction> Begin(Isolation isolation = Isolation::kRepeatableRead) {
    TransactionOptions options;
    options.isolation = isolation;
    auto transaction = manager_->Begin(options);
    transaction->BeginStatement();
    return transaction;
  }

  /// Overwrites every row but `but`, moves that to the base and lets time pass: what was read
  /// before lies in pages that are used again. Drains do not wait a second here as a daemon's do.
  void ChangeAll(uint64_t step_ms = kLongMs, int but = -1) {
    for (int round = 0; round < 2; ++round) {
      auto t = Begin();
      auto reader = t->NewReader(table_);
      for (int i = 0; i < kRows; ++i) {
        if (i == but) continue;
        std::vector<Value> old_row = Read(*reader, i, LockMode::kExclusive);
        const std::string text = "changed-" + std::to_string(++changes_);
        const Value row[] = {old_row[0], old_row[1], Value::String(text)};
        EXPECT_TRUE(t->NewWriter(table_)->Update(old_row, row, Value::Null(), &arena_).ok);
      }
      reader.reset();
      EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
      volume_->Drain();
    }
    clock_.Step(step_ms);
  }

  std::vector<Value> Read(TableReader& reader, int id, LockMode lock) {
    const uint32_t columns[] = {0, 1, 2};
    std::vector<Value> row(3);
    const Value key = Value::Int(id);
    EXPECT_TRUE(
        reader.Get(0, std::span(&key, 1), columns, lock, LockWait::kWait, row.data(), &arena_));
    return row;
  }

  static void Open(TableReader& reader, uint32_t index, LockMode lock = LockMode::kNone,
                   bool backward = false) {
    static constexpr uint32_t kColumns[] = {0, 2};
    ScanRequest request;
    request.index = index;
    request.columns = kColumns;
    request.lock = lock;
    request.backward = backward;
    reader.Open(request);
  }

  void CheckOriginal(const types::RowBatch& batch, int first, int step) {
    for (uint32_t i = 0; i < batch.rows(); ++i) {
      const int id = first + static_cast<int>(i) * step;
      ASSERT_EQ(batch.at(0, i).int_value(), id);
      ASSERT_EQ(batch.at(1, i).bytes(), Text(id));
    }
  }

  /// The statement is old enough to have registered its snapshot.
  void LiveLong(Transaction& t) {
    clock_.Step(kLongMs);
    t.EndOldReads();
  }

  /// One scan of all rows, other transactions changing them between any two batches.
  void ScanWhileAllChanges(Isolation isolation, uint32_t index, bool backward) {
    auto t = Begin(isolation);
    auto reader = t->NewReader(table_);
    Open(*reader, index, LockMode::kNone, backward);
    types::RowBatch batch(2, 16);
    int seen = 0;
    while (reader->Next(&batch)) {
      EXPECT_EQ(volume_->StaleReads(), 0u);
      LiveLong(*t);
      auto probe = t->NewReader(table_);
      Read(*probe, 0, LockMode::kNone);
      ChangeAll();
      EXPECT_GT(volume_->StaleReads(), 0u);
      CheckOriginal(batch, backward ? kRows - 1 - seen : seen, backward ? -1 : 1);
      seen += static_cast<int>(batch.rows());
      batch.Reset();
    }
    EXPECT_EQ(seen, kRows);
    t->EndStatement();
    EXPECT_EQ(volume_->StaleReads(), 0u);
  }

  SteppedClock clock_;
  std::unique_ptr<storage::InProcessVolume> volume_;
  std::unique_ptr<TransactionManager> manager_;
  catalog::TablePtr table_;
  Arena arena_;
  int changes_ = 0;
};

TEST_F(LongReadTest, AScanLetsGoBetweenBatchesAndSeesItsSnapshot) {
  ScanWhileAllChanges(Isolation::kRepeatableRead, 0, false);
}

TEST_F(LongReadTest, SoDoesOneBackwardThroughASecondaryIndex) {
  ScanWhileAllChanges(Isolation::kReadCommitted, 1, true);
}

TEST_F(LongReadTest, WhatAnotherReaderHandedOutStays) {
  auto t = Begin();
  auto outer = t->NewReader(table_);
  Open(*outer, 0);
  types::RowBatch rows(2, 32);
  ASSERT_TRUE(outer->Next(&rows));
  LiveLong(*t);
  auto inner = t->NewReader(table_);
  const std::vector<Value> point = Read(*inner, 7, LockMode::kNone);
  ChangeAll();
  Open(*inner, 0);
  types::RowBatch others(2, 8);
  ASSERT_TRUE(inner->Next(&others));
  EXPECT_EQ(volume_->StaleReads(), 0u);
  ChangeAll();
  CheckOriginal(rows, 0, 1);
  CheckOriginal(others, 0, 1);
  EXPECT_EQ(point[2].bytes(), Text(7));
}

TEST_F(LongReadTest, AShortScanIsNotDisturbed) {
  auto t = Begin();
  auto reader = t->NewReader(table_);
  Open(*reader, 0);
  types::RowBatch batch(2, 16);
  ASSERT_TRUE(reader->Next(&batch));
  ChangeAll(/*step_ms=*/10);
  batch.Reset();
  ASSERT_TRUE(reader->Next(&batch));
  EXPECT_GT(volume_->StaleReads(), 0u);
  CheckOriginal(batch, 16, 1);
}

// Drains do not wait for statements that have not registered: one that comes too late to do so
// reads on in what it has.
TEST_F(LongReadTest, ASnapshotThatCameTooLateIsReadToItsEnd) {
  auto t = Begin(Isolation::kReadCommitted);
  auto reader = t->NewReader(table_);
  Open(*reader, 0);
  types::RowBatch batch(2, 16);
  int seen = 0;
  ChangeAll(/*step_ms=*/0);
  const std::string newest = "changed-" + std::to_string(changes_ - kRows + 1);
  ASSERT_TRUE(reader->Next(&batch));
  EXPECT_EQ(batch.at(1, 0).bytes(), newest);
  do {
    seen += static_cast<int>(batch.rows());
    batch.Reset();
    ChangeAll(/*step_ms=*/1);
    clock_.Step(seen == 16 ? kLongMs : 1);
  } while (reader->Next(&batch));
  EXPECT_EQ(seen, kRows);
  t->EndStatement();
}

TEST_F(LongReadTest, ALockingScanLetsGoToo) {
  auto t = Begin();
  auto reader = t->NewReader(table_);
  Open(*reader, 0, LockMode::kExclusive);
  types::RowBatch batch(2, 1);
  for (int i = 0; i < kRows; ++i) {
    ASSERT_TRUE(reader->Next(&batch));
    EXPECT_EQ(volume_->StaleReads(), 0u);
    CheckOriginal(batch, i, 1);
    batch.Reset();
    auto other = Begin();  // something that is not locked
    catalog::SchemaDef schema;
    schema.name = "s" + std::to_string(i);
    schema.collation = &types::kUtf8mb4Collation;
    other->catalog_writer().CreateSchema(schema);
    ASSERT_EQ(CommitNow(*other), CommitResult::kOk);
    volume_->Drain();
    clock_.Step(kLongMs);
  }
  EXPECT_FALSE(reader->Next(&batch));
}

// A transaction that thinks for long reads its latest view anew, wherever drains have gone.
TEST_F(LongReadTest, TheLatestViewOutlivesDrains) {
  auto t = Begin();
  auto reader = t->NewReader(table_);
  Read(*reader, 0, LockMode::kExclusive);
  reader.reset();
  t->EndStatement();
  ChangeAll(/*step_ms=*/10'000, /*but=*/0);
  t->BeginStatement();
  reader = t->NewReader(table_);
  EXPECT_EQ(Read(*reader, 0, LockMode::kExclusive)[2].bytes(), Text(0));
  EXPECT_EQ(Read(*reader, 1, LockMode::kExclusive)[2].bytes(),
            "changed-" + std::to_string(changes_ - kRows + 2));
}

TEST_F(LongReadTest, WhoWaitsForALockReadsNothingMeanwhile) {
  auto holder = Begin();
  auto held = holder->NewReader(table_);
  Read(*held, 50, LockMode::kExclusive);
  std::thread waiter([this] {
    auto t = Begin();
    auto scan = t->NewReader(table_);
    Open(*scan, 0);
    types::RowBatch batch(2, 16);
    EXPECT_TRUE(scan->Next(&batch));
    auto locking = t->NewReader(table_);
    EXPECT_EQ(Read(*locking, 49, LockMode::kExclusive)[2].bytes(), Text(49));
    EXPECT_EQ(Read(*locking, 50, LockMode::kExclusive)[2].bytes(), "new");
    CheckOriginal(batch, 0, 1);
    batch.Reset();
    EXPECT_TRUE(scan->Next(&batch));
    CheckOriginal(batch, 16, 1);
    t->Rollback();
  });
  while (manager_->locks().waiting() == 0) std::this_thread::yield();
  std::vector<Value> old_row = Read(*held, 50, LockMode::kExclusive);
  held.reset();
  const Value row[] = {old_row[0], old_row[1], Value::String("new")};
  EXPECT_TRUE(holder->NewWriter(table_)->Update(old_row, row, Value::Null(), &arena_).ok);
  auto other = Begin();
  catalog::SchemaDef schema;
  schema.name = "other";
  schema.collation = &types::kUtf8mb4Collation;
  other->catalog_writer().CreateSchema(schema);
  ASSERT_EQ(CommitNow(*other), CommitResult::kOk);
  volume_->Drain();
  holder->ReleaseViews();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (volume_->StaleReads() > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(volume_->StaleReads(), 0u);
  EXPECT_EQ(CommitNow(*holder), CommitResult::kOk);
  waiter.join();
}

TEST_F(LongReadTest, AnIndexIsBuiltThoughEveryReadIsOld) {
  constexpr int kMany = 3000;
  auto t = Begin();
  for (int i = kRows; i < kMany; ++i) {
    const std::string text = Text(i);
    const Value row[] = {Value::Int(i), Value::Int(i), Value::String(text)};
    EXPECT_TRUE(t->NewWriter(table_)->Insert(row, &arena_).ok);
  }
  EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
  clock_.set_tick_ms(kLongMs);
  t = Begin();
  catalog::TableDef def = *table_;
  def.indexes.push_back(Index("c", catalog::IndexKind::kUnique, {2}));
  table_ = t->catalog_writer().ReplaceTable(*table_, def);
  const uint32_t ordinal = 2;
  t->catalog_writer().BuildIndexes(table_, std::span(&ordinal, 1));
  EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
  t = Begin();
  auto reader = t->NewReader(table_);
  Open(*reader, ordinal);
  types::RowBatch batch(2, 64);
  std::set<int64_t> seen;
  while (reader->Next(&batch)) {
    for (uint32_t i = 0; i < batch.rows(); ++i) {
      const int64_t id = batch.at(0, i).int_value();
      EXPECT_TRUE(seen.insert(id).second);
      EXPECT_EQ(batch.at(1, i).bytes(), Text(static_cast<int>(id)));
    }
    batch.Reset();
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(kMany));
}

}  // namespace
}  // namespace sixfold::txn
