// LOCK TABLES, UNLOCK TABLES, FLUSH, and what table locks mean for the session's own definition
// statements: these need a WRITE lock on each table they change.
#include <set>
#include <utility>

#include "core/base/arena.h"
#include "core/exec/statement.h"
#include "core/server/accounts.h"
#include "core/server/instance.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/statement_runner.h"
#include "core/server/statements.h"
#include "core/server/variable_ids.h"
#include "core/sql/parser.h"
#include "core/txn/catalog_view.h"
#include "core/txn/table_locks.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

using sql::Statement;
using txn::TableLocks;
using FullName = std::pair<std::string, std::string>;

FullName Resolved(Session& session, const sql::TableName& name) {
  const std::string_view schema =
      name.schema.empty() ? std::string_view(session.current_schema()) : name.schema;
  if (schema.empty()) throw MakeError(ErrorCode::kNoDbError);
  return {std::string(schema), std::string(name.table)};
}

txn::LockPatience PatienceOf(Session& session) {
  return {txn::LockWait::kWait, session.UnsignedVariable("lock_wait_timeout") * 1000,
          session.killed_flag(), session.waiting_flag()};
}

std::string Backquoted(std::string_view name) {
  std::string quoted = "`";
  for (char c : name) {
    if (c == '`') quoted += c;
    quoted += c;
  }
  return quoted += '`';
}

/// The base tables behind a view, without a name of their own; the privileges on the view are
/// checked.
void AddTablesOfView(Session& session, const FullName& view, bool write,
                     std::vector<TableLocks::Wanted>* wanted) {
  const std::string text =
      fmt::format("SELECT * FROM {}.{}", Backquoted(view.first), Backquoted(view.second));
  Arena arena;
  const sql::ParseResult parsed = sql::Parse(text, {}, &arena);
  const auto prepared = exec::Prepare(session, *parsed.statement, text);
  for (const auto& table : prepared->tables()) {
    wanted->push_back({std::string(table.schema), std::string(table.table), "", write});
  }
}

/// Adds what one item names; a temporary table is the session's own and needs no lock.
void AddWanted(Session& session, const FullName& name, std::string_view alias, bool write,
               std::vector<TableLocks::Wanted>* wanted) {
  session.RequirePrivilege("LOCK TABLES", name.first, "", "");
  session.RequirePrivilege("SELECT", name.first, name.second, "");
  txn::CatalogView& catalog = session.transaction().catalog();
  const catalog::TablePtr table = catalog.FindTable(name.first, name.second);
  if (table == nullptr) {
    if (catalog.FindView(name.first, name.second) == nullptr) {
      throw MakeError(ErrorCode::kNoSuchTable, name.first, name.second);
    }
    return AddTablesOfView(session, name, write, wanted);
  }
  if (table->temporary) return;
  if (write && !session.server().instance().is_writer()) {
    throw MakeError(ErrorCode::kOptionPreventsStatement, "--read-only");
  }
  wanted->push_back(
      {name.first, name.second, std::string(alias.empty() ? name.second : alias), write});
}

/// Runs `body` in a transaction of its own that reads definitions.
template <typename Body>
void WithDefinitions(Session& session, Body body) {
  struct Guard {
    Session& session;
    ~Guard() { session.DropTransaction(); }
  } guard{session};
  session.OpenTransaction(/*explicitly=*/false).BeginStatement();
  body(session.transaction().catalog());
}

void LockAll(Session& session, std::vector<TableLocks::Wanted> wanted) {
  auto locks = std::make_shared<TableLocks>(*session.server().instance().transactions(),
                                            TableLocks::Scope::kNamed);
  locks->Lock(std::move(wanted), PatienceOf(session));
  session.table_locks = std::move(locks);
}

// Schemas first: then nothing new can come while the tables are waited for.
void LockEverything(Session& session) {
  auto locks = std::make_shared<TableLocks>(*session.server().instance().transactions(),
                                            TableLocks::Scope::kEverything);
  std::vector<std::string> schemas;
  WithDefinitions(session, [&](txn::CatalogView& catalog) {
    for (const catalog::SchemaPtr& schema : catalog.ListSchemas()) schemas.push_back(schema->name);
  });
  for (const std::string& schema : schemas) locks->LockSchema(schema, PatienceOf(session));
  std::vector<TableLocks::Wanted> wanted;
  WithDefinitions(session, [&](txn::CatalogView& catalog) {
    for (const std::string& schema : schemas) {
      for (const catalog::TablePtr& table : catalog.ListTables(schema)) {
        if (!table->temporary) wanted.push_back({schema, table->name, table->name, false});
      }
    }
  });
  locks->Lock(std::move(wanted), PatienceOf(session));
  session.table_locks = std::move(locks);
}

bool HoldsNamed(const Session& session) {
  return session.table_locks != nullptr &&
         session.table_locks->scope() == TableLocks::Scope::kNamed;
}

std::vector<std::pair<FullName, FullName>> RenamesOf(Session& session, const Statement& tree) {
  std::vector<std::pair<FullName, FullName>> renames;
  if (const auto* rename = sql::TryAs<sql::RenameTableStatement>(&tree)) {
    for (const sql::RenameItem& item : rename->items) {
      renames.push_back({Resolved(session, item.from), Resolved(session, item.to)});
    }
  } else if (const auto* alter = sql::TryAs<sql::AlterTableStatement>(&tree)) {
    for (const sql::AlterItem* item : alter->items) {
      if (item->action != sql::AlterAction::kRenameTable) continue;
      const FullName from = Resolved(session, alter->name);
      renames.push_back({from, Resolved(session, item->table)});
    }
  }
  return renames;
}

std::vector<FullName> ChangedBy(Session& session, const Statement& tree) {
  using Kind = Statement::Kind;
  std::vector<FullName> names;
  const auto add = [&](const sql::TableName& name) { names.push_back(Resolved(session, name)); };
  switch (tree.kind) {
    case Kind::kCreateTable:
      add(sql::As<sql::CreateTableStatement>(tree).name);
      break;
    case Kind::kAlterTable:
      add(sql::As<sql::AlterTableStatement>(tree).name);
      break;
    case Kind::kDropTable:
      for (const sql::TableName& name : sql::As<sql::DropTableStatement>(tree).tables) add(name);
      break;
    case Kind::kTruncateTable:
      add(sql::As<sql::TruncateTableStatement>(tree).table);
      break;
    case Kind::kCreateIndex:
      add(sql::As<sql::CreateIndexStatement>(tree).table);
      break;
    case Kind::kDropIndex:
      add(sql::As<sql::DropIndexStatement>(tree).table);
      break;
    case Kind::kCreateView:
      add(sql::As<sql::CreateViewStatement>(tree).name);
      break;
    default:
      break;
  }
  return names;
}

}  // namespace

exec::StatementResult LockTables(StatementContext& context,
                                 const sql::LockTablesStatement& statement) {
  Session& session = context.session;
  context.runner.CommitAndWait();
  session.ReleaseTableLocks();
  std::vector<TableLocks::Wanted> wanted;
  WithDefinitions(session, [&](txn::CatalogView&) {
    for (const sql::LockTableItem& item : statement.items) {
      AddWanted(session, Resolved(session, item.table), item.alias,
                item.lock == sql::TableLock::kWrite, &wanted);
    }
  });
  LockAll(session, std::move(wanted));
  return {};
}

exec::StatementResult UnlockTables(StatementContext& context) {
  // The lock on everything is no part of a transaction: what is open goes on without it.
  if (HoldsNamed(context.session)) context.runner.CommitAndWait();
  context.session.ReleaseTableLocks();
  return {};
}

exec::StatementResult Flush(StatementContext& context, const sql::FlushStatement& statement) {
  Session& session = context.session;
  context.server.accounts().RequireGlobal(session, catalog::Privilege::kReload);
  const bool locks = statement.with_read_lock || statement.for_export;
  if (locks && HoldsNamed(session)) throw MakeError(ErrorCode::kLockOrActiveTransaction);
  context.runner.CommitAndWait();
  if (!locks) return {};
  session.ReleaseTableLocks();
  if (statement.tables.empty()) {
    LockEverything(session);
    return {};
  }
  std::vector<TableLocks::Wanted> wanted;
  WithDefinitions(session, [&](txn::CatalogView&) {
    for (const sql::TableName& table : statement.tables) {
      AddWanted(session, Resolved(session, table), {}, /*write=*/false, &wanted);
    }
  });
  LockAll(session, std::move(wanted));
  return {};
}

LockedDefinitions::LockedDefinitions(Session& session, const Statement& tree) : session_(session) {
  using Kind = Statement::Kind;
  if (!HoldsNamed(session)) return;
  switch (tree.kind) {
    case Kind::kCreateDatabase:
    case Kind::kAlterDatabase:
    case Kind::kDropDatabase:
    case Kind::kDropView:
      throw MakeError(ErrorCode::kLockOrActiveTransaction);
    default:
      break;
  }
  TableLocks& locks = *session.table_locks;
  for (const FullName& name : ChangedBy(session, tree)) {
    if (!session.HasTemporaryTable(name.first, name.second)) {
      locks.CheckChanged(name.first, name.second);
      if (tree.kind == Kind::kDropTable) gone_.push_back(name);
    }
  }
  LockNewNames(RenamesOf(session, tree));
}

// A renamed table stays locked, under its new name.
void LockedDefinitions::LockNewNames(const std::vector<std::pair<FullName, FullName>>& renames) {
  TableLocks& locks = *session_.table_locks;
  std::set<FullName> names, live;
  for (const auto& [from, to] : renames) {
    if (session_.HasTemporaryTable(from.first, from.second)) continue;  // nobody else sees it
    locks.CheckChanged(from.first, from.second);
    if (!locks.HasForItself(to.first, to.second)) {
      locks.Lock({{to.first, to.second, to.second, true}}, PatienceOf(session_));
      added_.push_back(to);
    }
    names.insert({from, to});
    live.erase(from);
    live.insert(to);
  }
  for (const FullName& name : names) {
    if (!live.contains(name)) gone_.push_back(name);
  }
}

LockedDefinitions::~LockedDefinitions() {
  if (session_.table_locks == nullptr) return;
  for (const FullName& name : added_) session_.table_locks->Forget(name.first, name.second);
}

void LockedDefinitions::Committed() {
  for (const FullName& name : gone_) session_.table_locks->Forget(name.first, name.second);
  added_.clear();
  // As if UNLOCK TABLES had been said: a session whose every locked table is gone has none locked.
  if (session_.table_locks->empty()) session_.ReleaseTableLocks();
}

}  // namespace sixfold::server
