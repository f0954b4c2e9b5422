#include "core/control/supervised.h"

#include <csignal>
#include <fstream>

#include "core/base/check.h"
#include "core/base/log.h"

namespace sixfold::control {
namespace {

constexpr uint64_t kHealthyAfterMs = 1'000;  // having lived this long, the back-off starts over

}  // namespace

Supervised::Supervised(EventLoop& loop, const Clock& clock, ControlState& state,
                       const ClusterSettings& settings, std::string name,
                       std::function<ProcessSpec()> make_spec, Events events)
    : loop_(loop),
      clock_(clock),
      state_(state),
      settings_(settings),
      name_(std::move(name)),
      make_spec_(std::move(make_spec)),
      events_(std::move(events)),
      delay_ms_(settings.restart_delay_ms_min) {}

void Supervised::Start(std::optional<ProcessIdentity> recorded) {
  CHECK(!process_ && !stopping_);
  if (recorded) {
    auto adopted = Process::Adopt(loop_, *recorded, [this](const ProcessEnd& end) { OnEnd(end); });
    if (adopted.ok()) {
      log::Info("{}: adopted process {}", name_, recorded->pid);
      return Started(std::move(*adopted), true);
    }
  }
  Spawn();
}

void Supervised::Started(std::unique_ptr<Process> process, bool adopted) {
  process_ = std::move(process);
  started_ms_ = clock_.MonotonicMillis();
  events_.started(adopted);
}

void Supervised::Spawn() {
  if (stopping_) return;
  auto process =
      Process::Spawn(loop_, state_, make_spec_(), [this](const ProcessEnd& end) { OnEnd(end); });
  if (!process.ok()) {
    log::Error("{}", MessageOf(process.status()));
    delay_ms_ = std::min(delay_ms_ * 2, settings_.restart_delay_ms_max);
    timer_ = loop_.After(delay_ms_ * 1000, [this] { Spawn(); });
    return;
  }
  log::Info("{}: started process {}", name_, (*process)->identity().pid);
  Started(std::move(*process), false);
}

void Supervised::OnEnd(const ProcessEnd& end) {
  const uint64_t pid = process_->identity().pid;
  ended_process_ = std::move(process_);
  last_end_ = end;
  timer_.Cancel();
  if (stopping_) {
    log::Info("{}: process {} stopped ({})", name_, pid, end.ToString());
    (void)state_.ForgetProcess(name_);
    events_.ended(end);
    if (stopped_) std::exchange(stopped_, nullptr)();
    return;
  }
  if (clock_.MonotonicMillis() - started_ms_ >= kHealthyAfterMs)
    delay_ms_ = settings_.restart_delay_ms_min;
  log::Warning("{}: process {} ended ({}); starting it again in {} ms", name_, pid, end.ToString(),
               delay_ms_);
  timer_ = loop_.After(delay_ms_ * 1000, [this] { Spawn(); });
  delay_ms_ = std::min(delay_ms_ * 2, settings_.restart_delay_ms_max);
  ++restarts_;
  events_.ended(end);
}

void Supervised::Stop(std::function<void()> done) {
  stopping_ = true;
  if (!process_) {
    timer_.Cancel();
    return done();
  }
  stopped_ = std::move(done);
  process_->Signal(SIGTERM);
  process_->Signal(SIGCONT);  // a stopped process would not see it
  timer_ = loop_.After(settings_.stop_timeout_ms * 1000, [this] {
    log::Warning("{}: did not stop within {} ms; killing it", name_, settings_.stop_timeout_ms);
    if (process_) process_->Signal(SIGKILL);
  });
}

void Supervised::Kill() {
  if (process_) process_->Signal(SIGKILL);
}

void Supervised::Terminate() {
  if (process_) process_->Signal(SIGTERM);
}

std::string LastLogLine(const std::string& path) {
  std::ifstream stream(path);
  std::string last;
  for (std::string line; std::getline(stream, line);)
    if (!line.empty()) last = line;
  return last;
}

}  // namespace sixfold::control
