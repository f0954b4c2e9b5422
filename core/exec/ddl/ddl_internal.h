// The statements of DDL, one function each; execute_ddl.cc chooses.
#pragma once

#include <string>
#include <string_view>

#include "core/catalog/definitions.h"
#include "core/exec/plan_names.h"
#include "core/exec/result_sink.h"
#include "core/sql/ast_ddl.h"

namespace sixfold::exec {

/// A table's full name; 1046 where no database is written nor selected.
struct DdlName {
  std::string schema;
  std::string table;
};
DdlName ResolveDdlName(SessionContext& session, const sql::TableName& name);
/// The schema; 1049 when it does not exist.
catalog::SchemaPtr RequireSchema(SessionContext& session, std::string_view schema);
/// The table; 1146 when it does not exist, 1347 when it is a view.
catalog::TablePtr RequireTable(SessionContext& session, const DdlName& name);

StatementResult CreateDatabase(SessionContext& session, const sql::CreateDatabaseStatement& tree);
StatementResult AlterDatabase(SessionContext& session, const sql::AlterDatabaseStatement& tree);
StatementResult DropDatabase(SessionContext& session, const sql::DropDatabaseStatement& tree);
StatementResult CreateTable(SessionContext& session, const sql::CreateTableStatement& tree,
                            std::string_view text);
StatementResult AlterTable(SessionContext& session, const sql::AlterTableStatement& tree,
                           std::string_view text);
StatementResult DropTable(SessionContext& session, const sql::DropTableStatement& tree);
StatementResult TruncateTable(SessionContext& session, const sql::TruncateTableStatement& tree);
StatementResult RenameTable(SessionContext& session, const sql::RenameTableStatement& tree);
StatementResult CreateIndex(SessionContext& session, const sql::CreateIndexStatement& tree,
                            std::string_view text);
StatementResult DropIndex(SessionContext& session, const sql::DropIndexStatement& tree,
                          std::string_view text);
StatementResult CreateView(SessionContext& session, const sql::CreateViewStatement& tree,
                           std::string_view text);
StatementResult DropView(SessionContext& session, const sql::DropViewStatement& tree);

/// Checks new or changed foreign keys against their parents (1822, 1824, 3780 … unless
/// foreign_key_checks is off) and keeps TableDef::referenced_by of the parents right.
void LinkForeignKeys(SessionContext& session, const catalog::TableDef* old_table,
                     const catalog::TableDef& new_table);
/// Throws 3730 when a foreign key of a table outside `also_dropped` names this one.
void RequireUnreferenced(SessionContext& session, const catalog::TableDef& table,
                         const std::vector<DdlName>& also_dropped);

/// Copies all rows from the old table to the new one, converting values as INSERT does. Columns
/// pair up by storage id; others get their default. Returns how many.
uint64_t CopyRows(SessionContext& session, const catalog::TablePtr& from,
                  const catalog::TablePtr& to);

/// CREATE TABLE … SELECT: runs the query, makes the table and fills it (create_select.cc).
StatementResult CreateTableFromQuery(SessionContext& session, const sql::CreateTableStatement& tree,
                                     std::string_view text, const DdlName& name);

}  // namespace sixfold::exec
