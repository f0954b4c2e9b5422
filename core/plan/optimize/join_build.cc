// Plan nodes of the joins that were chosen: leaves, joins, filters above outer joins.
#include "core/plan/bind/binder.h"
#include "core/plan/expression/function.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/optimize/join_plan.h"
#include "core/plan/physical/row_nodes.h"
#include "core/plan/physical/scans.h"
#include "core/plan/virtual_table.h"
#include "core/types/compare_values.h"
#include "core/types/raise.h"

namespace sixfold::plan {

bool HashSides(Expression* conjunct, const QueryBlock* block, TableMask left, TableMask right,
               HashJoin::Key* key) {
  auto* call = dynamic_cast<FunctionCall*>(conjunct);
  if (call == nullptr || (call->def().name != "=" && call->def().name != "<=>")) return false;
  Expression* a = call->args()[0];
  Expression* b = call->args()[1];
  TableMask ma = TablesOf(a, block), mb = TablesOf(b, block);
  if ((ma & right) != 0) {
    std::swap(a, b);
    std::swap(ma, mb);
  }
  if (ma == 0 || (ma & ~left) != 0 || mb == 0 || (mb & ~right) != 0) return false;
  if (!HashComparable(a->type(), b->type())) return false;
  key->left = a;
  key->right = b;
  key->type = HashType(a->type(), b->type());
  key->null_safe = call->def().name == "<=>";
  return true;
}

uint32_t TableRef::SlotOf(uint32_t column_ordinal) const {
  const auto at = std::lower_bound(used.begin(), used.end(), column_ordinal);
  CHECK(at != used.end() && *at == column_ordinal);
  return slot_begin + static_cast<uint32_t>(at - used.begin());
}

std::vector<Expression*> JoinPlanner::TakeLocal(std::vector<Conjunct>* conjuncts, TableMask mask,
                                                const std::set<size_t>& exact) {
  std::vector<Expression*> taken;
  for (size_t i = 0; i < conjuncts->size(); i++) {
    Conjunct& conjunct = (*conjuncts)[i];
    if (conjunct.applied || conjunct.is_volatile || conjunct.tables == 0) continue;
    if ((conjunct.tables & ~mask) != 0) continue;
    conjunct.applied = true;
    if (!exact.contains(i)) taken.push_back(conjunct.expression);
  }
  return taken;
}

void JoinPlanner::Explain(const Nest* nest, const Step& step, bool filtered) {
  const TableRef& table = *step.table;
  ExplainStep note;
  note.table = table.kind == TableKind::kDerived
                   ? fmt::format("<derived{}>", table.derived->select_number)
                   : table.alias;
  note.rows = std::max(1.0, step.access.rows);
  note.access = "ALL";
  if (table.kind == TableKind::kBase) ExplainAccess(*table.table, step.access, nest, &note);
  std::vector<std::string_view> extras;
  if (filtered) extras.push_back("Using where");
  if (step.access.path.covering && note.access != "ALL" && step.access.path.index != 0)
    extras.push_back("Using index");
  if (step.hash && nest->steps.size() > 1 && &step != &nest->steps[0])
    extras.push_back("Using join buffer (hash join)");
  for (std::string_view extra : extras) {
    if (!note.extra.empty()) note.extra += "; ";
    note.extra += extra;
  }
  block_->steps.push_back(std::move(note));
}

ScanOutput JoinPlanner::OutputOf(const TableRef& table, std::vector<Expression*> filters) const {
  return {table.alias, table.used, table.slot_begin, block_->joined_width, std::move(filters)};
}

TableAccess JoinPlanner::AccessOf(const Step& step) const {
  const TableRef& table = *step.table;
  TableAccess access;
  access.alias = table.alias;
  access.table = table.table;
  access.columns = table.used;
  access.slot_begin = table.slot_begin;
  access.width = block_->joined_width;
  access.path = step.access.path;
  access.lock = table.lock;
  access.wait = table.wait;
  return access;
}

const PlanNode* JoinPlanner::LateralScan(const TableRef& table) {
  return binder_.arena()->New<DerivedScan>(table.derived->root,
                                           static_cast<uint32_t>(table.columns.size()),
                                           OutputOf(table, {}), UINT32_MAX);
}

const PlanNode* JoinPlanner::BuildLeaf(const Step& step, std::vector<Expression*> filters) {
  TableRef& table = *step.table;
  Arena* arena = binder_.arena();
  switch (table.kind) {
    case TableKind::kBase: {
      TableAccess access = AccessOf(step);
      access.one_at_a_time = table.lock != txn::LockMode::kNone && block_->limit != nullptr;
      auto* scan = arena->New<TableScan>(std::move(access), std::move(filters));
      scan->estimated_rows = step.access.rows;
      scan->estimated_cost = step.access.cost;
      return scan;
    }
    case TableKind::kVirtual: {
      std::vector<VirtualScan::Hint> hints;
      for (Expression* filter : filters) {
        auto* call = dynamic_cast<FunctionCall*>(filter);
        if (call == nullptr || call->def().name != "=") continue;
        for (int side = 0; side < 2; side++) {
          const ColumnExpr* column = ColumnOf(call->args()[side], block_);
          if (column != nullptr && call->args()[1 - side]->IsConstant()) {
            hints.push_back({column->ordinal(), call->args()[1 - side]});
          }
        }
      }
      return arena->New<VirtualScan>(table.virtual_table, OutputOf(table, std::move(filters)),
                                     std::move(hints));
    }
    case TableKind::kDerived: {
      const bool keep = table.derived->outer_references.empty() &&
                        !table.derived->volatile_result && (block_->level > 0 || table.shared);
      auto* scan = arena->New<DerivedScan>(
          table.derived->root, static_cast<uint32_t>(table.columns.size()),
          OutputOf(table, std::move(filters)), keep ? table.temporary_id : UINT32_MAX);
      scan->estimated_rows = TableRows(table);
      return scan;
    }
    case TableKind::kRecursive:
      return arena->New<WorkingScan>(OutputOf(table, std::move(filters)), table.temporary_id);
    case TableKind::kJsonTable:
      break;
  }
  Raise(kErNotSupported, "this table");
}

const PlanNode* JoinPlanner::BuildStep(Nest* nest, size_t ordinal, const PlanNode* left,
                                       TableMask before) {
  Step& step = nest->steps[ordinal];
  Arena* arena = binder_.arena();
  const bool outer = step.outer;
  auto& conjuncts = outer ? nest->outer_joins[nest->outer_of_step[ordinal]].on : nest->conjuncts;
  const std::set<size_t> exact;
  const JoinKind kind = outer ? JoinKind::kLeft : JoinKind::kInner;

  JoinLayout layout;
  layout.width = block_->joined_width;
  layout.left_begin = nest->slot_begin;
  layout.right_begin = step.table != nullptr ? step.table->slot_begin : step.nest->slot_begin;
  layout.right_end = step.table != nullptr ? step.table->slot_end : step.nest->slot_end;
  layout.left_end = layout.right_begin;

  const bool lateral = step.table != nullptr && step.table->lateral;
  const bool indexed = step.table != nullptr && !step.hash && !lateral;
  const PlanNode* right = nullptr;
  if (lateral) {
    right = LateralScan(*step.table);
  } else if (!indexed) {
    right = step.table != nullptr ? BuildLeaf(step, TakeLocal(&conjuncts, step.mask, exact))
                                  : Build(step.nest);
  }
  std::vector<HashJoin::Key> keys;
  if (!indexed && !lateral) {
    for (Conjunct& conjunct : conjuncts) {
      HashJoin::Key key;
      if (conjunct.applied || conjunct.is_volatile) continue;
      if ((conjunct.tables & ~(before | step.mask)) != 0) continue;
      if (!HashSides(conjunct.expression, block_, before, step.mask, &key)) continue;
      conjunct.applied = true;
      keys.push_back(key);
    }
  }
  std::vector<Expression*> conditions;
  for (Conjunct& conjunct : conjuncts) {
    if (conjunct.applied || (conjunct.tables & ~(before | step.mask)) != 0) continue;
    if (conjunct.is_volatile && !outer && ordinal + 1 < nest->steps.size()) continue;
    conjunct.applied = true;
    conditions.push_back(conjunct.expression);
  }
  if (step.table != nullptr) Explain(nest, step, !conditions.empty());
  PlanNode* joined = nullptr;
  if (indexed) {
    joined = arena->New<IndexJoin>(left, AccessOf(step), kind, layout, std::move(conditions));
  } else if (lateral) {
    joined = arena->New<LateralJoin>(left, right, kind, layout, std::move(conditions));
  } else {
    joined =
        arena->New<HashJoin>(left, right, kind, layout, std::move(keys), std::move(conditions));
  }
  joined->estimated_rows = std::max(1.0, left->estimated_rows * step.access.rows);
  if (!outer) return joined;
  // Conditions of WHERE on the null-complemented rows.
  std::vector<Expression*> above;
  for (Conjunct& conjunct : nest->conjuncts) {
    if (conjunct.applied || conjunct.is_volatile || (conjunct.tables & ~(before | step.mask)) != 0)
      continue;
    conjunct.applied = true;
    above.push_back(conjunct.expression);
  }
  if (above.empty()) return joined;
  auto* filter = arena->New<Filter>(joined, std::move(above), nest->slot_begin, layout.right_end);
  filter->estimated_rows = joined->estimated_rows;
  return filter;
}

const PlanNode* JoinPlanner::Build(Nest* nest) {
  const Step& first = nest->steps[0];
  CHECK(first.table != nullptr);
  const PlanNode* root = nullptr;
  const size_t conditions_before = std::count_if(nest->conjuncts.begin(), nest->conjuncts.end(),
                                                 [](const Conjunct& c) { return !c.applied; });
  Explain(nest, first, conditions_before > 0);
  if (first.table->lateral) {
    // Its plan expects the row of this block as its outer row, be it an empty one.
    const PlanNode* scan = LateralScan(*first.table);
    JoinLayout layout;
    layout.width = block_->joined_width;
    layout.left_begin = layout.left_end = layout.right_begin = first.table->slot_begin;
    layout.right_end = first.table->slot_end;
    root =
        binder_.arena()->New<LateralJoin>(binder_.arena()->New<SingleRow>(), scan, JoinKind::kInner,
                                          layout, TakeLocal(&nest->conjuncts, first.mask, {}));
  } else {
    root = BuildLeaf(first, TakeLocal(&nest->conjuncts, first.mask, {}));
  }
  TableMask before = first.mask;
  for (size_t s = 1; s < nest->steps.size(); s++) {
    root = BuildStep(nest, s, root, before);
    before |= nest->steps[s].mask;
  }
  return root;
}

}  // namespace sixfold::plan
