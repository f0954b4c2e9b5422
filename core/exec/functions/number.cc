#include "core/exec/functions/number.h"

#include <cmath>

#include "core/plan/session_context.h"
#include "core/types/convert.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/result_type.h"
#include "core/types/sql_error.h"
#include "core/types/sql_mode.h"

namespace sixfold::exec {
namespace {

using types::TypeId;

// "(1 + 2)" or "-(1)": the call with its operands' values.
std::string DescribeCall(const FunctionCall& call, EvalContext& context) {
  const types::ConversionContext conversion = ConversionOf(context);
  auto operand = [&](size_t i) -> std::string {
    const types::Value value = call.EvalArg(i, context);
    if (value.is_null()) return "NULL";
    const std::string text(types::ToText(value, call.arg(i).type(), conversion));
    return call.arg(i).type().IsString() ? "'" + text + "'" : text;
  };
  const std::string name(call.def().name);
  const bool is_word =
      name[0] >= 'a' && name[0] <= 'z' && name != "div" && name != "mod" && name != "neg";
  if (name == "neg") return "-(" + operand(0) + ")";
  if (!is_word && call.args().size() == 2) {
    return "(" + operand(0) + " " +
           (name == "div"   ? "DIV"
            : name == "mod" ? "%"
                            : name) +
           " " + operand(1) + ")";
  }
  std::string text = name + "(";
  for (size_t i = 0; i < call.args().size(); ++i) text += (i > 0 ? "," : "") + operand(i);
  return text + ")";
}

}  // namespace

NumberKind NumberKindOf(const types::DataType& type) {
  if (type.IsHexLiteral() || type.IsInteger() || type.id == TypeId::kYear ||
      type.id == TypeId::kBit || type.id == TypeId::kDate)
    return NumberKind::kInteger;
  if (type.id == TypeId::kDecimal) return NumberKind::kDecimal;
  if (type.IsTemporal()) return type.scale > 0 ? NumberKind::kDecimal : NumberKind::kInteger;
  return NumberKind::kReal;
}

NumberKind NumberKindOf(const types::DataType& a, const types::DataType& b) {
  return std::max(NumberKindOf(a), NumberKindOf(b));
}

bool IsUnsignedNumber(const types::DataType& type) {
  return type.is_unsigned || type.id == TypeId::kBit || type.id == TypeId::kYear;
}

types::DataType IntegerType(bool is_unsigned, uint32_t length) {
  return {.id = TypeId::kBigInt, .is_unsigned = is_unsigned, .length = length};
}

types::DataType DecimalType(int integer_digits, int scale) {
  scale = std::min(scale, types::Decimal::kMaxScale);
  const int precision = std::clamp(integer_digits + scale, 1, types::Decimal::kMaxPrecision);
  return {.id = TypeId::kDecimal,
          .precision = static_cast<uint8_t>(precision),
          .scale = static_cast<uint8_t>(std::min(scale, precision))};
}

types::DataType RealType(int scale) {
  return {
      .id = TypeId::kDouble, .scale = static_cast<uint8_t>(scale), .length = scale < 31 ? 0u : 23u};
}

void ThrowOutOfRange(const FunctionCall& call, EvalContext& context, std::string_view type_name) {
  throw MakeError(ErrorCode::kDataOutOfRange, type_name, DescribeCall(call, context));
}

types::Value DivisionByZero(EvalContext& context) {
  const uint64_t mode = context.session != nullptr ? context.session->sql_mode() : 0;
  if ((mode & types::kSqlModeErrorForDivisionByZero) != 0 && context.diagnostics != nullptr) {
    context.diagnostics->Warn(ErrorCode::kDivisionByZero);
  }
  return types::Value::Null();
}

types::Value FiniteResult(const FunctionCall& call, EvalContext& context, double value) {
  if (!std::isfinite(value)) ThrowOutOfRange(call, context, "DOUBLE");
  return types::Value::Double(value);
}

}  // namespace sixfold::exec
