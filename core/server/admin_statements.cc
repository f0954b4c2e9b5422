// USE, KILL, table maintenance, roles and the rest of administration, and the switch over all
// statements the server executes itself.
#include <signal.h>

#include "core/base/arena.h"
#include "core/base/log.h"
#include "core/server/accounts.h"
#include "core/server/connection.h"
#include "core/server/constant_expression.h"
#include "core/server/instance.h"
#include "core/server/persisted_variables.h"
#include "core/server/result_rows.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/statement_runner.h"
#include "core/server/statements.h"
#include "core/txn/catalog_view.h"
#include "core/txn/transaction.h"
#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

using sql::Statement;

bool SameWord(std::string_view a, std::string_view b) { return types::EqualsIgnoreAsciiCase(a, b); }

// Runs `body` with a transaction for reading definitions, leaving an open one alone.
template <typename Body>
auto WithCatalog(Session& session, Body body) {
  const bool mine = session.open_transaction() == nullptr;
  txn::Transaction& transaction = session.OpenTransaction(/*explicitly=*/false);
  struct Guard {
    Session& session;
    bool mine;
    ~Guard() {
      if (mine) session.DropTransaction();
    }
  } guard{session, mine};
  transaction.BeginStatement();
  auto result = body(transaction.catalog());
  transaction.EndStatement();
  return result;
}

exec::StatementResult Unsupported(std::string_view what) {
  throw MakeError(ErrorCode::kNotSupportedYet, what);
}

std::string_view MaintenanceName(sql::MaintainKind kind) {
  switch (kind) {
    case sql::MaintainKind::kAnalyze:
      return "analyze";
    case sql::MaintainKind::kCheck:
      return "check";
    case sql::MaintainKind::kChecksum:
      return "checksum";
    case sql::MaintainKind::kOptimize:
      return "optimize";
    case sql::MaintainKind::kRepair:
      return "repair";
  }
  return "";
}

exec::StatementResult Savepoints(StatementContext& context, const Statement& tree) {
  Session& session = context.session;
  txn::Transaction* open = session.open_transaction();
  if (tree.kind == Statement::Kind::kSavepoint) {
    // Outside a transaction a savepoint ends with its own statement.
    if (open == nullptr && session.autocommit()) return {};
    session.OpenTransaction(/*explicitly=*/true)
        .Savepoint(sql::As<sql::SavepointStatement>(tree).name);
    return {};
  }
  const std::string_view name = tree.kind == Statement::Kind::kRollbackToSavepoint
                                    ? sql::As<sql::RollbackToSavepointStatement>(tree).name
                                    : sql::As<sql::ReleaseSavepointStatement>(tree).name;
  if (open == nullptr) throw MakeError(ErrorCode::kSpDoesNotExist, "SAVEPOINT", name);
  if (tree.kind == Statement::Kind::kRollbackToSavepoint) {
    open->RollbackToSavepoint(name);
  } else {
    open->ReleaseSavepoint(name);
  }
  return {};
}

}  // namespace

void UseSchema(Session& session, std::string_view schema) {
  if (schema.empty()) throw MakeError(ErrorCode::kNoDbError);
  for (std::string_view virtual_schema : {"information_schema", "performance_schema"}) {
    if (SameWord(schema, virtual_schema)) {
      return session.set_schema(std::string(virtual_schema), &types::kUtf8mb3Collation);
    }
  }
  const catalog::SchemaPtr found =
      WithCatalog(session, [&](txn::CatalogView& view) { return view.FindSchema(schema); });
  if (!session.server().accounts().SeesSchema(session, schema)) {
    const catalog::Account& account = session.bound_account->account;
    throw MakeError(ErrorCode::kDbaccessDeniedError, account.user, account.host, schema);
  }
  if (found == nullptr) throw MakeError(ErrorCode::kBadDbError, schema);
  session.set_schema(std::string(schema), found->collation);
}

exec::StatementResult Kill(StatementContext& context, const sql::KillStatement& statement) {
  const auto number = EvaluateConstant(context.runner, *statement.id, context.text);
  const ConnectionId id{number.AsUint()};
  const KillKind kind = statement.query_only ? KillKind::kQuery : KillKind::kConnection;
  bool found = false;
  bool mine = false;
  context.server.ForEachConnection([&](Connection& connection) {
    if (connection.id() != id) return;
    found = true;
    mine = connection.session().Describe().user == context.session.user();
  });
  if (!found) throw MakeError(ErrorCode::kNoSuchThread, id.value());
  if (!mine && !context.server.accounts().HasGlobal(context.session, catalog::Privilege::kSuper)) {
    throw MakeError(ErrorCode::kKillDeniedError, id.value());
  }
  context.server.Kill(id, kind);
  if (id == context.session.connection_id()) throw MakeError(ErrorCode::kQueryInterrupted);
  return {};
}

exec::StatementResult MaintainTables(StatementContext& context,
                                     const sql::MaintainTableStatement& statement) {
  Session& session = context.session;
  if (statement.maintain == sql::MaintainKind::kChecksum) return ChecksumTables(context, statement);
  ResultRows rows(context.sink,
                  {{"Table", 128}, {"Op", 10}, {"Msg_type", 10}, {"Msg_text", 65535}});
  for (const sql::TableName& name : statement.tables) {
    const std::string schema(name.schema.empty() ? session.current_schema() : name.schema);
    if (schema.empty()) throw MakeError(ErrorCode::kNoDbError);
    const std::string full = fmt::format("{}.{}", schema, name.table);
    const std::string_view op = MaintenanceName(statement.maintain);
    const bool exists = WithCatalog(session, [&](txn::CatalogView& view) {
      return view.FindTable(schema, name.table) != nullptr ||
             view.FindView(schema, name.table) != nullptr;
    });
    if (!exists) {
      rows.Add({full, op, "Error", FormatError(ErrorCode::kNoSuchTable, schema, name.table)});
      rows.Add({full, op, "status", "Operation failed"});
      continue;
    }
    if (statement.maintain == sql::MaintainKind::kOptimize) {
      rows.Add(
          {full, op, "note", "Table does not support optimize, doing recreate + analyze instead"});
    }
    if (statement.maintain == sql::MaintainKind::kRepair) {
      rows.Add({full, op, "note", "The storage engine for the table doesn't support repair"});
      continue;
    }
    rows.Add({full, op, "status", "OK"});
  }
  return rows.Finish();
}

exec::StatementResult SetRole(StatementContext& context, const sql::SetRoleStatement& statement) {
  Session& session = context.session;
  const catalog::Account& account = context.server.accounts().Bound(session).account;
  std::vector<catalog::AccountName> roles;
  switch (statement.choice) {
    case sql::RoleChoice::kDefault:
      roles = account.default_roles;
      break;
    case sql::RoleChoice::kNone:
      break;
    case sql::RoleChoice::kAll:
    case sql::RoleChoice::kAllExcept:
      for (const auto& [granted, admin] : account.roles) {
        const bool excepted =
            std::any_of(statement.roles.begin(), statement.roles.end(),
                        [&granted = granted](const sql::AccountName& role) {
                          return granted.first == role.user && granted.second == role.host;
                        });
        if (!excepted) roles.push_back(granted);
      }
      break;
    case sql::RoleChoice::kList:
      for (const auto& role : statement.roles) {
        roles.push_back({std::string(role.user), std::string(role.host)});
      }
      break;
  }
  context.server.accounts().SetRoles(session, std::move(roles));
  return {};
}

exec::StatementResult AlterSystem(StatementContext& context,
                                  const sql::AlterSystemStatement& statement) {
  context.server.accounts().RequireGlobal(context.session, catalog::Privilege::kSuper);
  if (statement.fault != sql::SystemFault::kCrash) return Unsupported("ALTER SYSTEM SIMULATE");
  log::Warning("ALTER SYSTEM CRASH by {}", context.session.account());
  ::raise(SIGKILL);
  return {};
}

exec::StatementResult RunServerStatement(StatementContext& context, const Statement& tree) {
  using Kind = Statement::Kind;
  Session& session = context.session;
  switch (tree.kind) {
    case Kind::kStartTransaction:
      return StartTransaction(context, sql::As<sql::StartTransactionStatement>(tree));
    case Kind::kRollback:
      return Rollback(context, sql::As<sql::RollbackStatement>(tree));
    case Kind::kSavepoint:
    case Kind::kRollbackToSavepoint:
    case Kind::kReleaseSavepoint:
      return Savepoints(context, tree);
    case Kind::kSetTransaction:
      return SetTransaction(context, sql::As<sql::SetTransactionStatement>(tree));
    case Kind::kSetVariables:
      return SetVariables(context, sql::As<sql::SetVariablesStatement>(tree));
    case Kind::kSetRole:
      return SetRole(context, sql::As<sql::SetRoleStatement>(tree));
    case Kind::kShow:
      return Show(context, sql::As<sql::ShowStatement>(tree));
    case Kind::kDescribe:
      return Describe(context, sql::As<sql::DescribeStatement>(tree));
    case Kind::kUse:
      UseSchema(session, sql::As<sql::UseStatement>(tree).schema);
      return {};
    case Kind::kKill:
      return Kill(context, sql::As<sql::KillStatement>(tree));
    case Kind::kMaintainTable:
      return MaintainTables(context, sql::As<sql::MaintainTableStatement>(tree));
    case Kind::kGetDiagnostics:
      return GetDiagnostics(context, sql::As<sql::GetDiagnosticsStatement>(tree));
    case Kind::kPrepare:
      return PrepareFromText(context, sql::As<sql::PrepareStatement>(tree));
    case Kind::kDeallocate:
      return Deallocate(context, sql::As<sql::DeallocateStatement>(tree));
    case Kind::kAlterSystem:
      return AlterSystem(context, sql::As<sql::AlterSystemStatement>(tree));
    case Kind::kLockTables:
      return LockTables(context, sql::As<sql::LockTablesStatement>(tree));
    case Kind::kUnlockTables:
      return UnlockTables(context);
    case Kind::kFlush:
      return Flush(context, sql::As<sql::FlushStatement>(tree));
    case Kind::kLockInstance:
      return {};
    case Kind::kShutdown:
      context.server.accounts().RequireGlobal(session, catalog::Privilege::kShutdown);
      context.server.RequestStop();
      return {};
    case Kind::kResetPersist: {
      const auto& reset = sql::As<sql::ResetPersistStatement>(tree);
      context.server.accounts().RequireGlobal(session, catalog::Privilege::kSuper);
      context.server.persisted().Reset(session, reset.name, reset.if_exists);
      return {};
    }
    case Kind::kXa:
      return Unsupported("XA");
    case Kind::kHandler:
      return Unsupported("HANDLER");
    case Kind::kCall:
      return Unsupported("CALL");
    case Kind::kSignal:
      return Signal(context, sql::As<sql::SignalStatement>(tree));
    case Kind::kHelp:
      return Unsupported("HELP");
    case Kind::kUnsupported:
      return Unsupported(sql::As<sql::UnsupportedStatement>(tree).what);
    default:
      return Unsupported("this statement");
  }
}

}  // namespace sixfold::server
