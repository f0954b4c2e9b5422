// After grouping, expressions read the grouped layout: group keys, aggregates, then first values of
// columns that are neither (they are functionally dependent, or ONLY_FULL_GROUP_BY is off).
#include "core/plan/bind/binder.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/expression/subquery.h"
#include "core/types/raise.h"

namespace sixfold::plan {

namespace {

class GroupRewriter {
 public:
  GroupRewriter(Binder& binder, QueryBlock* block) : binder_(binder), block_(block) {}

  Expression* Rewrite(Expression* e) {
    if (auto* constant = dynamic_cast<ConstantExpr*>(e)) {
      // ROLLUP makes NULLs of constant keys: what holds one is constant no more.
      Expression* inner = Rewrite(constant->inner());
      return inner->IsConstant() ? e : inner;
    }
    for (uint32_t k = 0; k < block_->group_by.size(); k++) {
      if (!SameExpression(e, block_->group_by[k])) continue;
      if (auto* column = dynamic_cast<ColumnExpr*>(e); column != nullptr && column->depth() == 0) {
        column->Redirect(k);
        return e;
      }
      auto* slot = binder_.arena()->New<SlotExpr>(k, 0, e->type());
      slot->set_coercibility(e->coercibility());
      return slot;
    }
    if (auto* column = dynamic_cast<ColumnExpr*>(e)) {
      if (column->depth() == 0) ToFirstValue(column);
      return e;
    }
    if (auto* subquery = dynamic_cast<SubqueryExpr*>(e)) RewriteOuterReferences(subquery);
    e->ForEachChild([this](Expression*& child) { child = Rewrite(child); });
    return e;
  }

 private:
  void ToFirstValue(ColumnExpr* column) {
    if (column->table() == nullptr) return;
    auto& firsts = block_->first_values;
    uint32_t index = 0;
    while (index < firsts.size() && (firsts[index]->table() != column->table() ||
                                     firsts[index]->ordinal() != column->ordinal())) {
      index++;
    }
    if (index == firsts.size()) {
      auto* copy =
          binder_.arena()->New<ColumnExpr>(column->table(), column->ordinal(), 0, column->type());
      column->table()->references.push_back(copy);
      firsts.push_back(copy);
    }
    column->Redirect(
        static_cast<uint32_t>(block_->group_by.size() + block_->aggregates.size() + index));
  }

  void RewriteOuterReferences(SubqueryExpr* subquery) {
    for (const OuterReference& reference : subquery->query().outer_references) {
      if (reference.level != block_->level || reference.column == nullptr) continue;
      ColumnExpr* column = reference.column;
      if (column->table() == nullptr) continue;
      bool is_key = false;
      for (uint32_t k = 0; k < block_->group_by.size() && !is_key; k++) {
        const auto* key = dynamic_cast<const ColumnExpr*>(block_->group_by[k]);
        if (key == nullptr || key->table() != column->table() ||
            key->ordinal() != column->ordinal())
          continue;
        column->Redirect(k);
        is_key = true;
      }
      if (!is_key) ToFirstValue(column);
    }
  }

  Binder& binder_;
  QueryBlock* block_;
};

}  // namespace

void RewriteGrouped(Binder& binder, QueryBlock* block) {
  const auto keys = static_cast<uint32_t>(block->group_by.size());
  for (uint32_t a = 0; a < block->aggregates.size(); a++) {
    for (SlotExpr* slot : block->aggregates[a].references) slot->set_slot(keys + a);
  }
  GroupRewriter rewriter(binder, block);
  for (Expression*& e : block->output) e = rewriter.Rewrite(e);
  for (Expression*& e : block->having) e = rewriter.Rewrite(e);
  for (WindowCall& window : block->windows) {
    for (Expression*& e : window.args) e = rewriter.Rewrite(e);
    for (Expression*& e : window.partition_by) e = rewriter.Rewrite(e);
    for (SortKey& key : window.order_by) key.expression = rewriter.Rewrite(key.expression);
  }
}

}  // namespace sixfold::plan
