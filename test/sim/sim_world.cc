#include "test/sim/sim_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "core/base/check.h"
#include "core/base/checksum.h"

namespace sixfold::sim {

namespace {

constexpr size_t kLinesKept = 400;

class SimClock final : public Clock {
 public:
  explicit SimClock(const SimProcess& process) : process_(process) {}
  uint64_t MonotonicNanos() const override {
    return process_.host().boot_ns + process_.world().now_ns();
  }
  int64_t WallMicros() const override {
    constexpr int64_t kEpochUs = 1'800'000'000'000'000;
    return kEpochUs + static_cast<int64_t>(process_.world().now_ns() / kUs) +
           process_.host().wall_jump_us;
  }

 private:
  const SimProcess& process_;
};

/// A timer's next event; forgotten with its handle.
class SimTimer final : public TaskLoop::Timer::State {
 public:
  SimTimer(SimProcess& process, uint64_t delay_ns, bool again, std::function<void()> callback)
      : process_(process),
        delay_ns_(delay_ns),
        again_(again),
        callback_(std::make_shared<std::function<void()>>(std::move(callback))) {
    Arm();
  }
  ~SimTimer() override {
    *alive_ = false;
    if (armed_) process_.world().Cancel(key_);
  }

 private:
  void Arm() {
    armed_ = true;
    key_ = process_.world().Schedule(&process_, delay_ns_, [this, alive = alive_] {
      // Run late, after a pause, it may have been cancelled meanwhile.
      if (*alive) Fire();
    });
  }
  void Fire() {
    armed_ = false;
    if (again_) Arm();
    const auto callback = callback_;  // the callback may end the timer
    (*callback)();
  }

  SimProcess& process_;
  uint64_t delay_ns_;
  bool again_;
  bool armed_ = false;
  SimWorld::Key key_;
  std::shared_ptr<std::function<void()>> callback_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

class SimOneShot final : public TaskLoop::OneShot {
 public:
  SimOneShot(TaskLoop& loop, std::function<void()> callback)
      : loop_(loop), callback_(std::move(callback)) {}
  void Arm(uint64_t delay_us) override {
    CHECK_GT(delay_us, 0u);
    if (armed_) return;
    armed_ = true;
    timer_ = loop_.After(delay_us, [this] {
      armed_ = false;
      callback_();
    });
  }
  bool armed() const override { return armed_; }

 private:
  TaskLoop& loop_;
  std::function<void()> callback_;
  bool armed_ = false;
  TaskLoop::Timer timer_;
};

class SimLoop final : public TaskLoop {
 public:
  explicit SimLoop(SimProcess& process) : process_(process) {}
  Timer After(uint64_t delay_us, std::function<void()> callback) override {
    return Timer(std::make_unique<SimTimer>(process_, delay_us * kUs, false, std::move(callback)));
  }
  Timer Every(uint64_t period_us, std::function<void()> callback) override {
    return Timer(std::make_unique<SimTimer>(process_, period_us * kUs, true, std::move(callback)));
  }
  std::unique_ptr<OneShot> MakeOneShot(std::function<void()> callback) override {
    return std::make_unique<SimOneShot>(*this, std::move(callback));
  }
  void Post(std::function<void()> function) override {
    process_.world().Schedule(&process_, 1, std::move(function), true);
  }

 private:
  SimProcess& process_;
};

}  // namespace

SimProcess::SimProcess(SimWorld& world, SimHost& host, std::string name)
    : world_(world),
      host_(host),
      name_(std::move(name)),
      id_(world.next_process_++),
      random_(world.random().Next64()),
      loop_(std::make_unique<SimLoop>(*this)),
      clock_(std::make_unique<SimClock>(*this)) {}

SimProcess::~SimProcess() {
  world_.Forget(*this);
  std::erase(world_.doomed_, this);
}

void SimProcess::Resume() {
  paused_ = false;
  std::deque<std::function<void()>> late;
  late.swap(late_);
  for (auto& callback : late) world_.Schedule(this, 1, std::move(callback), true);
}

void SimProcess::Doom() {
  if (doomed_) return;
  doomed_ = true;
  world_.doomed_.push_back(this);
}

SimWorld::Key SimWorld::Schedule(SimProcess* process, uint64_t delay_ns,
                                 std::function<void()> callback, bool in_order) {
  const Key key(now_ns_ + delay_ns, in_order ? 0 : random_.Next64(), ++numbers_);
  events_.emplace(key, Event{process, std::move(callback)});
  return key;
}

void SimWorld::Forget(const SimProcess& process) {
  // Destroyed after the walk: what a callback owns may cancel others.
  std::vector<Event> forgotten;
  for (auto event = events_.begin(); event != events_.end();) {
    if (event->second.process != &process) {
      ++event;
      continue;
    }
    forgotten.push_back(std::move(event->second));
    event = events_.erase(event);
  }
}

bool SimWorld::RunUntil(uint64_t until_ns, const std::function<bool()>& condition) {
  while (!condition()) {
    if (events_.empty() || std::get<0>(events_.begin()->first) > until_ns) {
      now_ns_ = std::max(now_ns_, until_ns);
      return condition();
    }
    const auto next = events_.begin();
    CHECK_GE(std::get<0>(next->first), now_ns_);
    now_ns_ = std::get<0>(next->first);
    Event event = std::move(next->second);
    events_.erase(next);
    ++steps_;
    RunOne(std::move(event));
    BuryDoomed();
  }
  return true;
}

void SimWorld::RunOne(Event event) {
  SimProcess* const process = event.process;
  if (process == nullptr) return event.callback();
  if (process->doomed_) return;
  if (process->paused_) {
    process->late_.push_back(std::move(event.callback));
    return;
  }
  running_ = process;
  event.callback();
  running_ = nullptr;
}

void SimWorld::BuryDoomed() {
  while (!doomed_.empty()) {
    SimProcess* const process = doomed_.back();
    doomed_.pop_back();
    const auto bury = process->on_doom;
    CHECK(bury != nullptr);
    bury();
  }
}

void SimWorld::Trace(const std::string& line) {
  const std::string text = fmt::format("{:>12.6f} {}", static_cast<double>(now_ns_) / 1e9, line);
  hash_ = Checksum64(text, hash_);
  if (print_) std::printf("%s\n", text.c_str());
  lines_.push_back(text);
  if (lines_.size() > kLinesKept) lines_.pop_front();
}

}  // namespace sixfold::sim
