// The seam to timers and tasks: what storage needs of an event loop, so that a simulation can run
// many processes on one thread and one simulated clock. EventLoop is the real one.
//
// Callbacks run on the loop's home thread. Post() may be called from any thread, everything else
// from the home thread (or before the loop runs).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace sixfold {

class TaskLoop {
 public:
  /// Move-only handle of a timer, or of whatever else a loop calls back for. Stops it when
  /// destroyed.
  class Timer {
   public:
    class State {
     public:
      virtual ~State() = default;
    };
    Timer() = default;
    explicit Timer(std::unique_ptr<State> state) : state_(std::move(state)) {}
    bool active() const { return state_ != nullptr; }
    void Cancel() { state_.reset(); }

   private:
    std::unique_ptr<State> state_;
  };

  /// A one-shot timer to be armed over and over, for delays below a millisecond.
  class OneShot {
   public:
    virtual ~OneShot() = default;
    /// Calls back once, `delay_us` (not 0) from now. Armed already: the earlier delay stands.
    virtual void Arm(uint64_t delay_us) = 0;
    virtual bool armed() const = 0;
  };

  virtual ~TaskLoop() = default;
  /// Once after the delay.
  [[nodiscard]] virtual Timer After(uint64_t delay_us, std::function<void()> callback) = 0;
  /// Again and again.
  [[nodiscard]] virtual Timer Every(uint64_t period_us, std::function<void()> callback) = 0;
  /// The loop outlives it.
  virtual std::unique_ptr<OneShot> MakeOneShot(std::function<void()> callback) = 0;
  /// Runs the function on the home thread, in the order posted. Thread-safe.
  virtual void Post(std::function<void()> function) = 0;
};

}  // namespace sixfold
