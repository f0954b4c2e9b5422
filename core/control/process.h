// One child process, followed by its pidfd: spawned here, or adopted from a sixfoldd that died. Its
// end is seen at once either way. Children run in sessions of their own, so that neither a
// terminal's Ctrl-C nor the death of sixfoldd reaches them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/event_loop.h"
#include "core/base/status.h"
#include "core/base/unique_fd.h"
#include "core/control/control_state.h"

namespace sixfold::control {

struct ProcessSpec {
  std::string name;                      // "storage-az-a", "db-1", "proxy"
  std::vector<std::string> arguments;    // [0] is the program's path
  std::string log_file;                  // standard output and error, appended
  std::vector<std::string> environment;  // "NAME=value", beside what sixfoldd has itself
  std::vector<int> inherited;            // become descriptors 3, 4, … of the child
};

/// How a process ended; `exit_status` -1 where unknown (an adopted one) or killed by `signal`.
struct ProcessEnd {
  int exit_status = -1;
  int signal = 0;
  std::string ToString() const;
};

class Process {
 public:
  using OnEnd = std::function<void(const ProcessEnd&)>;

  /// The program runs only once `state` has recorded the child durably: a sixfoldd that dies in
  /// between leaves no child nobody knows of.
  static StatusOr<std::unique_ptr<Process>> Spawn(EventLoop& loop, ControlState& state,
                                                  const ProcessSpec& spec, OnEnd on_end);
  /// NotFound when that very process is gone.
  static StatusOr<std::unique_ptr<Process>> Adopt(EventLoop& loop, const ProcessIdentity& identity,
                                                  OnEnd on_end);

  const ProcessIdentity& identity() const { return identity_; }
  void Signal(int signal_number);

 private:
  Process(EventLoop& loop, const ProcessIdentity& identity, UniqueFd pidfd, OnEnd on_end);

  ProcessIdentity identity_;
  UniqueFd pidfd_;
  OnEnd on_end_;
  EventLoop::Watch ended_;
};

}  // namespace sixfold::control
