#include "core/base/event_loop.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <sys/eventfd.h>

#include <mutex>
#include <vector>

#include "core/base/check.h"
#include "core/base/precise_timer.h"
#include "core/base/unique_fd.h"

namespace sixfold {

struct EventLoop::Posted {
  UniqueFd wakeup{eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  Watch watch;
  std::mutex mutex;
  std::vector<std::function<void()>> functions;  // guarded by mutex
};

namespace {

/// A libevent event and what it calls.
struct WatchState final : TaskLoop::Timer::State {
  ~WatchState() override {
    if (handle != nullptr) event_free(handle);
  }

  event* handle = nullptr;
  std::function<void(unsigned)> callback;
};

timeval ToTimeval(uint64_t us) {
  return timeval{static_cast<time_t>(us / 1'000'000), static_cast<suseconds_t>(us % 1'000'000)};
}

void Dispatch(evutil_socket_t, short what, void* argument) {
  auto* state = static_cast<WatchState*>(argument);
  unsigned ready = 0;
  if (what & EV_READ) ready |= EventLoop::kRead;
  if (what & EV_WRITE) ready |= EventLoop::kWrite;
  // A copy: the callback may destroy its own Watch.
  const auto callback = state->callback;
  callback(ready);
}

EventLoop::Watch MakeWatch(event_base* base, int fd, short what, const timeval* timeout,
                           std::function<void(unsigned)> callback) {
  auto state = std::make_unique<WatchState>();
  state->callback = std::move(callback);
  state->handle = event_new(base, fd, what, Dispatch, state.get());
  CHECK(state->handle != nullptr);
  CHECK_EQ(event_add(state->handle, timeout), 0);
  return EventLoop::Watch(std::move(state));
}

}  // namespace

EventLoop::EventLoop() : posted_(std::make_unique<Posted>()) {
  static std::once_flag once;
  std::call_once(once, [] { evthread_use_pthreads(); });
  // One thread at a time has a loop, and Post() has a lock of its own.
  const std::unique_ptr<event_config, decltype(&event_config_free)> config(event_config_new(),
                                                                           event_config_free);
  CHECK(config != nullptr);
  CHECK_EQ(event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK), 0);
  base_ = event_base_new_with_config(config.get());
  CHECK(base_ != nullptr);
  posted_->watch = WatchFd(posted_->wakeup.get(), kRead, [this](unsigned) {
    uint64_t count;
    (void)!read(posted_->wakeup.get(), &count, sizeof(count));
    std::vector<std::function<void()>> functions;
    {
      std::lock_guard lock(posted_->mutex);
      functions.swap(posted_->functions);
    }
    for (auto& function : functions) function();
  });
}

EventLoop::~EventLoop() {
  posted_->watch.Cancel();
  event_base_free(base_);
}

EventLoop::Watch EventLoop::WatchFd(int fd, unsigned interest,
                                    std::function<void(unsigned)> callback) {
  short what = EV_PERSIST;
  if (interest & kRead) what |= EV_READ;
  if (interest & kWrite) what |= EV_WRITE;
  return MakeWatch(base_, fd, what, nullptr, std::move(callback));
}

EventLoop::Watch EventLoop::After(uint64_t delay_us, std::function<void()> callback) {
  const timeval delay = ToTimeval(delay_us);
  return MakeWatch(base_, -1, 0, &delay,
                   [callback = std::move(callback)](unsigned) { callback(); });
}

EventLoop::Watch EventLoop::Every(uint64_t period_us, std::function<void()> callback) {
  const timeval period = ToTimeval(period_us);
  return MakeWatch(base_, -1, EV_PERSIST, &period,
                   [callback = std::move(callback)](unsigned) { callback(); });
}

EventLoop::Watch EventLoop::OnSignal(int signal_number, std::function<void()> callback) {
  return MakeWatch(base_, signal_number, EV_SIGNAL | EV_PERSIST, nullptr,
                   [callback = std::move(callback)](unsigned) { callback(); });
}

std::unique_ptr<TaskLoop::OneShot> EventLoop::MakeOneShot(std::function<void()> callback) {
  return std::make_unique<PreciseTimer>(*this, std::move(callback));
}

void EventLoop::Post(std::function<void()> function) {
  bool first;
  {
    std::lock_guard lock(posted_->mutex);
    first = posted_->functions.empty();
    posted_->functions.push_back(std::move(function));
  }
  if (!first) return;
  const uint64_t one = 1;
  (void)!write(posted_->wakeup.get(), &one, sizeof(one));
}

void EventLoop::Run() { event_base_loop(base_, EVLOOP_NO_EXIT_ON_EMPTY); }

void EventLoop::RunOnce() { event_base_loop(base_, EVLOOP_ONCE); }

void EventLoop::RunPending() { event_base_loop(base_, EVLOOP_NONBLOCK); }

void EventLoop::Stop() {
  Post([this] { event_base_loopbreak(base_); });
}

}  // namespace sixfold
