// A libevent loop with one home thread. Callbacks only move bytes and queue work; what may block
// or run long belongs to a worker. Post() and Stop() may be called from any thread, everything
// else from the home thread (or before Run()).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "core/base/task_loop.h"

struct event_base;

namespace sixfold {

class EventLoop final : public TaskLoop {
 public:
  /// Stops watching when destroyed. Move-only handle of a watched descriptor, timer or signal.
  using Watch = TaskLoop::Timer;

  enum Interest : unsigned { kRead = 1, kWrite = 2 };

  EventLoop();
  ~EventLoop() override;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Level-triggered and persistent until the handle dies. The callback gets the ready interests.
  [[nodiscard]] Watch WatchFd(int fd, unsigned interest,
                              std::function<void(unsigned ready)> callback);
  [[nodiscard]] Watch After(uint64_t delay_us, std::function<void()> callback) override;
  [[nodiscard]] Watch Every(uint64_t period_us, std::function<void()> callback) override;
  std::unique_ptr<OneShot> MakeOneShot(std::function<void()> callback) override;
  [[nodiscard]] Watch OnSignal(int signal_number, std::function<void()> callback);

  void Post(std::function<void()> function) override;
  void Run();
  /// Waits for events and runs their callbacks, once; for owners that do other work between turns.
  void RunOnce();
  /// The same without waiting.
  void RunPending();
  /// Thread-safe.
  void Stop();

  event_base* base() { return base_; }

 private:
  struct Posted;

  event_base* base_;
  std::unique_ptr<Posted> posted_;
};

}  // namespace sixfold
