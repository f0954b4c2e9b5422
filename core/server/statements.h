// Statements the server itself executes: transactions, SET, SHOW, USE, KILL and administration.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/exec/result_sink.h"
#include "core/sql/ast.h"

namespace sixfold::server {

class Connection;
class Server;
class Session;
class StatementRunner;

struct StatementContext {
  StatementRunner& runner;
  Server& server;
  Connection& connection;
  Session& session;
  std::string_view text;  // source of the tree
  exec::ResultSink& sink;
  bool release = false;  // close the connection after the reply
};

/// Runs any statement but queries, data changes, DDL and COMMIT. Throws; 1235 for what MySQL knows
/// and this server does not.
exec::StatementResult RunServerStatement(StatementContext& context, const sql::Statement& tree);

// transaction_statements.cc
exec::StatementResult StartTransaction(StatementContext& context,
                                       const sql::StartTransactionStatement& statement);
exec::StatementResult Rollback(StatementContext& context, const sql::RollbackStatement& statement);
exec::StatementResult SetTransaction(StatementContext& context,
                                     const sql::SetTransactionStatement& statement);
bool ChainsTransaction(Session& session, sql::YesNo written);
bool ReleasesConnection(Session& session, sql::YesNo written);
/// After a transaction ended: forgets it, and begins the next one of a CHAIN.
void EndTransactionScope(Session& session, bool chain);

// set_statement.cc
exec::StatementResult SetVariables(StatementContext& context,
                                   const sql::SetVariablesStatement& statement);

// show_statement.cc
exec::StatementResult Show(StatementContext& context, const sql::ShowStatement& statement);
exec::StatementResult Describe(StatementContext& context, const sql::DescribeStatement& statement);

// admin_statements.cc
void UseSchema(Session& session, std::string_view schema);
exec::StatementResult Kill(StatementContext& context, const sql::KillStatement& statement);
exec::StatementResult MaintainTables(StatementContext& context,
                                     const sql::MaintainTableStatement& statement);
exec::StatementResult SetRole(StatementContext& context, const sql::SetRoleStatement& statement);
exec::StatementResult GetDiagnostics(StatementContext& context,
                                     const sql::GetDiagnosticsStatement& statement);
exec::StatementResult ChecksumTables(StatementContext& context,
                                     const sql::MaintainTableStatement& statement);
exec::StatementResult Signal(StatementContext& context, const sql::SignalStatement& statement);
exec::StatementResult AlterSystem(StatementContext& context,
                                  const sql::AlterSystemStatement& statement);

// table_lock_statements.cc
exec::StatementResult LockTables(StatementContext& context,
                                 const sql::LockTablesStatement& statement);
exec::StatementResult UnlockTables(StatementContext& context);
exec::StatementResult Flush(StatementContext& context, const sql::FlushStatement& statement);

/// A definition statement of a session that holds table locks. Throws 1100, 1099, 1192 where they
/// do not allow it; locks what is renamed under its new name.
class LockedDefinitions {
 public:
  using FullName = std::pair<std::string, std::string>;

  LockedDefinitions(Session& session, const sql::Statement& tree);
  ~LockedDefinitions();
  LockedDefinitions(const LockedDefinitions&) = delete;
  LockedDefinitions& operator=(const LockedDefinitions&) = delete;

  /// True when locks must follow once the statement is committed.
  bool follows() const { return !gone_.empty() || !added_.empty(); }
  void Committed();

 private:
  void LockNewNames(const std::vector<std::pair<FullName, FullName>>& renames);

  Session& session_;
  std::vector<FullName> added_;  // given back unless the statement is committed
  std::vector<FullName> gone_;
};

// prepared_text_statements.cc
exec::StatementResult PrepareFromText(StatementContext& context,
                                      const sql::PrepareStatement& statement);
exec::StatementResult Deallocate(StatementContext& context,
                                 const sql::DeallocateStatement& statement);

}  // namespace sixfold::server
