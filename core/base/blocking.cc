#include "core/base/blocking.h"

namespace sixfold {
namespace {

thread_local BlockingHook* thread_hook = nullptr;

}  // namespace

void SetThreadBlockingHook(BlockingHook* hook) { thread_hook = hook; }

void NoteLongWork() {
  if (thread_hook != nullptr) thread_hook->NoteLongWork();
}

BlockingScope::BlockingScope() : hook_(thread_hook) {
  if (hook_ != nullptr) hook_->BeginBlocking();
}

BlockingScope::~BlockingScope() {
  if (hook_ != nullptr) hook_->EndBlocking();
}

}  // namespace sixfold
