// Relays one client to an instance that cannot be handed its socket: bytes go from socket to socket
// through a pipe each way by splice(), never through user memory. A PROXY v2 header before the
// client's bytes names the client.
//
// States: connecting -> sending the header -> relaying -> closed. Until the first byte has passed
// in either direction a failure gives the client back (it saw nothing); after that it closes both
// sides. The end of one direction is passed on (shutdown) and the other one goes on. One loop's
// thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/event_loop.h"
#include "core/base/status.h"
#include "core/base/unique_fd.h"
#include "proxy/client.h"

namespace sixfold::proxy {

class Relay {
 public:
  struct Events {
    std::function<void()> greeted;                           // the instance's first bytes came
    std::function<void(Client client, const Status&)> lost;  // nothing passed: try another target
    std::function<void()> closed;                            // over
  };

  /// Connects to "unix:/path" or "host:port". The client stays the caller's on an error. Events
  /// never run before this returns; `lost` or `closed` is the last, and may destroy the relay.
  static StatusOr<std::unique_ptr<Relay>> Start(EventLoop& loop, Client* client,
                                                const std::string& address, Events events);
  ~Relay();
  Relay(const Relay&) = delete;

 private:
  /// One direction: what was spliced in and not out yet waits in the pipe.
  struct Direction {
    UniqueFd pipe_read;
    UniqueFd pipe_write;
    int from = -1;
    int to = -1;
    size_t waiting = 0;
    uint64_t passed = 0;
    bool ended = false;  // `from` said its end
    bool shut = false;   // … and `to` was told
  };

  explicit Relay(EventLoop& loop) : loop_(loop) {}
  Status OpenPipe(Direction* direction, int from, int to);
  void OnReady();
  Status SendHeader();
  Status Pump(Direction* direction);
  void Watch();
  void WatchOne(int fd, unsigned interest, unsigned* watched, EventLoop::Watch* watch);
  void Finish(const Status& status);

  EventLoop& loop_;
  Client client_;
  UniqueFd backend_;
  std::string header_;
  bool connected_ = false;
  bool greeted_ = false;
  Direction up_;    // client to instance
  Direction down_;  // instance to client
  Events events_;
  unsigned client_interest_ = 0;
  unsigned backend_interest_ = 0;
  EventLoop::Watch client_watch_;
  EventLoop::Watch backend_watch_;
};

}  // namespace sixfold::proxy
