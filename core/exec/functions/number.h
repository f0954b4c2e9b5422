// The numbers arithmetic works on: what kind an operation of two types is done in, the types of the
// results, and the errors of results that do not fit.
#pragma once

#include <string>

#include "core/exec/functions/arguments.h"
#include "core/exec/plan_names.h"
#include "core/types/data_type.h"
#include "core/types/decimal.h"

namespace sixfold::exec {

enum class NumberKind : uint8_t { kInteger, kDecimal, kReal };

/// As what a value of the type takes part in arithmetic: texts and reals as reals.
NumberKind NumberKindOf(const types::DataType& type);
/// The wider of both.
NumberKind NumberKindOf(const types::DataType& a, const types::DataType& b);
bool IsUnsignedNumber(const types::DataType& type);

types::DataType IntegerType(bool is_unsigned, uint32_t length = 21);
/// Digits beyond 65 are cut from the front, beyond 30 decimals from the back.
types::DataType DecimalType(int integer_digits, int scale);
types::DataType RealType(int scale = 31);

/// 1690 "BIGINT value is out of range in '(a + b)'", naming the operands' values.
[[noreturn]] void ThrowOutOfRange(const FunctionCall& call, EvalContext& context,
                                  std::string_view type_name);
/// 1365, NULL where it stays a warning.
types::Value DivisionByZero(EvalContext& context);
/// The value, or 1690 when it is no finite number.
types::Value FiniteResult(const FunctionCall& call, EvalContext& context, double value);

}  // namespace sixfold::exec
