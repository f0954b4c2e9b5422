#include <memory>

#include "core/base/arena.h"
#include "core/exec/ddl/ddl_internal.h"
#include "core/exec/ddl/table_draft.h"
#include "core/exec/functions/registry.h"
#include "core/exec/statement.h"
#include "core/plan/bind/binder.h"
#include "core/plan/bind/resolved_names.h"
#include "core/plan/session_context.h"
#include "core/sql/printer.h"
#include "core/txn/catalog_view.h"
#include "core/txn/catalog_writer.h"
#include "core/txn/transaction.h"
#include "core/types/collation.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

const char* AlgorithmText(sql::ViewAlgorithm algorithm) {
  switch (algorithm) {
    case sql::ViewAlgorithm::kMerge:
      return "MERGE";
    case sql::ViewAlgorithm::kTempTable:
      return "TEMPTABLE";
    default:
      return "UNDEFINED";
  }
}

std::vector<std::string> ViewColumns(const sql::CreateViewStatement& tree,
                                     const BoundQuery& query) {
  std::vector<std::string> names;
  names.reserve(query.columns.size());
  for (const OutputColumn& column : query.columns) names.push_back(column.info.name);
  if (!tree.columns.empty() && tree.columns.size() != names.size())
    throw MakeError(ErrorCode::kViewWrongList);
  for (size_t i = 0; i < tree.columns.size(); ++i) names[i] = tree.columns[i];
  for (size_t i = 0; i < names.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (SameName(names[i], names[j])) throw MakeError(ErrorCode::kDupFieldname, names[i]);
    }
  }
  return names;
}

/// Binding the body finds what is wrong with it, names its columns, and resolves its names: what
/// is kept means the same whatever the current database is and whatever columns come later.
void BindBody(SessionContext& session, const sql::CreateViewStatement& tree, std::string_view text,
              catalog::ViewDef* view) {
  PlanMemory memory;
  plan::ResolvedNames names;
  Binder binder(session, BuiltinFunctions(), memory, {}, text);
  binder.resolved = &names;
  const std::shared_ptr<BoundQuery> query = binder.BindTopQuery(*tree.query);
  for (const PlanMemory::Privilege& p : memory.privileges) {
    session.RequirePrivilege(p.privilege, p.schema, p.table, "");
  }
  if (names.Names(view->schema, view->name))
    throw MakeError(ErrorCode::kViewRecursive, view->schema, view->name);
  view->column_names = ViewColumns(tree, *query);
  view->select_text = sql::PrintQuery(*tree.query, {.names = &names});
}

}  // namespace

StatementResult CreateView(SessionContext& session, const sql::CreateViewStatement& tree,
                           std::string_view text) {
  const DdlName name = ResolveDdlName(session, tree.name);
  session.RequirePrivilege("CREATE VIEW", name.schema, name.table, "");
  CheckTableName(name.table);
  txn::Transaction& transaction = session.transaction();
  transaction.catalog_writer().LockTable(name.schema, name.table);
  RequireSchema(session, name.schema);
  const catalog::ViewPtr existing = transaction.catalog().FindView(name.schema, name.table);
  if (transaction.catalog().FindTable(name.schema, name.table) != nullptr) {
    if (tree.alter || tree.or_replace)
      throw MakeError(ErrorCode::kWrongObject, name.schema, name.table, "VIEW");
    throw MakeError(ErrorCode::kTableExistsError, name.table);
  }
  if (existing != nullptr && !tree.alter && !tree.or_replace) {
    if (!tree.if_not_exists) throw MakeError(ErrorCode::kTableExistsError, name.table);
    session.diagnostics().Note(ErrorCode::kTableExistsError, name.table);
    return {};
  }
  if (existing == nullptr && tree.alter)
    throw MakeError(ErrorCode::kNoSuchTable, name.schema, name.table);
  if (existing != nullptr) session.RequirePrivilege("DROP", name.schema, name.table, "");

  catalog::ViewDef view;
  view.schema = name.schema;
  view.name = name.table;
  BindBody(session, tree, text, &view);
  view.algorithm = AlgorithmText(tree.algorithm);
  view.definer = tree.has_definer && !tree.definer.is_current
                     ? fmt::format("{}@{}", tree.definer.user, tree.definer.host)
                     : session.account();
  view.security_invoker = tree.security == sql::SqlSecurity::kInvoker;
  if (tree.check_option == sql::ViewCheckOption::kLocal) view.check_option = "LOCAL";
  if (tree.check_option == sql::ViewCheckOption::kCascaded) view.check_option = "CASCADED";
  view.character_set_client = "utf8mb4";
  view.collation_connection = session.connection_collation()->name;
  transaction.catalog_writer().PutView(std::move(view));
  return {};
}

StatementResult DropView(SessionContext& session, const sql::DropViewStatement& tree) {
  txn::Transaction& transaction = session.transaction();
  std::vector<catalog::ViewPtr> present;
  std::string missing;
  for (const sql::TableName& written : tree.views) {
    const DdlName name = ResolveDdlName(session, written);
    session.RequirePrivilege("DROP", name.schema, name.table, "");
    transaction.catalog_writer().LockTable(name.schema, name.table);
    catalog::ViewPtr view = transaction.catalog().FindView(name.schema, name.table);
    if (view != nullptr) {
      for (const catalog::ViewPtr& other : present) {
        if (other->schema == view->schema && other->name == view->name)
          throw MakeError(ErrorCode::kNonuniqTable, name.table);
      }
      present.push_back(std::move(view));
      continue;
    }
    if (transaction.catalog().FindTable(name.schema, name.table) != nullptr) {
      throw MakeError(ErrorCode::kWrongObject, name.schema, name.table, "VIEW");
    }
    missing += fmt::format("{}{}.{}", missing.empty() ? "" : ",", name.schema, name.table);
  }
  if (!missing.empty()) {
    if (!tree.if_exists) throw MakeError(ErrorCode::kBadTableError, missing);
    session.diagnostics().Note(ErrorCode::kBadTableError, missing);
  }
  for (const catalog::ViewPtr& view : present) transaction.catalog_writer().DropView(*view);
  return {};
}

}  // namespace sixfold::exec
