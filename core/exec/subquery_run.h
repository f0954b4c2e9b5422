// Running the subqueries of expressions.
//
// One that refers to no outer row runs once per execution and keeps its result. A correlated one
// runs for each outer row, but remembers results by the values of the outer columns it uses, up to
// a bound. IN keeps a hash table of the rows when the operands compare as values of one type.
#pragma once

#include <vector>

#include "core/exec/plan_names.h"
#include "core/plan/expression/subquery.h"

namespace sixfold::exec {

/// Has no state of its own: results are kept in the execution.
plan::SubqueryRunner& Subqueries();

/// IN: the values of the subquery's only column, and the type they are kept in.
std::vector<types::Value> InValues(const SubqueryExpr& node, EvalContext& context,
                                   types::DataType* type);

}  // namespace sixfold::exec
