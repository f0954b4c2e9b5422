// DROP, TRUNCATE and RENAME TABLE, and the look-ups all of DDL shares.
#include "core/exec/ddl/ddl_internal.h"
#include "core/exec/ddl/table_draft.h"
#include "core/plan/session_context.h"
#include "core/txn/catalog_view.h"
#include "core/txn/catalog_writer.h"
#include "core/txn/transaction.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {

using catalog::TableDef;
using catalog::TablePtr;

DdlName ResolveDdlName(SessionContext& session, const sql::TableName& name) {
  DdlName resolved{std::string(name.schema), std::string(name.table)};
  if (resolved.schema.empty()) resolved.schema = session.current_schema();
  if (resolved.schema.empty()) throw MakeError(ErrorCode::kNoDbError);
  return resolved;
}

catalog::SchemaPtr RequireSchema(SessionContext& session, std::string_view schema) {
  catalog::SchemaPtr found = session.transaction().catalog().FindSchema(schema);
  if (found == nullptr) throw MakeError(ErrorCode::kBadDbError, schema);
  return found;
}

TablePtr RequireTable(SessionContext& session, const DdlName& name) {
  txn::CatalogView& catalog = session.transaction().catalog();
  TablePtr found = catalog.FindTable(name.schema, name.table);
  if (found != nullptr) return found;
  if (catalog.FindView(name.schema, name.table) != nullptr) {
    throw MakeError(ErrorCode::kWrongObject, name.schema, name.table, "BASE TABLE");
  }
  RequireSchema(session, name.schema);
  throw MakeError(ErrorCode::kNoSuchTable, name.schema, name.table);
}

namespace {

void RequireNamedOnce(const std::vector<DdlName>& before, const DdlName& name) {
  for (const DdlName& other : before) {
    if (other.schema == name.schema && other.table == name.table)
      throw MakeError(ErrorCode::kNonuniqTable, name.table);
  }
}

/// Drops one table and takes it out of its parents' lists.
void DropOneTable(SessionContext& session, const DdlName& name) {
  txn::Transaction& transaction = session.transaction();
  const TablePtr table = transaction.catalog().FindTable(name.schema, name.table);
  TableDef without_keys = *table;
  without_keys.foreign_keys.clear();
  LinkForeignKeys(session, table.get(), without_keys);
  transaction.catalog_writer().DropTable(*table);
}

void RenameOneTable(SessionContext& session, const DdlName& from, const DdlName& to) {
  txn::Transaction& transaction = session.transaction();
  transaction.catalog_writer().LockTable(from.schema, from.table);
  transaction.catalog_writer().LockTable(to.schema, to.table);
  CheckTableName(to.table);
  RequireSchema(session, to.schema);
  txn::CatalogView& catalog = transaction.catalog();
  if (catalog.FindTable(to.schema, to.table) != nullptr ||
      catalog.FindView(to.schema, to.table) != nullptr) {
    throw MakeError(ErrorCode::kTableExistsError, to.table);
  }
  if (const catalog::ViewPtr view = catalog.FindView(from.schema, from.table); view != nullptr) {
    catalog::ViewDef renamed = *view;
    renamed.schema = to.schema;
    renamed.name = to.table;
    transaction.catalog_writer().DropView(*view);
    transaction.catalog_writer().PutView(std::move(renamed));
    return;
  }
  const TablePtr table = RequireTable(session, from);
  TableDef renamed = *table;
  renamed.schema = to.schema;
  renamed.name = to.table;
  for (catalog::ForeignKeyDef& key : renamed.foreign_keys) {
    if (key.parent_schema == from.schema && key.parent_table == from.table) {
      key.parent_schema = to.schema;
      key.parent_table = to.table;
    }
  }
  // Children keep pointing at their parent under its new name.
  for (const auto& [schema, name] : table->referenced_by) {
    const TablePtr child = catalog.FindTable(schema, name);
    if (child == nullptr) continue;
    TableDef changed = *child;
    for (catalog::ForeignKeyDef& key : changed.foreign_keys) {
      if (key.parent_schema != from.schema || key.parent_table != from.table) continue;
      key.parent_schema = to.schema;
      key.parent_table = to.table;
    }
    transaction.catalog_writer().ReplaceTable(*child, std::move(changed));
  }
  LinkForeignKeys(session, table.get(), renamed);
  transaction.catalog_writer().ReplaceTable(*table, std::move(renamed));
}

}  // namespace

StatementResult DropTable(SessionContext& session, const sql::DropTableStatement& tree) {
  txn::Transaction& transaction = session.transaction();
  std::vector<DdlName> present;
  std::string missing;
  for (const sql::TableName& written : tree.tables) {
    const DdlName name = ResolveDdlName(session, written);
    RequireNamedOnce(present, name);
    session.RequirePrivilege("DROP", name.schema, name.table, "");
    if (!tree.temporary) transaction.catalog_writer().LockTable(name.schema, name.table);
    const TablePtr table = transaction.catalog().FindTable(name.schema, name.table);
    if (table != nullptr && (!tree.temporary || table->temporary)) {
      present.push_back(name);
      continue;
    }
    missing += fmt::format("{}{}.{}", missing.empty() ? "" : ",", name.schema, name.table);
  }
  if (!missing.empty()) {
    if (!tree.if_exists) throw MakeError(ErrorCode::kBadTableError, missing);
    session.diagnostics().Note(ErrorCode::kBadTableError, missing);
  }
  for (const DdlName& name : present) {
    RequireUnreferenced(session, *transaction.catalog().FindTable(name.schema, name.table),
                        present);
  }
  for (const DdlName& name : present) DropOneTable(session, name);
  return {};
}

StatementResult TruncateTable(SessionContext& session, const sql::TruncateTableStatement& tree) {
  const DdlName name = ResolveDdlName(session, tree.table);
  session.RequirePrivilege("DROP", name.schema, name.table, "");
  txn::Transaction& transaction = session.transaction();
  transaction.catalog_writer().LockTable(name.schema, name.table);
  const TablePtr table = RequireTable(session, name);
  if (session.UnsignedVariable("foreign_key_checks") != 0) {
    for (const auto& [schema, child] : table->referenced_by) {
      const TablePtr referencing = transaction.catalog().FindTable(schema, child);
      if (referencing == nullptr) continue;
      for (const catalog::ForeignKeyDef& key : referencing->foreign_keys) {
        if (key.parent_table != table->name || key.parent_schema != table->schema) continue;
        throw MakeError(ErrorCode::kTruncateIllegalFk,
                        fmt::format("`{}`.`{}`, CONSTRAINT `{}`", schema, child, key.name));
      }
    }
  }
  TableDef fresh = *table;
  fresh.id = TableId();
  for (catalog::IndexDef& index : fresh.indexes) index.id = IndexId();
  fresh.initial_auto_increment = 1;
  transaction.catalog_writer().DropTable(*table);
  transaction.catalog_writer().CreateTable(std::move(fresh));
  return {};
}

StatementResult RenameTable(SessionContext& session, const sql::RenameTableStatement& tree) {
  for (const sql::RenameItem& item : tree.items) {
    const DdlName from = ResolveDdlName(session, item.from), to = ResolveDdlName(session, item.to);
    session.RequirePrivilege("ALTER", from.schema, from.table, "");
    session.RequirePrivilege("DROP", from.schema, from.table, "");
    session.RequirePrivilege("CREATE", to.schema, to.table, "");
    session.RequirePrivilege("INSERT", to.schema, to.table, "");
    RenameOneTable(session, from, to);
  }
  return {};
}

}  // namespace sixfold::exec
