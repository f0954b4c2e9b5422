#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <cerrno>

#include "core/base/clock.h"
#include "core/base/event_loop.h"
#include "core/base/unique_fd.h"
#include "core/topology/control_socket.h"
#include "core/topology/unix_socket.h"

namespace sixfold::topology {
namespace {

/// Reads what is there. True once a whole line is in `input`; an error when the peer is gone.
StatusOr<bool> ReceiveLine(int fd, const std::string& path, std::string* input) {
  char buffer[16384];
  while (true) {
    const ssize_t count = ::recv(fd, buffer, sizeof(buffer), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return false;
    if (count <= 0) return Unavailable("control socket {}: closed without an answer", path);
    input->append(buffer, static_cast<size_t>(count));
    if (const size_t end = input->find('\n'); end != std::string::npos) {
      input->resize(end);
      return true;
    }
    if (input->size() > kMaxControlLine)
      return Unavailable("control socket {}: answer too long", path);
  }
}

/// Sends what fits; what was sent is removed from `output`.
Status SendSome(int fd, const std::string& path, std::string* output) {
  while (!output->empty()) {
    const ssize_t count = ::send(fd, output->data(), output->size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return OkStatus();
    if (count < 0) return ErrnoStatus(errno, "send to control socket " + path);
    output->erase(0, static_cast<size_t>(count));
  }
  return OkStatus();
}

}  // namespace

StatusOr<std::string> ControlCall(const std::string& path, std::string_view request,
                                  uint64_t timeout_ms) {
  const SystemClock clock;
  const uint64_t deadline = clock.MonotonicMillis() + timeout_ms;
  ASSIGN_OR_RETURN(const UniqueFd fd, ConnectUnix(path, SOCK_STREAM));
  std::string output = std::string(request) + "\n";
  std::string input;
  while (true) {
    RETURN_IF_ERROR(SendSome(fd.get(), path, &output));
    ASSIGN_OR_RETURN(const bool complete, ReceiveLine(fd.get(), path, &input));
    if (complete) return input;
    const uint64_t now = clock.MonotonicMillis();
    if (now >= deadline)
      return DeadlineExceeded("control socket {}: no answer within {} ms", path, timeout_ms);
    pollfd waiting{fd.get(), static_cast<short>(POLLIN | (output.empty() ? 0 : POLLOUT)), 0};
    ::poll(&waiting, 1, static_cast<int>(std::min<uint64_t>(deadline - now, 1000)));
  }
}

struct PendingCall::State : std::enable_shared_from_this<State> {
  void Step() {
    if (!done) return;
    if (Status sent = SendSome(fd.get(), path, &output); !sent.ok()) return Finish(sent);
    if (output.empty()) writable.Cancel();
    const auto complete = ReceiveLine(fd.get(), path, &input);
    if (!complete.ok()) return Finish(complete.status());
    if (*complete) Finish(input);
  }
  void Finish(StatusOr<std::string> reply) {
    // `done` may destroy the handle, and with it the last reference to this.
    const auto alive = shared_from_this();
    readable.Cancel();
    writable.Cancel();
    timeout.Cancel();
    fd.Reset();
    if (done) std::exchange(done, nullptr)(std::move(reply));
  }

  std::string path;
  std::string output;
  std::string input;
  UniqueFd fd;
  EventLoop::Watch readable;
  EventLoop::Watch writable;
  EventLoop::Watch timeout;
  std::function<void(StatusOr<std::string>)> done;  // empty once called or abandoned
};

PendingCall::PendingCall() = default;
PendingCall::PendingCall(std::shared_ptr<State> state) : state_(std::move(state)) {}
PendingCall::PendingCall(PendingCall&&) noexcept = default;
PendingCall& PendingCall::operator=(PendingCall&& other) noexcept {
  if (this == &other) return *this;
  if (state_) state_->done = nullptr;
  state_ = std::move(other.state_);
  return *this;
}
PendingCall::~PendingCall() {
  if (state_) state_->done = nullptr;
}
bool PendingCall::active() const { return state_ && state_->done; }

PendingCall ControlCallAsync(EventLoop& loop, const std::string& path, std::string_view request,
                             uint64_t timeout_ms,
                             std::function<void(StatusOr<std::string> reply)> done) {
  auto state = std::make_shared<PendingCall::State>();
  state->path = path;
  state->output = std::string(request) + "\n";
  state->done = std::move(done);
  std::weak_ptr<PendingCall::State> weak = state;
  auto fd = ConnectUnix(path, SOCK_STREAM);
  if (!fd.ok()) {
    state->timeout = loop.After(0, [weak, status = fd.status()] {
      if (const auto self = weak.lock()) self->Finish(status);
    });
    return PendingCall(std::move(state));
  }
  state->fd = std::move(*fd);
  const auto step = [weak](unsigned) {
    if (const auto self = weak.lock()) self->Step();
  };
  state->readable = loop.WatchFd(state->fd.get(), EventLoop::kRead, step);
  state->writable = loop.WatchFd(state->fd.get(), EventLoop::kWrite, step);
  state->timeout = loop.After(timeout_ms * 1000, [weak, path, timeout_ms] {
    if (const auto self = weak.lock())
      self->Finish(DeadlineExceeded("control socket {}: no answer within {} ms", path, timeout_ms));
  });
  return PendingCall(std::move(state));
}

}  // namespace sixfold::topology
