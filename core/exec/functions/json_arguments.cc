#include "core/exec/functions/json_arguments.h"

#include "core/types/collation.h"
#include "core/types/convert.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {

using types::Json;
using types::JsonPath;
using types::TypeId;
using types::Value;

bool DocumentArg(const FunctionCall& call, size_t i, EvalContext& context, Json* out) {
  const Value value = call.EvalArg(i, context);
  if (value.is_null()) return false;
  if (value.kind() == types::ValueKind::kJson) {
    *out = types::JsonOfCanonical(value.bytes());
    return true;
  }
  const types::DataType& type = call.arg(i).type();
  if (!value.is_string()) throw MakeError(ErrorCode::kInvalidTypeForJson, i + 1, call.def().name);
  if (type.collation != nullptr && type.collation->IsBinary()) {
    throw MakeError(ErrorCode::kInvalidJsonCharset, type.collation->charset->name);
  }
  std::string error;
  size_t error_at;
  const std::string_view text =
      types::ToTextIn(value, type, types::kUtf8mb4Charset, ConversionOf(context));
  if (!types::ParseJson(text, out, &error, &error_at)) {
    throw MakeError(ErrorCode::kInvalidJsonTextInParam, i + 1, call.def().name, error, error_at);
  }
  return true;
}

Json ValueArg(const FunctionCall& call, size_t i, EvalContext& context) {
  const Value value = call.EvalArg(i, context);
  const Expression& arg = call.arg(i);
  return types::ToJson(value, arg.type(), ConversionOf(context));
}

bool PathArg(const FunctionCall& call, size_t i, EvalContext& context, JsonPath* out) {
  const Value value = call.EvalArg(i, context);
  if (value.is_null()) return false;
  size_t error_at;
  const std::string_view text =
      types::ToTextIn(value, call.arg(i).type(), types::kUtf8mb4Charset, ConversionOf(context));
  if (!types::ParseJsonPath(text, out, &error_at))
    throw MakeError(ErrorCode::kInvalidJsonPath, error_at);
  return true;
}

bool PlainPathArg(const FunctionCall& call, size_t i, EvalContext& context, JsonPath* out) {
  if (!PathArg(call, i, context, out)) return false;
  if (out->HasWildcard()) throw MakeError(ErrorCode::kInvalidJsonPathWildcard);
  return true;
}

void BindJson(FunctionCall& call, BindContext&) {
  call.set_type({.id = TypeId::kJson});
  call.set_coercibility(2);
}

Value JsonResult(EvalContext& context, const Json& json) {
  return Value::Json(context.arena->Copy(types::PrintJson(json)));
}

}  // namespace sixfold::exec
