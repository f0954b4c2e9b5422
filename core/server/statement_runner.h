// StatementRunner: one statement from tree to reply. The only place where SqlError is caught.
//
//   queries and data changes   core/exec, inside the session's transaction
//   DDL, accounts              core/exec/ddl.h, in a transaction of its own (implicit commits)
//   everything else            the *_statements.cc files here
//
// The reply is written when the statement's commit is decided. The last statement of a command does
// not wait for that: Run() answers kParked and FinishCommit() writes the reply later. A commit
// whose outcome is unknown is never answered: the connection closes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/exec/result_sink.h"
#include "core/server/wire_sink.h"

namespace sixfold {
class SqlError;
}
namespace sixfold::exec {
class PreparedStatement;
}
namespace sixfold::plan {
struct Parameter;
}
namespace sixfold::sql {
struct QueryExpression;
struct Statement;
}  // namespace sixfold::sql

namespace sixfold::server {

class Connection;
class Server;
class Session;
struct CachedPlan;

class StatementRunner {
 public:
  enum class Outcome { kReplied, kParked, kFailed, kClose };

  struct Request {
    const sql::Statement* tree = nullptr;
    std::string_view text;            // the tree's source
    std::string_view statement_text;  // this statement of it
    bool last = true;                 // nothing follows in this command: may park
    WireSink::Protocol protocol = WireSink::Protocol::kText;
    /// COM_STMT_EXECUTE and EXECUTE: planned before.
    exec::PreparedStatement* prepared = nullptr;
    std::span<const plan::Parameter> parameters;
    /// A text statement of the plan cache: run its plan, or make it.
    CachedPlan* cached = nullptr;
    /// Rows go here instead of to the client (cursors).
    exec::ResultSink* sink = nullptr;
  };

  StatementRunner(Server& server, Connection& connection, Session& session);
  ~StatementRunner();

  Outcome Run(const Request& request);
  Outcome FinishCommit();

  /// What is in the output buffer now was written before the command: an error leaves it alone.
  void BeginCommand();
  /// An error before the statement could begin (syntax): clears the diagnostics first.
  void ReplyStatementError(const SqlError& error);
  /// Writes an error reply and notes it in the diagnostics.
  void ReplyError(const SqlError& error);
  /// An OK without rows, with what the session has changed.
  void ReplyOk(uint64_t affected = 0, uint64_t insert_id = 0, std::string_view info = {});
  /// Parses and runs one query of the server's own (SHOW), its rows to the sink.
  exec::StatementResult RunInternal(std::string sql, exec::ResultSink& sink);

  Server& server() { return server_; }
  Connection& connection() { return connection_; }
  Session& session() { return session_; }

  /// Commits what is open, waiting for the outcome; throws 1836, sets closing for unknown.
  void CommitAndWait();

 private:
  struct CommitWait;
  /// What is left to say once the commit is decided.
  struct Pending {
    exec::StatementResult result;
    bool has_rows = false;
    uint16_t status_extra = 0;
    bool more = false;
    bool release = false;  // COMMIT RELEASE
    bool chain = false;
  };

  Outcome RunGuarded(const Request& request);
  exec::StatementResult Dispatch(const Request& request, exec::ResultSink& sink, bool* commit);
  exec::StatementResult RunExec(const Request& request, exec::ResultSink& sink, bool* commit);
  exec::StatementResult RunDdl(const Request& request, exec::ResultSink& sink, bool* commit);
  exec::StatementResult InTransaction(const std::function<exec::StatementResult()>& body,
                                      bool* commit);
  Outcome Commit(bool may_park);
  Outcome CommitDecided(int result);
  void WriteReply();
  void Count(const sql::Statement& tree);

  Server& server_;
  Connection& connection_;
  Session& session_;
  std::shared_ptr<CommitWait> wait_;
  Pending pending_;
  bool outcome_unknown_ = false;
  bool flushed_ = false;  // something of this reply has left
  size_t reply_start_ = 0;
  uint8_t reply_sequence_ = 0;
};

}  // namespace sixfold::server
