#include "core/base/stack_guard.h"

#include <pthread.h>

namespace sixfold {
namespace {

// The main thread's stack grows on demand up to its limit; an unlimited one is taken as 8 MiB.
constexpr size_t kLargestStack = 64ull * 1024 * 1024;
constexpr size_t kUnlimitedStack = 8ull * 1024 * 1024;

const char* FindStackBottom() {
  pthread_attr_t attributes;
  void* bottom = nullptr;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
    return static_cast<const char*>(__builtin_frame_address(0)) - kUnlimitedStack / 2;
  }
  pthread_attr_getstack(&attributes, &bottom, &size);
  pthread_attr_destroy(&attributes);
  const char* low = static_cast<const char*>(bottom);
  if (size > kLargestStack) low += size - kUnlimitedStack;
  return low;
}

}  // namespace

const char* ThreadStackBottom() {
  thread_local const char* const bottom = FindStackBottom();
  return bottom;
}

}  // namespace sixfold
