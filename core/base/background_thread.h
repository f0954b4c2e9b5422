// A thread that is joined before its handle goes; keeps <thread> out of headers.
#pragma once

#include <functional>
#include <memory>

namespace sixfold {

class BackgroundThread {
 public:
  BackgroundThread();
  explicit BackgroundThread(std::function<void()> body);
  BackgroundThread(BackgroundThread&&) noexcept;
  BackgroundThread& operator=(BackgroundThread&& other) noexcept;
  /// Waits for the body to return.
  ~BackgroundThread();

  bool joinable() const { return thread_ != nullptr; }
  void Join();

 private:
  struct Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace sixfold
