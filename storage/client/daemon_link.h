// The writer's line to one storage daemon: connects, says hello, asks for the promise of the
// writer's epoch, and connects again whenever it breaks. What comes in goes to the owner.
//
//   kDown -> kGreeting (hello sent) -> kGreeted -> kPromising -> kReady
//
// A writer's links ask for a promise only when told to (Ask); once an epoch is set, a link that
// comes back asks by itself. Home thread only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/base/network.h"
#include "core/base/task_loop.h"
#include "storage/quorum/messages.h"

namespace sixfold::storage {

class DaemonLink {
 public:
  enum class State { kDown, kGreeting, kGreeted, kPromising, kReady };

  class Owner {
   public:
    virtual ~Owner() = default;
    /// Greeted, promised, or down: look at state().
    virtual void OnLinkChanged(DaemonLink& link) = 0;
    virtual void OnAck(DaemonLink& link, const Ack& ack) = 0;
    virtual void OnFetchReply(DaemonLink& link, const FetchReply& reply) = 0;
  };

  struct Copy {
    CopyReport report;  // as of the promise
    AckState state = AckState::kFollowing;
    Lsn end;         // acknowledged
    Lsn rewound_to;  // the last gap that was answered
    uint64_t rewound_ms = 0;
  };

  DaemonLink(TaskLoop& loop, Network& network, std::string address, std::string cluster_id,
             std::string sender, Owner& owner);
  ~DaemonLink() { *alive_ = false; }

  void Connect();
  /// Asks for the promise now, and again after each reconnection.
  void Ask(const Promise& promise);
  void Send(MessageType type, std::string_view head, std::string_view rest = {});

  State state() const { return state_; }
  bool tried() const { return tried_; }  // connected, refused or timed out at least once
  const std::string& address() const { return address_; }
  const std::string& az() const { return hello_.az; }
  const HelloReply& hello() const { return hello_; }
  const Status& why_down() const { return why_down_; }
  size_t queued_bytes() const { return connection_ == nullptr ? 0 : connection_->queued_bytes(); }
  std::map<CopyId, Copy>& copies() { return copies_; }

  Lsn cursor = kMaxLsn;  // the owner's: where the stream to this daemon goes on; kMaxLsn: nowhere

 private:
  void OnConnected(std::unique_ptr<Connection> connection);
  void OnMessage(uint16_t type, std::string_view body);
  Status Handle(MessageType type, std::string_view body);
  void Down(const Status& why);

  TaskLoop& loop_;
  Network& network_;
  std::string address_;
  std::string cluster_id_;
  std::string sender_;
  Owner& owner_;
  State state_ = State::kDown;
  bool tried_ = false;
  bool connecting_ = false;
  Promise promise_;
  HelloReply hello_;
  std::map<CopyId, Copy> copies_;
  Status why_down_;
  std::unique_ptr<Connection> connection_;
  TaskLoop::Timer retry_;
  TaskLoop::Timer impatience_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace sixfold::storage
