#include "core/control/instance.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "core/base/log.h"

namespace sixfold::control {
namespace {

constexpr uint64_t kAsleepMs = 150;  // a poll this late means sixfoldd or the host did not run
constexpr uint64_t kProbeEveryMs = 250;
constexpr uint64_t kWorkingShare = 20;  // one part in so many of a core

}  // namespace

Instance::Instance(EventLoop& loop, const Clock& clock, ControlState& state,
                   const ClusterConfig& config, const InstanceConfig& instance,
                   std::function<ProcessSpec()> make_spec, std::function<void()> ended)
    : loop_(loop),
      config_(config),
      instance_(instance),
      process_(loop, clock, state, config.settings, instance.id, std::move(make_spec),
               Supervised::Events{[](bool) {},
                                  [this, ended = std::move(ended)](const ProcessEnd&) {
                                    page_.reset();
                                    hung_ = probe_failed_ = false;
                                    probe_ = {};
                                    ended();
                                  }}),
      reader_(config.StatusPage(instance.id)) {}

topology::MemberState Instance::member_state() const {
  if (ready()) return topology::MemberState::kUp;
  if (page_ && page_->state == topology::InstanceState::kDraining && !hung_)
    return topology::MemberState::kDraining;
  return topology::MemberState::kDown;
}

void Instance::Poll(uint64_t now_ms) {
  const uint64_t gap_ms = polled_ms_ == 0 ? 0 : now_ms - polled_ms_;
  polled_ms_ = now_ms;
  page_.reset();
  if (!process_.running()) return;
  auto page = reader_.Read();
  // The page of a predecessor says nothing about this process.
  if (!page.ok() || page->pid != process_.identity().pid) return;
  page_ = std::move(*page);
  JudgeProgress(now_ms, gap_ms > kAsleepMs ? gap_ms : 0);
  Probe(now_ms);
}

/// A statement may compute for long between two signs of progress. Whoever used this share of a
/// core works; the heartbeats of a process whose workers are stuck use far less.
bool Instance::UsedProcessor(uint64_t since_cpu_ms, uint64_t elapsed_ms) const {
  return CpuMillis() >= since_cpu_ms + std::max<uint64_t>(elapsed_ms / kWorkingShare, 10);
}

bool Instance::Runnable() const {
  std::error_code error;
  const std::string folder = fmt::format("/proc/{}/task", process_.identity().pid);
  for (const auto& task : std::filesystem::directory_iterator(folder, error)) {
    std::ifstream stat(task.path() / "stat");
    std::string text;
    std::getline(stat, text);
    const size_t name_end = text.rfind(") ");
    if (name_end != std::string::npos && text.compare(name_end + 2, 1, "R") == 0) return true;
  }
  return false;
}

uint64_t Instance::CpuMillis() const {
  std::ifstream stat(fmt::format("/proc/{}/stat", process_.identity().pid));
  std::string text((std::istreambuf_iterator<char>(stat)), {});
  // "pid (name) state …": user and system time are fields 14 and 15; the name may hold anything.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  uint64_t user = 0, system = 0;
  fields >> user >> system;
  return (user + system) * 1000 / static_cast<uint64_t>(sysconf(_SC_CLK_TCK));
}

void Instance::JudgeProgress(uint64_t now_ms, uint64_t asleep_ms) {
  bool progressed = page_->busy == 0 || page_->worker_progress != progress_ || progressed_ms_ == 0;
  if (!progressed && !progressed_cpu_ms_) progressed_cpu_ms_ = CpuMillis();
  if (!progressed && now_ms - progressed_ms_ >= config_.settings.hang_after_ms / 2)
    progressed = UsedProcessor(*progressed_cpu_ms_, now_ms - progressed_ms_);
  if (progressed) {
    progressed_ms_ = now_ms;
    progressed_cpu_ms_.reset();
  }
  progressed_ms_ = std::min(now_ms, progressed_ms_ + asleep_ms);
  progress_ = page_->worker_progress;
  const uint64_t still_ms = now_ms - progressed_ms_;
  // The verdict waits while a thread is runnable; what hangs sleeps or is stopped. It is no
  // progress though: a heartbeat caught running now must not start the count again.
  const bool stalled = still_ms >= config_.settings.hang_after_ms;
  const bool hung = probe_failed_ || (stalled && (hung_ || !Runnable()));
  if (hung != hung_)
    log::Warning("{}: {}", id(),
                 !hung ? std::string("answers again")
                 : probe_failed_
                     ? fmt::format("hangs: its control socket gave no answer within {} ms",
                                   config_.settings.hang_after_ms)
                     : fmt::format("hangs: {} sessions busy and no progress for {} ms", page_->busy,
                                   still_ms));
  hung_ = hung;
}

void Instance::Probe(uint64_t now_ms) {
  if (probe_.active() || now_ms - probed_ms_ < kProbeEveryMs ||
      page_->state == topology::InstanceState::kStarting)
    return;
  probed_ms_ = now_ms;
  const uint64_t asked_ms = now_ms, asked_cpu_ms = CpuMillis();
  probe_ = topology::ControlCallAsync(
      loop_, config_.ControlSocket(id()), R"({"cmd":"status"})", config_.settings.hang_after_ms,
      [this, asked_ms, asked_cpu_ms](StatusOr<std::string> reply) {
        // A timeout while sixfoldd itself did not run proves nothing: the next probe will tell.
        const bool slept = polled_ms_ - asked_ms > config_.settings.hang_after_ms + kAsleepMs;
        probe_failed_ = reply.status().code() == StatusCode::kDeadlineExceeded && !slept &&
                        !UsedProcessor(asked_cpu_ms, config_.settings.hang_after_ms) && !Runnable();
      });
}

}  // namespace sixfold::control
