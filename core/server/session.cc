#include "core/server/session.h"

#include "core/base/arena.h"
#include "core/base/blocking.h"
#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/protocol/constants.h"
#include "core/server/accounts.h"
#include "core/server/instance.h"
#include "core/server/server.h"
#include "core/server/variable_ids.h"
#include "core/txn/table_locks.h"
#include "core/txn/temporary_tables.h"
#include "core/txn/transaction.h"
#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

constexpr uint64_t kModeNoBackslashEscapes = 1ull << 20;
constexpr uint64_t kWaitStepMs = 20;
// As MySQL's process list shows of a statement.
constexpr size_t kMostInfoBytes = 65'535;

std::string LowerName(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return lower;
}

}  // namespace

Session::Session(Server& server, ConnectionId id, std::string host)
    : server_(server),
      id_(id),
      host_(std::move(host)),
      variables_(server.globals().Snapshot()),
      diagnostics_(std::make_unique<types::Diagnostics>()) {
  LoadCachedVariables();
  described_.id = id.value();
  described_.since_ms = server.clock().MonotonicMillis();
}

Session::~Session() = default;

Clock& Session::clock() { return server_.clock(); }
Random& Session::random() { return server_.random(); }
plan::VirtualTables& Session::virtual_tables() { return server_.virtual_tables(); }

// ---- identity ----

void Session::set_account(std::string account) {
  account_ = std::move(account);
  std::lock_guard lock(described_mutex_);
  described_.user = user_;
  described_.host = host_;
}

void Session::set_connect_attributes(std::vector<std::pair<std::string, std::string>> attributes) {
  std::lock_guard lock(described_mutex_);
  connect_attributes_ = std::move(attributes);
}

std::vector<std::pair<std::string, std::string>> Session::connect_attributes() const {
  std::lock_guard lock(described_mutex_);
  return connect_attributes_;
}

void Session::RequirePrivilege(std::string_view privilege, std::string_view schema,
                               std::string_view table, std::string_view column) {
  server_.accounts().Require(*this, privilege, schema, table, column);
}

// ---- transactions ----

txn::Transaction& Session::transaction() {
  CHECK(transaction_ != nullptr, "no transaction is open");
  return *transaction_;
}

txn::Transaction& Session::OpenTransaction(bool explicitly) {
  if (transaction_ == nullptr) {
    txn::TransactionOptions options;
    options.connection = id_;
    const int isolation = next_transaction_.isolation >= 0
                              ? next_transaction_.isolation
                              : static_cast<int>(Variable(vars::TransactionIsolation()).integer);
    options.isolation = static_cast<txn::Isolation>(isolation);
    options.read_only =
        next_transaction_.start_read_only ||
        (next_transaction_.read_only >= 0 ? next_transaction_.read_only != 0
                                          : Variable(vars::TransactionReadOnly()).integer != 0);
    options.lock_wait_timeout_ms =
        static_cast<uint64_t>(Variable(vars::InnodbLockWaitTimeout()).integer) * 1000;
    options.metadata_wait_timeout_ms =
        static_cast<uint64_t>(Variable(vars::LockWaitTimeout()).integer) * 1000;
    options.table_locks = table_locks;
    options.killed = &killed_;
    options.waiting = &waiting_;
    options.autocommit = !explicitly;
    options.progress = server_.worker_progress();
    if (temporary_tables_ == nullptr) {
      temporary_tables_ = std::make_unique<txn::TemporaryTables>();
    }
    options.temporary = temporary_tables_.get();
    transaction_read_only_ = options.read_only;
    transaction_ = server_.instance().BeginTransaction(options);
    next_transaction_ = {};
  }
  if (explicitly) in_transaction_ = true;
  return *transaction_;
}

std::unique_ptr<txn::Transaction> Session::TakeTransaction() {
  in_transaction_ = false;
  transaction_read_only_ = false;
  return std::move(transaction_);
}

void Session::DropTransaction() {
  if (transaction_ != nullptr) transaction_->Rollback();
  TakeTransaction().reset();
}

void Session::ReleaseTableLocks() {
  if (table_locks != nullptr) table_locks->Release();
  table_locks.reset();
}

bool Session::HasTemporaryTable(std::string_view schema, std::string_view table) const {
  return temporary_tables_ != nullptr && temporary_tables_->Find(schema, table) != nullptr;
}

// ---- statements ----

void Session::BeginStatement(std::string_view text, bool keep_diagnostics) {
  if (!keep_diagnostics) diagnostics_->Clear();
  int expected = 1;  // a KILL QUERY that came too late
  killed_.compare_exchange_strong(expected, 0);
  statement_time_us_ = fixed_time_us_ != 0 ? fixed_time_us_ : server_.clock().WallMicros();
  statement_insert_id_ = 0;
  statement_deadline_ms_ =
      execution_limit_ms_ == 0 ? 0 : server_.clock().MonotonicMillis() + execution_limit_ms_;
}

void Session::EndStatement(int64_t row_count) {
  row_count_ = row_count;
  if (statement_insert_id_ != 0) last_insert_id_ = statement_insert_id_;
}

uint16_t Session::StatusFlags() const {
  uint16_t flags = 0;
  if (autocommit_) flags |= protocol::server_status::kAutocommit;
  if (in_transaction_) flags |= protocol::server_status::kInTransaction;
  if (in_transaction_ && transaction_read_only_) {
    flags |= protocol::server_status::kInTransactionReadOnly;
  }
  if (sql_mode_ & kModeNoBackslashEscapes) flags |= protocol::server_status::kNoBackslashEscapes;
  return flags;
}

void Session::CheckInterrupted() {
  // A statement that computes for long is not a hang.
  if (auto* progress = server_.worker_progress(); progress != nullptr) {
    progress->fetch_add(1, std::memory_order_relaxed);
  }
  NoteLongWork();
  if (transaction_ != nullptr) transaction_->EndOldReads();
  if (killed_.load(std::memory_order_relaxed) != 0) throw MakeError(ErrorCode::kQueryInterrupted);
  if (statement_deadline_ms_ != 0 && server_.clock().MonotonicMillis() > statement_deadline_ms_) {
    throw MakeError(ErrorCode::kQueryTimeout);
  }
}

void Session::Interrupt(int kind) {
  int seen = killed_.load();
  while (seen < kind && !killed_.compare_exchange_weak(seen, kind)) {
  }
}

bool Session::WaitFor(const std::function<bool()>& condition, uint64_t timeout_ms) {
  BlockingScope blocking;
  struct Waiting {
    std::atomic<bool>& flag;
    explicit Waiting(std::atomic<bool>& waits) : flag(waits) { flag.store(true); }
    ~Waiting() { flag.store(false); }
  } waiting(waiting_);
  const uint64_t end_ms = server_.clock().MonotonicMillis() + timeout_ms;
  for (;;) {
    if (condition()) return true;
    CheckInterrupted();
    const uint64_t now_ms = server_.clock().MonotonicMillis();
    if (now_ms >= end_ms) return false;
    const uint64_t step_ms = std::min(kWaitStepMs, end_ms - now_ms);
    ::usleep(static_cast<useconds_t>(step_ms * 1000));
  }
}

std::string Session::ReadLocalInfile(std::string_view name, bool first) {
  if (!local_infile || !(capabilities_ & protocol::capability::kLocalFiles) ||
      server_.globals().Get(vars::LocalInfile()).integer == 0) {
    throw SqlError(static_cast<ErrorCode>(3948), "42000",
                   "Loading local data is disabled; this must be enabled on both the client and "
                   "server sides");
  }
  return local_infile(name, first);
}

void Session::set_schema(std::string schema, const types::Collation* collation) {
  schema_ = std::move(schema);
  if (collation != nullptr) {
    VariableValue name;
    name.text = collation->charset->name;
    variables_.Set(vars::CharacterSetDatabase(), name);
    name.text = collation->name;
    variables_.Set(vars::CollationDatabase(), name);
  }
  if (Variable(vars::SessionTrackSchema()).integer != 0) {
    changes_.schema_changed = true;
    changes_.schema = schema_;
  }
  std::lock_guard lock(described_mutex_);
  described_.schema = schema_;
}

protocol::SessionChanges Session::TakeChanges() { return std::exchange(changes_, {}); }

void Session::Reset() {
  DropTransaction();
  ReleaseTableLocks();
  temporary_tables_.reset();
  variables_.Reset(server_.globals().Snapshot());
  user_variables_.clear();
  next_transaction_ = {};
  diagnostics_->Clear();
  fixed_time_us_ = 0;
  last_insert_id_ = 0;
  statement_insert_id_ = 0;
  row_count_ = -1;
  found_rows_ = 0;
  LoadCachedVariables();
}

// ---- user variables ----

types::Value Session::UserVariable(std::string_view name, types::DataType* type) {
  const auto found = user_variables_.find(LowerName(name));
  if (found == user_variables_.end()) {
    if (type != nullptr) {
      *type = {};
      type->id = types::TypeId::kNull;
    }
    return types::Value::Null();
  }
  if (type != nullptr) *type = found->second.type;
  return found->second.value;
}

void Session::SetUserVariable(std::string_view name, const types::Value& value,
                              const types::DataType& type) {
  UserVariableSlot& slot = user_variables_[LowerName(name)];
  slot.type = type;
  switch (value.kind()) {
    case types::ValueKind::kString:
    case types::ValueKind::kJson: {
      // Perhaps made of the old value's own bytes: copied before those are freed.
      std::string bytes(value.bytes());
      slot.bytes.swap(bytes);
      slot.value =
          value.is_string() ? types::Value::String(slot.bytes) : types::Value::Json(slot.bytes);
      break;
    }
    case types::ValueKind::kDecimal: {
      auto arena = std::make_shared<Arena>();
      slot.value = types::CopyValue(value, arena.get());
      slot.keeper = std::move(arena);
      break;
    }
    default:
      slot.value = value;
  }
}

// ---- observation ----

ProcessInfo Session::Describe() const {
  std::lock_guard lock(described_mutex_);
  return described_;
}

void Session::SetCommand(std::string_view command, std::string_view info, bool has_info) {
  const uint64_t now_ms = server_.clock().MonotonicMillis();
  std::lock_guard lock(described_mutex_);
  described_.command = command;
  described_.info.assign(info.substr(0, kMostInfoBytes));
  described_.has_info = has_info;
  described_.state = has_info ? "executing" : "";
  described_.since_ms = now_ms;
}

}  // namespace sixfold::server
