// The control sockets of the run folder: newline-delimited JSON over a Unix stream socket. A
// request is one line, its reply is one line; replies come in the order of the requests of a
// connection. This file moves the lines; what they say is docs/formats/control-api.md.
//
// A line is at most kMaxControlLine bytes; a longer one, or more than 64 unanswered requests,
// closes the connection. The server lives on one loop; a reply may be given later and from any
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace sixfold {
class EventLoop;
}

namespace sixfold::topology {

inline constexpr size_t kMaxControlLine = 1 << 20;

/// Answers one request; call it once, from any thread, with one line of JSON (no newline). Dropping
/// it unanswered closes the connection once the requests before it are answered.
using ControlReply = std::function<void(std::string reply)>;
/// Runs on the server's loop and must not block.
using ControlHandler = std::function<void(std::string request, ControlReply reply)>;

class ControlServer {
 public:
  /// Starts listening; a stale socket file is replaced.
  static StatusOr<std::unique_ptr<ControlServer>> Open(EventLoop& loop, const std::string& path,
                                                       ControlHandler handler);
  /// On the loop's thread. Replies given after this are dropped.
  ~ControlServer();

 private:
  struct State;
  explicit ControlServer(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

/// One request on a fresh connection, from a thread that may block.
StatusOr<std::string> ControlCall(const std::string& path, std::string_view request,
                                  uint64_t timeout_ms);

/// The same from a loop's thread: `done` runs there, exactly once, unless the returned handle dies
/// first. Never runs `done` before it returns.
class PendingCall {
 public:
  struct State;
  PendingCall();
  explicit PendingCall(std::shared_ptr<State> state);
  PendingCall(PendingCall&&) noexcept;
  PendingCall& operator=(PendingCall&&) noexcept;
  ~PendingCall();
  bool active() const;

 private:
  std::shared_ptr<State> state_;
};
[[nodiscard]] PendingCall ControlCallAsync(EventLoop& loop, const std::string& path,
                                           std::string_view request, uint64_t timeout_ms,
                                           std::function<void(StatusOr<std::string> reply)> done);

}  // namespace sixfold::topology
