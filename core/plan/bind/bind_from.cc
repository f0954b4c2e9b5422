// FROM: tables, joins, derived tables, views, common table expressions.
#include "core/plan/bind/binder.h"
#include "core/plan/bind/recursive.h"
#include "core/plan/bind/resolved_names.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/plan/virtual_table.h"
#include "core/sql/parser.h"
#include "core/txn/catalog_view.h"
#include "core/types/names.h"
#include "core/types/raise.h"
#include "core/types/require_stack.h"

namespace sixfold::plan {

namespace {

OutputColumn ColumnOf(const catalog::TableDef& table, const TableRef& ref, uint32_t ordinal) {
  const catalog::ColumnDef& def = table.columns[ordinal];
  OutputColumn column;
  column.type = def.type;
  column.info.schema = table.schema;
  column.info.original_table = table.name;
  column.info.table = ref.alias;
  column.info.name = column.info.original_name = def.name;
  column.info.type = def.type;
  column.info.auto_increment = def.auto_increment;
  column.info.no_default =
      !def.type.nullable && !def.default_literal && !def.default_expression && !def.auto_increment;
  for (const catalog::IndexDef& index : table.indexes) {
    for (size_t part = 0; part < index.parts.size(); part++) {
      if (index.parts[part].column != ordinal) continue;
      if (index.kind == catalog::IndexKind::kPrimary) column.info.primary_key = true;
      if (index.kind == catalog::IndexKind::kUnique && index.parts.size() == 1)
        column.info.unique_key = true;
      if (part == 0 && !(index.unique() && index.parts.size() == 1))
        column.info.multiple_key = true;
    }
  }
  return column;
}

}  // namespace

TableRef* Binder::NewTableRef(Scope* scope, TableKind kind) {
  QueryBlock* block = scope->block;
  if (block->tables.size() >= kMaxTablesPerBlock) Raise(kErTooManyTables, kMaxTablesPerBlock);
  TableRef& ref = block->tables.emplace_back();
  ref.kind = kind;
  ref.block = block;
  ref.ordinal = static_cast<uint32_t>(block->tables.size() - 1);
  ref.inner_of_outer_join = outer_join_depth_ > 0;
  return &ref;
}

FromTable* Binder::AddFromTable(Scope* scope, TableRef* ref, bool with_columns) {
  for (const FromTable& other : scope->tables) {
    if (other.alias == ref->alias && other.schema == ref->schema)
      Raise(kErNonUniqTable, ref->alias);
  }
  FromTable& table = scope->tables.emplace_back();
  table.schema = ref->schema;
  table.alias = ref->alias;
  table.ref = ref;
  for (uint32_t c = 0; c < ref->columns.size(); c++) {
    table.column_names.push_back(ref->columns[c].info.name);
    const bool invisible =
        ref->table != nullptr && c < ref->table->columns.size() && ref->table->columns[c].invisible;
    if (invisible && table.invisible.empty()) table.invisible.resize(ref->columns.size(), false);
    if (invisible) table.invisible[c] = true;
    if (with_columns && !invisible)
      scope->columns.push_back({ref->columns[c].info.name, &table, c});
  }
  return &table;
}

void Binder::RequirePrivilege(std::string_view privilege, std::string_view schema,
                              std::string_view table) {
  if (definer_depth_ > 0) return;
  for (const PlanMemory::Privilege& p : memory_.privileges) {
    if (p.privilege == privilege && p.schema == schema && p.table == table) return;
  }
  memory_.privileges.push_back({privilege, std::string(schema), std::string(table)});
}

catalog::TablePtr Binder::FindTable(std::string_view schema, std::string_view table,
                                    std::string_view called, bool writes) {
  txn::Transaction& transaction = session_.transaction();
  txn::CatalogView& catalog = transaction.catalog();
  if (!transaction.AsksForTables()) return catalog.FindTable(schema, table);
  const bool is_table = catalog.FindTable(schema, table) != nullptr ||
                        (session_.virtual_tables().Find(schema, table) == nullptr &&
                         catalog.FindView(schema, table) == nullptr);
  if (is_table) transaction.AskForTables({{{schema, table, called, writes}}});
  return catalog.FindTable(schema, table);
}

TableRef* Binder::AddBaseTable(QueryBlock* block, Scope* scope, const sql::TableName& name,
                               std::string_view alias) {
  std::string schema(name.schema.empty() ? std::string_view(session_.current_schema())
                                         : name.schema);
  if (schema.empty()) Raise(kErNoDatabase);
  const std::string_view called = view_depth_ > 0 ? "" : alias.empty() ? name.table : alias;
  catalog::TablePtr table = FindTable(schema, name.table, called);
  const VirtualTable* virtual_table = nullptr;
  if (table == nullptr) {
    virtual_table = session_.virtual_tables().Find(schema, name.table);
    if (virtual_table == nullptr) Raise(kErNoSuchTable, schema, std::string(name.table));
    table = virtual_table->definition();
    memory_.volatile_plan = true;
  } else {
    memory_.UseTable(schema, name.table, *table, called);
  }
  TableRef* ref =
      NewTableRef(scope, virtual_table != nullptr ? TableKind::kVirtual : TableKind::kBase);
  ref->schema = schema;
  ref->name = table->name;
  ref->alias = alias.empty() ? std::string(name.table) : std::string(alias);
  ref->table = table;
  ref->virtual_table = virtual_table;
  ref->lock = virtual_table == nullptr ? forced_lock : txn::LockMode::kNone;
  for (uint32_t c = 0; c < table->columns.size(); c++)
    ref->columns.push_back(ColumnOf(*table, *ref, c));
  return ref;
}

void Binder::BindFrom(const sql::TableReference& from, Scope* scope, JoinNest* nest) {
  RequireStack();
  switch (from.kind) {
    case sql::TableReference::Kind::kBase:
      return BindBaseTable(sql::As<sql::BaseTable>(from), scope, nest);
    case sql::TableReference::Kind::kDerived:
      return BindDerived(sql::As<sql::DerivedTable>(from), scope, nest);
    case sql::TableReference::Kind::kJoin:
      return BindJoin(sql::As<sql::JoinTable>(from), scope, nest);
    case sql::TableReference::Kind::kJsonTable:
      Raise(kErNotSupported, "JSON_TABLE");
  }
}

void Binder::BindBaseTable(const sql::BaseTable& base, Scope* scope, JoinNest* nest) {
  if (base.name.schema.empty()) {
    for (const CteEntry* entry = scope->ctes; entry != nullptr; entry = entry->outer) {
      if (entry->cte != nullptr && EqualNames(entry->cte->name, base.name.table)) {
        return BindCte(const_cast<CteEntry*>(entry),
                       base.alias.empty() ? base.name.table : base.alias, scope, nest);
      }
    }
  }
  const std::string schema(base.name.schema.empty() ? std::string_view(session_.current_schema())
                                                    : base.name.schema);
  if (schema.empty()) Raise(kErNoDatabase);
  if (resolved != nullptr && view_depth_ == 0) resolved->AddTable(base, arena()->Copy(schema));
  txn::CatalogView& catalog = session_.transaction().catalog();
  if (catalog.FindTable(schema, base.name.table) == nullptr) {
    if (catalog::ViewPtr view = catalog.FindView(schema, base.name.table)) {
      BindView(view, base.alias.empty() ? base.name.table : base.alias, scope, nest);
      scope->tables.back().aliased = !base.alias.empty();
      return;
    }
  }
  TableRef* ref = AddBaseTable(scope->block, scope, base.name, base.alias);
  if (ref->kind == TableKind::kBase) RequirePrivilege("SELECT", ref->schema, ref->name);
  for (const sql::IndexHint& hint : base.hints) {
    std::vector<std::string>* list = hint.kind == sql::IndexHintKind::kUse     ? &ref->hints.use
                                     : hint.kind == sql::IndexHintKind::kForce ? &ref->hints.force
                                                                               : &ref->hints.ignore;
    if (hint.kind == sql::IndexHintKind::kUse) ref->hints.has_use = true;
    for (std::string_view index : hint.indexes) {
      if (ref->table->FindIndex(index) == nullptr)
        Raise(kErKeyMissing, std::string(index), ref->alias);
      list->push_back(std::string(index));
    }
  }
  AddFromTable(scope, ref, true)->aliased = !base.alias.empty();
  nest->tables.push_back(ref);
}

void Binder::AddDerived(std::shared_ptr<BoundQuery> query, std::string_view schema,
                        std::string_view alias, const std::vector<std::string>& names, Scope* scope,
                        JoinNest* nest, bool lateral, uint32_t temporary_id) {
  if (!names.empty() && names.size() != query->columns.size()) Raise(kErColumnCountView);
  SetRole(query.get(), "DERIVED");
  TableRef* ref = NewTableRef(scope, TableKind::kDerived);
  ref->schema = schema;
  ref->name = ref->alias = std::string(alias);
  ref->lateral = lateral;
  ref->temporary_id = temporary_id;
  for (size_t c = 0; c < query->columns.size(); c++) {
    OutputColumn column = query->columns[c];
    if (!names.empty()) column.info.name = names[c];
    for (const OutputColumn& other : ref->columns) {
      if (EqualNames(other.info.name, column.info.name)) Raise(kErDupFieldName, column.info.name);
    }
    column.info.table = std::string(alias);
    if (!schema.empty()) column.info.schema = schema;
    column.info.type = column.type;
    column.info.primary_key = column.info.unique_key = column.info.multiple_key = false;
    column.info.auto_increment = false;
    ref->columns.push_back(std::move(column));
  }
  ref->derived = std::move(query);
  AddFromTable(scope, ref, true);
  nest->tables.push_back(ref);
}

void Binder::BindDerived(const sql::DerivedTable& derived, Scope* scope, JoinNest* nest) {
  if (derived.alias.empty()) Raise(kErDerivedAlias);
  std::vector<std::string> names;
  for (std::string_view name : derived.columns) names.push_back(std::string(name));
  if (!derived.lateral &&
      TryMerge(*derived.query, "", derived.alias, names, scope, scope->parent, scope->ctes, nest))
    return;
  const uint32_t saved_level = level_;
  Scope* parent = scope->parent;
  if (derived.lateral) {
    parent = scope;
    level_ = scope->block->level + 1;
  } else {
    level_ = scope->block->level;
  }
  std::vector<FromColumn> joined_so_far;
  if (derived.lateral) {
    // Inside joins the scope's columns are put together only when the join is complete.
    joined_so_far = scope->columns;
    scope->columns.clear();
    for (const FromTable& table : scope->tables) {
      for (uint32_t c = 0; c < table.column_names.size(); c++) {
        scope->columns.push_back({table.column_names[c], &table, c});
      }
    }
  }
  auto query = BindQuery(*derived.query, parent, level_, scope->ctes);
  level_ = saved_level;
  if (derived.lateral) scope->columns = std::move(joined_so_far);
  AddDerived(std::move(query), "", derived.alias, names, scope, nest, derived.lateral, NewState());
}

void Binder::BindView(const catalog::ViewPtr& view, std::string_view alias, Scope* scope,
                      JoinNest* nest) {
  RequirePrivilege("SELECT", view->schema, view->name);
  memory_.used_tables.push_back({view->schema, view->name, view->version, true});
  const std::string_view text = arena()->Copy(view->select_text);
  sql::QueryExpression* query = sql::ParseQuery(text, {}, arena());
  const uint32_t with_definer = view->security_invoker ? 0 : 1;
  view_depth_++;
  definer_depth_ += with_definer;
  try {
    const bool merged =
        view->algorithm != "TEMPTABLE" &&
        TryMerge(*query, view->schema, alias, view->column_names, scope, nullptr, nullptr, nest);
    if (merged) {
      scope->tables.back().merged->view = view;
    } else {
      const uint32_t saved_level = level_;
      level_ = scope->block->level;
      const txn::LockMode saved_lock = forced_lock;
      forced_lock = txn::LockMode::kNone;
      auto bound = BindQuery(*query, nullptr, level_, nullptr);
      forced_lock = saved_lock;
      level_ = saved_level;
      AddDerived(std::move(bound), view->schema, alias, view->column_names, scope, nest, false,
                 NewState());
    }
  } catch (const SqlError& error) {
    const int number = error.number();
    if (number == kErNoSuchTable || number == kErBadField || number == kErFunctionMissing) {
      Raise(kErViewInvalid, view->schema, view->name);
    }
    throw;
  }
  view_depth_--;
  definer_depth_ -= with_definer;
}

bool Binder::TryMerge(const sql::QueryExpression& query, std::string_view schema,
                      std::string_view alias, const std::vector<std::string>& names, Scope* scope,
                      Scope* inner_parent, const CteEntry* ctes, JoinNest* nest) {
  const auto* select = sql::TryAs<sql::QuerySpecification>(query.body);
  if (select == nullptr || !query.with.empty() || query.has_limit || !query.locking.empty())
    return false;
  if (select->distinct || select->from == nullptr || !select->group_by.empty() ||
      select->having != nullptr || !select->windows.empty() || select->sql_calc_found_rows) {
    return false;
  }
  for (const sql::SelectItem& item : select->items) {
    if (!IsMergeable(*item.expression, functions_)) return false;
    if (outer_join_depth_ > 0 && item.expression->kind != sql::Expression::Kind::kColumnReference &&
        item.expression->kind != sql::Expression::Kind::kWildcard) {
      return false;
    }
  }
  auto* inner = arena()->New<Scope>();
  inner->parent = inner_parent;
  inner->block = scope->block;
  inner->ctes = ctes;
  inner->specification = select;
  JoinNest own;
  BindFrom(*select->from, inner, &own);
  auto* merged = arena()->New<MergedView>();
  merged->scope = inner;
  for (const sql::SelectItem& item : select->items) {
    if (const auto* wildcard = sql::TryAs<sql::Wildcard>(item.expression)) {
      for (const FromColumn& column : ExpandWildcard(*wildcard, *inner))
        merged->items.push_back({nullptr, column});
      continue;
    }
    merged->items.push_back({item.expression, {std::string(ItemName(item)), nullptr, 0}});
  }
  if (!names.empty() && names.size() != merged->items.size()) Raise(kErColumnCountView);
  for (const FromTable& other : scope->tables) {
    if (other.alias == alias && other.schema == schema) Raise(kErNonUniqTable, std::string(alias));
  }
  FromTable& table = scope->tables.emplace_back();
  table.schema = schema;
  table.alias = std::string(alias);
  table.merged = merged;
  for (uint32_t i = 0; i < merged->items.size(); i++) {
    const std::string& name = names.empty() ? merged->items[i].column.name : names[i];
    for (const std::string& other : table.column_names) {
      if (EqualNames(other, name)) Raise(kErDupFieldName, name);
    }
    table.column_names.push_back(name);
    scope->columns.push_back({name, &table, i});
  }
  std::vector<Expression*> conditions;
  if (select->where != nullptr) BindConjuncts(*select->where, inner, Clause::kWhere, &conditions);
  if (outer_join_depth_ > 0 && !conditions.empty()) {
    pending_inner_conditions_.insert(pending_inner_conditions_.end(), conditions.begin(),
                                     conditions.end());
  } else {
    scope->block->conditions.insert(scope->block->conditions.end(), conditions.begin(),
                                    conditions.end());
  }
  for (TableRef* ref : own.tables) nest->tables.push_back(ref);
  for (auto& outer : own.outer_joins) nest->outer_joins.push_back(std::move(outer));
  return true;
}

std::vector<FromColumn> Binder::ExpandWildcard(const sql::Wildcard& wildcard, const Scope& scope) {
  std::vector<FromColumn> columns =
      wildcard.table.empty() ? scope.columns : ColumnsOfTable(wildcard, scope);
  if (resolved != nullptr && view_depth_ == 0) resolved->AddWildcard(wildcard, columns);
  return columns;
}

std::vector<FromColumn> Binder::ColumnsOfTable(const sql::Wildcard& wildcard, const Scope& scope) {
  std::vector<FromColumn> columns;
  bool found = false;
  for (const FromTable& table : scope.tables) {
    if (table.alias != wildcard.table ||
        (!wildcard.schema.empty() && table.schema != wildcard.schema))
      continue;
    found = true;
    for (uint32_t c = 0; c < table.column_names.size(); c++) {
      if (!table.invisible.empty() && table.invisible[c]) continue;
      columns.push_back({table.column_names[c], &table, c});
    }
  }
  if (!found) Raise(kErUnknownTable, std::string(wildcard.table));
  return columns;
}

void Binder::BindJoin(const sql::JoinTable& join, Scope* scope, JoinNest* nest) {
  const bool left = join.type == sql::JoinType::kLeft;
  const bool right = join.type == sql::JoinType::kRight;
  std::vector<FromColumn> before;
  before.swap(scope->columns);

  auto inner_nest = std::make_unique<JoinNest>();
  std::vector<Expression*> saved_pending;
  saved_pending.swap(pending_inner_conditions_);

  const size_t condition_mark = scope->block->conditions.size();
  if (right) outer_join_depth_++;
  BindFrom(*join.left, scope, right ? inner_nest.get() : nest);
  if (right) outer_join_depth_--;
  std::vector<FromColumn> left_columns;
  left_columns.swap(scope->columns);
  if (left) outer_join_depth_++;
  const size_t right_mark = scope->block->conditions.size();
  BindFrom(*join.right, scope, left ? inner_nest.get() : nest);
  if (left) outer_join_depth_--;
  std::vector<FromColumn> right_columns;
  right_columns.swap(scope->columns);
  if (join.type == sql::JoinType::kStraight) nest->straight = true;

  // Conditions of inner joins inside the null-complemented side belong to its ON.
  std::vector<Expression*> on;
  if (left || right) {
    auto& conditions = scope->block->conditions;
    const size_t begin = left ? right_mark : condition_mark;
    const size_t end = left ? conditions.size() : right_mark;
    on.insert(on.end(), conditions.begin() + begin, conditions.begin() + end);
    conditions.erase(conditions.begin() + begin, conditions.begin() + end);
  }
  on.insert(on.end(), pending_inner_conditions_.begin(), pending_inner_conditions_.end());
  pending_inner_conditions_ = std::move(saved_pending);

  if (join.natural || !join.using_columns.empty()) {
    BindUsing(join, scope, std::move(left_columns), std::move(right_columns), &on);
  } else {
    scope->columns = left_columns;
    scope->columns.insert(scope->columns.end(), right_columns.begin(), right_columns.end());
    if (join.on != nullptr) BindConjuncts(*join.on, scope, Clause::kOn, &on);
  }
  if (left || right) {
    nest->outer_joins.push_back({std::move(inner_nest), std::move(on)});
  } else {
    scope->block->conditions.insert(scope->block->conditions.end(), on.begin(), on.end());
  }
  before.insert(before.end(), scope->columns.begin(), scope->columns.end());
  scope->columns.swap(before);
}

void Binder::BindUsing(const sql::JoinTable& join, Scope* scope, std::vector<FromColumn> left,
                       std::vector<FromColumn> right, std::vector<Expression*>* on) {
  std::vector<std::string> names;
  if (join.natural) {
    for (const FromColumn& l : left) {
      int matches = 0;
      for (const FromColumn& r : right) matches += EqualNames(l.name, r.name) ? 1 : 0;
      if (matches > 1) Raise(kErAmbiguous, l.name, "from clause");
      if (matches == 1) names.push_back(l.name);
    }
  } else {
    for (std::string_view name : join.using_columns) names.push_back(std::string(name));
  }
  const bool keep_right = join.type == sql::JoinType::kRight;
  std::vector<FromColumn> merged;
  auto find = [&](std::vector<FromColumn>& side, const std::string& name) {
    int found = -1;
    for (size_t i = 0; i < side.size(); i++) {
      if (!EqualNames(side[i].name, name)) continue;
      if (found >= 0) Raise(kErAmbiguous, name, "from clause");
      found = static_cast<int>(i);
    }
    if (found < 0) Raise(kErBadField, name, "from clause");
    return static_cast<size_t>(found);
  };
  std::vector<bool> left_used(left.size()), right_used(right.size());
  Scope* saved = scope_;
  scope_ = scope;
  for (const std::string& name : names) {
    const size_t l = find(left, name), r = find(right, name);
    left_used[l] = right_used[r] = true;
    on->push_back(Call("=", {BindFromColumn(left[l]), BindFromColumn(right[r])}));
    merged.push_back(keep_right ? right[r] : left[l]);
  }
  scope_ = saved;
  // The order of a RIGHT JOIN's columns is that of the LEFT JOIN it stands for only in the common
  // ones.
  if (join.natural) {
    std::vector<FromColumn> ordered;
    const auto& source = keep_right ? right : left;
    for (const FromColumn& c : source) {
      for (const FromColumn& m : merged) {
        if (EqualNames(m.name, c.name)) ordered.push_back(m);
      }
    }
    merged = std::move(ordered);
  } else {
    std::vector<FromColumn> ordered;
    const auto& source = keep_right ? right : left;
    for (const FromColumn& c : source) {
      for (const FromColumn& m : merged) {
        if (EqualNames(m.name, c.name) && m.table == c.table) ordered.push_back(m);
      }
    }
    merged = std::move(ordered);
  }
  scope->columns = merged;
  auto append = [&](const std::vector<FromColumn>& side, const std::vector<bool>& used) {
    for (size_t i = 0; i < side.size(); i++) {
      if (!used[i]) scope->columns.push_back(side[i]);
    }
  };
  if (keep_right) {
    append(right, right_used);
    append(left, left_used);
  } else {
    append(left, left_used);
    append(right, right_used);
  }
}

}  // namespace sixfold::plan
