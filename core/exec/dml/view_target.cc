#include "core/exec/dml/view_target.h"

#include "core/exec/dml/row_program.h"
#include "core/plan/session_context.h"
#include "core/sql/parser.h"
#include "core/txn/catalog_view.h"
#include "core/types/names.h"
#include "core/types/raise.h"

namespace sixfold::exec {

namespace {

/// Adds the view's columns over what it selects from; false: an item is no column.
bool AddViewColumns(const sql::QuerySpecification& select, const ViewTarget& source,
                    const catalog::ViewDef& view, ViewTarget* target) {
  std::vector<ViewTarget::Column> items;
  for (const sql::SelectItem& item : select.items) {
    if (item.expression->kind == sql::Expression::Kind::kWildcard) {
      items.insert(items.end(), source.columns.begin(), source.columns.end());
      continue;
    }
    const auto* name = sql::TryAs<sql::ColumnReference>(WithoutCollation(item.expression));
    if (name == nullptr) {
      items.push_back({std::string(item.name), UINT32_MAX});
      continue;
    }
    uint32_t ordinal = UINT32_MAX;
    for (const ViewTarget::Column& column : source.columns) {
      if (EqualNames(column.name, name->column)) ordinal = column.ordinal;
    }
    items.push_back({std::string(item.name), ordinal});
  }
  for (size_t i = 0; i < items.size(); i++) {
    if (i < view.column_names.size()) items[i].name = view.column_names[i];
    if (items[i].ordinal == UINT32_MAX) return false;
  }
  target->columns = std::move(items);
  return true;
}

}  // namespace

ViewTarget FindViewTarget(Binder& binder, const catalog::ViewPtr& view, bool outer_check,
                          int depth) {
  ViewTarget target;
  if (depth > 16) return target;
  const std::string_view text = binder.arena()->Copy(view->select_text);
  const sql::QueryExpression* query = sql::ParseQuery(text, {}, binder.arena());
  const auto* select = sql::TryAs<sql::QuerySpecification>(query->body);
  if (select == nullptr || select->distinct || !select->group_by.empty() ||
      select->having != nullptr || query->has_limit || select->from == nullptr) {
    return target;
  }
  const auto* base = sql::TryAs<sql::BaseTable>(select->from);
  if (base == nullptr) return target;
  binder.memory().used_tables.push_back({view->schema, view->name, view->version, true});
  const std::string schema(base->name.schema.empty() ? std::string_view(view->schema)
                                                     : base->name.schema);
  txn::CatalogView& catalog = binder.session().transaction().catalog();
  const bool check = outer_check || !view->check_option.empty();
  ViewTarget source;
  const std::string_view source_name = base->alias.empty() ? base->name.table : base->alias;
  if (catalog::TablePtr table = catalog.FindTable(schema, base->name.table)) {
    source.table = table;
    source.alias = std::string(source_name);
    for (uint32_t c = 0; c < table->columns.size(); c++)
      source.columns.push_back({table->columns[c].name, c});
  } else if (catalog::ViewPtr inner = catalog.FindView(schema, base->name.table)) {
    source =
        FindViewTarget(binder, inner, view->check_option == "CASCADED" || outer_check, depth + 1);
  }
  if (source.table == nullptr) return target;
  if (!AddViewColumns(*select, source, *view, &target)) return target;
  target.table = source.table;
  target.alias = source.alias;
  target.checks = source.checks;
  if (check && select->where != nullptr) {
    target.checks.push_back({select->where, schema, std::string(source_name), !base->alias.empty(),
                             std::move(source.columns)});
  }
  return target;
}

void AddViewChecks(Binder& binder, const catalog::ViewDef& view, const ViewTarget& behind,
                   RowProgram* program) {
  for (const ViewTarget::Check& check : behind.checks) {
    auto* scope = binder.arena()->New<Scope>();
    scope->block = program->block;
    FromTable& table = scope->tables.emplace_back();
    table.schema = check.schema;
    table.alias = check.name;
    table.aliased = check.aliased;
    table.merged = binder.arena()->New<plan::MergedView>();
    table.merged->scope = program->scope;
    for (const ViewTarget::Column& column : check.columns) {
      const plan::FromColumn behind_it{column.name, &program->scope->tables[0], column.ordinal};
      scope->columns.push_back(
          {column.name, &table, static_cast<uint32_t>(table.column_names.size())});
      table.merged->items.push_back({nullptr, behind_it});
      table.column_names.push_back(column.name);
    }
    program->view_checks.push_back(
        {view.schema, view.name,
         binder.BindScalarIn(*check.condition, scope, plan::Clause::kWhere)});
  }
}

}  // namespace sixfold::exec
