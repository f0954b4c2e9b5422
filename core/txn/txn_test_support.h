// What the tests of core/txn share: a volume, a manager, a table, and rows written in a line.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/catalog/accounts.h"
#include "core/txn/bootstrap.h"
#include "core/txn/catalog_view.h"
#include "core/txn/catalog_writer.h"
#include "core/txn/commit_and_wait.h"
#include "core/txn/memory_volume.h"
#include "core/txn/table_reader.h"
#include "core/txn/table_writer.h"
#include "core/txn/transaction_manager.h"
#include "core/types/collation.h"
#include "core/types/row_batch.h"

namespace sixfold::txn {

using types::Value;

inline types::DataType IntType(bool nullable = false) {
  types::DataType type;
  type.id = types::TypeId::kInt;
  type.nullable = nullable;
  type.length = 11;
  return type;
}

inline types::DataType TextType(types::TypeId id, uint32_t length, bool nullable = true) {
  types::DataType type;
  type.id = id;
  type.length = length;
  type.nullable = nullable;
  type.collation = &types::kUtf8mb4Collation;
  return type;
}

inline catalog::ColumnDef Column(std::string name, types::DataType type) {
  catalog::ColumnDef column;
  column.name = std::move(name);
  column.type = std::move(type);
  return column;
}

inline catalog::IndexDef Index(std::string name, catalog::IndexKind kind,
                               std::vector<uint32_t> columns) {
  catalog::IndexDef index;
  index.name = std::move(name);
  index.kind = kind;
  for (const uint32_t column : columns) index.parts.push_back({column, 0, false});
  return index;
}

inline CommitResult CommitNow(Transaction& transaction) { return CommitAndWaitFor(transaction); }

class TxnTest : public testing::Test {
 protected:
  TxnTest() : manager_(volume_, clock_) {
    manager_.SetWriter(&volume_);
    BootstrapCatalog(manager_, catalog::MasterAccount("admin", "mysql_native_password", "*hash"));
    auto t = Begin();
    catalog::SchemaDef schema;
    schema.name = "test";
    schema.collation = &types::kUtf8mb4Collation;
    t->catalog_writer().CreateSchema(schema);
    EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
  }

  std::unique_ptr<Transaction> Begin(Isolation isolation = Isolation::kRepeatableRead,
                                     uint64_t lock_wait_timeout_ms = 5000) {
    TransactionOptions options;
    options.isolation = isolation;
    options.lock_wait_timeout_ms = lock_wait_timeout_ms;
    auto transaction = manager_.Begin(options);
    transaction->BeginStatement();
    return transaction;
  }

  /// id INT PRIMARY KEY, k INT NULL, c VARCHAR(100); KEY (k) or UNIQUE (k).
  catalog::TablePtr CreateTable(std::string name, bool unique_k = false) {
    catalog::TableDef def;
    def.schema = "test";
    def.name = std::move(name);
    def.collation = &types::kUtf8mb4Collation;
    def.columns = {Column("id", IntType()), Column("k", IntType(true)),
                   Column("c", TextType(types::TypeId::kVarchar, 100))};
    def.indexes = {
        Index("PRIMARY", catalog::IndexKind::kPrimary, {0}),
        Index("k", unique_k ? catalog::IndexKind::kUnique : catalog::IndexKind::kSecondary, {1})};
    return Create(std::move(def));
  }

  catalog::TablePtr Create(catalog::TableDef def) {
    auto t = Begin();
    catalog::TablePtr table = t->catalog_writer().CreateTable(std::move(def));
    EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
    return table;
  }

  static std::vector<Value> Row(int64_t id, int64_t k, std::string_view c) {
    return {Value::Int(id), Value::Int(k), Value::String(c)};
  }

  WriteResult Insert(Transaction& t, const catalog::TablePtr& table,
                     const std::vector<Value>& row) {
    return t.NewWriter(table)->Insert(row, &arena_);
  }

  void InsertRows(const catalog::TablePtr& table, std::vector<int64_t> ids) {
    auto t = Begin();
    for (const int64_t id : ids) EXPECT_TRUE(Insert(*t, table, Row(id, id * 10, "row")).ok);
    EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
  }

  /// All columns of the row with this id; nothing: no such row.
  std::optional<std::vector<Value>> Get(Transaction& t, const catalog::TablePtr& table, int64_t id,
                                        LockMode lock = LockMode::kNone,
                                        LockWait wait = LockWait::kWait) {
    std::vector<uint32_t> columns(table->columns.size());
    for (size_t i = 0; i < columns.size(); ++i) columns[i] = static_cast<uint32_t>(i);
    std::vector<Value> row(columns.size());
    const Value key = Value::Int(id);
    auto reader = t.NewReader(table);
    if (!reader->Get(0, std::span(&key, 1), columns, lock, wait, row.data(), &arena_)) {
      return std::nullopt;
    }
    for (Value& value : row) value = types::CopyValue(value, &arena_);
    return row;
  }

  /// Column 0 of the rows of a scan.
  std::vector<int64_t> Scan(Transaction& t, const catalog::TablePtr& table, ScanRequest request) {
    const uint32_t column = 0;
    request.columns = std::span(&column, 1);
    auto reader = t.NewReader(table);
    reader->Open(request);
    types::RowBatch batch(1, 4);
    std::vector<int64_t> out;
    while (reader->Next(&batch)) {
      for (uint32_t i = 0; i < batch.rows(); ++i) out.push_back(batch.at(0, i).int_value());
      batch.Reset();
    }
    return out;
  }

  std::vector<int64_t> All(Transaction& t, const catalog::TablePtr& table) {
    return Scan(t, table, {});
  }

  void Update(Transaction& t, const catalog::TablePtr& table, int64_t id, std::vector<Value> row) {
    const auto old_row = Get(t, table, id, LockMode::kExclusive);
    ASSERT_TRUE(old_row.has_value());
    EXPECT_TRUE(t.NewWriter(table)->Update(*old_row, row, Value::Null(), &arena_).ok);
  }

  void Delete(Transaction& t, const catalog::TablePtr& table, int64_t id) {
    const auto row = Get(t, table, id, LockMode::kExclusive);
    ASSERT_TRUE(row.has_value());
    t.NewWriter(table)->Delete(*row, Value::Null(), &arena_);
  }

  SystemClock clock_;
  MemoryVolume volume_;
  TransactionManager manager_;
  Arena arena_;
};

}  // namespace sixfold::txn
