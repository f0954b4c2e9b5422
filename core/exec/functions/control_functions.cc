// CASE, IF, IFNULL, NULLIF, COALESCE: they evaluate only what they need, and convert what they give
// to the type all their results have in common.
#include "core/exec/functions/comparison.h"
#include "core/exec/functions/tables.h"
#include "core/types/result_type.h"

namespace sixfold::exec {
namespace {

using types::Value;

// Sets the common type of the results; the others of the call's arguments are conditions.
void BindResults(FunctionCall& call, BindContext& context, const std::vector<size_t>& results,
                 bool always_nullable) {
  std::vector<const types::DataType*> all;
  uint8_t coercibility = 6;
  for (const size_t i : results) all.push_back(&call.arg(i).type());
  types::DataType type = types::CommonType(all);
  type.nullable |= always_nullable;
  if (type.IsString()) {
    // Collations agree over the results alone: a call of just them asks.
    std::vector<Expression*> texts;
    for (const size_t i : results) texts.push_back(&call.arg(i));
    FunctionCall results_only(&call.def(), texts);
    type.collation = AgreeOnCollation(results_only, 0, texts.size(), context, &coercibility);
    const bool is_blob = type.id >= types::TypeId::kTinyText &&
                         type.id <= types::TypeId::kLongText && type.collation->IsBinary();
    if (is_blob)
      type.id = static_cast<types::TypeId>(static_cast<int>(type.id) +
                                           static_cast<int>(types::TypeId::kTinyBlob) -
                                           static_cast<int>(types::TypeId::kTinyText));
    if (type.collation->IsBinary() && type.id == types::TypeId::kVarchar)
      type.id = types::TypeId::kVarbinary;
    if (type.collation->IsBinary() && type.id == types::TypeId::kChar)
      type.id = types::TypeId::kBinary;
  } else {
    coercibility = 5;
  }
  call.set_type(type);
  call.set_coercibility(coercibility);
}

Value Give(const FunctionCall& call, size_t i, EvalContext& context) {
  const Value value = call.EvalArg(i, context);
  const types::DataType& from = call.arg(i).type();
  if (value.is_null() || !types::NeedsConversion(from, call.type())) return value;
  return types::ConvertToType(value, from, call.type(), ConversionOf(context));
}

bool Holds(const FunctionCall& call, size_t i, EvalContext& context) {
  const Value x = call.EvalArg(i, context);
  if (x.kind() == types::ValueKind::kInt) return x.int_value() != 0;
  return !x.is_null() && types::ToBool(x, call.arg(i).type(), ConversionOf(context));
}

// when1, then1, when2, then2, … [else]
void BindCaseWhen(FunctionCall& call, BindContext& context) {
  const size_t count = call.args().size();
  std::vector<size_t> results;
  for (size_t i = 1; i < count; i += 2) results.push_back(i);
  if (count % 2 == 1) results.push_back(count - 1);
  BindResults(call, context, results, count % 2 == 0);
}

Value EvalCaseWhen(const FunctionCall& call, EvalContext& context) {
  const size_t count = call.args().size();
  for (size_t i = 0; i + 1 < count; i += 2) {
    if (Holds(call, i, context)) return Give(call, i + 1, context);
  }
  return count % 2 == 1 ? Give(call, count - 1, context) : Value::Null();
}

void BindIf(FunctionCall& call, BindContext& context) { BindResults(call, context, {1, 2}, false); }
Value EvalIf(const FunctionCall& call, EvalContext& context) {
  return Give(call, Holds(call, 0, context) ? 1 : 2, context);
}

void BindCoalesce(FunctionCall& call, BindContext& context) {
  std::vector<size_t> results(call.args().size());
  bool all_nullable = true;
  for (size_t i = 0; i < results.size(); ++i) {
    results[i] = i;
    all_nullable &= call.arg(i).type().nullable;
  }
  BindResults(call, context, results, false);
  types::DataType type = call.type();
  type.nullable = all_nullable;
  call.set_type(type);
}

Value EvalCoalesce(const FunctionCall& call, EvalContext& context) {
  for (size_t i = 0; i < call.args().size(); ++i) {
    const Value value = Give(call, i, context);
    if (!value.is_null()) return value;
  }
  return Value::Null();
}

void BindNullIf(FunctionCall& call, BindContext& context) {
  BindResults(call, context, {0}, true);
  auto state = std::make_unique<ComparisonState>();
  state->comparisons.emplace_back(call, 0, 1, context);
  call.set_state(std::move(state));
}

Value EvalNullIf(const FunctionCall& call, EvalContext& context) {
  const Value x = call.EvalArg(0, context);
  if (x.is_null()) return x;
  const Value y = call.EvalArg(1, context);
  const Comparison& comparison = static_cast<const ComparisonState*>(call.state())->comparisons[0];
  if (!y.is_null() && comparison.Equal(x, y, context)) return Value::Null();
  return Give(call, 0, context);
}

constexpr FunctionDef kControlTable[] = {
    {"case", 2, -1, BindCaseWhen, EvalCaseWhen},
    {"coalesce", 1, -1, BindCoalesce, EvalCoalesce},
    {"if", 3, 3, BindIf, EvalIf},
    {"ifnull", 2, 2, BindCoalesce, EvalCoalesce},
    {"nullif", 2, 2, BindNullIf, EvalNullIf},
};

}  // namespace

FunctionTable ControlFunctions() { return kControlTable; }

}  // namespace sixfold::exec
