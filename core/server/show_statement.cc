// SHOW and DESCRIBE. What information_schema or performance_schema has is shown by a query over it,
// so LIKE, WHERE and privileges work as they do there; the rest is made by hand.
#include "core/exec/ddl.h"
#include "core/plan/virtual_table.h"
#include "core/server/accounts.h"
#include "core/server/connection.h"
#include "core/server/constant_expression.h"
#include "core/server/instance.h"
#include "core/server/result_rows.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/statement_runner.h"
#include "core/server/statements.h"
#include "core/server/variable_ids.h"
#include "core/server/virtual_table_registry.h"
#include "core/txn/catalog_view.h"
#include "core/txn/catalog_writer.h"
#include "core/txn/transaction_manager.h"
#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

/// What follows PASSWORD EXPIRE in SHOW CREATE USER.
std::string ExpiryText(const catalog::Account& account) {
  if (account.password_expired) return {};
  if (account.password_lifetime_days == catalog::Account::kDefaultLifetime) return " DEFAULT";
  if (account.password_lifetime_days == 0) return " NEVER";
  return fmt::format(" INTERVAL {} DAY", account.password_lifetime_days);
}

using sql::ShowKind;
using sql::ShowStatement;

std::string QuotedText(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'')
      out += "''";
    else if (c == '\\')
      out += "\\\\";
    else
      out += c;
  }
  return out + "'";
}

std::string QuotedName(std::string_view name) {
  std::string out = "`";
  for (char c : name) {
    if (c == '`') out += '`';
    out += c;
  }
  return out + "`";
}

/// SHOW as a query: `body` gives the columns; LIKE compares its first column, WHERE may name any.
class ShowQuery {
 public:
  ShowQuery(StatementContext& context, const ShowStatement& show)
      : context_(context), show_(show) {}

  exec::StatementResult Run(const std::string& body, std::string_view like_column,
                            std::string_view order = {}) {
    std::string sql = fmt::format("SELECT * FROM ({}) AS `SHOW`", body);
    if (show_.like != nullptr) {
      const ConstantValue pattern = EvaluateConstant(context_.runner, *show_.like, context_.text);
      sql +=
          fmt::format(" WHERE {} LIKE {}", QuotedName(like_column), QuotedText(pattern.AsText()));
    } else if (show_.where != nullptr) {
      const auto& span = show_.where->span;
      sql += " WHERE ";
      sql += context_.text.substr(span.begin, span.end - span.begin);
    }
    if (!order.empty()) sql += fmt::format(" ORDER BY {}", order);
    return context_.runner.RunInternal(std::move(sql), context_.sink);
  }

 private:
  StatementContext& context_;
  const ShowStatement& show_;
};

std::string SchemaOf(StatementContext& context, std::string_view written) {
  std::string schema(written.empty() ? std::string_view(context.session.current_schema())
                                     : written);
  if (schema.empty()) throw MakeError(ErrorCode::kNoDbError);
  return schema;
}

/// Definitions as the session sees them now; an open transaction is left alone.
class CatalogScope {
 public:
  explicit CatalogScope(Session& session)
      : session_(session), mine_(session.open_transaction() == nullptr) {
    session_.OpenTransaction(/*explicitly=*/false).BeginStatement();
  }
  ~CatalogScope() {
    if (mine_) {
      session_.DropTransaction();
    } else if (session_.open_transaction() != nullptr) {
      session_.open_transaction()->EndStatement();
    }
  }
  txn::CatalogView& view() { return session_.transaction().catalog(); }

 private:
  Session& session_;
  bool mine_;
};

void RequireSchemaExists(StatementContext& context, std::string_view schema) {
  if (IsVirtualSchema(schema)) return;
  CatalogScope scope(context.session);
  if (scope.view().FindSchema(schema) == nullptr) throw MakeError(ErrorCode::kBadDbError, schema);
}

void RequireTableExists(StatementContext& context, std::string_view schema,
                        std::string_view table) {
  if (IsVirtualSchema(schema)) {
    if (context.server.virtual_tables().Find(schema, table) != nullptr) return;
  } else {
    CatalogScope scope(context.session);
    if (scope.view().FindTable(schema, table) != nullptr ||
        scope.view().FindView(schema, table) != nullptr) {
      return;
    }
  }
  throw MakeError(ErrorCode::kNoSuchTable, schema, table);
}

exec::StatementResult ShowTables(StatementContext& context, const ShowStatement& show) {
  const std::string schema = SchemaOf(context, show.schema);
  RequireSchemaExists(context, schema);
  const std::string column = "Tables_in_" + schema;
  std::string type = show.full ? ", TABLE_TYPE AS `Table_type`" : "";
  return ShowQuery(context, show)
      .Run(fmt::format("SELECT TABLE_NAME AS {}{} FROM information_schema.TABLES WHERE "
                       "TABLE_SCHEMA = {}",
                       QuotedName(column), type, QuotedText(schema)),
           column, QuotedName(column));
}

exec::StatementResult ShowTableStatus(StatementContext& context, const ShowStatement& show) {
  const std::string schema = SchemaOf(context, show.schema);
  RequireSchemaExists(context, schema);
  return ShowQuery(context, show)
      .Run(fmt::format(
               "SELECT TABLE_NAME AS `Name`, ENGINE AS `Engine`, VERSION AS `Version`, ROW_FORMAT "
               "AS `Row_format`, TABLE_ROWS AS `Rows`, AVG_ROW_LENGTH AS `Avg_row_length`, "
               "DATA_LENGTH AS `Data_length`, MAX_DATA_LENGTH AS `Max_data_length`, INDEX_LENGTH "
               "AS `Index_length`, DATA_FREE AS `Data_free`, AUTO_INCREMENT AS `Auto_increment`, "
               "CREATE_TIME AS `Create_time`, UPDATE_TIME AS `Update_time`, CHECK_TIME AS "
               "`Check_time`, TABLE_COLLATION AS `Collation`, CHECKSUM AS `Checksum`, "
               "CREATE_OPTIONS AS `Create_options`, TABLE_COMMENT AS `Comment` FROM "
               "information_schema.TABLES WHERE TABLE_SCHEMA = {}",
               QuotedText(schema)),
           "Name", "`Name`");
}

std::string ColumnsQuery(std::string_view schema, std::string_view table, bool full,
                         std::string_view more) {
  const std::string_view extra_columns =
      full ? ", PRIVILEGES AS `Privileges`, COLUMN_COMMENT AS `Comment`" : "";
  const std::string_view collation = full ? ", COLLATION_NAME AS `Collation`" : "";
  return fmt::format(
      "SELECT COLUMN_NAME AS `Field`, COLUMN_TYPE AS `Type`{}, IS_NULLABLE AS `Null`, COLUMN_KEY "
      "AS `Key`, COLUMN_DEFAULT AS `Default`, EXTRA AS `Extra`{} FROM information_schema.COLUMNS "
      "WHERE TABLE_SCHEMA = {} AND TABLE_NAME = {}{} ORDER BY ORDINAL_POSITION",
      collation, extra_columns, QuotedText(schema), QuotedText(table), more);
}

exec::StatementResult ShowColumns(StatementContext& context, const ShowStatement& show) {
  const std::string schema =
      SchemaOf(context, show.name.schema.empty() ? show.schema : show.name.schema);
  RequireTableExists(context, schema, show.name.table);
  return ShowQuery(context, show)
      .Run(ColumnsQuery(schema, show.name.table, show.full, ""), "Field");
}

exec::StatementResult ShowIndex(StatementContext& context, const ShowStatement& show) {
  const std::string schema =
      SchemaOf(context, show.name.schema.empty() ? show.schema : show.name.schema);
  RequireTableExists(context, schema, show.name.table);
  return ShowQuery(context, show)
      .Run(fmt::format(
               "SELECT TABLE_NAME AS `Table`, NON_UNIQUE AS `Non_unique`, INDEX_NAME AS "
               "`Key_name`, SEQ_IN_INDEX AS `Seq_in_index`, COLUMN_NAME AS `Column_name`, "
               "COLLATION AS `Collation`, CARDINALITY AS `Cardinality`, SUB_PART AS `Sub_part`, "
               "PACKED AS `Packed`, NULLABLE AS `Null`, INDEX_TYPE AS `Index_type`, COMMENT AS "
               "`Comment`, INDEX_COMMENT AS `Index_comment`, IS_VISIBLE AS `Visible`, EXPRESSION "
               "AS `Expression` FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = {} AND "
               "TABLE_NAME = {}",
               QuotedText(schema), QuotedText(show.name.table)),
           "Key_name");
}

exec::StatementResult ShowVariables(StatementContext& context, const ShowStatement& show) {
  const bool global = show.scope == sql::VariableScope::kGlobal;
  return ShowQuery(context, show)
      .Run(fmt::format("SELECT VARIABLE_NAME AS `Variable_name`, VARIABLE_VALUE AS `Value` FROM "
                       "performance_schema.{}_variables",
                       global ? "global" : "session"),
           "Variable_name", "`Variable_name`");
}

exec::StatementResult ShowStatus(StatementContext& context, const ShowStatement& show) {
  const bool global = show.scope == sql::VariableScope::kGlobal;
  return ShowQuery(context, show)
      .Run(fmt::format("SELECT VARIABLE_NAME AS `Variable_name`, VARIABLE_VALUE AS `Value` FROM "
                       "performance_schema.{}_status",
                       global ? "global" : "session"),
           "Variable_name", "`Variable_name`");
}

exec::StatementResult ShowWarnings(StatementContext& context, const ShowStatement& show) {
  ResultRows rows(context.sink, {{"Level", 7}, {"Code", 0}, {"Message", 512}});
  const bool errors_only = show.show == ShowKind::kErrors;
  uint64_t skip = 0;
  uint64_t most = UINT64_MAX;
  if (show.has_limit) {
    if (show.limit.offset != nullptr) {
      skip = EvaluateConstant(context.runner, *show.limit.offset, context.text).AsUint();
    }
    if (show.limit.count != nullptr) {
      most = EvaluateConstant(context.runner, *show.limit.count, context.text).AsUint();
    }
  }
  const auto conditions = context.session.diagnostics().conditions();
  for (const types::Condition& condition : conditions) {
    if (errors_only && condition.severity != types::Severity::kError) continue;
    if (skip > 0) {
      --skip;
      continue;
    }
    if (most-- == 0) break;
    const char* level = condition.severity == types::Severity::kNote      ? "Note"
                        : condition.severity == types::Severity::kWarning ? "Warning"
                                                                          : "Error";
    rows.Add({level, static_cast<uint64_t>(condition.code), condition.message});
  }
  return rows.Finish();
}

exec::StatementResult ShowCount(StatementContext& context, bool errors) {
  ResultRows rows(context.sink,
                  {{errors ? "@@session.error_count" : "@@session.warning_count", 0}});
  const types::Diagnostics& diagnostics = context.session.diagnostics();
  rows.Add({static_cast<uint64_t>(errors ? diagnostics.errors() : diagnostics.total())});
  return rows.Finish();
}

exec::StatementResult ShowCreateTableOrView(StatementContext& context, const ShowStatement& show) {
  Session& session = context.session;
  const std::string schema = SchemaOf(context, show.name.schema);
  const std::string table(show.name.table);
  catalog::TablePtr definition;
  catalog::ViewPtr view;
  if (IsVirtualSchema(schema)) {
    const plan::VirtualTable* found = context.server.virtual_tables().Find(schema, table);
    if (found != nullptr) definition = found->definition();
  } else {
    CatalogScope scope(session);
    definition = scope.view().FindTable(schema, table);
    if (definition == nullptr) view = scope.view().FindView(schema, table);
  }
  if (definition == nullptr && view == nullptr) {
    throw MakeError(ErrorCode::kNoSuchTable, schema, table);
  }
  if (!context.server.accounts().SeesTable(session, schema, table)) {
    throw MakeError(ErrorCode::kTableaccessDeniedError, "SHOW", session.bound_account->account.user,
                    session.host(), table);
  }
  if (definition != nullptr) {
    if (show.show == ShowKind::kCreateView) {
      throw MakeError(ErrorCode::kWrongObject, schema, table, "VIEW");
    }
    const uint64_t next =
        definition->AutoIncrementColumn() < 0 || IsVirtualSchema(schema)
            ? 0
            : context.server.instance().transactions()->NextAutoIncrement(*definition);
    ResultRows rows(context.sink, {{"Table", 64}, {"Create Table", 65535}});
    rows.Add({table, exec::ShowCreateTable(*definition, next, session.sql_mode())});
    return rows.Finish();
  }
  ResultRows rows(context.sink, {{"View", 64},
                                 {"Create View", 65535},
                                 {"character_set_client", 32},
                                 {"collation_connection", 64}});
  rows.Add({table, exec::ShowCreateView(*view, session.current_schema()),
            view->character_set_client, view->collation_connection});
  return rows.Finish();
}

exec::StatementResult ShowCreateDatabase(StatementContext& context, const ShowStatement& show) {
  const std::string name(show.name.table);
  ResultRows rows(context.sink, {{"Database", 64}, {"Create Database", 1024}});
  if (IsVirtualSchema(name)) {
    rows.Add({name,
              fmt::format("CREATE DATABASE `{}` /*!40100 DEFAULT CHARACTER SET utf8mb3 */", name)});
    return rows.Finish();
  }
  CatalogScope scope(context.session);
  const catalog::SchemaPtr schema = scope.view().FindSchema(name);
  if (schema == nullptr) throw MakeError(ErrorCode::kBadDbError, name);
  rows.Add({name, exec::ShowCreateSchema(*schema, show.if_not_exists)});
  return rows.Finish();
}

catalog::Account AccountFor(StatementContext& context, const ShowStatement& show) {
  Session& session = context.session;
  Accounts& accounts = context.server.accounts();
  const catalog::Account& own = accounts.Bound(session).account;
  if (!show.has_account || show.account.is_current) return own;
  if (show.account.user == own.user && show.account.host == own.host) return own;
  accounts.Require(session, "SELECT", "mysql", "", "");
  const catalog::Account* found = accounts.Current()->Find(show.account.user, show.account.host);
  if (found == nullptr) {
    throw MakeError(ErrorCode::kNonexistingGrant, show.account.user, show.account.host);
  }
  return *found;
}

std::string PlainAccount(const catalog::Account& account) {
  return account.user + "@" + account.host;
}

exec::StatementResult ShowEngineStatus(StatementContext& context, const ShowStatement& show) {
  context.server.accounts().RequireGlobal(context.session, catalog::Privilege::kProcess);
  ResultRows rows(context.sink, {{"Type", 10}, {"Name", 512}, {"Status", 65535}});
  const storage::VolumeProgress progress = context.server.instance().Progress();
  rows.Add({"InnoDB", "",
            fmt::format("Sixfold volume: epoch {}, durable LSN {}, applied LSN {}", progress.epoch,
                        progress.durable, progress.applied)});
  return rows.Finish();
}

exec::StatementResult EmptyResult(StatementContext& context,
                                  std::initializer_list<ResultColumnSpec> columns) {
  ResultRows rows(context.sink, columns);
  return rows.Finish();
}

exec::StatementResult ShowPrivileges(StatementContext& context) {
  ResultRows rows(context.sink, {{"Privilege", 64}, {"Context", 64}, {"Comment", 256}});
  for (int i = 0; i < catalog::kPrivilegeCount; ++i) {
    rows.Add({catalog::PrivilegeName(static_cast<catalog::Privilege>(i)), "Server Admin", ""});
  }
  return rows.Finish();
}

}  // namespace

exec::StatementResult Show(StatementContext& context, const ShowStatement& show) {
  ShowQuery query(context, show);
  switch (show.show) {
    case ShowKind::kDatabases:
      return query.Run("SELECT SCHEMA_NAME AS `Database` FROM information_schema.SCHEMATA",
                       "Database", "`Database`");
    case ShowKind::kTables:
      return ShowTables(context, show);
    case ShowKind::kTableStatus:
      return ShowTableStatus(context, show);
    case ShowKind::kColumns:
      return ShowColumns(context, show);
    case ShowKind::kIndex:
      return ShowIndex(context, show);
    case ShowKind::kVariables:
      return ShowVariables(context, show);
    case ShowKind::kStatus:
      return ShowStatus(context, show);
    case ShowKind::kWarnings:
    case ShowKind::kErrors:
      return ShowWarnings(context, show);
    case ShowKind::kCountErrors:
      return ShowCount(context, true);
    case ShowKind::kCountWarnings:
      return ShowCount(context, false);
    case ShowKind::kCreateTable:
    case ShowKind::kCreateView:
      return ShowCreateTableOrView(context, show);
    case ShowKind::kCreateDatabase:
      return ShowCreateDatabase(context, show);
    case ShowKind::kCharset:
      return query.Run(
          "SELECT CHARACTER_SET_NAME AS `Charset`, DESCRIPTION AS `Description`, "
          "DEFAULT_COLLATE_NAME AS `Default collation`, MAXLEN AS `Maxlen` FROM "
          "information_schema.CHARACTER_SETS",
          "Charset", "`Charset`");
    case ShowKind::kCollation:
      return query.Run(
          "SELECT COLLATION_NAME AS `Collation`, CHARACTER_SET_NAME AS `Charset`, ID AS `Id`, "
          "IS_DEFAULT AS `Default`, IS_COMPILED AS `Compiled`, SORTLEN AS `Sortlen`, "
          "PAD_ATTRIBUTE AS `Pad_attribute` FROM information_schema.COLLATIONS",
          "Collation", "`Collation`");
    case ShowKind::kEngines:
      return query.Run(
          "SELECT ENGINE AS `Engine`, SUPPORT AS `Support`, COMMENT AS `Comment`, TRANSACTIONS AS "
          "`Transactions`, XA AS `XA`, SAVEPOINTS AS `Savepoints` FROM "
          "information_schema.ENGINES",
          "Engine");
    case ShowKind::kPlugins:
      return query.Run(
          "SELECT PLUGIN_NAME AS `Name`, PLUGIN_STATUS AS `Status`, PLUGIN_TYPE AS `Type`, "
          "PLUGIN_LIBRARY AS `Library`, PLUGIN_LICENSE AS `License` FROM "
          "information_schema.PLUGINS",
          "Name");
    case ShowKind::kProcesslist: {
      const std::string_view info = show.full ? "INFO" : "LEFT(INFO, 100)";
      return query.Run(
          fmt::format("SELECT ID AS `Id`, USER AS `User`, HOST AS `Host`, DB AS `db`, COMMAND AS "
                      "`Command`, TIME AS `Time`, STATE AS `State`, {} AS `Info` FROM "
                      "information_schema.PROCESSLIST",
                      info),
          "Id", "`Id`");
    }
    case ShowKind::kGrants: {
      const catalog::Account account = AccountFor(context, show);
      const std::string header = "Grants for " + PlainAccount(account);
      ResultRows rows(context.sink, {{header, 1024}});
      for (const std::string& line : context.server.accounts().Current()->ShowGrants(account)) {
        rows.Add({line});
      }
      return rows.Finish();
    }
    case ShowKind::kCreateUser: {
      const catalog::Account account = AccountFor(context, show);
      const std::string header = "CREATE USER for " + PlainAccount(account);
      ResultRows rows(context.sink, {{header, 1024}});
      rows.Add({fmt::format(
          "CREATE USER {} IDENTIFIED WITH '{}'{} REQUIRE {} PASSWORD EXPIRE{} ACCOUNT {} PASSWORD "
          "HISTORY DEFAULT PASSWORD REUSE INTERVAL DEFAULT PASSWORD REQUIRE CURRENT DEFAULT",
          account.Quoted(), account.plugin,
          account.authentication_string.empty()
              ? std::string()
              : " AS " + QuotedText(account.authentication_string),
          account.tls_requirement.empty()    ? "NONE"
          : account.tls_requirement == "ANY" ? "SSL"
                                             : account.tls_requirement,
          ExpiryText(account), account.locked ? "LOCK" : "UNLOCK")});
      return rows.Finish();
    }
    case ShowKind::kPrivileges:
      return ShowPrivileges(context);
    case ShowKind::kEngine:
      return ShowEngineStatus(context, show);
    case ShowKind::kTriggers:
      RequireSchemaExists(context, SchemaOf(context, show.schema));
      return query.Run(
          fmt::format("SELECT TRIGGER_NAME AS `Trigger`, EVENT_MANIPULATION AS `Event`, "
                      "EVENT_OBJECT_TABLE AS `Table`, ACTION_STATEMENT AS `Statement`, "
                      "ACTION_TIMING AS `Timing`, CREATED AS `Created`, SQL_MODE AS `sql_mode`, "
                      "DEFINER AS `Definer`, CHARACTER_SET_CLIENT AS `character_set_client`, "
                      "COLLATION_CONNECTION AS `collation_connection`, DATABASE_COLLATION AS "
                      "`Database Collation` FROM information_schema.TRIGGERS WHERE "
                      "TRIGGER_SCHEMA = {}",
                      QuotedText(SchemaOf(context, show.schema))),
          "Table");
    case ShowKind::kEvents:
      return EmptyResult(context, {{"Db"},
                                   {"Name"},
                                   {"Definer"},
                                   {"Time zone"},
                                   {"Type"},
                                   {"Execute at"},
                                   {"Interval value"},
                                   {"Interval field"},
                                   {"Starts"},
                                   {"Ends"},
                                   {"Status"},
                                   {"Originator"},
                                   {"character_set_client"},
                                   {"collation_connection"},
                                   {"Database Collation"}});
    case ShowKind::kProcedureStatus:
    case ShowKind::kFunctionStatus:
      return query.Run(
          fmt::format("SELECT ROUTINE_SCHEMA AS `Db`, ROUTINE_NAME AS `Name`, ROUTINE_TYPE AS "
                      "`Type`, DEFINER AS `Definer`, LAST_ALTERED AS `Modified`, CREATED AS "
                      "`Created`, SECURITY_TYPE AS `Security_type`, ROUTINE_COMMENT AS `Comment`, "
                      "CHARACTER_SET_CLIENT AS `character_set_client`, COLLATION_CONNECTION AS "
                      "`collation_connection`, DATABASE_COLLATION AS `Database Collation` FROM "
                      "information_schema.ROUTINES WHERE ROUTINE_TYPE = '{}'",
                      show.show == ShowKind::kProcedureStatus ? "PROCEDURE" : "FUNCTION"),
          "Name");
    case ShowKind::kOpenTables:
      return EmptyResult(context, {{"Database"}, {"Table"}, {"In_use", 0}, {"Name_locked", 0}});
    case ShowKind::kProfiles:
      return EmptyResult(context, {{"Query_ID", 0}, {"Duration"}, {"Query", 300}});
    case ShowKind::kProfile:
      return EmptyResult(context, {{"Status", 30}, {"Duration"}});
    case ShowKind::kBinaryLogs:
      throw MakeError(ErrorCode::kNoBinaryLogging);
    case ShowKind::kMasterStatus:
      return EmptyResult(context, {{"File"},
                                   {"Position", 0},
                                   {"Binlog_Do_DB"},
                                   {"Binlog_Ignore_DB"},
                                   {"Executed_Gtid_Set"}});
    case ShowKind::kReplicas:
      return EmptyResult(
          context, {{"Server_Id", 0}, {"Host"}, {"Port", 0}, {"Source_Id", 0}, {"Replica_UUID"}});
    case ShowKind::kReplicaStatus:
      return EmptyResult(context, {{"Replica_IO_State"}});
    case ShowKind::kCreateProcedure:
      throw MakeError(ErrorCode::kSpDoesNotExist, "PROCEDURE", show.name.table);
    case ShowKind::kCreateFunction:
      throw MakeError(ErrorCode::kSpDoesNotExist, "FUNCTION", show.name.table);
    case ShowKind::kCreateTrigger:
      throw MakeError(ErrorCode::kTrgDoesNotExist);
    case ShowKind::kCreateEvent:
      throw MakeError(ErrorCode::kEventDoesNotExist, show.name.table);
    case ShowKind::kBinlogEvents:
    case ShowKind::kRelaylogEvents:
    case ShowKind::kFunctionCode:
    case ShowKind::kProcedureCode:
    case ShowKind::kVolumeStatus:
      break;
  }
  throw MakeError(ErrorCode::kNotSupportedYet, "this SHOW statement");
}

exec::StatementResult Describe(StatementContext& context, const sql::DescribeStatement& statement) {
  const std::string schema = SchemaOf(context, statement.table.schema);
  RequireTableExists(context, schema, statement.table.table);
  const std::string more = statement.column.empty() ? std::string()
                                                    : fmt::format(" AND COLUMN_NAME LIKE {}",
                                                                  QuotedText(statement.column));
  return context.runner.RunInternal(
      ColumnsQuery(schema, statement.table.table, /*full=*/false, more), context.sink);
}

}  // namespace sixfold::server
