// A one-shot timer of an event loop for delays below a millisecond, which is as fine as the loop's
// own timers get. Home thread only.
#pragma once

#include <cstdint>
#include <functional>

#include "core/base/event_loop.h"
#include "core/base/unique_fd.h"

namespace sixfold {

class PreciseTimer final : public TaskLoop::OneShot {
 public:
  PreciseTimer(EventLoop& loop, std::function<void()> callback);

  void Arm(uint64_t delay_us) override;
  bool armed() const override { return armed_; }

 private:
  void OnExpired();

  UniqueFd fd_;
  std::function<void()> callback_;
  bool armed_ = false;
  EventLoop::Watch watch_;
};

}  // namespace sixfold
