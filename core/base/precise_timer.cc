#include "core/base/precise_timer.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include "core/base/check.h"

namespace sixfold {

PreciseTimer::PreciseTimer(EventLoop& loop, std::function<void()> callback)
    : fd_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      callback_(std::move(callback)) {
  CHECK(fd_.valid());
  watch_ = loop.WatchFd(fd_.get(), EventLoop::kRead, [this](unsigned) { OnExpired(); });
}

void PreciseTimer::Arm(uint64_t delay_us) {
  CHECK_GT(delay_us, 0u);
  if (armed_) return;
  armed_ = true;
  itimerspec when{};
  when.it_value.tv_sec = static_cast<time_t>(delay_us / 1'000'000);
  when.it_value.tv_nsec = static_cast<long>(delay_us % 1'000'000 * 1000);
  CHECK_EQ(timerfd_settime(fd_.get(), 0, &when, nullptr), 0);
}

void PreciseTimer::OnExpired() {
  uint64_t times;
  if (read(fd_.get(), &times, sizeof(times)) != sizeof(times)) return;
  armed_ = false;
  callback_();
}

}  // namespace sixfold
