#include "core/base/background_thread.h"

#include <thread>

namespace sixfold {

struct BackgroundThread::Thread {
  std::thread thread;
};

BackgroundThread::BackgroundThread() = default;

BackgroundThread::BackgroundThread(std::function<void()> body)
    : thread_(std::make_unique<Thread>(Thread{std::thread(std::move(body))})) {}

BackgroundThread::BackgroundThread(BackgroundThread&&) noexcept = default;

BackgroundThread& BackgroundThread::operator=(BackgroundThread&& other) noexcept {
  Join();
  thread_ = std::move(other.thread_);
  return *this;
}

BackgroundThread::~BackgroundThread() { Join(); }

void BackgroundThread::Join() {
  if (thread_ == nullptr) return;
  thread_->thread.join();
  thread_.reset();
}

}  // namespace sixfold
