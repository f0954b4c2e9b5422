// The library of scalar functions: the families' tables joined.
#pragma once

#include "core/plan/expression/function.h"

namespace sixfold::exec {

/// Every built-in function and operator. Immutable, made at the first call.
const plan::FunctionLibrary& BuiltinFunctions();

}  // namespace sixfold::exec
