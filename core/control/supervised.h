// A child that is kept running: started, or adopted when its recorded process still lives; started
// again after it ended, with a delay that doubles up to a limit and falls back to the least once it
// lived for a while; stopped for good on request.
//
//   idle -> running <-> waiting (back-off) ; running -> stopping -> stopped
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/cluster_config.h"
#include "core/base/event_loop.h"
#include "core/control/process.h"

namespace sixfold::control {

class Supervised {
 public:
  struct Events {
    std::function<void(bool adopted)> started;
    std::function<void(const ProcessEnd&)> ended;
  };

  /// `make_spec` is asked at each start.
  Supervised(EventLoop& loop, const Clock& clock, ControlState& state,
             const ClusterSettings& settings, std::string name,
             std::function<ProcessSpec()> make_spec, Events events);

  /// Adopts `recorded` if that process lives, else starts a new one.
  void Start(std::optional<ProcessIdentity> recorded);
  /// SIGTERM, SIGKILL after the limit; no new start. `done` runs once it is gone (at once if it
  /// is).
  void Stop(std::function<void()> done);
  /// Ends this process the hard way; it will be started again.
  void Kill();
  /// Asks this process to end; it will be started again.
  void Terminate();

  const std::string& name() const { return name_; }
  bool running() const { return process_ != nullptr; }
  ProcessIdentity identity() const { return process_ ? process_->identity() : ProcessIdentity{}; }
  uint64_t restarts() const { return restarts_; }
  /// Of the last process that ended.
  const std::optional<ProcessEnd>& last_end() const { return last_end_; }

 private:
  void Spawn();
  void OnEnd(const ProcessEnd& end);
  void Started(std::unique_ptr<Process> process, bool adopted);

  EventLoop& loop_;
  const Clock& clock_;
  ControlState& state_;
  const ClusterSettings& settings_;
  std::string name_;
  std::function<ProcessSpec()> make_spec_;
  Events events_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<Process> ended_process_;  // kept until its own callback is over
  bool stopping_ = false;
  std::function<void()> stopped_;
  uint64_t started_ms_ = 0;
  uint64_t delay_ms_ = 0;
  uint64_t restarts_ = 0;
  std::optional<ProcessEnd> last_end_;
  EventLoop::Watch timer_;  // back-off, or the limit of a stop
};

/// The last line of a log, for an error about a child that will not start.
std::string LastLogLine(const std::string& path);

}  // namespace sixfold::control
