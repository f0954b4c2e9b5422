#include "core/txn/temporary_tables.h"
#include "core/txn/txn_test_support.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {

template <typename Body>
int ErrorOf(Body body) {
  try {
    body();
  } catch (const SqlError& error) {
    return error.number();
  }
  return 0;
}

TEST_F(TxnTest, RowsComeBackAsWritten) {
  const auto table = CreateTable("t");
  auto t = Begin();
  ASSERT_TRUE(Insert(*t, table, Row(1, 10, "one")).ok);
  ASSERT_TRUE(Insert(*t, table, {Value::Int(-2), Value::Null(), Value::Null()}).ok);
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);

  auto r = Begin();
  auto row = Get(*r, table, 1);
  ASSERT_TRUE(row);
  EXPECT_EQ((*row)[1].int_value(), 10);
  EXPECT_EQ((*row)[2].bytes(), "one");
  row = Get(*r, table, -2);
  ASSERT_TRUE(row);
  EXPECT_TRUE((*row)[1].is_null());
  EXPECT_FALSE(Get(*r, table, 3));
  EXPECT_EQ(All(*r, table), (std::vector<int64_t>{-2, 1}));
}

TEST_F(TxnTest, CatalogFindsWhatWasCreated) {
  const auto table = CreateTable("t");
  auto t = Begin();
  EXPECT_EQ(t->catalog().FindTable("test", "t")->id, table->id);
  EXPECT_EQ(t->catalog().FindTable("test", "T"), nullptr);
  EXPECT_EQ(t->catalog().ListSchemas().size(), 3u);  // mysql, sys, test
  EXPECT_EQ(t->catalog().ListTables("test").size(), 1u);
  EXPECT_NE(t->catalog().Accounts()->Find("admin", "%"), nullptr);
  EXPECT_EQ(ErrorOf([&] { t->catalog_writer().CreateTable(*table); }), 1050);
}

/// A volume whose own AZ has fallen behind for good: waits are answered by another one, and views
/// at the LSN waited for are read there.
class LaggingReader final : public storage::VolumeReader {
 public:
  explicit LaggingReader(MemoryVolume& volume)
      : volume_(volume), behind_(volume.Progress().applied) {}
  storage::VolumeProgress Progress() const override {
    storage::VolumeProgress progress = volume_.Progress();
    progress.applied = behind_;
    return progress;
  }
  bool WaitApplied(Lsn lsn, uint64_t timeout_us) override {
    return volume_.WaitApplied(lsn, timeout_us);
  }
  StatusOr<std::unique_ptr<storage::ReadView>> OpenView(Lsn lsn) override {
    return volume_.OpenView(lsn);
  }
  StatusOr<std::unique_ptr<storage::SnapshotHold>> Hold(Lsn lsn, ConnectionId owner) override {
    return volume_.Hold(lsn, owner);
  }

 private:
  MemoryVolume& volume_;
  const Lsn behind_;
};

TEST_F(TxnTest, AnAzBehindShowsNothingOld) {
  const auto table = CreateTable("t");
  InsertRows(table, {1});
  LaggingReader reader(volume_);
  TransactionManager manager(reader, clock_);
  manager.SetWriter(&volume_);
  const auto begin = [&] {
    auto t = manager.Begin({});
    t->BeginStatement();
    return t;
  };
  auto t = begin();
  EXPECT_EQ(t->catalog().FindTable("test", "u"), nullptr);
  Update(*t, table, 1, Row(1, 11, "new"));
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  t = begin();
  EXPECT_EQ((*Get(*t, table, 1, LockMode::kExclusive))[1].int_value(), 11);
  EXPECT_EQ((*Get(*t, table, 1))[1].int_value(), 11);
  t.reset();

  t = begin();
  catalog::TableDef def = *table;
  def.name = "u";
  for (auto& index : def.indexes) index.id = IndexId(0);
  t->catalog_writer().CreateTable(def);
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  t = begin();
  EXPECT_NE(t->catalog().FindTable("test", "u"), nullptr);
}

TEST_F(TxnTest, BootstrapsOnce) {
  EXPECT_FALSE(BootstrapCatalog(manager_,
                                catalog::MasterAccount("other", "mysql_native_password", "*hash")));
}

TEST_F(TxnTest, ScansMergeOwnChangesBothWays) {
  const auto table = CreateTable("t");
  InsertRows(table, {1, 3, 5, 7, 9, 11});
  auto t = Begin();
  Insert(*t, table, Row(4, 0, "x"));
  Delete(*t, table, 5);
  Update(*t, table, 7, Row(8, 80, "moved"));
  t->EndStatement();
  t->BeginStatement();
  EXPECT_EQ(All(*t, table), (std::vector<int64_t>{1, 3, 4, 8, 9, 11}));
  ScanRequest backward;
  backward.backward = true;
  EXPECT_EQ(Scan(*t, table, backward), (std::vector<int64_t>{11, 9, 8, 4, 3, 1}));
  const Value low = Value::Int(3);
  const Value high = Value::Int(9);
  ScanRequest range;
  range.lower = {std::span(&low, 1), false};
  range.upper = {std::span(&high, 1), true};
  EXPECT_EQ(Scan(*t, table, range), (std::vector<int64_t>{4, 8, 9}));
  range.backward = true;
  range.upper.inclusive = false;
  range.lower.inclusive = true;
  EXPECT_EQ(Scan(*t, table, range), (std::vector<int64_t>{8, 4, 3}));
}

TEST_F(TxnTest, SecondaryIndexesFollowTheRow) {
  const auto table = CreateTable("t");
  InsertRows(table, {1, 2, 3});
  auto t = Begin();
  Update(*t, table, 2, Row(2, 5, "now first"));
  t->EndStatement();
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  auto r = Begin();
  ScanRequest by_k;
  by_k.index = 1;
  EXPECT_EQ(Scan(*r, table, by_k), (std::vector<int64_t>{2, 1, 3}));
  const Value twenty = Value::Int(20);
  by_k.lower = by_k.upper = {std::span(&twenty, 1), true};
  EXPECT_TRUE(Scan(*r, table, by_k).empty());
}

TEST_F(TxnTest, AScanDoesNotSeeItsOwnStatement) {
  const auto table = CreateTable("t");
  InsertRows(table, {1, 2});
  auto t = Begin();
  auto reader = t->NewReader(table);
  const uint32_t column = 0;
  ScanRequest request;
  request.columns = std::span(&column, 1);
  reader->Open(request);
  types::RowBatch batch(1, 1);
  int rows = 0;
  while (reader->Next(&batch)) {
    Insert(*t, table, Row(batch.at(0, 0).int_value() + 10, 0, "copy"));
    batch.Reset();
    ++rows;
  }
  EXPECT_EQ(rows, 2);
}

TEST_F(TxnTest, SnapshotsDoNotChange) {
  const auto table = CreateTable("t");
  InsertRows(table, {1});
  auto repeatable = Begin();
  auto committed = Begin(Isolation::kReadCommitted);
  EXPECT_EQ(All(*repeatable, table).size(), 1u);
  EXPECT_EQ(All(*committed, table).size(), 1u);
  InsertRows(table, {2});
  for (Transaction* t : {repeatable.get(), committed.get()}) {
    t->EndStatement();
    t->ReleaseViews();
    t->BeginStatement();
  }
  EXPECT_EQ(All(*repeatable, table).size(), 1u);
  EXPECT_EQ(All(*committed, table).size(), 2u);
  // A locking read sees the latest rows even so.
  EXPECT_TRUE(Get(*repeatable, table, 2, LockMode::kShared));
}

TEST_F(TxnTest, RollbackStatementAndSavepoints) {
  const auto table = CreateTable("t");
  auto t = Begin();
  Insert(*t, table, Row(1, 1, "a"));
  t->EndStatement();
  t->Savepoint("s");
  t->BeginStatement();
  Insert(*t, table, Row(2, 2, "b"));
  t->EndStatement();
  t->BeginStatement();
  Insert(*t, table, Row(3, 3, "c"));
  t->RollbackStatement();
  t->BeginStatement();
  EXPECT_EQ(All(*t, table), (std::vector<int64_t>{1, 2}));
  t->RollbackToSavepoint("S");
  t->BeginStatement();
  EXPECT_EQ(All(*t, table), (std::vector<int64_t>{1}));
  t->ReleaseSavepoint("s");
  EXPECT_EQ(ErrorOf([&] { t->RollbackToSavepoint("s"); }), 1305);
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  auto r = Begin();
  EXPECT_EQ(All(*r, table), (std::vector<int64_t>{1}));
}

TEST_F(TxnTest, DuplicatesAreReturnedWithTheRow) {
  const auto table = CreateTable("t", true);
  InsertRows(table, {1, 2});
  auto t = Begin();
  WriteResult result = Insert(*t, table, Row(1, 99, "x"));
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.duplicate_index, 0);
  EXPECT_EQ(result.existing[1].int_value(), 10);
  result = Insert(*t, table, Row(3, 20, "x"));
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.duplicate_index, 1);
  EXPECT_EQ(result.existing[0].int_value(), 2);
  // NULLs do not collide, and nothing of the refused rows is left.
  EXPECT_TRUE(Insert(*t, table, {Value::Int(4), Value::Null(), Value::Null()}).ok);
  EXPECT_TRUE(Insert(*t, table, {Value::Int(5), Value::Null(), Value::Null()}).ok);
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  auto r = Begin();
  EXPECT_EQ(All(*r, table), (std::vector<int64_t>{1, 2, 4, 5}));
}

TEST_F(TxnTest, AUniqueValueFreedInTheSameTransactionIsFree) {
  const auto table = CreateTable("t", true);
  InsertRows(table, {1});
  auto t = Begin();
  Delete(*t, table, 1);
  EXPECT_TRUE(Insert(*t, table, Row(2, 10, "took it")).ok);
  EXPECT_TRUE(Insert(*t, table, Row(1, 11, "again")).ok);
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  auto r = Begin();
  const Value ten = Value::Int(10);
  const uint32_t id = 0;
  Value out;
  ASSERT_TRUE(r->NewReader(table)->Get(1, std::span(&ten, 1), std::span(&id, 1), LockMode::kNone,
                                       LockWait::kWait, &out, &arena_));
  EXPECT_EQ(out.int_value(), 2);
}

TEST_F(TxnTest, LongValuesLiveOutOfRow) {
  catalog::TableDef def;
  def.schema = "test";
  def.name = "blobs";
  def.columns = {Column("id", IntType()), Column("b", TextType(types::TypeId::kLongText, 0)),
                 Column("n", IntType())};
  def.indexes = {Index("PRIMARY", catalog::IndexKind::kPrimary, {0})};
  const auto table = Create(def);
  const std::string big(300'000, 'x');
  auto t = Begin();
  ASSERT_TRUE(Insert(*t, table, {Value::Int(1), Value::String(big), Value::Int(7)}).ok);
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  t = Begin();
  auto row = Get(*t, table, 1);
  ASSERT_TRUE(row);
  EXPECT_EQ((*row)[1].bytes(), big);
  // Changing another column keeps the chunks; changing the value replaces them.
  Update(*t, table, 1, {Value::Int(1), Value::String(big), Value::Int(8)});
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  t = Begin();
  row = Get(*t, table, 1);
  EXPECT_EQ((*row)[1].bytes(), big);
  EXPECT_EQ((*row)[2].int_value(), 8);
  Delete(*t, table, 1);
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  t = Begin();
  EXPECT_FALSE(Get(*t, table, 1));
}

TEST_F(TxnTest, RowsOlderThanAColumnHaveItsDefault) {
  const auto table = CreateTable("t");
  InsertRows(table, {1});
  auto ddl = Begin();
  catalog::TableDef changed = *table;
  catalog::ColumnDef added = Column("d", IntType());
  added.instant_default = std::string("\x2a", 1);
  changed.columns.insert(changed.columns.begin() + 1, added);
  changed.indexes[1].parts[0].column = 2;
  const auto wider = ddl->catalog_writer().ReplaceTable(*table, changed);
  ASSERT_EQ(CommitNow(*ddl), CommitResult::kOk);
  auto t = Begin();
  auto row = Get(*t, wider, 1);
  ASSERT_TRUE(row);
  EXPECT_EQ((*row)[1].int_value(), 42);
  EXPECT_EQ((*row)[2].int_value(), 10);
  Insert(*t, wider, {Value::Int(2), Value::Int(5), Value::Int(20), Value::String("c")});
  row = Get(*t, wider, 2);
  EXPECT_FALSE(row);  // this statement's own
  t->EndStatement();
  t->BeginStatement();
  row = Get(*t, wider, 2);
  ASSERT_TRUE(row);
  EXPECT_EQ((*row)[1].int_value(), 5);
  EXPECT_EQ((*row)[3].bytes(), "c");
}

TEST_F(TxnTest, AnOldDefinitionDoesNotWrite) {
  const auto table = CreateTable("t");
  auto ddl = Begin();
  ddl->catalog_writer().ReplaceTable(*table, *table);
  ASSERT_EQ(CommitNow(*ddl), CommitResult::kOk);
  auto t = Begin();
  EXPECT_EQ(ErrorOf([&] { t->NewWriter(table); }), 1412);
}

TEST_F(TxnTest, ASnapshotKeepsItsDefinitions) {
  const auto table = CreateTable("t");
  auto old = Begin();
  EXPECT_TRUE(All(*old, table).empty());
  auto ddl = Begin();
  ddl->catalog_writer().DropTable(*table);
  ASSERT_EQ(CommitNow(*ddl), CommitResult::kOk);
  EXPECT_NE(old->catalog().FindTable("test", "t"), nullptr);
  EXPECT_EQ(Begin()->catalog().FindTable("test", "t"), nullptr);
}

TEST_F(TxnTest, AutoIncrementSurvivesANewWriter) {
  catalog::TableDef def;
  def.schema = "test";
  def.name = "a";
  def.columns = {Column("id", IntType())};
  def.columns[0].auto_increment = true;
  def.indexes = {Index("PRIMARY", catalog::IndexKind::kPrimary, {0})};
  const auto table = Create(def);
  auto t = Begin();
  EXPECT_EQ(t->ReserveAutoIncrement(*table, 3, 1, 1), 1u);
  EXPECT_EQ(t->ReserveAutoIncrement(*table, 1, 1, 1), 4u);
  t->NoteAutoIncrement(*table, 100);
  EXPECT_EQ(t->ReserveAutoIncrement(*table, 1, 10, 3), 103u);
  Insert(*t, table, {Value::Int(103)});
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  EXPECT_EQ(manager_.NextAutoIncrement(*table), 104u);

  TransactionManager next(volume_, clock_);
  EXPECT_EQ(next.NextAutoIncrement(*table), 104u);
  next.SetWriter(&volume_);
  EXPECT_EQ(next.Begin({})->ReserveAutoIncrement(*table, 1, 1, 1), 104u);
}

TEST_F(TxnTest, ImplicitRowIds) {
  catalog::TableDef def;
  def.schema = "test";
  def.name = "heap";
  def.columns = {Column("a", IntType())};
  def.indexes = {Index("", catalog::IndexKind::kPrimary, {})};
  def.implicit_row_id = true;
  const auto table = Create(def);
  auto t = Begin();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Insert(*t, table, {Value::Int(7)}).ok);
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  t = Begin();
  const uint32_t columns[] = {0, 1};
  ScanRequest request;
  request.columns = columns;
  request.lock = LockMode::kExclusive;
  auto reader = t->NewReader(table);
  reader->Open(request);
  types::RowBatch batch(2, 8);
  ASSERT_TRUE(reader->Next(&batch));
  EXPECT_EQ(batch.at(0, 0).int_value(), 7);
  const Value row = batch.at(0, 0);
  t->NewWriter(table)->Delete(std::span(&row, 1), batch.at(1, 0), &arena_);
  t->EndStatement();
  t->BeginStatement();
  EXPECT_EQ(All(*t, table).size(), 2u);
}

TEST_F(TxnTest, ReadersRefuseWrites) {
  const auto table = CreateTable("t");
  TransactionManager reader(volume_, clock_);
  auto t = reader.Begin({});
  t->BeginStatement();
  EXPECT_EQ(ErrorOf([&] { t->NewWriter(table); }), 1290);
  EXPECT_TRUE(All(*t, t->catalog().FindTable("test", "t")).empty());
  TransactionOptions options;
  options.read_only = true;
  auto read_only = manager_.Begin(options);
  EXPECT_EQ(ErrorOf([&] { read_only->NewWriter(table); }), 1792);
}

TEST_F(TxnTest, RefusedCommitsGiveLocksBackAndUnknownOnesKeepThem) {
  const auto table = CreateTable("t");
  volume_.set_outcome(storage::CommitOutcome::kRefused);
  auto t = Begin();
  Insert(*t, table, Row(1, 1, "x"));
  EXPECT_EQ(CommitNow(*t), CommitResult::kRefused);
  t = Begin();
  Insert(*t, table, Row(1, 1, "x"));
  volume_.set_outcome(storage::CommitOutcome::kUnknown);
  EXPECT_EQ(CommitNow(*t), CommitResult::kUnknown);
  t.reset();
  auto other = Begin(Isolation::kRepeatableRead, 50);
  EXPECT_EQ(ErrorOf([&] { Insert(*other, table, Row(1, 1, "x")); }), 1205);
  other.reset();
  // Undecided still: nothing is released. Decided: its locks go.
  manager_.SettleUndecided();
  other = Begin(Isolation::kRepeatableRead, 50);
  EXPECT_EQ(ErrorOf([&] { Insert(*other, table, Row(1, 1, "x")); }), 1205);
  other.reset();
  volume_.set_outcome(storage::CommitOutcome::kDurable);
  InsertRows(table, {7});
  manager_.SettleUndecided();
  other = Begin(Isolation::kRepeatableRead, 50);
  Insert(*other, table, Row(1, 1, "x"));
}

TEST_F(TxnTest, UnknownCommitsWithoutAnLsnAreDecidedByName) {
  const auto table = CreateTable("t");
  volume_.set_unknown_has_lsn(false);
  volume_.set_outcome(storage::CommitOutcome::kUnknown);
  auto t = Begin();
  Insert(*t, table, Row(1, 1, "x"));
  EXPECT_EQ(CommitNow(*t), CommitResult::kUnknown);
  volume_.set_outcome(storage::CommitOutcome::kDurable);
  InsertRows(table, {7});  // what comes later says nothing about it
  manager_.SettleUndecided();
  auto other = Begin(Isolation::kRepeatableRead, 50);
  EXPECT_EQ(ErrorOf([&] { Insert(*other, table, Row(1, 1, "x")); }), 1205);
  other.reset();
  volume_.DecideUnknown();
  manager_.SettleUndecided();
  other = Begin(Isolation::kRepeatableRead, 50);
  Insert(*other, table, Row(1, 1, "x"));
}

TEST_F(TxnTest, WhatAWriterLeftUndecidedIsDecidedByTheNextEpoch) {
  const auto table = CreateTable("t");
  volume_.set_unknown_has_lsn(false);
  volume_.set_outcome(storage::CommitOutcome::kUnknown);
  auto t = Begin();
  Insert(*t, table, Row(1, 1, "x"));
  EXPECT_EQ(CommitNow(*t), CommitResult::kUnknown);
  volume_.set_outcome(storage::CommitOutcome::kDurable);
  manager_.SetWriter(&volume_);  // opened again, as another epoch
  auto other = Begin(Isolation::kRepeatableRead, 50);
  Insert(*other, table, Row(1, 1, "x"));
}

TEST_F(TxnTest, BuildsIndexesFromRows) {
  const auto table = CreateTable("t");
  InsertRows(table, {3, 1, 2});
  auto ddl = Begin();
  catalog::TableDef changed = *table;
  changed.indexes.push_back(Index("k2", catalog::IndexKind::kUnique, {1}));
  const auto indexed = ddl->catalog_writer().ReplaceTable(*table, changed);
  const uint32_t ordinal = 2;
  ddl->catalog_writer().BuildIndexes(indexed, std::span(&ordinal, 1));
  ASSERT_EQ(CommitNow(*ddl), CommitResult::kOk);
  auto t = Begin();
  ScanRequest request;
  request.index = 2;
  EXPECT_EQ(Scan(*t, indexed, request), (std::vector<int64_t>{1, 2, 3}));
  const auto row = Get(*t, indexed, 3, LockMode::kExclusive);
  const WriteResult result =
      t->NewWriter(indexed)->Update(*row, Row(3, 10, "k of 1"), Value::Null(), &arena_);
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.duplicate_index, 2);
  EXPECT_EQ(result.existing[0].int_value(), 1);
}

TEST_F(TxnTest, AUniqueIndexIsNotBuiltOverDuplicates) {
  const auto table = CreateTable("t");
  auto t = Begin();
  Insert(*t, table, Row(1, 5, "a"));
  Insert(*t, table, Row(2, 5, "b"));
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  auto ddl = Begin();
  catalog::TableDef changed = *table;
  changed.indexes.push_back(Index("u", catalog::IndexKind::kUnique, {1}));
  const auto indexed = ddl->catalog_writer().ReplaceTable(*table, changed);
  const uint32_t ordinal = 2;
  EXPECT_EQ(ErrorOf([&] { ddl->catalog_writer().BuildIndexes(indexed, std::span(&ordinal, 1)); }),
            1062);
}

TEST_F(TxnTest, ACoveringIndexAnswersByItself) {
  const auto table = CreateTable("t");
  InsertRows(table, {3, 1, 2});
  auto t = Begin();
  Insert(*t, table, {Value::Int(4), Value::Null(), Value::Null()});
  t->EndStatement();
  t->BeginStatement();
  const uint32_t columns[] = {1, 0};
  ScanRequest request;
  request.index = 1;
  request.columns = columns;
  auto reader = t->NewReader(table);
  reader->Open(request);
  types::RowBatch batch(2, 8);
  ASSERT_TRUE(reader->Next(&batch));
  ASSERT_EQ(batch.rows(), 4u);
  EXPECT_TRUE(batch.at(0, 0).is_null());
  EXPECT_EQ(batch.at(1, 0).int_value(), 4);
  EXPECT_EQ(batch.at(0, 3).int_value(), 30);
  EXPECT_EQ(batch.at(1, 3).int_value(), 3);
}

TEST_F(TxnTest, TemporaryTablesAreTheSessionsOwn) {
  const auto shadowed = CreateTable("t");
  TemporaryTables temporary;
  TransactionOptions options;
  options.temporary = &temporary;
  const auto begin = [&] {
    auto t = manager_.Begin(options);
    t->BeginStatement();
    return t;
  };
  auto t = begin();
  catalog::TableDef def = *shadowed;
  def.temporary = true;
  def.indexes[0].id = def.indexes[1].id = IndexId(0);
  def.indexes[1].kind = catalog::IndexKind::kUnique;
  const auto table = t->catalog_writer().CreateTable(def);
  EXPECT_EQ(t->catalog().FindTable("test", "t")->id, table->id);
  EXPECT_TRUE(Insert(*t, table, Row(1, 5, "x")).ok);
  EXPECT_EQ(Insert(*t, table, Row(2, 5, "x")).duplicate_index, 1);
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  EXPECT_EQ(manager_.locks().held_locks(), 0u);

  t = begin();
  Delete(*t, table, 1);
  t->EndStatement();
  t->BeginStatement();
  EXPECT_TRUE(All(*t, table).empty());
  t->Rollback();
  t = begin();
  EXPECT_EQ(All(*t, table), (std::vector<int64_t>{1}));
  EXPECT_TRUE(All(*Begin(), shadowed).empty());
  t->catalog_writer().DropTable(*table);
  EXPECT_EQ(t->catalog().FindTable("test", "t")->id, shadowed->id);
}

TEST_F(TxnTest, CountsRows) {
  const auto table = CreateTable("t");
  InsertRows(table, {1, 2, 3});
  EXPECT_EQ(manager_.EstimatedRows(*table), 3u);
  auto t = Begin();
  Delete(*t, table, 2);
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  EXPECT_EQ(manager_.EstimatedRows(*table), 2u);
}

}  // namespace
}  // namespace sixfold::txn
