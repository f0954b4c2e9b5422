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

using catalog::TableDef;

/// CHARACTER SET and COLLATE of the options, before columns are built on them.
const types::Collation* TableCollation(const sql::CreateTableStatement& tree,
                                       const types::Collation* otherwise) {
  std::string_view charset, collation;
  for (const sql::TableOption& option : tree.options) {
    if (option.kind == sql::TableOptionKind::kCharset && !option.is_default) charset = option.text;
    if (option.kind == sql::TableOptionKind::kCollation) collation = option.text;
  }
  return catalog::ResolveCollation(charset, collation, otherwise);
}

TableDef LikeTable(SessionContext& session, const sql::CreateTableStatement& tree,
                   const DdlName& name) {
  const catalog::TablePtr source = RequireTable(session, ResolveDdlName(session, tree.like));
  TableDef table = *source;
  table.schema = name.schema;
  table.name = name.table;
  table.id = TableId();
  table.temporary = tree.temporary;
  for (catalog::IndexDef& index : table.indexes) index.id = IndexId();
  table.foreign_keys.clear();
  table.referenced_by.clear();
  table.initial_auto_increment = 1;
  for (catalog::ColumnDef& column : table.columns) column.instant_default.reset();
  return table;
}

TableDef BuildTable(SessionContext& session, const sql::CreateTableStatement& tree,
                    const DdlName& name, const catalog::SchemaDef& schema) {
  TableDraft draft(session, name.schema, name.table);
  draft.table().collation = TableCollation(tree, schema.collation);
  draft.table().temporary = tree.temporary;
  for (const sql::TableOption& option : tree.options) draft.ApplyOption(option);
  for (const sql::ColumnDefinition* column : tree.columns) draft.AddColumn(*column, -1);
  for (const sql::KeyDefinition* key : tree.keys) draft.AddKey(*key);
  for (const sql::CheckConstraint* check : tree.checks) draft.AddCheck(*check);
  if (tree.partitioning != nullptr) draft.table().partition_text = tree.partitioning->text;
  return draft.Finish();
}

void WarnAboutUnusedKeys(SessionContext& session, const TableDef& table) {
  for (const catalog::IndexDef& index : table.indexes) {
    if (index.stored()) continue;
    session.diagnostics().Add(
        types::Severity::kWarning, ErrorCode::kNotSupportedYet,
        fmt::format("{} key '{}' is recorded, but not used to search",
                    index.kind == catalog::IndexKind::kFulltext ? "FULLTEXT" : "SPATIAL",
                    index.name));
  }
}

}  // namespace

StatementResult CreateTable(SessionContext& session, const sql::CreateTableStatement& tree,
                            std::string_view text) {
  const DdlName name = ResolveDdlName(session, tree.name);
  session.RequirePrivilege("CREATE", name.schema, name.table, "");
  CheckTableName(name.table);
  txn::Transaction& transaction = session.transaction();
  if (!tree.temporary) transaction.catalog_writer().LockTable(name.schema, name.table);
  const catalog::SchemaPtr schema = RequireSchema(session, name.schema);
  // A temporary table may hide another one, not another temporary one.
  const catalog::TablePtr existing = transaction.catalog().FindTable(name.schema, name.table);
  const bool taken = tree.temporary
                         ? existing != nullptr && existing->temporary
                         : (existing != nullptr && !existing->temporary) ||
                               transaction.catalog().FindView(name.schema, name.table) != nullptr;
  if (taken) {
    if (!tree.if_not_exists) throw MakeError(ErrorCode::kTableExistsError, name.table);
    session.diagnostics().Note(ErrorCode::kTableExistsError, name.table);
    return {};
  }
  if (tree.query != nullptr) return CreateTableFromQuery(session, tree, text, name);
  TableDef table =
      tree.is_like ? LikeTable(session, tree, name) : BuildTable(session, tree, name, *schema);
  table.create_time_s = session.statement_time_us() / 1'000'000;
  WarnAboutUnusedKeys(session, table);
  LinkForeignKeys(session, nullptr, table);
  transaction.catalog_writer().CreateTable(std::move(table));
  return {};
}

}  // namespace sixfold::exec
