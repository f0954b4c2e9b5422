// How much stack the calling thread has left. Every recursion over text or trees asks before it
// goes deeper, so that hostile nesting ends in an error and not in a crash.
#pragma once

#include <cstddef>

namespace sixfold {

/// What one level of recursion with everything it calls may need, unoptimised and sanitised.
inline constexpr size_t kStackReserveBytes = 192 * 1024;

/// The lowest address of the calling thread's stack; found once per thread.
const char* ThreadStackBottom();

/// True while at least `reserve` bytes of stack are left.
inline bool CheckStack(size_t reserve = kStackReserveBytes) {
  const char* here = static_cast<const char*>(__builtin_frame_address(0));
  return here - ThreadStackBottom() > static_cast<std::ptrdiff_t>(reserve);
}

}  // namespace sixfold
