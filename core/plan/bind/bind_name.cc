// Columns: which of the names in reach is meant.
#include "core/plan/bind/binder.h"
#include "core/plan/bind/resolved_names.h"
#include "core/plan/expression/nodes.h"
#include "core/types/names.h"
#include "core/types/raise.h"

namespace sixfold::plan {

namespace {

bool NameMatchesTable(const FromTable& table, const sql::ColumnReference& name) {
  if (!name.table.empty() && table.alias != name.table) return false;
  return name.schema.empty() || table.schema == name.schema;
}

std::string FullName(const sql::ColumnReference& name) {
  std::string text;
  if (!name.schema.empty()) text.append(name.schema).append(".");
  if (!name.table.empty()) text.append(name.table).append(".");
  return text.append(name.column);
}

int CountColumns(const Scope& scope, std::string_view name) {
  int matches = 0;
  for (const FromColumn& column : scope.columns) matches += EqualNames(column.name, name) ? 1 : 0;
  return matches;
}

}  // namespace

std::string_view ClauseName(Clause clause) {
  switch (clause) {
    case Clause::kSelect:
    case Clause::kValues:
    case Clause::kSet:
      return "field list";
    case Clause::kFrom:
      return "from clause";
    case Clause::kOn:
      return "on clause";
    case Clause::kWhere:
      return "where clause";
    case Clause::kGroupBy:
      return "group statement";
    case Clause::kHaving:
      return "having clause";
    case Clause::kOrderBy:
      return "order clause";
    case Clause::kWindow:
      return "window";
    case Clause::kLimit:
      return "limit clause";
  }
  return "field list";
}

const FromColumn* Binder::FindColumn(const Scope& scope, const sql::ColumnReference& name,
                                     FromColumn* storage) {
  if (name.table.empty()) {
    const FromColumn* found = nullptr;
    for (const FromColumn& column : scope.columns) {
      if (!EqualNames(column.name, name.column)) continue;
      if (found != nullptr) Raise(kErAmbiguous, std::string(name.column), ClauseName(clause_));
      found = &column;
    }
    if (found != nullptr) return found;
    for (const FromTable& table : scope.tables) {  // invisible columns can be named
      if (table.invisible.empty()) continue;
      for (uint32_t c = 0; c < table.column_names.size(); c++) {
        if (!table.invisible[c] || !EqualNames(table.column_names[c], name.column)) continue;
        *storage = {table.column_names[c], &table, c};
        return storage;
      }
    }
    return nullptr;
  }
  bool found = false;
  for (const FromTable& table : scope.tables) {
    if (!NameMatchesTable(table, name)) continue;
    for (uint32_t c = 0; c < table.column_names.size(); c++) {
      if (!EqualNames(table.column_names[c], name.column)) continue;
      if (found) Raise(kErAmbiguous, FullName(name), ClauseName(clause_));
      *storage = {table.column_names[c], &table, c};
      found = true;
    }
  }
  return found ? storage : nullptr;
}

const SelectAlias* Binder::FindAlias(const Scope& scope, std::string_view name) {
  if (scope.aliases == nullptr) return nullptr;
  const SelectAlias* unaliased = nullptr;
  for (const SelectAlias& alias : *scope.aliases) {
    if (!EqualNames(alias.name, name)) continue;
    if (alias.is_explicit) return &alias;
    if (unaliased == nullptr) unaliased = &alias;
  }
  return unaliased;
}

Expression* Binder::BindAlias(const Scope& scope, const SelectAlias& alias) {
  if (alias.expression == nullptr) return BindFromColumn(alias.column);
  if (binding_alias_ > 16) Raise(kErIllegalReference, alias.name, "forward reference in item list");
  binding_alias_++;
  const bool aliases_before = aliases_visible_;
  aliases_visible_ = false;
  Expression* bound = Bind(*alias.expression);
  aliases_visible_ = aliases_before;
  binding_alias_--;
  return bound;
}

/// A column of FROM that GROUP BY names is meant by its name in HAVING, even where an alias is
/// alike.
bool Binder::IsGroupColumn(const Scope& scope, const sql::ColumnReference& name) {
  FromColumn storage;
  if (CountColumns(scope, name.column) != 1) return false;
  const FromColumn* column = FindColumn(scope, name, &storage);
  if (column == nullptr || column->table->ref == nullptr) return false;
  for (const Expression* key : scope.block->group_by) {
    const auto* bound = dynamic_cast<const ColumnExpr*>(key);
    if (bound != nullptr && bound->table() == column->table->ref &&
        bound->ordinal() == column->ordinal)
      return true;
  }
  return false;
}

Expression* Binder::BindColumn(const sql::ColumnReference& name) {
  // A name in LIMIT can only be a routine's variable: there is no row to take a column from.
  if (clause_ == Clause::kLimit) Raise(kErUndeclaredVariable, std::string(name.column));
  FromColumn storage;
  Scope* start = scope_;
  for (Scope* scope = start; scope != nullptr; scope = scope->parent) {
    const bool here = scope == start;
    // HAVING and ORDER BY look at the select list first, GROUP BY at the tables.
    const bool aliases =
        name.table.empty() && (here ? aliases_visible_ : true) && scope->aliases != nullptr;
    const bool alias_first = here && aliases && !inside_aggregate_ &&
                             (clause_ == Clause::kOrderBy || clause_ == Clause::kHaving);
    if (alias_first) {
      const SelectAlias* alias = FindAlias(*scope, name.column);
      if (alias != nullptr && !(clause_ == Clause::kHaving && IsGroupColumn(*scope, name))) {
        return BindAlias(*scope, *alias);
      }
    }
    if (here && aliases && clause_ == Clause::kGroupBy && !inside_aggregate_ &&
        CountColumns(*scope, name.column) > 1) {
      // Which table's column it is, the select list says.
      const SelectAlias* alias = FindAlias(*scope, name.column);
      if (alias != nullptr) return BindAlias(*scope, *alias);
    }
    const FromColumn* column = FindColumn(*scope, name, &storage);
    if (column != nullptr) {
      if (resolved != nullptr && view_depth_ == 0) resolved->AddColumn(name, *column);
      return BindFromColumn(*column);
    }
    if (aliases && !alias_first &&
        (here || clause_ != Clause::kWhere || scope->aliases != nullptr)) {
      const SelectAlias* alias = FindAlias(*scope, name.column);
      if (alias != nullptr && here) return BindAlias(*scope, *alias);
      if (alias != nullptr) {
        // An alias of an enclosing query: bound with that query's names, seen from this depth.
        Scope* saved = scope_;
        scope_ = scope;
        Expression* bound = BindAlias(*scope, *alias);
        scope_ = saved;
        return bound;
      }
    }
  }
  if (!name.table.empty()) {
    bool table_known = false;
    for (Scope* scope = start; scope != nullptr; scope = scope->parent) {
      for (const FromTable& table : scope->tables) table_known |= NameMatchesTable(table, name);
    }
    if (!table_known && clause_ == Clause::kSelect && name.column == "*")
      Raise(kErUnknownTable, std::string(name.table), ClauseName(clause_));
  }
  if (fallback_column) {
    if (Expression* found = fallback_column(name)) return found;
  }
  Raise(kErBadField, FullName(name), ClauseName(clause_));
}

Expression* Binder::BindViewItem(const MergedView& merged, const sql::Expression& item) {
  try {
    return Bind(item);
  } catch (const SqlError& error) {
    const bool gone = error.number() == kErBadField || error.number() == kErFunctionMissing;
    if (!gone || merged.view == nullptr) throw;
    Raise(kErViewInvalid, merged.view->schema, merged.view->name);
  }
}

Expression* Binder::BindFromColumn(const FromColumn& column) {
  const FromTable& table = *column.table;
  if (table.merged == nullptr) return NewColumn(table.ref, column.ordinal);
  const MergedView::Item& item = table.merged->items[column.ordinal];
  if (item.expression == nullptr) return BindFromColumn(item.column);
  Scope* saved_scope = scope_;
  const bool saved_aliases = aliases_visible_;
  const Clause saved_clause = clause_;
  scope_ = table.merged->scope;
  aliases_visible_ = false;
  clause_ = Clause::kSelect;
  Expression* bound = BindViewItem(*table.merged, *item.expression);
  scope_ = saved_scope;
  aliases_visible_ = saved_aliases;
  clause_ = saved_clause;
  return bound;
}

Expression* Binder::NewColumn(TableRef* table, uint32_t ordinal) {
  const uint32_t table_level = table->block->level;
  CHECK_LE(table_level, level_);
  const uint32_t depth = level_ - table_level;
  types::DataType type = table->columns[ordinal].type;
  if (table->inner_of_outer_join) type.nullable = true;
  auto* column = arena()->New<ColumnExpr>(table, ordinal, depth, std::move(type));
  column->set_coercibility(column->type().collation != nullptr ? 2 : 5);
  table->references.push_back(column);
  // Every query between here and the table depends on its outer row.
  for (auto open = open_queries_.rbegin();
       open != open_queries_.rend() && open->level > table_level; ++open) {
    open->query->outer_references.push_back({column, nullptr, table_level});
  }
  return column;
}

}  // namespace sixfold::plan
