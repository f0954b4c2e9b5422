// Statements the server itself executes: transactions, SET, SHOW, USE, KILL and administration.
#pragma once

#include <string_view>

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
exec::StatementResult LockTables(StatementContext& context, const sql::Statement& tree);
exec::StatementResult Signal(StatementContext& context, const sql::SignalStatement& statement);
exec::StatementResult AlterSystem(StatementContext& context,
                                  const sql::AlterSystemStatement& statement);

// prepared_text_statements.cc
exec::StatementResult PrepareFromText(StatementContext& context,
                                      const sql::PrepareStatement& statement);
exec::StatementResult Deallocate(StatementContext& context,
                                 const sql::DeallocateStatement& statement);

}  // namespace sixfold::server
