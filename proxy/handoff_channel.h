// The connection to one local instance over which accepted client sockets are handed to it.
//
// States of a client given to Offer(): pending until its confirmation; then `done` runs once, with
// the client and whether the instance took it. A refusal, a broken connection and a confirmation
// that does not come within the limit all give the client back; by then the instance can no longer
// take it (topology/handoff.h says why). Everything on the loop's thread.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/base/clock.h"
#include "core/base/event_loop.h"
#include "core/topology/handoff.h"
#include "proxy/client.h"

namespace sixfold::proxy {

class HandoffChannel {
 public:
  using Done = std::function<void(Client client, topology::HandoffVerdict verdict)>;

  HandoffChannel(EventLoop& loop, const Clock& clock, std::string path, uint64_t confirm_ms);
  ~HandoffChannel();

  /// Connects where needed and sends. An error leaves the client with the caller, and `done` will
  /// not run. Never runs `done` before it returns.
  Status Offer(Client* client, bool expects_writer, Done done);
  size_t pending() const { return pending_.size(); }

 private:
  struct Pending {
    Client client;
    Done done;
    uint64_t deadline_ms;
  };

  Status Connect();
  void OnReadable();
  /// Takes the replies that are there. An error: the connection is of no more use.
  Status TakeReplies(std::vector<std::pair<Pending, topology::HandoffVerdict>>* settled);
  void CheckDeadlines();
  /// Shuts the connection down, settles what was answered before that, gives the rest back.
  void Break(std::string_view why);

  EventLoop& loop_;
  const Clock& clock_;
  std::string path_;
  uint64_t confirm_ms_;
  UniqueFd socket_;
  EventLoop::Watch readable_;
  EventLoop::Watch deadlines_;
  uint64_t next_id_ = 1;
  std::map<uint64_t, Pending> pending_;  // by id; ids grow, so the first has waited longest
};

}  // namespace sixfold::proxy
