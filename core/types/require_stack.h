// Error 1436 before the stack ends.
#pragma once

#include "core/base/stack_guard.h"
#include "core/types/sql_error.h"

namespace sixfold {

inline void RequireStack() {
  if (!CheckStack()) [[unlikely]] {
    throw MakeError(static_cast<ErrorCode>(1436), kStackReserveBytes, kStackReserveBytes,
                    kStackReserveBytes);
  }
}

}  // namespace sixfold
