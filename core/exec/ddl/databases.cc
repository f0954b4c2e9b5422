#include "core/catalog/type_builder.h"
#include "core/exec/ddl/ddl_internal.h"
#include "core/exec/ddl/table_draft.h"
#include "core/plan/session_context.h"
#include "core/txn/catalog_view.h"
#include "core/txn/catalog_writer.h"
#include "core/txn/transaction.h"
#include "core/types/collation.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

bool IsSystemSchema(std::string_view name) {
  return SameName(name, "information_schema") || SameName(name, "performance_schema") ||
         name == "mysql" || name == "sys";
}

void CheckDatabaseName(std::string_view name) {
  if (name.size() > 64) throw MakeError(ErrorCode::kTooLongIdent, name);
  if (name.empty() || name.back() == ' ') throw MakeError(ErrorCode::kWrongDbName, name);
}

}  // namespace

StatementResult CreateDatabase(SessionContext& session, const sql::CreateDatabaseStatement& tree) {
  session.RequirePrivilege("CREATE", tree.name, "", "");
  CheckDatabaseName(tree.name);
  txn::Transaction& transaction = session.transaction();
  transaction.catalog_writer().LockTable(tree.name, "");
  const bool reserved =
      SameName(tree.name, "information_schema") || SameName(tree.name, "performance_schema");
  if (reserved || transaction.catalog().FindSchema(tree.name) != nullptr) {
    if (!tree.if_not_exists) throw MakeError(ErrorCode::kDbCreateExists, tree.name);
    session.diagnostics().Note(ErrorCode::kDbCreateExists, tree.name);
    return {.affected_rows = 1};
  }
  catalog::SchemaDef schema;
  schema.name = tree.name;
  schema.collation = catalog::ResolveCollation(tree.options.charset, tree.options.collation,
                                               &types::kUtf8mb4Collation);
  transaction.catalog_writer().CreateSchema(std::move(schema));
  return {.affected_rows = 1};
}

StatementResult AlterDatabase(SessionContext& session, const sql::AlterDatabaseStatement& tree) {
  const std::string name(tree.name.empty() ? std::string_view(session.current_schema())
                                           : tree.name);
  if (name.empty()) throw MakeError(ErrorCode::kNoDbError);
  session.RequirePrivilege("ALTER", name, "", "");
  session.transaction().catalog_writer().LockTable(name, "");
  catalog::SchemaDef schema = *RequireSchema(session, name);
  schema.collation =
      catalog::ResolveCollation(tree.options.charset, tree.options.collation, schema.collation);
  session.transaction().catalog_writer().AlterSchema(schema);
  return {.affected_rows = 1};
}

StatementResult DropDatabase(SessionContext& session, const sql::DropDatabaseStatement& tree) {
  session.RequirePrivilege("DROP", tree.name, "", "");
  txn::Transaction& transaction = session.transaction();
  if (IsSystemSchema(tree.name)) {
    throw SqlError(ErrorCode::kDbaccessDeniedError, "42000",
                   fmt::format("Access denied for user '{}'@'{}' to database '{}'", session.user(),
                               session.host(), tree.name));
  }
  transaction.catalog_writer().LockTable(tree.name, "");
  const catalog::SchemaPtr schema = transaction.catalog().FindSchema(tree.name);
  if (schema == nullptr) {
    if (!tree.if_exists) throw MakeError(ErrorCode::kDbDropExists, tree.name);
    session.diagnostics().Note(ErrorCode::kDbDropExists, tree.name);
    return {};
  }
  const std::vector<catalog::TablePtr> tables = transaction.catalog().ListTables(tree.name);
  std::vector<DdlName> names;
  for (const catalog::TablePtr& table : tables) names.push_back({table->schema, table->name});
  for (const catalog::TablePtr& table : tables) RequireUnreferenced(session, *table, names);
  for (const DdlName& name : names) {
    transaction.catalog_writer().LockTable(name.schema, name.table);
    // Read again: dropping one table may have changed the definition of its parents.
    const catalog::TablePtr table = transaction.catalog().FindTable(name.schema, name.table);
    catalog::TableDef without_keys = *table;
    without_keys.foreign_keys.clear();
    LinkForeignKeys(session, table.get(), without_keys);
    transaction.catalog_writer().DropTable(*table);
  }
  const auto views = transaction.catalog().ListViews(tree.name);
  for (const catalog::ViewPtr& view : views) transaction.catalog_writer().DropView(*view);
  transaction.catalog_writer().DropSchema(*schema);
  return {.affected_rows = names.size() + views.size()};
}

}  // namespace sixfold::exec
