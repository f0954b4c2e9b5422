// Session: what a connection knows between its statements, and the SessionContext that executing
// one sees: identity, current database, system and user variables, character sets, time, the open
// transaction, diagnostics, counters. One thread at a time (the worker that runs it), except what
// is marked thread-safe.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/plan/session_context.h"
#include "core/protocol/reply.h"
#include "core/server/session_variables.h"
#include "core/types/data_type.h"
#include "core/types/diagnostics.h"

namespace sixfold {
class SqlError;
}

namespace sixfold::protocol {
class TlsSession;
}

namespace sixfold::txn {
class TableLocks;
class TemporaryTables;
}  // namespace sixfold::txn

namespace sixfold::server {

class Server;
struct BoundAccount;

/// What SHOW PROCESSLIST shows of a session.
struct ProcessInfo {
  uint64_t id = 0;
  std::string user, host, schema;
  std::string command = "Connect";
  std::string state;
  std::string info;
  bool has_info = false;
  uint64_t since_ms = 0;  // of the command or the sleep, monotonic
};

class Session final : public plan::SessionContext {
 public:
  Session(Server& server, ConnectionId id, std::string host);
  ~Session() override;

  // plan::SessionContext
  ConnectionId connection_id() const override { return id_; }
  const std::string& user() const override { return user_; }
  const std::string& host() const override { return host_; }
  const std::string& account() const override { return account_; }
  const std::string& current_schema() const override { return schema_; }
  uint64_t sql_mode() const override { return sql_mode_; }
  const types::Collation* connection_collation() const override { return connection_collation_; }
  const types::Collation* results_collation() const override { return results_collation_; }
  const std::string& time_zone() const override { return time_zone_; }
  int64_t statement_time_us() const override { return statement_time_us_; }
  Clock& clock() override;
  Random& random() override;
  txn::Transaction& transaction() override;
  types::Diagnostics& diagnostics() override { return *diagnostics_; }
  void CheckInterrupted() override;
  types::Value SystemVariable(std::string_view name, plan::VariableScope scope,
                              types::DataType* type, Arena* arena) override;
  uint64_t UnsignedVariable(std::string_view name) override;
  types::Value UserVariable(std::string_view name, types::DataType* type) override;
  void SetUserVariable(std::string_view name, const types::Value& value,
                       const types::DataType& type) override;
  uint64_t last_insert_id() const override { return last_insert_id_; }
  void set_last_insert_id(uint64_t value) override { last_insert_id_ = value; }
  int64_t row_count() const override { return row_count_; }
  uint64_t found_rows() const override { return found_rows_; }
  void set_found_rows(uint64_t value) override { found_rows_ = value; }
  void RequirePrivilege(std::string_view privilege, std::string_view schema, std::string_view table,
                        std::string_view column) override;
  plan::VirtualTables& virtual_tables() override;
  std::string ReadLocalInfile(std::string_view name, bool first) override;
  bool WaitFor(const std::function<bool()>& condition, uint64_t timeout_ms) override;

  // Identity.
  Server& server() { return server_; }
  void set_user(std::string user) { user_ = std::move(user); }
  void set_host(std::string host) { host_ = std::move(host); }
  void set_account(std::string account);
  std::unique_ptr<BoundAccount> bound_account;  // core/server/accounts.h's
  /// It logged in with an expired password: nothing else is allowed (1820).
  bool must_change_password = false;
  uint32_t capabilities() const { return capabilities_; }
  void set_capabilities(uint32_t capabilities) { capabilities_ = capabilities; }
  void set_connect_attributes(std::vector<std::pair<std::string, std::string>> attributes);
  /// Thread-safe.
  std::vector<std::pair<std::string, std::string>> connect_attributes() const;

  // Current database. The caller checked that it exists and may be used.
  void set_schema(std::string schema, const types::Collation* collation);

  // Variables.
  SessionVariables& variables() { return variables_; }
  const VariableValue& Variable(VariableIndex index) const { return variables_.Get(index); }
  /// Sets the session's value and makes it take effect; throws for what cannot be.
  void ApplyVariable(VariableIndex index, VariableValue value);
  /// The variables that decide how a text is planned, as bytes: equal bytes, equal plans.
  const std::string& plan_variables();
  /// Value of either scope with what is computed on reading.
  VariableValue CurrentValue(VariableIndex index, bool global) const;
  void SetClientCollation(uint16_t id);
  void SetNames(std::string_view charset, std::string_view collation);
  const types::Collation* client_collation() const { return client_collation_; }
  bool autocommit() const { return autocommit_; }
  uint64_t max_allowed_packet() const;
  uint64_t idle_timeout_ms() const;

  // Transactions: null between them.
  bool in_transaction() const { return in_transaction_; }
  txn::Transaction* open_transaction() { return transaction_.get(); }
  /// Makes sure one is open; `explicitly`: by BEGIN or with autocommit off.
  txn::Transaction& OpenTransaction(bool explicitly);
  void DropTransaction();
  std::unique_ptr<txn::Transaction> TakeTransaction();
  /// SET TRANSACTION for the next one only.
  struct NextTransaction {
    int isolation = -1;  // transaction_isolation's index
    int read_only = -1;
    bool start_read_only = false;
  };
  /// Held by LOCK TABLES or FLUSH TABLES WITH READ LOCK; null: none.
  std::shared_ptr<txn::TableLocks> table_locks;
  void ReleaseTableLocks();
  bool HasTemporaryTable(std::string_view schema, std::string_view table) const;
  NextTransaction& next_transaction() { return next_transaction_; }
  bool transaction_read_only() const { return transaction_read_only_; }

  // Statement bracket.
  void BeginStatement(std::string_view text, bool keep_diagnostics);
  void EndStatement(int64_t row_count);
  void set_statement_insert_id(uint64_t id) { statement_insert_id_ = id; }
  uint64_t statement_insert_id() const { return statement_insert_id_; }
  uint16_t StatusFlags() const;

  /// What the next OK tells a client with session tracking; forgets it.
  protocol::SessionChanges TakeChanges();
  /// COM_STMT_EXECUTE with a cursor writes its own reply.
  bool suppress_reply = false;

  /// Everything a RESET CONNECTION or CHANGE USER undoes.
  void Reset();
  void ClearUserVariables() { user_variables_.clear(); }

  // Interruption. Thread-safe.
  void Interrupt(int kind);
  int killed() const { return killed_.load(std::memory_order_relaxed); }
  const std::atomic<int>* killed_flag() const { return &killed_; }
  /// True while the statement waits for a lock or a point in time: its client may leave meanwhile.
  bool waiting() const { return waiting_.load(std::memory_order_relaxed); }
  std::atomic<bool>* waiting_flag() { return &waiting_; }

  // Observation. Thread-safe.
  ProcessInfo Describe() const;
  void SetCommand(std::string_view command, std::string_view info, bool has_info);
  uint64_t last_active_ms() const { return last_active_ms_.load(std::memory_order_relaxed); }
  void set_last_active_ms(uint64_t ms) { last_active_ms_.store(ms, std::memory_order_relaxed); }

  /// Null without TLS; the connection's.
  const protocol::TlsSession* tls = nullptr;
  /// Reads the client's file for LOAD DATA LOCAL; set by the command runner.
  std::function<std::string(std::string_view name, bool first)> local_infile;

 private:
  struct UserVariableSlot {
    std::string bytes;
    types::Value value;
    types::DataType type;
    std::shared_ptr<void> keeper;
  };

  void TrackVariable(VariableIndex index);
  void LoadCachedVariables();
  void CacheVariable(VariableIndex index);
  void RequireNoOpenTransaction(VariableIndex index) const;

  Server& server_;
  const ConnectionId id_;
  std::string user_, host_, account_;
  uint32_t capabilities_ = 0;
  std::string schema_;

  SessionVariables variables_;
  bool autocommit_ = true;
  uint64_t sql_mode_ = 0;
  const types::Collation* client_collation_ = nullptr;
  const types::Collation* connection_collation_ = nullptr;
  const types::Collation* results_collation_ = nullptr;
  std::string time_zone_;
  std::string plan_variables_;  // empty: to be put together
  int64_t fixed_time_us_ = 0;   // SET timestamp; 0: the clock
  uint64_t execution_limit_ms_ = 0;
  std::map<std::string, UserVariableSlot, std::less<>> user_variables_;

  std::unique_ptr<txn::TemporaryTables> temporary_tables_;
  std::unique_ptr<txn::Transaction> transaction_;
  bool in_transaction_ = false;
  bool transaction_read_only_ = false;
  NextTransaction next_transaction_;

  std::unique_ptr<types::Diagnostics> diagnostics_;
  int64_t statement_time_us_ = 0;
  uint64_t statement_deadline_ms_ = 0;
  uint64_t last_insert_id_ = 0;
  uint64_t statement_insert_id_ = 0;
  int64_t row_count_ = -1;
  uint64_t found_rows_ = 0;

  protocol::SessionChanges changes_;

  std::atomic<int> killed_{0};
  std::atomic<bool> waiting_{false};
  std::atomic<uint64_t> last_active_ms_{0};
  mutable std::mutex described_mutex_;
  ProcessInfo described_;  // guarded by described_mutex_
  std::vector<std::pair<std::string, std::string>> connect_attributes_;  // guarded too
};

}  // namespace sixfold::server
