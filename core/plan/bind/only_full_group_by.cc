// ONLY_FULL_GROUP_BY: what comes after grouping may use a column of a table only where the group's
// columns determine it: it is one of them, equal to one of them or to a constant, or of a row whose
// unique key is determined. Derived tables are taken on trust.
#include <set>

#include "core/plan/bind/binder.h"
#include "core/plan/expression/function.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/expression/subquery.h"
#include "core/plan/optimize/sargs.h"
#include "core/types/raise.h"

namespace sixfold::plan {

namespace {

class DependencyChecker {
 public:
  explicit DependencyChecker(const QueryBlock& block) : block_(block) {
    for (const Expression* key : block.group_by) {
      if (const auto* column = dynamic_cast<const ColumnExpr*>(key))
        known_.insert({column->table(), column->ordinal()});
    }
    Close();
  }

  void Check(Expression* expression, size_t number, const char* clause) {
    for (const Expression* key : block_.group_by) {
      if (SameExpression(expression, key)) return;
    }
    auto* column = dynamic_cast<ColumnExpr*>(expression);
    if (column != nullptr && column->depth() == 0 && column->table() != nullptr &&
        column->table()->kind == TableKind::kBase && column->table()->block == &block_ &&
        !known_.contains({column->table(), column->ordinal()})) {
      const TableRef& table = *column->table();
      const std::string name =
          table.schema + "." + table.alias + "." + table.columns[column->ordinal()].info.name;
      Raise(block_.single_group ? kErMixOfGroup : kErWrongFieldWithGroup, number, clause, name);
    }
    expression->ForEachChild([&](Expression*& child) { Check(child, number, clause); });
  }

 private:
  using Column = std::pair<const TableRef*, uint32_t>;

  bool Known(Expression* e) const {
    const ColumnExpr* column = ColumnOf(e, &block_);
    return column != nullptr && known_.contains({column->table(), column->ordinal()});
  }

  /// Everything that follows from what is known.
  void Close() {
    for (bool grown = true; grown;) {
      const size_t before = known_.size();
      for (Expression* condition : block_.conditions) FromEquality(condition);
      FromOuterJoins(block_.joins);
      for (const TableRef& table : block_.tables) FromKeys(table);
      grown = known_.size() > before;
    }
  }

  void FromEquality(Expression* condition) {
    auto* call = dynamic_cast<FunctionCall*>(condition);
    if (call == nullptr || call->def().name != "=") return;
    for (int side = 0; side < 2; side++) {
      const ColumnExpr* column = ColumnOf(call->args()[side], &block_);
      Expression* other = call->args()[1 - side];
      if (column == nullptr) continue;
      if (Known(other) || TablesOf(other, &block_) == 0)
        known_.insert({column->table(), column->ordinal()});
    }
  }

  void FromOuterJoins(const JoinNest& nest) {
    for (const JoinNest::Outer& outer : nest.outer_joins) {
      for (Expression* condition : outer.on) FromEquality(condition);
      FromOuterJoins(*outer.inner);
    }
  }

  void FromKeys(const TableRef& table) {
    if (table.kind != TableKind::kBase) return;
    for (const catalog::IndexDef& index : table.table->indexes) {
      if (!index.unique() || index.parts.empty()) continue;
      bool determined = true;
      for (const catalog::KeyPart& part : index.parts) {
        determined = determined && part.prefix_length == 0 &&
                     !table.table->columns[part.column].type.nullable &&
                     known_.contains({&table, part.column});
      }
      if (!determined) continue;
      for (uint32_t c = 0; c < table.columns.size(); c++) known_.insert({&table, c});
    }
  }

  const QueryBlock& block_;
  std::set<Column> known_;
};

}  // namespace

void CheckOnlyFullGroupBy(const QueryBlock& block) {
  DependencyChecker checker(block);
  for (size_t i = 0; i < block.output.size(); i++) {
    const bool visible = i < block.visible;
    checker.Check(block.output[i], visible ? i + 1 : i - block.visible + 1,
                  visible ? "SELECT list" : "ORDER BY");
  }
  for (Expression* condition : block.having) checker.Check(condition, 1, "HAVING");
}

}  // namespace sixfold::plan
