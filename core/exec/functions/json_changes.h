// JSON functions that give a changed copy of a document.
#pragma once

#include "core/exec/plan_names.h"
#include "core/plan/expression/function.h"

namespace sixfold::exec {

types::Value EvalJsonSet(const FunctionCall& call, EvalContext& context);
types::Value EvalJsonInsert(const FunctionCall& call, EvalContext& context);
types::Value EvalJsonReplace(const FunctionCall& call, EvalContext& context);
types::Value EvalJsonRemove(const FunctionCall& call, EvalContext& context);
types::Value EvalJsonArrayAppend(const FunctionCall& call, EvalContext& context);
types::Value EvalJsonArrayInsert(const FunctionCall& call, EvalContext& context);
types::Value EvalJsonMergePreserve(const FunctionCall& call, EvalContext& context);
types::Value EvalJsonMergePatch(const FunctionCall& call, EvalContext& context);

}  // namespace sixfold::exec
