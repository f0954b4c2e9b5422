#include "core/plan/optimize/sargs.h"

#include "core/plan/expression/function.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/expression/subquery.h"
#include "core/plan/physical/plan_node.h"
#include "core/types/collation.h"
#include "core/types/compare_values.h"

namespace sixfold::plan {

Expression* Unwrap(Expression* expression) {
  if (auto* constant = dynamic_cast<ConstantExpr*>(expression)) return constant->inner();
  return expression;
}

ColumnExpr* ColumnOf(Expression* expression, const QueryBlock* block) {
  auto* column = dynamic_cast<ColumnExpr*>(expression);
  if (column == nullptr || column->depth() != 0 || column->table() == nullptr) return nullptr;
  return column->table()->block == block ? column : nullptr;
}

TableMask TablesOf(Expression* expression, const QueryBlock* block) {
  TableMask mask = 0;
  WalkExpression(expression, [&](Expression* e) {
    auto* column = dynamic_cast<ColumnExpr*>(e);
    if (column != nullptr && column->table() != nullptr && column->table()->block == block) {
      mask |= column->table()->mask();
    }
  });
  return mask;
}

Conjunct MakeConjunct(Expression* expression, const QueryBlock* block) {
  Conjunct conjunct;
  conjunct.expression = expression;
  conjunct.tables = TablesOf(expression, block);
  WalkExpression(expression, [&](Expression* e) {
    if (const auto* call = dynamic_cast<const FunctionCall*>(e))
      conjunct.is_volatile |= !call->def().deterministic;
    if (dynamic_cast<const AssignVariableExpr*>(e) != nullptr) conjunct.is_volatile = true;
  });
  return conjunct;
}

namespace {

using types::DataType;
using types::TypeId;

bool IsText(const DataType& type) { return type.IsString() && type.collation != nullptr; }

/// Comparing `other` with the column happens in the order of the column's index.
bool ComparesInOrder(const DataType& column, const Expression& other) {
  const DataType& type = other.type();
  if (type.id == TypeId::kNull) return true;
  if (column.IsNumeric() || column.id == TypeId::kBit) {
    if (type.IsNumeric() || type.id == TypeId::kBit) return true;
    return type.IsString() && other.IsConstant();
  }
  if (column.IsTemporal()) {
    return (type.IsTemporal() &&
            (type.id == column.id || other.IsConstant() || type.id != TypeId::kTime)) ||
           (type.IsString() && other.IsConstant());
  }
  if (!column.IsString()) return false;
  if (!type.IsString()) return false;
  if (column.collation == type.collation) return true;
  if (!IsText(column) || !IsText(type)) return false;
  return other.coercibility() > 2 && type.collation->charset != nullptr &&
         !type.collation->IsBinary();
}

bool DecidesExactly(const DataType& column, const DataType& other) {
  if (column.IsInteger()) return other.IsInteger();
  if (column.id == TypeId::kDecimal) return other.IsInteger() || other.id == TypeId::kDecimal;
  if (column.IsTemporal()) return other.id == column.id && other.scale <= column.scale;
  if (IsText(column) && IsText(other)) return column.collation->charset == other.collation->charset;
  return false;
}

class SargExtractor {
 public:
  SargExtractor(const Conjunct& conjunct, size_t ordinal, const QueryBlock* block,
                std::vector<Sarg>* out)
      : conjunct_(conjunct), ordinal_(ordinal), block_(block), out_(out) {}

  void Extract() {
    if (conjunct_.is_volatile) return;
    if (auto* subquery = dynamic_cast<SubqueryExpr*>(conjunct_.expression))
      return FromSubquery(*subquery);
    auto* call = dynamic_cast<FunctionCall*>(Unwrap(conjunct_.expression));
    if (call == nullptr) return;
    if (call->def().name == "or") return ExtractOr(*call);
    std::vector<Sarg> found;
    FromCall(*call, &found);
    out_->insert(out_->end(), found.begin(), found.end());
  }

 private:
  void FromCall(FunctionCall& call, std::vector<Sarg>* found) {
    const std::string_view name = call.def().name;
    if (name == "=" || name == "<=>" || name == "<" || name == "<=" || name == ">" ||
        name == ">=") {
      FromComparison(call, name, false, found);
      FromComparison(call, name, true, found);
    } else if (name == "between") {
      FromBetween(call, found);
    } else if (name == "in") {
      FromIn(call, found);
    } else if (name == "is null" || name == "is not null") {
      ColumnExpr* column = ColumnOf(call.args()[0], block_);
      if (column == nullptr || column->table()->kind != TableKind::kBase) return;
      Sarg sarg = Begin(column);
      IntervalSpec spec;
      spec.is_null = name == "is null";
      spec.not_null = !spec.is_null;
      sarg.intervals.push_back(spec);
      sarg.single_equality = spec.is_null;
      found->push_back(sarg);
    }
  }

  /// col IN (subquery that needs no row of this block).
  void FromSubquery(SubqueryExpr& subquery) {
    if (subquery.kind() != SubqueryKind::kIn || subquery.left().size() != 1) return;
    ColumnExpr* column = ColumnOf(subquery.left()[0], block_);
    if (column == nullptr || column->table()->kind != TableKind::kBase) return;
    const BoundQuery& query = subquery.query();
    if (query.volatile_result || !query.outer_references.empty()) return;
    if (!HashComparable(column->type(), query.columns[0].type)) return;
    if (column->type().IsString() && column->type().collation != query.columns[0].type.collation)
      return;
    Sarg sarg = Begin(column);
    IntervalSpec spec;
    spec.in_subquery = &subquery;
    sarg.intervals.push_back(spec);
    sarg.points = std::max(1.0, query.root->estimated_rows);
    out_->push_back(std::move(sarg));
  }

  Sarg Begin(ColumnExpr* column) const {
    Sarg sarg;
    sarg.table = column->table();
    sarg.column = column->ordinal();
    sarg.conjunct = ordinal_;
    return sarg;
  }

  /// False: depends on the table itself, or does not compare in the column's order.
  bool Use(Sarg* sarg, const ColumnExpr& column, Expression* value) const {
    const TableMask tables = TablesOf(value, block_);
    if ((tables & sarg->table->mask()) != 0) return false;
    if (!ComparesInOrder(column.type(), *value)) return false;
    sarg->depends |= tables;
    sarg->exact = sarg->exact && DecidesExactly(column.type(), value->type());
    return true;
  }

  void FromComparison(FunctionCall& call, std::string_view name, bool swapped,
                      std::vector<Sarg>* found) {
    ColumnExpr* column = ColumnOf(call.args()[swapped ? 1 : 0], block_);
    Expression* value = call.args()[swapped ? 0 : 1];
    if (column == nullptr || column->table()->kind != TableKind::kBase) return;
    Sarg sarg = Begin(column);
    sarg.exact = true;
    if (!Use(&sarg, *column, value)) return;
    IntervalSpec spec;
    if (name == "=" || name == "<=>") {
      spec.lower = spec.upper = value;
      spec.null_safe = name == "<=>";
      sarg.single_equality = true;
    } else {
      const bool less = (name[0] == '<') != swapped;
      const bool inclusive = name.size() == 2;
      (less ? spec.upper : spec.lower) = value;
      (less ? spec.upper_inclusive : spec.lower_inclusive) = inclusive;
    }
    sarg.intervals.push_back(spec);
    found->push_back(std::move(sarg));
  }

  void FromBetween(FunctionCall& call, std::vector<Sarg>* found) {
    ColumnExpr* column = ColumnOf(call.args()[0], block_);
    if (column == nullptr || column->table()->kind != TableKind::kBase) return;
    Sarg sarg = Begin(column);
    sarg.exact = true;
    if (!Use(&sarg, *column, call.args()[1]) || !Use(&sarg, *column, call.args()[2])) return;
    IntervalSpec spec;
    spec.lower = call.args()[1];
    spec.upper = call.args()[2];
    sarg.intervals.push_back(spec);
    found->push_back(std::move(sarg));
  }

  void FromIn(FunctionCall& call, std::vector<Sarg>* found) {
    ColumnExpr* column = ColumnOf(call.args()[0], block_);
    if (column == nullptr || column->table()->kind != TableKind::kBase) return;
    Sarg sarg = Begin(column);
    sarg.exact = true;
    for (size_t i = 1; i < call.args().size(); i++) {
      if (!Use(&sarg, *column, call.args()[i])) return;
      IntervalSpec spec;
      spec.lower = spec.upper = call.args()[i];
      sarg.intervals.push_back(spec);
    }
    found->push_back(std::move(sarg));
  }

  /// Every branch a condition on one and the same column.
  void ExtractOr(FunctionCall& call) {
    std::vector<Sarg> merged;
    bool first = true;
    for (Expression* branch : call.args()) {
      auto* inner = dynamic_cast<FunctionCall*>(Unwrap(branch));
      if (inner == nullptr) return;
      std::vector<Sarg> found;
      if (inner->def().name == "or") return;
      FromCall(*inner, &found);
      if (first) {
        merged = std::move(found);
        first = false;
        continue;
      }
      std::erase_if(merged, [&](Sarg& kept) {
        for (const Sarg& next : found) {
          if (next.table != kept.table || next.column != kept.column) continue;
          kept.intervals.insert(kept.intervals.end(), next.intervals.begin(), next.intervals.end());
          kept.depends |= next.depends;
          return false;
        }
        return true;
      });
    }
    for (Sarg& sarg : merged) {
      sarg.single_equality = sarg.exact = false;
      out_->push_back(std::move(sarg));
    }
  }

  const Conjunct& conjunct_;
  size_t ordinal_;
  const QueryBlock* block_;
  std::vector<Sarg>* out_;
};

/// NULL whenever the tables' columns are: built from them by operators that are.
bool IsNullWith(Expression* expression, const QueryBlock* block, TableMask tables) {
  if (ColumnExpr* column = ColumnOf(expression, block))
    return (column->table()->mask() & tables) != 0;
  auto* call = dynamic_cast<FunctionCall*>(expression);
  if (call == nullptr) return false;
  const std::string_view name = call->def().name;
  if (name != "+" && name != "-" && name != "*" && name != "/" && name != "neg" && name != "%")
    return false;
  for (Expression* arg : call->args()) {
    if (IsNullWith(arg, block, tables)) return true;
  }
  return false;
}

}  // namespace

void ExtractSargs(const Conjunct& conjunct, size_t ordinal, const QueryBlock* block,
                  std::vector<Sarg>* out) {
  SargExtractor(conjunct, ordinal, block, out).Extract();
}

bool RejectsNulls(Expression* expression, const QueryBlock* block, TableMask tables) {
  auto* call = dynamic_cast<FunctionCall*>(expression);
  if (call == nullptr) return false;
  const std::string_view name = call->def().name;
  if (name == "and") {
    for (Expression* arg : call->args()) {
      if (RejectsNulls(arg, block, tables)) return true;
    }
    return false;
  }
  if (name == "or") {
    for (Expression* arg : call->args()) {
      if (!RejectsNulls(arg, block, tables)) return false;
    }
    return !call->args().empty();
  }
  if (name == "=" || name == "<" || name == "<=" || name == ">" || name == ">=" || name == "<>" ||
      name == "like") {
    return IsNullWith(call->args()[0], block, tables) || IsNullWith(call->args()[1], block, tables);
  }
  if (name == "between" || name == "in" || name == "is not null")
    return IsNullWith(call->args()[0], block, tables);
  return false;
}

}  // namespace sixfold::plan
