// Finds each accepted client an instance: hands its socket over, or relays; an instance that does
// not take it leaves it for the next one; while there is none, the client waits, bounded by its
// deadline, and is then told so in an ERR packet. Everything on the loop's thread.
//
// Invariants
// 1. A client is at every moment in exactly one place: with one hand-off channel, in one relay, or
//    in the queue of those that wait.
// 2. A client is offered to a second instance only when the first can no longer take it.
// 3. A relay to the writer is cut when the topology record names another one or none.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/cluster_config.h"
#include "core/base/event_loop.h"
#include "proxy/handoff_channel.h"
#include "proxy/instance_view.h"
#include "proxy/relay.h"

namespace sixfold::proxy {

class Dispatcher {
 public:
  Dispatcher(EventLoop& loop, const Clock& clock, const ClusterConfig& config);
  ~Dispatcher();

  void Admit(Client client);
  void SetTopology(const topology::Topology& topology);

  InstanceView& view() { return view_; }
  size_t waiting(const Endpoint* endpoint) const;
  size_t relays(const Endpoint* endpoint) const;

 private:
  struct Waiting {
    Client client;
    EventLoop::Watch hangup;
  };
  struct OpenRelay {
    std::unique_ptr<Relay> relay;
    Endpoint* endpoint = nullptr;
    std::string instance;
    bool to_writer = false;
    bool counted = false;  // in flight: until the instance greeted
  };

  /// True when an instance has it (or may get it); false leaves it with the caller.
  bool Deliver(Client* client);
  bool HandOver(Client* client, const topology::Member& member);
  bool StartRelay(Client* client, const topology::Member& member);
  void OnHandoffDone(Client client, topology::HandoffVerdict verdict, const std::string& instance);
  void CloseRelay(uint64_t id);
  void NotInFlight(OpenRelay* relay);
  void Refuse(const Client& client, std::string_view text);
  void Enqueue(Client client);
  void RetryWaiting();
  HandoffChannel& Channel(const std::string& instance);

  EventLoop& loop_;
  const Clock& clock_;
  const ClusterConfig& config_;
  InstanceView view_;
  std::map<std::string, std::unique_ptr<HandoffChannel>> channels_;
  std::map<uint64_t, OpenRelay> relays_;
  std::vector<std::unique_ptr<Relay>> ended_relays_;  // freed outside their own callbacks
  EventLoop::Watch reaping_;
  uint64_t next_relay_ = 1;
  std::list<Waiting> waiting_;  // in order of arrival
  EventLoop::Watch retry_;
};

/// The bytes of an ERR packet that stands in place of the server's greeting.
std::string RefusalPacket(uint16_t error_number, std::string_view text);

}  // namespace sixfold::proxy
