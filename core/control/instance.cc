#include "core/control/instance.h"

#include "core/base/log.h"

namespace sixfold::control {
namespace {

constexpr uint64_t kAsleepMs = 150;  // a poll this late means sixfoldd or the host did not run
constexpr uint64_t kProbeEveryMs = 250;

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

void Instance::JudgeProgress(uint64_t now_ms, uint64_t asleep_ms) {
  if (page_->busy == 0 || page_->worker_progress != progress_ || progressed_ms_ == 0)
    progressed_ms_ = now_ms;
  progressed_ms_ = std::min(now_ms, progressed_ms_ + asleep_ms);
  progress_ = page_->worker_progress;
  const uint64_t still_ms = now_ms - progressed_ms_;
  const bool hung = still_ms >= config_.settings.hang_after_ms || probe_failed_;
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
  const uint64_t asked_ms = now_ms;
  probe_ = topology::ControlCallAsync(
      loop_, config_.ControlSocket(id()), R"({"cmd":"status"})", config_.settings.hang_after_ms,
      [this, asked_ms](StatusOr<std::string> reply) {
        // A timeout while sixfoldd itself did not run proves nothing: the next probe will tell.
        const bool slept = polled_ms_ - asked_ms > config_.settings.hang_after_ms + kAsleepMs;
        probe_failed_ = reply.status().code() == StatusCode::kDeadlineExceeded && !slept;
      });
}

}  // namespace sixfold::control
