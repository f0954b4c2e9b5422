// ControlRequests: answers the control socket of a compute (docs/formats/compute-sockets.md):
//   {"cmd":"status"}    -> {"ok":true, "id", "role", "state", "epoch", "sessions", …}
//   {"cmd":"promote"}   -> after the volume is open for writing: {"ok":true, "epoch":N}
//   {"cmd":"demote"}    -> {"ok":true}, then the process ends: its supervisor starts it as a reader
//   {"cmd":"shutdown"}  -> {"ok":true}, then the process ends
// Failures: {"ok":false, "error":text}. Promotion runs on a thread of its own.
#pragma once

#include <functional>
#include <string>

#include "core/base/background_thread.h"

namespace sixfold {
class EventLoop;
}

namespace sixfold::server {

class Server;

class ControlRequests {
 public:
  using Reply = std::function<void(std::string)>;

  ControlRequests(Server& server, EventLoop& loop) : server_(server), loop_(loop) {}
  ~ControlRequests();

  void Serve(const std::string& request, Reply reply);

 private:
  std::string Status() const;
  void Promote(Reply reply);
  void EndProcess(Reply reply);

  Server& server_;
  EventLoop& loop_;
  BackgroundThread promotion_;
  bool promoting_ = false;
};

}  // namespace sixfold::server
