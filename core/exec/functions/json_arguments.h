// How JSON functions read documents and paths.
#pragma once

#include "core/exec/functions/arguments.h"
#include "core/exec/plan_names.h"
#include "core/types/json.h"
#include "core/types/json_path.h"

namespace sixfold::exec {

/// A document: of JSON type or text that is JSON (3141 where it is not, 3146 for other types).
/// False: NULL.
bool DocumentArg(const FunctionCall& call, size_t i, EvalContext& context, types::Json* out);
/// Any value as JSON_ARRAY takes it: text becomes a JSON string, NULL the JSON null.
types::Json ValueArg(const FunctionCall& call, size_t i, EvalContext& context);
/// A path; 3143 where it is none. False: NULL.
bool PathArg(const FunctionCall& call, size_t i, EvalContext& context, types::JsonPath* out);
/// As PathArg; 3149 where it has wildcards.
bool PlainPathArg(const FunctionCall& call, size_t i, EvalContext& context, types::JsonPath* out);

void BindJson(FunctionCall& call, BindContext& context);
types::Value JsonResult(EvalContext& context, const types::Json& json);

}  // namespace sixfold::exec
