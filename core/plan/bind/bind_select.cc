// One SELECT: tables, conditions, groups, output and order, bound in that order.
#include "core/plan/bind/binder.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/sql/ast_select.h"
#include "core/types/names.h"
#include "core/types/raise.h"
#include "core/types/sql_mode.h"

namespace sixfold::plan {

namespace {

txn::LockMode LockOf(sql::LockStrength strength) {
  return strength == sql::LockStrength::kUpdate ? txn::LockMode::kExclusive
                                                : txn::LockMode::kShared;
}

txn::LockWait WaitOf(sql::LockWait wait) {
  switch (wait) {
    case sql::LockWait::kNoWait:
      return txn::LockWait::kNoWait;
    case sql::LockWait::kSkipLocked:
      return txn::LockWait::kSkipLocked;
    case sql::LockWait::kWait:
      break;
  }
  return txn::LockWait::kWait;
}

const sql::Literal* IntegerLiteral(const sql::Expression& expression) {
  const auto* literal = sql::TryAs<sql::Literal>(&expression);
  return literal != nullptr && literal->type == sql::LiteralType::kInteger ? literal : nullptr;
}

/// What the binder was doing, restored when a SELECT inside is done.
struct SavedState {
  Scope* scope;
  uint32_t level;
  Clause clause;
  bool inside_aggregate, aliases_visible;
  uint32_t binding_alias, outer_join_depth;
  std::vector<Expression*> pending;
};

}  // namespace

std::string_view ItemName(const sql::SelectItem& item) {
  if (item.has_alias) return item.alias;
  if (const auto* column = sql::TryAs<sql::ColumnReference>(item.expression)) return column->column;
  return item.name;
}

void Binder::BindSelect(const sql::QuerySpecification& select, const sql::QueryExpression* owner,
                        Scope* parent, uint32_t level, const CteEntry* ctes, BoundQuery* query) {
  SavedState saved{
      scope_,           level_,         clause_,           inside_aggregate_,
      aliases_visible_, binding_alias_, outer_join_depth_, std::move(pending_inner_conditions_)};
  pending_inner_conditions_.clear();
  QueryBlock* block = &query->blocks.emplace_back();
  block->level = level;
  block->select_number = ++select_count_;
  auto* scope = arena()->New<Scope>();
  scope->parent = parent;
  scope->block = block;
  scope->ctes = ctes;
  scope->specification = &select;
  scope_ = scope;
  level_ = level;
  inside_aggregate_ = aliases_visible_ = false;
  binding_alias_ = outer_join_depth_ = 0;

  clause_ = Clause::kFrom;
  block->joins.straight = select.straight_join;
  if (select.from != nullptr) BindFrom(*select.from, scope, &block->joins);
  if (owner != nullptr) ApplyLocks(owner->locking, *scope);
  if (select.where != nullptr)
    BindConjuncts(*select.where, scope, Clause::kWhere, &block->conditions);

  auto* aliases = arena()->New<std::vector<SelectAlias>>();
  std::vector<OutputColumn> columns;
  for (const sql::SelectItem& item : select.items) {
    if (const auto* wildcard = sql::TryAs<sql::Wildcard>(item.expression)) {
      if (select.from == nullptr) Raise(1096);
      for (const FromColumn& column : ExpandWildcard(*wildcard, *scope)) {
        aliases->push_back({column.name, nullptr, column});
      }
      continue;
    }
    aliases->push_back({std::string(ItemName(item)), item.expression, {}, item.has_alias});
    block->grouped_syntax |= ContainsAggregate(*item.expression);
  }
  block->grouped_syntax |=
      !select.group_by.empty() || (select.having != nullptr && ContainsAggregate(*select.having));
  if (owner != nullptr) {
    for (const sql::OrderItem& item : owner->order_by)
      block->grouped_syntax |= ContainsAggregate(*item.expression);
  }
  block->aggregates_allowed = true;
  scope->aliases = aliases;
  for (const SelectAlias& alias : *aliases) {
    clause_ = Clause::kSelect;
    Expression* bound =
        alias.expression == nullptr ? BindFromColumn(alias.column) : BindScalar(*alias.expression);
    OutputColumn column;
    column.info = ColumnInfo(*bound);
    if (alias.expression == nullptr) column.info.table = alias.column.table->alias;
    if (alias.expression != nullptr) {
      if (const auto* reference = sql::TryAs<sql::ColumnReference>(alias.expression);
          reference != nullptr && !reference->table.empty()) {
        column.info.table = std::string(reference->table);
      }
    }
    column.info.name = alias.name;
    column.type = column.info.type = bound->type();
    columns.push_back(std::move(column));
    block->output.push_back(CacheConstant(bound));
  }
  block->visible = static_cast<uint32_t>(block->output.size());
  BindGroupBy(select, scope, block);
  if (select.having != nullptr)
    BindConjuncts(*select.having, scope, Clause::kHaving, &block->having);
  block->distinct = select.distinct;
  block->calc_found_rows = select.sql_calc_found_rows;
  if (owner != nullptr) {
    BindOrderBy(owner->order_by, scope, block);
    if (owner->has_limit) BindLimit(owner->limit, scope, block);
  }
  block->grouped = !block->group_by.empty() || !block->aggregates.empty();
  if (!select.group_by.empty()) block->grouped = true;  // even where all keys are constant
  block->single_group = block->grouped && select.group_by.empty();
  if (block->grouped && (session_.sql_mode() & types::kSqlModeOnlyFullGroupBy) != 0) {
    CheckOnlyFullGroupBy(*block);
  }
  if (block->grouped) RewriteGrouped(*this, block);
  query->columns = std::move(columns);
  query->at_most_one_row = block->grouped && select.group_by.empty();
  query->root = PlanBlock(*this, block);

  scope_ = saved.scope;
  level_ = saved.level;
  clause_ = saved.clause;
  inside_aggregate_ = saved.inside_aggregate;
  aliases_visible_ = saved.aliases_visible;
  binding_alias_ = saved.binding_alias;
  outer_join_depth_ = saved.outer_join_depth;
  pending_inner_conditions_ = std::move(saved.pending);
}

void Binder::ApplyLocks(const sql::List<sql::LockingClause>& locking, const Scope& scope) {
  for (const sql::LockingClause& clause : locking) {
    for (const FromTable& table : scope.tables) {
      bool wanted = clause.of.empty();
      for (const sql::TableName& name : clause.of) wanted |= table.alias == name.table;
      if (!wanted) continue;
      if (table.merged != nullptr) {
        for (TableRef& ref : scope.block->tables) {
          if (ref.kind == TableKind::kBase && clause.of.empty()) {
            ref.lock = LockOf(clause.strength);
            ref.wait = WaitOf(clause.wait);
          }
        }
        continue;
      }
      if (table.ref->kind != TableKind::kBase) continue;
      if (table.ref->lock < LockOf(clause.strength)) table.ref->lock = LockOf(clause.strength);
      table.ref->wait = WaitOf(clause.wait);
    }
  }
}

void Binder::BindGroupBy(const sql::QuerySpecification& select, Scope* scope, QueryBlock* block) {
  block->rollup = select.with_rollup;
  for (const sql::OrderItem& item : select.group_by) {
    Expression* key = nullptr;
    if (const sql::Literal* literal = IntegerLiteral(*item.expression)) {
      if (literal->integer == 0 || literal->integer > scope->aliases->size()) {
        Raise(kErBadField, std::to_string(literal->integer), "group statement");
      }
      const SelectAlias& alias = (*scope->aliases)[literal->integer - 1];
      if (alias.expression != nullptr && ContainsAggregate(*alias.expression))
        Raise(1056, alias.name);
      clause_ = Clause::kGroupBy;
      key = BindAlias(*scope, alias);
    } else {
      key = BindIn(*item.expression, scope, Clause::kGroupBy);
    }
    bool known = false;
    for (Expression* other : block->group_by)
      known = known || (!block->rollup && SameExpression(other, key));
    if (known) continue;
    if (key->IsConstant() && !block->rollup) continue;
    block->group_by.push_back(Scalar(key));
    block->group_descending.push_back(item.descending);
  }
}

void Binder::BindOrderBy(const sql::List<sql::OrderItem>& order_by, Scope* scope,
                         QueryBlock* block) {
  for (const sql::OrderItem& item : order_by) {
    int output = -1;
    if (const sql::Literal* literal = IntegerLiteral(*item.expression)) {
      if (literal->integer == 0 || literal->integer > block->visible) {
        Raise(kErBadField, std::to_string(literal->integer), "order clause");
      }
      output = static_cast<int>(literal->integer) - 1;
    } else if (const auto* name = sql::TryAs<sql::ColumnReference>(item.expression);
               name != nullptr && name->table.empty()) {
      for (uint32_t i = 0; i < scope->aliases->size(); i++) {
        if (!EqualNames((*scope->aliases)[i].name, name->column)) continue;
        if (output < 0) {
          output = static_cast<int>(i);
        } else if (!SameExpression(block->output[output], block->output[i])) {
          Raise(kErAmbiguous, std::string(name->column), "order clause");
        }
      }
    }
    if (output < 0) {
      Expression* key = Scalar(BindIn(*item.expression, scope, Clause::kOrderBy));
      if (key->IsConstant()) continue;
      for (uint32_t i = 0; i < block->output.size() && output < 0; i++) {
        if (SameExpression(block->output[i], key)) output = static_cast<int>(i);
      }
      if (output < 0) {
        output = static_cast<int>(block->output.size());
        block->output.push_back(key);
      }
    }
    block->order_by.push_back({static_cast<uint32_t>(output), item.descending});
  }
}

void Binder::BindLimit(const sql::Limit& limit, Scope* scope, QueryBlock* block) {
  if (limit.count != nullptr) block->limit = BindIn(*limit.count, scope, Clause::kLimit);
  if (limit.offset != nullptr) block->offset = BindIn(*limit.offset, scope, Clause::kLimit);
}

ResultColumn ColumnInfo(const Expression& expression) {
  ResultColumn info;
  if (const auto* column = dynamic_cast<const ColumnExpr*>(&expression);
      column != nullptr && column->table() != nullptr) {
    info = column->table()->columns[column->ordinal()].info;
  }
  info.type = expression.type();
  return info;
}

}  // namespace sixfold::plan
