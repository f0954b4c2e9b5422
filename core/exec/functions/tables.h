// The families of scalar functions; registry.cc joins their tables.
#pragma once

#include "core/exec/plan_names.h"
#include "core/plan/expression/function.h"

namespace sixfold::exec {

using FunctionTable = std::span<const FunctionDef>;

FunctionTable ArithmeticFunctions();
FunctionTable BitFunctions();
FunctionTable CastFunctions();
FunctionTable ComparisonFunctions();
FunctionTable ControlFunctions();
FunctionTable JsonFunctions();
FunctionTable LogicFunctions();
FunctionTable NetworkFunctions();
FunctionTable NumericFunctions();
FunctionTable StringFunctions();
FunctionTable EncodingFunctions();
FunctionTable AesFunctions();
FunctionTable RegexpFunctions();
FunctionTable MiscFunctions();
FunctionTable DatePartFunctions();
FunctionTable DateArithmeticFunctions();
FunctionTable DateFormatFunctions();

/// Gives back what GET_LOCK took; called when a connection ends. Returns how many.
uint64_t ReleaseNamedLocks(uint64_t connection);

}  // namespace sixfold::exec
