#include "proxy/dispatcher.h"

#include <sys/socket.h>

#include <algorithm>

#include "core/base/bytes.h"
#include "core/base/log.h"
#include "proxy/balance.h"
#include "proxy/endpoint.h"

namespace sixfold::proxy {
namespace {

constexpr uint64_t kRetryUs = 10'000;
constexpr size_t kMaxWaiting = 10'000;
constexpr uint16_t kTooManyConnections = 1040;  // clients know it as one to retry

}  // namespace

std::string RefusalPacket(uint16_t error_number, std::string_view text) {
  // Before the handshake the client has no capabilities, so there is no SQLSTATE in it.
  std::string body;
  body.push_back(static_cast<char>(0xff));
  PutFixed<uint16_t>(&body, error_number);
  body.append(text);
  std::string packet;
  PutFixed<uint32_t>(&packet, static_cast<uint32_t>(body.size()));  // 3 bytes of length, sequence 0
  return packet + body;
}

Dispatcher::Dispatcher(EventLoop& loop, const Clock& clock, const ClusterConfig& config)
    : loop_(loop), clock_(clock), config_(config), view_(config, clock) {}
Dispatcher::~Dispatcher() = default;

void Dispatcher::Admit(Client client) {
  if (!Deliver(&client)) Enqueue(std::move(client));
}

HandoffChannel& Dispatcher::Channel(const std::string& instance) {
  auto& channel = channels_[instance];
  if (!channel)
    channel = std::make_unique<HandoffChannel>(loop_, clock_, config_.HandoffSocket(instance),
                                               config_.settings.confirm_handoff_ms);
  return *channel;
}

bool Dispatcher::Deliver(Client* client) {
  Endpoint& endpoint = *client->endpoint;
  auto targets = view_.Targets(endpoint.config);
  std::erase_if(targets, [&](const InstanceView::Target& target) {
    return std::find(client->tried.begin(), client->tried.end(), target.member->id) !=
           client->tried.end();
  });
  while (!targets.empty()) {
    const size_t chosen = ChooseTarget(endpoint.config, targets, endpoint.next_turn++);
    const topology::Member& member = *targets[chosen].member;
    const bool taken = endpoint.config.handoff && member.local ? HandOver(client, member)
                                                               : StartRelay(client, member);
    if (taken) return true;
    client->tried.push_back(member.id);
    targets.erase(targets.begin() + static_cast<ptrdiff_t>(chosen));
  }
  client->tried.clear();
  return false;
}

bool Dispatcher::HandOver(Client* client, const topology::Member& member) {
  const std::string instance = member.id;
  const bool expects_writer = client->endpoint->config.type == EndpointType::kCluster;
  const Status offered = Channel(instance).Offer(
      client, expects_writer, [this, instance](Client back, topology::HandoffVerdict verdict) {
        OnHandoffDone(std::move(back), verdict, instance);
      });
  if (!offered.ok()) {
    log::Debug("instance {}: {}", instance, MessageOf(offered));
    view_.Rest(instance);
    return false;
  }
  view_.AddInFlight(instance, 1);
  return true;
}

void Dispatcher::OnHandoffDone(Client client, topology::HandoffVerdict verdict,
                               const std::string& instance) {
  view_.AddInFlight(instance, -1);
  if (verdict == topology::HandoffVerdict::kAccepted) {
    ++client.endpoint->handed_over;
    return;  // the instance has the socket; ours closes here
  }
  if (verdict == topology::HandoffVerdict::kTooMany) {
    client.met_full_instance = true;
  } else {
    view_.Rest(instance);
  }
  client.tried.push_back(instance);
  Admit(std::move(client));
}

bool Dispatcher::StartRelay(Client* client, const topology::Member& member) {
  const uint64_t id = next_relay_++;
  Endpoint* const endpoint = client->endpoint;
  const std::string instance = member.id;
  Relay::Events events;
  events.greeted = [this, id] { NotInFlight(&relays_[id]); };
  events.lost = [this, id, instance](Client back, const Status& why) {
    log::Debug("instance {}: {}", instance, MessageOf(why));
    CloseRelay(id);
    view_.Rest(instance);
    back.tried.push_back(instance);
    Admit(std::move(back));
  };
  events.closed = [this, id] { CloseRelay(id); };
  auto relay = Relay::Start(loop_, client, member.mysql_address, std::move(events));
  if (!relay.ok()) {
    log::Debug("instance {}: {}", instance, MessageOf(relay.status()));
    view_.Rest(instance);
    return false;
  }
  ++endpoint->relayed;
  view_.AddInFlight(instance, 1);
  relays_[id] =
      OpenRelay{std::move(*relay), endpoint, instance, instance == view_.topology().writer, true};
  return true;
}

void Dispatcher::NotInFlight(OpenRelay* relay) {
  if (relay->counted) view_.AddInFlight(relay->instance, -1);
  relay->counted = false;
}

void Dispatcher::CloseRelay(uint64_t id) {
  const auto found = relays_.find(id);
  if (found == relays_.end()) return;
  NotInFlight(&found->second);
  ended_relays_.push_back(std::move(found->second.relay));
  relays_.erase(found);
  reaping_ = loop_.After(0, [this] { ended_relays_.clear(); });
}

void Dispatcher::SetTopology(const topology::Topology& topology) {
  view_.SetTopology(topology);
  std::vector<uint64_t> cut;
  for (auto& [id, relay] : relays_)
    if (relay.to_writer && relay.instance != topology.writer) cut.push_back(id);
  for (const uint64_t id : cut) CloseRelay(id);
  if (!cut.empty())
    log::Info("epoch {}: the writer is {}; {} relays to the former one cut", topology.epoch.value(),
              topology.writer.empty() ? "not known" : topology.writer, cut.size());
  RetryWaiting();
}

void Dispatcher::Refuse(const Client& client, std::string_view text) {
  ++client.endpoint->failed;
  const std::string packet = RefusalPacket(kTooManyConnections, text);
  (void)::send(client.fd.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(client.fd.get(), SHUT_WR);
}

void Dispatcher::Enqueue(Client client) {
  // No use in waiting: who is full is well, and says so himself as a server does.
  if (client.met_full_instance) return Refuse(client, "Too many connections");
  if (clock_.MonotonicMillis() >= client.deadline_ms || waiting_.size() >= kMaxWaiting) {
    Refuse(client, fmt::format("No instance is there for endpoint '{}' now; try again later",
                               client.endpoint->config.name));
    log::Warning("endpoint {}: no instance for {}", client.endpoint->config.name, client.address);
    return;
  }
  waiting_.push_back(Waiting{std::move(client), {}});
  const auto self = std::prev(waiting_.end());
  // A client says nothing before it is greeted, so what can be read is its end.
  self->hangup = loop_.WatchFd(self->client.fd.get(), EventLoop::kRead,
                               [this, self](unsigned) { waiting_.erase(self); });
  if (!retry_.active()) retry_ = loop_.Every(kRetryUs, [this] { RetryWaiting(); });
}

void Dispatcher::RetryWaiting() {
  std::list<Waiting> again;
  again.swap(waiting_);
  std::map<const Endpoint*, bool> hopeless;  // an endpoint without target is asked once a round
  const uint64_t now_ms = clock_.MonotonicMillis();
  while (!again.empty()) {
    const Endpoint* endpoint = again.front().client.endpoint;
    const bool expired = now_ms >= again.front().client.deadline_ms;
    if (!hopeless.contains(endpoint)) hopeless[endpoint] = view_.Targets(endpoint->config).empty();
    if (hopeless[endpoint] && !expired) {
      waiting_.splice(waiting_.end(), again, again.begin());
      continue;
    }
    Client client = std::move(again.front().client);
    again.front().hangup.Cancel();
    again.pop_front();
    if (!Deliver(&client)) Enqueue(std::move(client));
  }
  if (waiting_.empty()) retry_.Cancel();
}

size_t Dispatcher::waiting(const Endpoint* endpoint) const {
  return static_cast<size_t>(
      std::count_if(waiting_.begin(), waiting_.end(),
                    [&](const Waiting& waiting) { return waiting.client.endpoint == endpoint; }));
}

size_t Dispatcher::relays(const Endpoint* endpoint) const {
  return static_cast<size_t>(std::count_if(relays_.begin(), relays_.end(), [&](const auto& entry) {
    return entry.second.endpoint == endpoint;
  }));
}

}  // namespace sixfold::proxy
