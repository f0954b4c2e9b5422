#include "core/plan/expression/subquery.h"

#include "core/plan/bind/block.h"

namespace sixfold::plan {

bool SubqueryExpr::IsConstant() const {
  if (!query_->outer_references.empty() || query_->volatile_result) return false;
  for (const Expression* item : left_) {
    if (!item->IsConstant()) return false;
  }
  return true;
}

bool SubqueryExpr::is_row() const {
  return kind_ == SubqueryKind::kScalar && !is_part_ && query_->columns.size() > 1;
}

types::Value SubqueryExpr::Eval(EvalContext& context) const {
  if (context.execution == nullptr) return types::Value::Null();
  return context.execution->subqueries().Eval(*this, context);
}

}  // namespace sixfold::plan
