// What the tests of core/exec share: a volume in memory, a session, and SQL in, text out.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/catalog/accounts.h"
#include "core/exec/ddl.h"
#include "core/exec/plan_names.h"
#include "core/exec/result_sink.h"
#include "core/exec/statement.h"
#include "core/plan/session_context.h"
#include "core/plan/virtual_table.h"
#include "core/sql/ast_statement.h"
#include "core/sql/parser.h"
#include "core/txn/bootstrap.h"
#include "core/txn/memory_volume.h"
#include "core/txn/transaction_manager.h"
#include "core/types/collation.h"
#include "core/types/diagnostics.h"
#include "core/types/format.h"
#include "core/types/sql_mode.h"
#include "core/types/time_zone.h"

namespace sixfold::exec {

class NoVirtualTables final : public VirtualTables {
 public:
  const VirtualTable* Find(std::string_view, std::string_view) const override { return nullptr; }
  std::vector<const VirtualTable*> List(std::string_view) const override { return {}; }
};

class TestSession final : public SessionContext {
 public:
  explicit TestSession(txn::TransactionManager& manager) : manager_(manager) {}

  ConnectionId connection_id() const override { return ConnectionId(7); }
  const std::string& user() const override { return user_; }
  const std::string& host() const override { return host_; }
  const std::string& account() const override { return account_; }
  const std::string& current_schema() const override { return schema_; }
  uint64_t sql_mode() const override { return mode; }
  const types::Collation* connection_collation() const override {
    return &types::kUtf8mb4Collation;
  }
  const types::Collation* results_collation() const override { return &types::kUtf8mb4Collation; }
  const std::string& time_zone() const override { return zone_; }
  int64_t statement_time_us() const override { return 1'700'000'000'000'000; }
  Clock& clock() override { return clock_; }
  Random& random() override { return random_; }
  txn::Transaction& transaction() override { return *transaction_; }
  types::Diagnostics& diagnostics() override { return diagnostics_; }
  void CheckInterrupted() override {}
  types::Value SystemVariable(std::string_view name, plan::VariableScope, types::DataType* type,
                              Arena*) override {
    type->id = types::TypeId::kBigInt;
    return types::Value::Int(static_cast<int64_t>(UnsignedVariable(name)));
  }
  uint64_t UnsignedVariable(std::string_view name) override {
    const auto set = unsigned_variables.find(std::string(name));
    if (set != unsigned_variables.end()) return set->second;
    if (name == "group_concat_max_len") return 1024;
    if (name == "div_precision_increment") return 4;
    if (name == "foreign_key_checks" || name == "unique_checks") return 1;
    if (name == "auto_increment_increment" || name == "auto_increment_offset") return 1;
    if (name == "cte_max_recursion_depth") return 1000;
    if (name == "max_allowed_packet") return 67108864;
    return 0;
  }
  types::Value UserVariable(std::string_view name, types::DataType* type) override {
    const auto at = variables_.find(std::string(name));
    if (at == variables_.end()) return types::Value::Null();
    *type = at->second.second;
    return at->second.first;
  }
  void SetUserVariable(std::string_view name, const types::Value& value,
                       const types::DataType& type) override {
    variables_[std::string(name)] = {types::CopyValue(value, &arena_), type};
  }
  uint64_t last_insert_id() const override { return last_insert_id_; }
  void set_last_insert_id(uint64_t value) override { last_insert_id_ = value; }
  int64_t row_count() const override { return 0; }
  uint64_t found_rows() const override { return found_rows_; }
  void set_found_rows(uint64_t value) override { found_rows_ = value; }
  void RequirePrivilege(std::string_view, std::string_view, std::string_view,
                        std::string_view) override {}
  VirtualTables& virtual_tables() override { return virtual_tables_; }
  std::string ReadLocalInfile(std::string_view, bool first) override {
    return first ? infile : std::string();
  }
  bool WaitFor(const std::function<bool()>& condition, uint64_t) override { return condition(); }

  void Begin() {
    txn::TransactionOptions options;
    transaction_ = manager_.Begin(options);
  }
  void Commit() {
    std::mutex mutex;
    std::condition_variable decided;
    bool done = false;
    transaction_->Commit([&](txn::CommitResult) {
      std::lock_guard<std::mutex> lock(mutex);
      done = true;
      decided.notify_one();
    });
    std::unique_lock<std::mutex> lock(mutex);
    decided.wait(lock, [&] { return done; });
    transaction_.reset();
  }
  void Rollback() {
    transaction_->Rollback();
    transaction_.reset();
  }

  std::string schema_ = "test";
  std::string infile;
  std::map<std::string, uint64_t> unsigned_variables;
  uint64_t mode = types::kSqlModeDefault & ~types::kSqlModeOnlyFullGroupBy;

 private:
  txn::TransactionManager& manager_;
  std::unique_ptr<txn::Transaction> transaction_;
  std::string user_ = "root", host_ = "localhost", account_ = "root@localhost", zone_ = "+00:00";
  SystemClock clock_;
  SeededRandom random_{1};
  types::Diagnostics diagnostics_;
  std::map<std::string, std::pair<types::Value, types::DataType>> variables_;
  Arena arena_;
  uint64_t last_insert_id_ = 0, found_rows_ = 0;
  NoVirtualTables virtual_tables_;
};

/// Rows as text: values parted by '|', each row ended by a line break.
class TextSink final : public ResultSink {
 public:
  void BeginRows(std::span<const ResultColumn> columns) override {
    columns_.assign(columns.begin(), columns.end());
    text.clear();
  }
  void AddRows(const types::RowBatch& batch) override {
    for (uint32_t row = 0; row < batch.rows(); row++) {
      for (uint32_t c = 0; c < columns_.size(); c++) {
        if (c > 0) text += '|';
        const types::Value& value = batch.at(c, row);
        if (value.is_null()) {
          text += "NULL";
        } else {
          types::AppendText(value, columns_[c].type, types::TimeZone::Utc(), &text);
        }
      }
      text += '\n';
    }
  }
  void EndRows() override {}

  std::string text;
  std::vector<ResultColumn> columns_;
};

class ExecTest : public testing::Test {
 protected:
  ExecTest() : manager_(volume_, clock_), session_(manager_) {
    manager_.SetWriter(&volume_);
    txn::BootstrapCatalog(manager_,
                          catalog::MasterAccount("admin", "mysql_native_password", "*hash"));
    Run("CREATE DATABASE test");
  }

  /// Autocommit; the rows, or "" for statements without. Errors come out as "ERROR number: text".
  std::string Run(const std::string& sql, std::vector<Parameter> parameters = {}) {
    session_.diagnostics().Clear();
    session_.Begin();
    session_.transaction().BeginStatement();
    TextSink sink;
    try {
      Arena arena;
      sql::ParseOptions options;
      options.allow_parameters = true;
      const sql::ParseResult parsed = sql::Parse(sql, options, &arena);
      if (IsDdl(*parsed.statement)) {
        last_ = ExecuteDdl(session_, *parsed.statement, sql, sink);
      } else {
        auto prepared = Prepare(session_, *parsed.statement, sql);
        last_ = prepared->Execute(session_, parameters, sink);
        columns_ = {prepared->columns().begin(), prepared->columns().end()};
      }
    } catch (const SqlError& error) {
      session_.transaction().RollbackStatement();
      session_.Rollback();
      return fmt::format("ERROR {}: {}", error.number(), error.message());
    }
    session_.transaction().EndStatement();
    session_.Commit();
    return sink.text;
  }

  SystemClock clock_;
  txn::MemoryVolume volume_;
  txn::TransactionManager manager_;
  TestSession session_;
  StatementResult last_;
  std::vector<ResultColumn> columns_;
};

}  // namespace sixfold::exec
