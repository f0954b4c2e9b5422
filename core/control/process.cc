#include "core/control/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {
#include <sys/pidfd.h>  // glibc 2.36 forgot to say this
}

#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/base/check.h"
#include "core/topology/instance_status.h"

namespace sixfold::control {
namespace {

constexpr int kScratchFd = 512;  // above every number the child's descriptors get

/// Only async-signal-safe calls from here on: this is the forked child.
[[noreturn]] void RunProgram(char* const* arguments, char* const* environment, int gate, int log,
                             const std::vector<int>& inherited) {
  char go = 0;
  if (::read(gate, &go, 1) != 1) ::_exit(127);  // sixfoldd died before it recorded us
  ::setsid();
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGCHLD}) ::signal(number, SIG_DFL);
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, 0);
  ::dup2(log, 1);
  ::dup2(log, 2);
  int next = kScratchFd;
  for (const int fd : inherited) ::dup2(fd, next++);
  for (int i = 0; i < next - kScratchFd; ++i) ::dup2(kScratchFd + i, 3 + i);
  ::close_range(static_cast<unsigned>(3 + next - kScratchFd), ~0u, 0);
  ::execve(arguments[0], arguments, environment);
  const char text[] = "cannot run the program: ";
  (void)!::write(2, text, sizeof(text) - 1);
  const char* reason = ::strerrordesc_np(errno);
  if (reason != nullptr) (void)!::write(2, reason, std::strlen(reason));
  (void)!::write(2, "\n", 1);
  ::_exit(127);
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::string ProcessEnd::ToString() const {
  if (signal != 0) return fmt::format("killed by signal {} ({})", signal, ::strsignal(signal));
  return exit_status >= 0 ? fmt::format("exit status {}", exit_status) : "ended";
}

Process::Process(EventLoop& loop, const ProcessIdentity& identity, UniqueFd pidfd, OnEnd on_end)
    : identity_(identity), pidfd_(std::move(pidfd)), on_end_(std::move(on_end)) {
  ended_ = loop.WatchFd(pidfd_.get(), EventLoop::kRead, [this](unsigned) {
    ended_.Cancel();
    ProcessEnd end;
    siginfo_t info{};
    if (::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED | WNOHANG) == 0 &&
        info.si_pid != 0) {
      if (info.si_code == CLD_EXITED)
        end.exit_status = info.si_status;
      else
        end.signal = info.si_status;
    }
    const OnEnd on_end = on_end_;  // it may destroy this
    on_end(end);
  });
}

StatusOr<std::unique_ptr<Process>> Process::Spawn(EventLoop& loop, ControlState& state,
                                                  const ProcessSpec& spec, OnEnd on_end) {
  CHECK(!spec.arguments.empty());
  const UniqueFd log(
      ::open(spec.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!log.valid()) return ErrnoStatus(errno, "open log " + spec.log_file);
  int gate[2];
  if (::pipe2(gate, O_CLOEXEC) != 0) return ErrnoStatus(errno, "create a pipe");
  UniqueFd gate_read(gate[0]), gate_write(gate[1]);

  std::vector<std::string> environment = spec.environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  const std::vector<char*> arguments = Pointers(spec.arguments), variables = Pointers(environment);
  const pid_t pid = ::fork();
  if (pid < 0) return ErrnoStatus(errno, "fork for " + spec.name);
  if (pid == 0) {
    ::close(gate_write.get());
    RunProgram(arguments.data(), variables.data(), gate_read.get(), log.get(), spec.inherited);
  }
  const ProcessIdentity identity{static_cast<uint64_t>(pid),
                                 topology::ProcessStartTime(static_cast<uint64_t>(pid))};
  UniqueFd pidfd(::pidfd_open(pid, 0));
  Status recorded =
      pidfd.valid() ? state.RecordProcess(spec.name, identity) : ErrnoStatus(errno, "pidfd_open");
  if (!recorded.ok()) {
    gate_write.Reset();  // the child sees the end of the gate and ends
    ::waitpid(pid, nullptr, 0);
    return WithContext(recorded, "start " + spec.name);
  }
  (void)!::write(gate_write.get(), "g", 1);
  return std::unique_ptr<Process>(new Process(loop, identity, std::move(pidfd), std::move(on_end)));
}

StatusOr<std::unique_ptr<Process>> Process::Adopt(EventLoop& loop, const ProcessIdentity& identity,
                                                  OnEnd on_end) {
  UniqueFd pidfd(::pidfd_open(static_cast<pid_t>(identity.pid), 0));
  // The pidfd first: once held, the number cannot come to mean another process.
  if (!pidfd.valid() || !topology::ProcessAlive(identity.pid, identity.start_time))
    return NotFound("process {} is gone", identity.pid);
  return std::unique_ptr<Process>(new Process(loop, identity, std::move(pidfd), std::move(on_end)));
}

void Process::Signal(int signal_number) {
  (void)::pidfd_send_signal(pidfd_.get(), signal_number, nullptr, 0);
}

}  // namespace sixfold::control
