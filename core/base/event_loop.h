// A libevent loop with one home thread. Callbacks only move bytes and queue work; what may block
// or run long belongs to a worker. Post() and Stop() may be called from any thread, everything
// else from the home thread (or before Run()).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

struct event_base;

namespace sixfold {

class EventLoop {
 public:
  /// Stops watching when destroyed. Move-only handle of a watched descriptor, timer or signal.
  class Watch {
   public:
    struct State;
    Watch();
    explicit Watch(std::unique_ptr<State> state);
    Watch(Watch&&) noexcept;
    Watch& operator=(Watch&&) noexcept;
    ~Watch();
    bool active() const { return state_ != nullptr; }
    void Cancel();

   private:
    std::unique_ptr<State> state_;
  };

  enum Interest : unsigned { kRead = 1, kWrite = 2 };

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Level-triggered and persistent until the handle dies. The callback gets the ready interests.
  [[nodiscard]] Watch WatchFd(int fd, unsigned interest,
                              std::function<void(unsigned ready)> callback);
  /// Once after the delay.
  [[nodiscard]] Watch After(uint64_t delay_us, std::function<void()> callback);
  /// Again and again.
  [[nodiscard]] Watch Every(uint64_t period_us, std::function<void()> callback);
  [[nodiscard]] Watch OnSignal(int signal_number, std::function<void()> callback);

  /// Runs the function on the home thread, in the order posted. Thread-safe.
  void Post(std::function<void()> function);
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
