// Query expressions: set operations, VALUES, common table expressions, ORDER BY and LIMIT around.
#include "core/plan/bind/binder.h"
#include "core/plan/bind/recursive.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/physical/scans.h"
#include "core/plan/physical/union_nodes.h"
#include "core/types/compare_values.h"
#include "core/types/names.h"
#include "core/types/raise.h"
#include "core/types/require_stack.h"

namespace sixfold::plan {

namespace {

bool RefersTo(const sql::TableReference& from, std::string_view name);

bool BodyRefersTo(const sql::QueryBody& body, std::string_view name) {
  switch (body.kind) {
    case sql::QueryBody::Kind::kSpecification: {
      const auto& select = sql::As<sql::QuerySpecification>(body);
      return select.from != nullptr && RefersTo(*select.from, name);
    }
    case sql::QueryBody::Kind::kSetOperation: {
      const auto& operation = sql::As<sql::SetOperation>(body);
      return BodyRefersTo(*operation.left, name) || BodyRefersTo(*operation.right, name);
    }
    case sql::QueryBody::Kind::kParenthesized:
      return BodyRefersTo(*sql::As<sql::ParenthesizedQuery>(body).query->body, name);
    case sql::QueryBody::Kind::kTable: {
      const auto& table = sql::As<sql::TableStatementBody>(body);
      return table.name.schema.empty() && EqualNames(table.name.table, name);
    }
    case sql::QueryBody::Kind::kValues:
      return false;
  }
  return false;
}

bool RefersTo(const sql::TableReference& from, std::string_view name) {
  if (const auto* base = sql::TryAs<sql::BaseTable>(&from)) {
    return base->name.schema.empty() && EqualNames(base->name.table, name);
  }
  if (const auto* join = sql::TryAs<sql::JoinTable>(&from)) {
    return RefersTo(*join->left, name) || RefersTo(*join->right, name);
  }
  if (const auto* derived = sql::TryAs<sql::DerivedTable>(&from))
    return BodyRefersTo(*derived->query->body, name);
  return false;
}

}  // namespace

void SetRole(BoundQuery* query, std::string_view role) {
  for (QueryBlock& block : query->blocks) {
    if (block.role == "SIMPLE") block.role = role;
  }
  for (std::deque<QueryBlock>* side : query->side_blocks) {
    for (QueryBlock& block : *side) {
      if (block.role == "SIMPLE") block.role = role;
    }
  }
}

std::shared_ptr<BoundQuery> Binder::BindTopQuery(const sql::QueryExpression& query) {
  return BindQuery(query, nullptr, 0, nullptr);
}

std::shared_ptr<BoundQuery> Binder::BindQuery(const sql::QueryExpression& query, Scope* parent,
                                              uint32_t level, const CteEntry* ctes) {
  RequireStack();
  auto bound = std::make_shared<BoundQuery>();
  bound->level = level;
  bound->select_number = select_count_ + 1;
  open_queries_.push_back({level, bound.get()});
  if (!query.with.empty()) ctes = AddCtes(query.with, query.recursive, ctes, parent);
  if (query.body->kind == sql::QueryBody::Kind::kSpecification ||
      query.body->kind == sql::QueryBody::Kind::kTable) {
    BindBody(*query.body, &query, parent, level, ctes, bound.get());
  } else if (query.order_by.empty() && !query.has_limit) {
    BindBody(*query.body, nullptr, parent, level, ctes, bound.get());
  } else {
    auto inner = std::make_shared<BoundQuery>();
    inner->level = level;
    open_queries_.push_back({level, inner.get()});
    BindBody(*query.body, nullptr, parent, level, ctes, inner.get());
    open_queries_.pop_back();
    WrapQuery(std::move(inner), query, parent, level, bound.get());
  }
  open_queries_.pop_back();
  return bound;
}

void Binder::BindBody(const sql::QueryBody& body, const sql::QueryExpression* owner, Scope* parent,
                      uint32_t level, const CteEntry* ctes, BoundQuery* query) {
  switch (body.kind) {
    case sql::QueryBody::Kind::kSpecification:
      return BindSelect(sql::As<sql::QuerySpecification>(body), owner, parent, level, ctes, query);
    case sql::QueryBody::Kind::kSetOperation:
      return BindSetOperation(sql::As<sql::SetOperation>(body), parent, level, ctes, query);
    case sql::QueryBody::Kind::kParenthesized: {
      auto inner = BindQuery(*sql::As<sql::ParenthesizedQuery>(body).query, parent, level, ctes);
      query->columns = inner->columns;
      query->root = inner->root;
      query->at_most_one_row = inner->at_most_one_row;
      arena()->New<std::shared_ptr<BoundQuery>>(std::move(inner));  // keeps its blocks
      return;
    }
    case sql::QueryBody::Kind::kTable: {
      auto* select = arena()->New<sql::QuerySpecification>();
      auto* table = arena()->New<sql::BaseTable>();
      table->name = sql::As<sql::TableStatementBody>(body).name;
      sql::SelectItem item;
      item.expression = arena()->New<sql::Wildcard>();
      select->items.Add(arena(), item);
      select->from = table;
      return BindSelect(*select, owner, parent, level, ctes, query);
    }
    case sql::QueryBody::Kind::kValues:
      return BindValues(sql::As<sql::ValuesBody>(body), parent, level, ctes, query);
  }
}

void Binder::BindSetOperation(const sql::SetOperation& operation, Scope* parent, uint32_t level,
                              const CteEntry* ctes, BoundQuery* query) {
  RequireStack();
  BoundQuery sides[2];
  const sql::QueryBody* bodies[2] = {operation.left, operation.right};
  for (int i = 0; i < 2; i++) {
    BindBody(*bodies[i], nullptr, parent, level, ctes, &sides[i]);
    for (QueryBlock& block : sides[i].blocks) CHECK(block.level == level);
  }
  if (sides[0].columns.size() != sides[1].columns.size()) Raise(kErWrongColumns);
  query->columns = sides[0].columns;
  std::vector<types::DataType> types;
  for (size_t c = 0; c < query->columns.size(); c++) {
    types.push_back(UnionType(sides[0].columns[c].type, sides[1].columns[c].type));
    OutputColumn& column = query->columns[c];
    ResultColumn info;
    info.name = column.info.name;
    info.original_name = "";
    info.type = types.back();
    column.type = types.back();
    column.info = info;
  }
  auto types_of = [](const BoundQuery& side) {
    std::vector<types::DataType> result;
    for (const OutputColumn& column : side.columns) result.push_back(column.type);
    return result;
  };
  SetOperationKind kind = operation.op == sql::SetOperator::kUnion ? SetOperationKind::kUnion
                          : operation.op == sql::SetOperator::kIntersect
                              ? SetOperationKind::kIntersect
                              : SetOperationKind::kExcept;
  query->root = arena()->New<SetOperation>(kind, operation.all, sides[0].root, sides[1].root,
                                           types_of(sides[0]), types_of(sides[1]), types);
  for (QueryBlock& block : sides[1].blocks) block.role = "UNION";
  for (BoundQuery& side : sides) {
    // Blocks hold the tables that expressions point to: they stay where they are.
    auto* kept = arena()->New<std::deque<QueryBlock>>(std::move(side.blocks));
    query->side_blocks.push_back(kept);
    query->side_blocks.insert(query->side_blocks.end(), side.side_blocks.begin(),
                              side.side_blocks.end());
  }
}

void Binder::BindValues(const sql::ValuesBody& values, Scope* parent, uint32_t level,
                        const CteEntry* ctes, BoundQuery* query) {
  auto* scope = arena()->New<Scope>();
  scope->parent = parent;
  scope->block = &query->blocks.emplace_back();
  scope->block->level = level;
  scope->ctes = ctes;
  std::vector<std::vector<Expression*>> rows;
  const uint32_t saved_level = level_;
  level_ = level;
  for (const sql::RowExpression* row : values.rows) {
    std::vector<Expression*> bound;
    for (const sql::Expression* item : row->items)
      bound.push_back(Scalar(BindIn(*item, scope, Clause::kSelect)));
    if (!rows.empty() && rows[0].size() != bound.size()) Raise(kErWrongValueCount, rows.size() + 1);
    rows.push_back(std::move(bound));
  }
  level_ = saved_level;
  std::vector<types::DataType> types;
  for (size_t c = 0; c < rows[0].size(); c++) {
    types::DataType type = rows[0][c]->type();
    for (size_t r = 1; r < rows.size(); r++) type = UnionType(type, rows[r][c]->type());
    OutputColumn column;
    column.type = column.info.type = type;
    column.info.name = "column_" + std::to_string(c);
    query->columns.push_back(column);
    types.push_back(type);
  }
  query->root = arena()->New<ValuesRows>(std::move(rows), std::move(types));
}

void Binder::WrapQuery(std::shared_ptr<BoundQuery> inner, const sql::QueryExpression& owner,
                       Scope* parent, uint32_t level, BoundQuery* query) {
  QueryBlock* block = &query->blocks.emplace_back();
  block->level = level;
  auto* scope = arena()->New<Scope>();
  scope->parent = parent;
  scope->block = block;
  const uint32_t saved_level = level_;
  Scope* saved_scope = scope_;
  level_ = level;
  scope_ = scope;
  query->columns = inner->columns;
  TableRef* ref = NewTableRef(scope, TableKind::kDerived);
  ref->columns = inner->columns;
  ref->derived = std::move(inner);
  ref->temporary_id = NewState();
  AddFromTable(scope, ref, true);
  block->joins.tables.push_back(ref);
  auto* aliases = arena()->New<std::vector<SelectAlias>>();
  for (const FromColumn& column : scope->columns) {
    block->output.push_back(BindFromColumn(column));
    aliases->push_back({column.name, nullptr, column});
  }
  block->visible = static_cast<uint32_t>(block->output.size());
  scope->aliases = aliases;
  BindOrderBy(owner.order_by, scope, block);
  if (owner.has_limit) BindLimit(owner.limit, scope, block);
  query->root = PlanBlock(*this, block);
  level_ = saved_level;
  scope_ = saved_scope;
}

const CteEntry* Binder::AddCtes(const sql::List<sql::CommonTableExpression*>& with, bool recursive,
                                const CteEntry* outer, Scope* scope) {
  for (const sql::CommonTableExpression* cte : with) {
    auto* entry = arena()->New<CteEntry>();
    entry->cte = cte;
    entry->outer = outer;
    entry->scope = scope;
    entry->recursive = recursive;
    outer = entry;
  }
  return outer;
}

void Binder::BindCte(CteEntry* entry, std::string_view alias, Scope* scope, JoinNest* nest) {
  if (entry->working != nullptr) {
    TableRef* ref = NewTableRef(scope, TableKind::kRecursive);
    ref->name = std::string(entry->cte->name);
    ref->alias = std::string(alias);
    ref->columns = entry->working->columns;
    ref->temporary_id = entry->working->state_id;
    AddFromTable(scope, ref, true);
    nest->tables.push_back(ref);
    return;
  }
  std::vector<std::string> names;
  for (std::string_view name : entry->cte->columns) names.push_back(std::string(name));
  const auto* operation = sql::TryAs<sql::SetOperation>(entry->cte->query->body);
  const bool recursive =
      entry->recursive && BodyRefersTo(*entry->cte->query->body, entry->cte->name);
  if (recursive && operation == nullptr) Raise(3574, std::string(entry->cte->name));
  if (!recursive &&
      TryMerge(*entry->cte->query, "", alias, names, scope, entry->scope, entry->outer, nest))
    return;
  if (entry->bound == nullptr || !entry->bound->outer_references.empty()) {
    const uint32_t saved_level = level_;
    level_ = scope->block->level;
    entry->bound = recursive ? BindRecursive(entry, *operation, level_)
                             : BindQuery(*entry->cte->query, entry->scope, level_, entry->outer);
    level_ = saved_level;
    entry->temporary_id = NewState();
  }
  if (!names.empty() && names.size() != entry->bound->columns.size()) Raise(kErColumnCountView);
  AddDerived(entry->bound, "", alias, names, scope, nest, false, entry->temporary_id);
}

std::shared_ptr<BoundQuery> Binder::BindRecursive(CteEntry* entry,
                                                  const sql::SetOperation& operation,
                                                  uint32_t level) {
  if (BodyRefersTo(*operation.left, entry->cte->name)) {
    // Several recursive parts: the left ones are bound with the working table as well.
    if (operation.left->kind != sql::QueryBody::Kind::kSetOperation)
      Raise(3574, std::string(entry->cte->name));
  }
  auto bound = std::make_shared<BoundQuery>();
  bound->level = level;
  open_queries_.push_back({level, bound.get()});
  std::vector<const sql::QueryBody*> seeds, parts;
  bool distinct = !operation.all;
  const sql::QueryBody* rest = &operation;
  while (rest->kind == sql::QueryBody::Kind::kSetOperation &&
         BodyRefersTo(*rest, entry->cte->name)) {
    const auto& step = sql::As<sql::SetOperation>(*rest);
    parts.insert(parts.begin(), step.right);
    rest = step.left;
  }
  BoundQuery seed;
  BindBody(*rest, nullptr, entry->scope, level, entry->outer, &seed);
  bound->columns = seed.columns;
  for (size_t c = 0; c < bound->columns.size(); c++) {
    bound->columns[c].type.nullable = true;
    if (c < entry->cte->columns.size())
      bound->columns[c].info.name = std::string(entry->cte->columns[c]);
  }
  bound->side_blocks.push_back(arena()->New<std::deque<QueryBlock>>(std::move(seed.blocks)));
  auto* working = arena()->New<RecursiveTable>();
  working->columns = bound->columns;
  working->state_id = NewState();
  entry->working = working;
  auto* self = arena()->New<CteEntry>(*entry);
  self->outer = entry->outer;
  std::vector<const PlanNode*> recursive_roots;
  std::vector<std::vector<types::DataType>> part_types;
  for (const sql::QueryBody* part : parts) {
    BoundQuery recursive;
    BindBody(*part, nullptr, entry->scope, level, self, &recursive);
    if (recursive.columns.size() != bound->columns.size()) Raise(kErWrongColumns);
    recursive_roots.push_back(recursive.root);
    std::vector<types::DataType> list;
    for (const OutputColumn& column : recursive.columns) list.push_back(column.type);
    part_types.push_back(std::move(list));
    bound->side_blocks.push_back(arena()->New<std::deque<QueryBlock>>(std::move(recursive.blocks)));
  }
  entry->working = nullptr;
  std::vector<types::DataType> types;
  for (const OutputColumn& column : bound->columns) types.push_back(column.type);
  bound->root =
      arena()->New<RecursiveUnion>(seed.root, std::move(recursive_roots), std::move(part_types),
                                   types, distinct, working->state_id);
  open_queries_.pop_back();
  if (!entry->cte->query->order_by.empty() || entry->cte->query->has_limit) {
    auto wrapped = std::make_shared<BoundQuery>();
    wrapped->level = level;
    wrapped->outer_references = bound->outer_references;
    WrapQuery(std::move(bound), *entry->cte->query, entry->scope, level, wrapped.get());
    return wrapped;
  }
  return bound;
}

}  // namespace sixfold::plan
