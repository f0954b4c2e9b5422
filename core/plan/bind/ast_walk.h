// The operands of a syntax tree's expression. Subqueries are not entered.
#pragma once

#include <functional>

#include "core/sql/ast_select.h"

namespace sixfold::plan {

void ForEachOperand(const sql::Expression& expression,
                    const std::function<void(const sql::Expression&)>& visit);

}  // namespace sixfold::plan
