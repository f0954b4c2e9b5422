#include "core/plan/optimize/join_plan.h"

#include <cmath>

#include "core/plan/bind/binder.h"
#include "core/plan/expression/function.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/optimize/cost.h"
#include "core/plan/physical/joins.h"
#include "core/plan/physical/row_nodes.h"
#include "core/plan/physical/scans.h"
#include "core/plan/session_context.h"
#include "core/plan/virtual_table.h"
#include "core/txn/catalog_view.h"
#include "core/types/compare_values.h"
#include "core/types/raise.h"

namespace sixfold::plan {

namespace {

TableMask LateralTables(const TableRef& table) {
  TableMask mask = 0;
  if (!table.lateral) return 0;
  for (const OuterReference& reference : table.derived->outer_references) {
    if (reference.level == table.block->level && reference.column != nullptr &&
        reference.column->table() != nullptr) {
      mask |= reference.column->table()->mask();
    }
  }
  return mask;
}

}  // namespace

JoinPlanner::JoinPlanner(Binder& binder, QueryBlock* block) : binder_(binder), block_(block) {}

double JoinPlanner::TableRows(const TableRef& table) const {
  switch (table.kind) {
    case TableKind::kBase:
      return std::max<double>(
          1, static_cast<double>(
                 binder_.session().transaction().catalog().EstimatedRows(*table.table)));
    case TableKind::kDerived:
      return std::max(1.0, table.derived->root->estimated_rows);
    case TableKind::kVirtual:
    case TableKind::kRecursive:
    case TableKind::kJsonTable:
      break;
  }
  return 100;
}

txn::CatalogView* JoinPlanner::Statistics(const TableRef& table) const {
  if (table.kind != TableKind::kBase) return nullptr;
  return &binder_.session().transaction().catalog();
}

std::unique_ptr<JoinPlanner::Nest> JoinPlanner::Simplify(JoinNest& from,
                                                         std::vector<Conjunct>* conjuncts) {
  auto nest = std::make_unique<Nest>();
  nest->tables = from.tables;
  nest->straight = from.straight;
  for (TableRef* table : from.tables) nest->mask |= table->mask();
  for (JoinNest::Outer& outer : from.outer_joins) {
    std::vector<Conjunct> on;
    for (Expression* e : outer.on) on.push_back(MakeConjunct(e, block_));
    // WHERE decides first for what is inside, then each ON for what is inside it.
    std::vector<Conjunct> visible = *conjuncts;
    visible.insert(visible.end(), on.begin(), on.end());
    auto inner = Simplify(*outer.inner, &on);
    bool rejected = false;
    for (const Conjunct& conjunct : *conjuncts) {
      rejected = rejected || RejectsNulls(conjunct.expression, block_, inner->mask);
    }
    nest->mask |= inner->mask;
    if (rejected) {
      conjuncts->insert(conjuncts->end(), on.begin(), on.end());
      for (TableRef* table : inner->tables) {
        table->inner_of_outer_join = false;
        nest->tables.push_back(table);
      }
      for (auto& deeper : inner->outer_joins) nest->outer_joins.push_back(std::move(deeper));
      continue;
    }
    Nest::OuterJoin join;
    join.inner = std::move(inner);
    join.on = std::move(on);
    nest->outer_joins.push_back(std::move(join));
  }
  return nest;
}

/// a = 5 AND a = b gives b = 5 too.
void JoinPlanner::AddConstantsThroughEquality(Nest* nest) {
  for (int round = 0; round < 3; round++) {
    const size_t count = nest->conjuncts.size();
    bool added = false;
    for (size_t i = 0; i < count && nest->conjuncts.size() < 200; i++) {
      auto* constant = dynamic_cast<FunctionCall*>(nest->conjuncts[i].expression);
      if (constant == nullptr || constant->def().name != "=") continue;
      ColumnExpr* column = ColumnOf(constant->args()[0], block_);
      Expression* value = constant->args()[1];
      if (column == nullptr) {
        column = ColumnOf(constant->args()[1], block_);
        value = constant->args()[0];
      }
      if (column == nullptr || TablesOf(value, block_) != 0) continue;
      for (size_t j = 0; j < count; j++) {
        auto* equality = dynamic_cast<FunctionCall*>(nest->conjuncts[j].expression);
        if (i == j || equality == nullptr || equality->def().name != "=") continue;
        ColumnExpr* a = ColumnOf(equality->args()[0], block_);
        ColumnExpr* b = ColumnOf(equality->args()[1], block_);
        if (a == nullptr || b == nullptr) continue;
        if (SameExpression(b, column)) std::swap(a, b);
        if (!SameExpression(a, column) || a->type().id != b->type().id ||
            a->type().is_unsigned != b->type().is_unsigned ||
            a->type().collation != b->type().collation) {
          continue;
        }
        const bool both_inner =
            std::find(nest->tables.begin(), nest->tables.end(), b->table()) != nest->tables.end();
        if (!both_inner) continue;
        bool known = false;
        for (const Conjunct& other : nest->conjuncts) {
          auto* call = dynamic_cast<FunctionCall*>(other.expression);
          known = known ||
                  (call != nullptr && call->def().name == "=" &&
                   SameExpression(call->args()[0], b) && TablesOf(call->args()[1], block_) == 0);
          known = known ||
                  (call != nullptr && call->def().name == "=" &&
                   SameExpression(call->args()[1], b) && TablesOf(call->args()[0], block_) == 0);
        }
        if (known) continue;
        Expression* copy = binder_.NewColumn(b->table(), b->ordinal());
        nest->conjuncts.push_back(MakeConjunct(binder_.Call("=", {copy, value}), block_));
        added = true;
      }
    }
    if (!added) return;
  }
}

const PlanNode* JoinPlanner::Plan(std::vector<Expression*>* rest) {
  std::vector<Conjunct> conjuncts;
  for (Expression* e : block_->conditions) {
    Conjunct conjunct = MakeConjunct(e, block_);
    if (conjunct.tables == 0 && !conjunct.is_volatile) {
      rest->push_back(e);
      continue;
    }
    conjuncts.push_back(conjunct);
  }
  if (block_->tables.empty()) {
    for (const Conjunct& conjunct : conjuncts) rest->push_back(conjunct.expression);
    return nullptr;
  }
  root_ = Simplify(block_->joins, &conjuncts);
  root_->conjuncts = std::move(conjuncts);
  Order(root_.get(), 0);
  UseIndexOrder(root_.get());
  UseExtreme(root_.get());
  CollectDead(root_.get());
  uint32_t next = 0;
  AssignSlots(root_.get(), &next);
  block_->joined_width = next;
  const PlanNode* root = Build(root_.get());
  for (Conjunct& conjunct : root_->conjuncts) {
    if (!conjunct.applied) rest->push_back(conjunct.expression);
  }
  rows_ = root_->rows;
  return root;
}

void JoinPlanner::Order(Nest* nest, TableMask outside) {
  AddConstantsThroughEquality(nest);
  for (size_t i = 0; i < nest->conjuncts.size(); i++)
    ExtractSargs(nest->conjuncts[i], i, block_, &nest->sargs);
  for (Nest::OuterJoin& join : nest->outer_joins) {
    Nest* inner = join.inner.get();
    if (inner->tables.size() == 1 && inner->outer_joins.empty()) {
      for (size_t i = 0; i < join.on.size(); i++) ExtractSargs(join.on[i], i, block_, &join.sargs);
      continue;
    }
    std::vector<Conjunct> between;
    for (Conjunct& conjunct : join.on) {
      if (conjunct.tables != 0 && (conjunct.tables & ~inner->mask) == 0 && !conjunct.is_volatile) {
        inner->conjuncts.push_back(conjunct);
      } else {
        between.push_back(conjunct);
      }
    }
    join.on = std::move(between);
    Order(inner, 0);
  }
  TableMask available = outside;
  double rows = 1;
  const size_t step_count = nest->tables.size() + nest->outer_joins.size();
  while (nest->steps.size() < step_count) {
    ChooseNext(nest, available, &rows);
    available |= nest->steps.back().mask;
  }
  nest->rows = rows;
}

double JoinPlanner::LocalSelectivity(std::span<const Sarg> sargs,
                                     const std::vector<Conjunct>& conjuncts, const TableRef& table,
                                     const AccessChoice& access, TableMask available) const {
  std::set<size_t> used;
  for (const KeyPartAccess& part : access.path.parts) {
    for (const Sarg& sarg : sargs) {
      if (sarg.table == &table && sarg.column == part.column) used.insert(sarg.conjunct);
    }
  }
  double selectivity = 1;
  for (size_t i = 0; i < conjuncts.size(); i++) {
    const Conjunct& conjunct = conjuncts[i];
    if (used.contains(i) || (conjunct.tables & table.mask()) == 0) continue;
    if ((conjunct.tables & ~(available | table.mask())) != 0) continue;
    const bool equality = IsCallOf(conjunct.expression, "=");
    selectivity *= plan::FilterSelectivity(equality);
  }
  return std::max(selectivity, 0.0005);
}

JoinPlanner::Step JoinPlanner::Consider(Nest* nest, TableRef* table, std::span<const Sarg> sargs,
                                        const std::vector<Conjunct>& conjuncts, TableMask available,
                                        double rows, bool outer, double* cost, double* fanout) {
  Step step;
  step.table = table;
  step.outer = outer;
  step.mask = table->mask();
  const double table_rows = TableRows(*table);
  std::vector<uint32_t> used;
  for (const ColumnExpr* reference : table->references) {
    if (reference->table() == table) used.push_back(reference->ordinal());
  }
  AccessChoice leaf;
  leaf.rows = leaf.cost = table_rows;
  AccessQuestion question{table, sargs, available, table_rows, used, Statistics(*table)};
  if (table->kind == TableKind::kBase) leaf = ChooseAccess(question, false);
  const bool first = available == 0;
  step.access = leaf;
  if (first) {
    *cost = leaf.cost;
    *fanout = leaf.rows;
  } else {
    bool hash_key = false;
    HashJoin::Key key;
    for (const Conjunct& conjunct : conjuncts) {
      hash_key = hash_key || HashSides(conjunct.expression, block_, available, table->mask(), &key);
    }
    double hash_fanout = leaf.rows;
    if (hash_key) hash_fanout = std::max(1.0, leaf.rows * 0.1);
    step.hash = true;
    *cost = leaf.cost + leaf.rows + rows * (hash_key ? 0.5 : 0.2 * leaf.rows);
    *fanout = hash_fanout;
    if (table->kind == TableKind::kBase) {
      AccessChoice dependent = ChooseAccess(question, true);
      const double index_cost = rows * (dependent.cost + 0.5);
      if (dependent.depends_on_tables && index_cost < *cost) {
        step.access = dependent;
        step.hash = false;
        *cost = index_cost;
        *fanout = dependent.rows;
      }
    }
  }
  *fanout *= LocalSelectivity(sargs, conjuncts, *table, step.access, available);
  if (outer) *fanout = std::max(*fanout, 1.0);
  return step;
}

void JoinPlanner::ChooseNext(Nest* nest, TableMask available, double* rows) {
  Step best;
  double best_cost = 0, best_fanout = 1;
  bool found = false;
  size_t best_outer = SIZE_MAX;
  for (TableRef* table : nest->tables) {
    if ((available & table->mask()) != 0) continue;
    if ((LateralTables(*table) & ~available) != 0) continue;
    double cost = 0, fanout = 1;
    Step step = Consider(nest, table, nest->sargs, nest->conjuncts, available, *rows, false, &cost,
                         &fanout);
    const double weight = cost + *rows * fanout;
    if (!found || weight < best_cost) {
      best = std::move(step);
      best_cost = weight;
      best_fanout = fanout;
      found = true;
    }
    if (nest->straight) break;
  }
  for (size_t i = 0; i < nest->outer_joins.size(); i++) {
    Nest::OuterJoin& join = nest->outer_joins[i];
    if (join.done || available == 0 || (nest->straight && found)) continue;
    TableMask needed = 0;
    for (const Conjunct& conjunct : join.on) needed |= conjunct.tables;
    for (const TableRef* table : join.inner->tables) needed |= LateralTables(*table);
    needed &= ~join.inner->mask;
    if ((needed & ~available) != 0) continue;
    double cost = 0, fanout = 1;
    Step step;
    if (join.inner->tables.size() == 1 && join.inner->outer_joins.empty()) {
      step = Consider(nest, join.inner->tables[0], join.sargs, join.on, available, *rows, true,
                      &cost, &fanout);
    } else {
      cost = join.inner->rows + *rows;
      fanout = std::max(1.0, join.inner->rows * 0.1);
      step.hash = true;
    }
    step.nest = join.inner.get();
    step.outer = true;
    step.mask = join.inner->mask;
    const double weight = cost + *rows * fanout;
    if (!found || weight < best_cost) {
      best = std::move(step);
      best_cost = weight;
      best_fanout = fanout;
      best_outer = i;
      found = true;
    }
  }
  if (!found) {
    // Laterals that refer to each other's right, or outer joins whose tables come later: in order.
    for (TableRef* table : nest->tables) {
      if ((available & table->mask()) == 0) Raise(kErBadField, table->alias, "from clause");
    }
    Raise(kErBadField, "on", "on clause");
  }
  if (best_outer != SIZE_MAX) nest->outer_joins[best_outer].done = true;
  nest->outer_of_step.push_back(best_outer);
  *rows = std::max(1.0, *rows * best_fanout);
  nest->steps.push_back(std::move(best));
}

bool JoinPlanner::ProvidesOrder(const TableRef& table, const AccessPath& path,
                                bool* backward) const {
  const catalog::IndexDef& index = table.table->indexes[path.index];
  auto is_constant = [&](uint32_t column) {
    for (const KeyPartAccess& part : path.parts) {
      if (part.column == column && part.single_value && !part.prefix) return true;
    }
    return false;
  };
  std::vector<std::pair<uint32_t, bool>> wanted;  // column, descending
  for (const QueryBlock::OrderColumn& order : block_->order_by) {
    const ColumnExpr* column = ColumnOf(block_->output[order.output], block_);
    if (column == nullptr || column->table() != &table) return false;
    if (!is_constant(column->ordinal())) wanted.push_back({column->ordinal(), order.descending});
  }
  std::vector<catalog::KeyPart> parts = index.parts;
  if (path.index != 0) {
    const auto& clustered = table.table->indexes[0].parts;
    parts.insert(parts.end(), clustered.begin(), clustered.end());
  }
  size_t next = 0;
  bool direction_known = false;
  *backward = false;
  for (const catalog::KeyPart& part : parts) {
    if (next == wanted.size()) break;
    if (part.prefix_length == 0 && part.column == wanted[next].first) {
      const bool reversed = wanted[next].second != part.descending;
      if (direction_known && reversed != *backward) return false;
      *backward = reversed;
      direction_known = true;
      next++;
      continue;
    }
    if (is_constant(part.column)) continue;
    return false;
  }
  return next == wanted.size();
}

void JoinPlanner::UseIndexOrder(Nest* nest) {
  if (block_->order_by.empty() || block_->grouped || !block_->windows.empty()) return;
  Step& first = nest->steps[0];
  if (first.table == nullptr || first.outer || first.table->kind != TableKind::kBase) return;
  bool backward = false;
  if (first.access.path.unique_point) {
    ordered_ = nest->steps.size() == 1;
    return;
  }
  if (ProvidesOrder(*first.table, first.access.path, &backward)) {
    first.access.path.backward = backward;
    first.access.path.ordered = true;
    ordered_ = true;
    return;
  }
  if (block_->limit == nullptr || !first.access.path.parts.empty()) return;
  std::vector<uint32_t> used;
  for (const ColumnExpr* reference : first.table->references) used.push_back(reference->ordinal());
  AccessQuestion question{
      first.table, nest->sargs, 0, TableRows(*first.table), used, Statistics(*first.table)};
  for (uint32_t i = 0; i < first.table->table->indexes.size(); i++) {
    if (!IndexAllowed(*first.table, i)) continue;
    AccessChoice choice = AccessThrough(question, i, false);
    if (!ProvidesOrder(*first.table, choice.path, &backward)) continue;
    first.access = std::move(choice);
    first.access.path.backward = backward;
    first.access.path.ordered = true;
    ordered_ = true;
    return;
  }
}

/// MIN(c) and MAX(c) are the ends of an index whose parts before c have one value each.
void JoinPlanner::UseExtreme(Nest* nest) {
  if (!block_->single_group || block_->aggregates.size() != 1 || nest->steps.size() != 1) return;
  const Aggregate& aggregate = block_->aggregates[0];
  const bool maximum = aggregate.kind == AggregateKind::kMax;
  if (!maximum && aggregate.kind != AggregateKind::kMin) return;
  Step& step = nest->steps[0];
  const ColumnExpr* column = ColumnOf(aggregate.args[0], block_);
  if (column == nullptr || step.table == nullptr || step.table->kind != TableKind::kBase) return;
  if (step.table->lock != txn::LockMode::kNone) return;
  std::vector<uint32_t> used{column->ordinal()};
  AccessQuestion question{
      step.table, nest->sargs, 0, TableRows(*step.table), used, Statistics(*step.table)};
  for (uint32_t i = 0; i < step.table->table->indexes.size(); i++) {
    if (!IndexAllowed(*step.table, i)) continue;
    AccessChoice choice = AccessThrough(question, i, false);
    const std::set<size_t> exact(choice.exact_conjuncts.begin(), choice.exact_conjuncts.end());
    if (exact.size() != nest->conjuncts.size() || choice.path.unique_point) continue;
    const auto& parts = step.table->table->indexes[i].parts;
    size_t at = 0;
    while (at < choice.path.parts.size() && choice.path.parts[at].single_value) at++;
    if (at >= parts.size() || parts[at].column != column->ordinal() || parts[at].prefix_length != 0)
      continue;
    if (at + 1 < choice.path.parts.size() || parts[at].descending) continue;
    if (at == choice.path.parts.size()) {
      KeyPartAccess part;
      part.column = column->ordinal();
      part.type = step.table->table->columns[column->ordinal()].type;
      choice.path.parts.push_back(std::move(part));
    }
    IntervalSpec not_null;
    not_null.not_null = true;
    choice.path.parts[at].predicates.push_back({not_null});
    choice.path.backward = maximum;
    choice.path.ordered = true;
    choice.rows = 1;
    step.access = std::move(choice);
    first_row_decides_ = true;
    return;
  }
}

void JoinPlanner::CollectDead(Nest* nest) {
  for (size_t s = 0; s < nest->steps.size(); s++) {
    const Step& step = nest->steps[s];
    if (step.table == nullptr) continue;
    auto& conjuncts = step.outer ? nest->outer_joins[nest->outer_of_step[s]].on : nest->conjuncts;
    for (size_t c : step.access.exact_conjuncts) {
      if (conjuncts[c].applied) continue;
      conjuncts[c].applied = true;
      WalkExpression(conjuncts[c].expression, [&](Expression* e) {
        auto* column = dynamic_cast<ColumnExpr*>(e);
        if (column != nullptr && column->table() == step.table) dead_.insert(column);
      });
    }
  }
  for (Nest::OuterJoin& join : nest->outer_joins) {
    if (join.inner->steps.empty()) continue;
    CollectDead(join.inner.get());
  }
}

void JoinPlanner::AssignSlots(Nest* nest, uint32_t* next) {
  nest->slot_begin = *next;
  for (Step& step : nest->steps) {
    if (step.table == nullptr) {
      AssignSlots(step.nest, next);
      continue;
    }
    TableRef& table = *step.table;
    std::set<uint32_t> used;
    if (table.read_all) {
      for (uint32_t c = 0; c < table.table->columns.size(); c++) used.insert(c);
      if (table.table->implicit_row_id)
        used.insert(static_cast<uint32_t>(table.table->columns.size()));
    }
    for (const ColumnExpr* reference : table.references) {
      if (reference->table() == &table && !dead_.contains(reference))
        used.insert(reference->ordinal());
    }
    table.used.assign(used.begin(), used.end());
    table.slot_begin = *next;
    *next += static_cast<uint32_t>(table.used.size());
    table.slot_end = *next;
    for (ColumnExpr* reference : table.references) {
      if (reference->table() == &table && !dead_.contains(reference)) {
        reference->set_slot(table.SlotOf(reference->ordinal()));
      }
    }
  }
  nest->slot_end = *next;
}

}  // namespace sixfold::plan
