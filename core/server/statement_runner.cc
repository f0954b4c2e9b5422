#include "core/server/statement_runner.h"

#include <atomic>
#include <new>

#include "core/base/arena.h"
#include "core/base/blocking.h"
#include "core/base/check.h"
#include "core/base/log.h"
#include "core/exec/ddl.h"
#include "core/exec/statement.h"
#include "core/protocol/reply.h"
#include "core/server/accounts.h"
#include "core/server/connection.h"
#include "core/server/instance.h"
#include "core/server/plan_cache.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/statements.h"
#include "core/server/status_counters.h"
#include "core/sql/ast.h"
#include "core/sql/parser.h"
#include "core/txn/transaction.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

using sql::Statement;
using txn::CommitResult;

constexpr int kUndecided = 0;
constexpr int kParkedState = 1;
constexpr int kDecided = 2;

// These ask about the statement before: it stays what SHOW WARNINGS shows.
bool KeepsDiagnostics(const Statement& tree) {
  if (tree.kind == Statement::Kind::kGetDiagnostics) return true;
  if (tree.kind != Statement::Kind::kShow) return false;
  switch (sql::As<sql::ShowStatement>(tree).show) {
    case sql::ShowKind::kWarnings:
    case sql::ShowKind::kErrors:
    case sql::ShowKind::kCountWarnings:
    case sql::ShowKind::kCountErrors:
      return true;
    default:
      return false;
  }
}

}  // namespace

// Shared with the commit's callback, which runs on the volume writer's thread.
struct StatementRunner::CommitWait {
  std::atomic<int> state{kUndecided};
  std::atomic<int> result{0};
  Connection* connection = nullptr;

  void Decide(CommitResult outcome) {
    result.store(static_cast<int>(outcome), std::memory_order_relaxed);
    const int before = state.exchange(kDecided, std::memory_order_acq_rel);
    if (before == kParkedState) connection->CommitDone();
    state.notify_all();
  }
};

StatementRunner::StatementRunner(Server& server, Connection& connection, Session& session)
    : server_(server), connection_(connection), session_(session) {}

StatementRunner::~StatementRunner() = default;

void StatementRunner::BeginCommand() {
  const auto& out = connection_.channel().out();
  reply_start_ = out.position();
  reply_sequence_ = out.sequence();
  flushed_ = false;
  pending_ = {};
}

StatementRunner::Outcome StatementRunner::Run(const Request& request) {
  BeginCommand();
  pending_.more = !request.last;
  try {
    return RunGuarded(request);
  } catch (const SqlError& error) {
    if (outcome_unknown_) return Outcome::kClose;
    ReplyError(error);
  } catch (const std::bad_alloc&) {
    ReplyError(MakeError(ErrorCode::kOutOfResources));
  } catch (const std::exception& error) {
    log::Error("statement failed: {}", error.what());
    ReplyError(MakeError(ErrorCode::kUnknownError));
  }
  session_.EndStatement(-1);
  return Outcome::kFailed;
}

StatementRunner::Outcome StatementRunner::RunGuarded(const Request& request) {
  session_.BeginStatement(request.statement_text, KeepsDiagnostics(*request.tree));
  Count(*request.tree);
  if (server_.instance().fenced()) return Outcome::kClose;
  if (session_.must_change_password && !exec::ChangesOwnPasswordOnly(session_, *request.tree)) {
    server_.accounts().RequireChangedPassword(session_);
  }
  auto& channel = connection_.channel();
  WireSink sink(session_, &channel.out(), request.protocol, [this, &channel](bool wait) {
    flushed_ = true;
    if (!wait) {
      channel.Flush();
      return !channel.broken();
    }
    if (auto* transaction = session_.open_transaction()) transaction->ReleaseViews();
    return channel.FlushBlocking(session_.UnsignedVariable("net_write_timeout") * 1000);
  });
  bool commit = false;
  exec::ResultSink& rows = request.sink != nullptr ? *request.sink : sink;
  pending_.result = Dispatch(request, rows, &commit);
  pending_.has_rows = sink.began();
  if (commit) return Commit(request.last);
  if (outcome_unknown_) return Outcome::kClose;
  WriteReply();
  return pending_.release ? Outcome::kClose : Outcome::kReplied;
}

exec::StatementResult StatementRunner::Dispatch(const Request& request, exec::ResultSink& sink,
                                                bool* commit) {
  using Kind = Statement::Kind;
  const Statement& tree = *request.tree;
  switch (tree.kind) {
    case Kind::kSelect:
    case Kind::kInsert:
    case Kind::kUpdate:
    case Kind::kDelete:
    case Kind::kLoadData:
    case Kind::kDo:
      return RunExec(request, sink, commit);
    case Kind::kExplain:
      if (sql::As<sql::ExplainStatement>(tree).statement == nullptr) break;
      return RunExec(request, sink, commit);
    case Kind::kCommit: {
      const auto& statement = sql::As<sql::CommitStatement>(tree);
      pending_.chain = ChainsTransaction(session_, statement.chain);
      pending_.release = ReleasesConnection(session_, statement.release);
      *commit = session_.open_transaction() != nullptr;
      if (!*commit) EndTransactionScope(session_, pending_.chain);
      return {};
    }
    default:
      break;
  }
  if (exec::IsDdl(tree) || exec::IsAccountStatement(tree)) return RunDdl(request, sink, commit);
  StatementContext context{*this, server_, connection_, session_, request.text, sink};
  exec::StatementResult result = RunServerStatement(context, tree);
  if (context.release) pending_.release = true;
  return result;
}

exec::StatementResult StatementRunner::InTransaction(
    const std::function<exec::StatementResult()>& body, bool* commit) {
  txn::Transaction& transaction = session_.OpenTransaction(!session_.autocommit());
  exec::StatementResult result;
  try {
    transaction.BeginStatement();
    result = body();
    transaction.EndStatement();
  } catch (const SqlError& error) {
    if (error.code() == ErrorCode::kLockDeadlock) {
      session_.TakeTransaction().reset();
    } else if (session_.in_transaction()) {
      transaction.RollbackStatement();
    } else {
      session_.DropTransaction();
    }
    throw;
  } catch (...) {
    session_.DropTransaction();
    throw;
  }
  *commit = !session_.in_transaction();
  return result;
}

exec::StatementResult StatementRunner::RunExec(const Request& request, exec::ResultSink& sink,
                                               bool* commit) {
  return InTransaction(
      [&] {
        if (request.prepared != nullptr) {
          return request.prepared->Execute(session_, request.parameters, sink);
        }
        if (request.cached != nullptr) {
          CachedPlan& cached = *request.cached;
          if (cached.plan == nullptr) {
            cached.plan = exec::Prepare(session_, *request.tree, request.text);
          }
          return cached.plan->Execute(session_, request.parameters, sink);
        }
        const auto prepared = exec::Prepare(session_, *request.tree, request.text);
        return prepared->Execute(session_, request.parameters, sink);
      },
      commit);
}

exec::StatementResult StatementRunner::RunDdl(const Request& request, exec::ResultSink& sink,
                                              bool* commit) {
  const auto body = [&] {
    return exec::IsDdl(*request.tree)
               ? exec::ExecuteDdl(session_, *request.tree, request.text, sink)
               : exec::ExecuteAccountStatement(session_, *request.tree);
  };
  // Nobody else sees a temporary table: it commits nothing, and a reader may have one, too.
  if (exec::IsTemporaryDdl(*request.tree)) return InTransaction(body, commit);
  CommitAndWait();
  if (!server_.instance().is_writer()) {
    throw MakeError(ErrorCode::kOptionPreventsStatement, "--read-only");
  }
  LockedDefinitions locked(session_, *request.tree);
  session_.OpenTransaction(/*explicitly=*/false);
  // A definition change commits by itself whatever autocommit says.
  exec::StatementResult result = InTransaction(body, commit);
  *commit = !locked.follows();
  if (!*commit) {
    CommitAndWait();
    locked.Committed();
  }
  return result;
}

exec::StatementResult StatementRunner::RunInternal(std::string sql, exec::ResultSink& sink) {
  Arena arena;
  const sql::ParseResult parsed = sql::Parse(sql, {}, &arena);
  CHECK(parsed.statement != nullptr && parsed.is_last);
  bool commit = false;
  exec::StatementResult result = InTransaction(
      [&] {
        const auto prepared = exec::Prepare(session_, *parsed.statement, sql);
        return prepared->Execute(session_, {}, sink);
      },
      &commit);
  if (commit) session_.DropTransaction();
  return result;
}

// ---- commit ----

StatementRunner::Outcome StatementRunner::Commit(bool may_park) {
  if (!session_.open_transaction()->has_changes()) {
    session_.open_transaction()->Rollback();  // gives its locks back; there is nothing to wait for
    return CommitDecided(static_cast<int>(CommitResult::kOk));
  }
  wait_ = std::make_shared<CommitWait>();
  wait_->connection = &connection_;
  session_.open_transaction()->Commit(
      [wait = wait_](CommitResult result) { wait->Decide(result); });
  if (wait_->state.load(std::memory_order_acquire) != kDecided) {
    if (may_park) {
      int expected = kUndecided;
      if (wait_->state.compare_exchange_strong(expected, kParkedState)) return Outcome::kParked;
    } else {
      BlockingScope waiting;
      for (int seen = kUndecided; seen != kDecided;) {
        wait_->state.wait(seen);
        seen = wait_->state.load(std::memory_order_acquire);
      }
    }
  }
  return CommitDecided(wait_->result.load());
}

StatementRunner::Outcome StatementRunner::FinishCommit() {
  CHECK(wait_ != nullptr);
  CHECK_EQ(wait_->state.load(), kDecided);
  return CommitDecided(wait_->result.load());
}

StatementRunner::Outcome StatementRunner::CommitDecided(int result) {
  wait_.reset();
  EndTransactionScope(session_, pending_.chain);
  switch (static_cast<CommitResult>(result)) {
    case CommitResult::kOk:
      WriteReply();
      return pending_.release ? Outcome::kClose : Outcome::kReplied;
    case CommitResult::kRefused:
      ReplyError(MakeError(ErrorCode::kReadOnlyMode));
      return Outcome::kFailed;
    case CommitResult::kUnknown:
      break;
  }
  log::Warning("connection {}: outcome of a commit unknown, closing without an answer",
               connection_.id());
  return Outcome::kClose;
}

void StatementRunner::CommitAndWait() {
  if (session_.open_transaction() == nullptr) {
    EndTransactionScope(session_, /*chain=*/false);
    return;
  }
  auto wait = std::make_shared<CommitWait>();
  session_.open_transaction()->Commit([wait](CommitResult result) { wait->Decide(result); });
  if (wait->state.load(std::memory_order_acquire) != kDecided) {
    BlockingScope waiting;
    wait->state.wait(kUndecided);
  }
  EndTransactionScope(session_, /*chain=*/false);
  switch (static_cast<CommitResult>(wait->result.load())) {
    case CommitResult::kOk:
      return;
    case CommitResult::kRefused:
      throw MakeError(ErrorCode::kReadOnlyMode);
    case CommitResult::kUnknown:
      outcome_unknown_ = true;
      throw MakeError(ErrorCode::kErrorDuringCommit, 0, "outcome unknown");
  }
}

// ---- replies ----

void StatementRunner::WriteReply() {
  const exec::StatementResult& result = pending_.result;
  uint64_t affected = result.affected_rows;
  if (session_.capabilities() & protocol::capability::kFoundRows) {
    affected = std::max(affected, result.matched_rows);
  }
  if (result.insert_id != 0) session_.set_statement_insert_id(result.insert_id);
  session_.EndStatement(pending_.has_rows ? -1 : static_cast<int64_t>(affected));
  protocol::OkPacket ok;
  ok.affected_rows = affected;
  ok.last_insert_id = result.insert_id;
  ok.status = static_cast<uint16_t>(session_.StatusFlags() | pending_.status_extra |
                                    (pending_.more ? protocol::server_status::kMoreResults : 0));
  ok.warnings = static_cast<uint16_t>(std::min<uint32_t>(session_.diagnostics().total(), 65535));
  auto& out = connection_.channel().out();
  if (pending_.has_rows) {
    ok.affected_rows = 0;
    ok.last_insert_id = 0;
    protocol::WriteResultEnd(&out, session_.capabilities(), ok);
    return;
  }
  if (session_.suppress_reply) return;
  ok.info = result.info;
  const protocol::SessionChanges changes = session_.TakeChanges();
  ok.changes = &changes;
  protocol::WriteOk(&out, session_.capabilities(), ok);
}

void StatementRunner::ReplyOk(uint64_t affected, uint64_t insert_id, std::string_view info) {
  pending_ = {};
  pending_.result.affected_rows = affected;
  pending_.result.insert_id = insert_id;
  pending_.result.info = info;
  WriteReply();
}

void StatementRunner::ReplyStatementError(const SqlError& error) {
  BeginCommand();
  session_.diagnostics().Clear();
  ReplyError(error);
  session_.EndStatement(-1);
}

void StatementRunner::ReplyError(const SqlError& error) {
  auto& out = connection_.channel().out();
  out.AbandonPacket();
  // Nothing of this reply has left yet: the client need not see half a result.
  if (!flushed_ && !pending_.has_rows) out.Truncate(reply_start_, reply_sequence_);
  session_.diagnostics().Add(types::Severity::kError, error.code(), error.message());
  StatusCounters::Add(server_.counters().errors);
  protocol::WriteError(&out, error.number(), error.sqlstate(), error.message());
}

void StatementRunner::Count(const Statement& tree) {
  using Kind = Statement::Kind;
  StatusCounters& c = server_.counters();
  StatusCounters::Add(c.questions);
  switch (tree.kind) {
    case Kind::kSelect:
      return StatusCounters::Add(c.com_select);
    case Kind::kInsert:
      return StatusCounters::Add(sql::As<sql::InsertStatement>(tree).replace ? c.com_replace
                                                                             : c.com_insert);
    case Kind::kUpdate:
      return StatusCounters::Add(c.com_update);
    case Kind::kDelete:
      return StatusCounters::Add(c.com_delete);
    case Kind::kCommit:
      return StatusCounters::Add(c.com_commit);
    case Kind::kRollback:
      return StatusCounters::Add(c.com_rollback);
    case Kind::kStartTransaction:
      return StatusCounters::Add(c.com_begin);
    case Kind::kSetVariables:
      return StatusCounters::Add(c.com_set_option);
    case Kind::kShow:
      return StatusCounters::Add(c.com_show);
    case Kind::kLoadData:
      return StatusCounters::Add(c.com_load);
    default:
      return StatusCounters::Add(c.com_other);
  }
}

}  // namespace sixfold::server
