// AND, OR, XOR, NOT with three truth values.
#include "core/exec/functions/arguments.h"
#include "core/exec/functions/tables.h"
#include "core/types/convert.h"

namespace sixfold::exec {
namespace {

using types::Value;

enum class Truth { kFalse, kTrue, kUnknown };

Truth TruthOf(const FunctionCall& call, size_t i, EvalContext& context) {
  const Value x = call.EvalArg(i, context);
  if (x.is_null()) return Truth::kUnknown;
  if (x.kind() == types::ValueKind::kInt) return x.int_value() != 0 ? Truth::kTrue : Truth::kFalse;
  return types::ToBool(x, call.arg(i).type(), ConversionOf(context)) ? Truth::kTrue : Truth::kFalse;
}

Value ToValue(Truth truth) {
  return truth == Truth::kUnknown ? Value::Null() : Value::Bool(truth == Truth::kTrue);
}

void BindLogic(FunctionCall& call, BindContext&) {
  BindBool(call);
  types::DataType type = call.type();
  type.nullable = AnyNullable(call);
  call.set_type(type);
}

// AND stops at the first false operand, OR at the first true one.
template <Truth decisive>
Value EvalJunction(const FunctionCall& call, EvalContext& context) {
  bool unknown = false;
  for (size_t i = 0; i < call.args().size(); ++i) {
    const Truth truth = TruthOf(call, i, context);
    if (truth == decisive) return ToValue(decisive);
    unknown |= truth == Truth::kUnknown;
  }
  return unknown ? Value::Null() : Value::Bool(decisive == Truth::kFalse);
}

Value EvalXor(const FunctionCall& call, EvalContext& context) {
  bool odd = false;
  for (size_t i = 0; i < call.args().size(); ++i) {
    const Truth truth = TruthOf(call, i, context);
    if (truth == Truth::kUnknown) return Value::Null();
    odd ^= truth == Truth::kTrue;
  }
  return Value::Bool(odd);
}

Value EvalNot(const FunctionCall& call, EvalContext& context) {
  const Truth truth = TruthOf(call, 0, context);
  return truth == Truth::kUnknown ? Value::Null() : Value::Bool(truth == Truth::kFalse);
}

constexpr FunctionDef kLogicTable[] = {
    {"and", 2, -1, BindLogic, EvalJunction<Truth::kFalse>},
    {"or", 2, -1, BindLogic, EvalJunction<Truth::kTrue>},
    {"xor", 2, -1, BindLogic, EvalXor},
    {"not", 1, 1, BindLogic, EvalNot},
};

}  // namespace

FunctionTable LogicFunctions() { return kLogicTable; }

}  // namespace sixfold::exec
