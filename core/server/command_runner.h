// CommandRunner: the commands of one connection, from packet to reply. Statements go on to the
// StatementRunner; prepared statements and cursors live here.
//
// Multi-statement texts run one statement after the other; all but the last wait for their commit
// in the worker (bracketed), the last one parks the connection, and FinishCommit() writes its
// reply.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/arena.h"
#include "core/exec/statement.h"
#include "core/protocol/execute_request.h"
#include "core/server/statement_runner.h"

namespace sixfold::sql {
struct ExecuteStatement;
}

namespace sixfold::server {

class Connection;
class PlanCache;
class PreparedStatements;
class Server;
class Session;
struct Prepared;

class CommandRunner {
 public:
  enum class Outcome { kReplied, kParked, kClose };

  CommandRunner(Server& server, Connection& connection, Session& session);
  ~CommandRunner();

  Outcome Run(std::string_view payload);
  /// The parked commit is decided.
  Outcome FinishCommit();

  /// Login and COM_INIT_DB; throws.
  void UseSchema(std::string_view name);
  void ReplyLoggedIn();
  /// COM_RESET_CONNECTION, COM_CHANGE_USER.
  void Reset();

  PreparedStatements& prepared() { return *prepared_; }

 private:
  Outcome Dispatch(uint8_t command, std::string_view body);
  Outcome Query(std::string_view body);
  Outcome QueryText(std::string_view text);
  Outcome RunStatements();
  /// The plan cache's way; nothing: parse the text.
  std::optional<StatementRunner::Outcome> RunCached();
  Outcome Prepare(std::string_view text);
  Outcome Execute(std::string_view body);
  StatementRunner::Outcome ExecuteNamed(const sql::ExecuteStatement& statement,
                                        StatementRunner::Request request);
  StatementRunner::Outcome OpenCursor(Prepared& prepared, StatementRunner::Request request);
  Outcome Fetch(std::string_view body);
  Outcome ResetStatement(std::string_view body);
  Outcome LongData(std::string_view body);
  Outcome InitDb(std::string_view name);
  Outcome FieldList(std::string_view body);
  Outcome SetOption(std::string_view body);
  Outcome Statistics();
  Outcome KillProcess(std::string_view body);
  std::string ReadLocalFile(std::string_view name, bool first);
  void ReplyOk();
  void ReplyEof();

  Server& server_;
  Connection& connection_;
  Session& session_;
  std::unique_ptr<StatementRunner> statements_;
  std::unique_ptr<PreparedStatements> prepared_;
  std::unique_ptr<PlanCache> plans_;
  std::string text_;                         // of the command being run; trees point into it
  std::string_view rest_;                    // of text_, statements not run yet
  protocol::ExecuteRequest execute_;         // reused
  std::vector<plan::Parameter> parameters_;  // reused
  Arena parameter_arena_;
};

}  // namespace sixfold::server
