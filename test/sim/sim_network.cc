#include "test/sim/sim_network.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/check.h"

namespace sixfold::sim {

namespace {

constexpr uint64_t kLatencyMinNs = 20 * kUs;
constexpr uint64_t kLatencyMaxNs = 200 * kUs;
constexpr uint64_t kConnectTimeoutNs = 1 * kSecond;
constexpr size_t kSocketBytes = 1 << 20;  // what the kernel takes before bytes queue in the process

}  // namespace

/// One connection. Each end belongs to a process as long as it is open.
struct SimPipe : std::enable_shared_from_this<SimPipe> {
  struct Message {
    uint16_t type = 0;
    std::string body;
    bool end = false;  // the other side closed
  };
  struct End {
    SimProcess* process = nullptr;
    const SimHost* host = nullptr;
    bool open = true;
    bool started = false;
    Connection::OnMessage on_message;
    Connection::OnClose on_close;
    std::deque<Message> flight;  // on the way here
    std::deque<Message> inbox;   // arrived
    size_t bytes = 0;            // of both
    uint64_t last_arrival_ns = 0;
  };

  SimPipe(SimWires& net, SimProcess& client, SimProcess& server) : wires(net) {
    ends[0].process = &client;
    ends[0].host = &client.host();
    ends[1].process = &server;
    ends[1].host = &server.host();
  }

  void Send(size_t to, Message message) {
    End& end = ends[to];
    if (broken || !end.open) return;
    end.bytes += message.body.size();
    end.flight.push_back(std::move(message));
    end.last_arrival_ns =
        std::max(end.last_arrival_ns + 1, wires.world_.now_ns() + wires.Latency());
    ArriveIn(to, end.last_arrival_ns - wires.world_.now_ns());
  }

  void ArriveIn(size_t to, uint64_t delay_ns) {
    wires.world_.Schedule(nullptr, delay_ns, [self = shared_from_this(), to] { self->Arrive(to); });
  }

  /// One more message is there, unless the wire is cut: then all wait until it heals.
  void Arrive(size_t to) {
    End& end = ends[to];
    if (broken || !end.open || end.flight.empty()) return;
    if (wires.IsCut(*ends[1 - to].host, *end.host)) return;
    end.inbox.push_back(std::move(end.flight.front()));
    end.flight.pop_front();
    if (end.started) Wake(to);
  }

  void Wake(size_t to) {
    wires.world_.Schedule(
        ends[to].process, 1, [self = shared_from_this(), to] { self->Deliver(to); }, true);
  }

  void Deliver(size_t to) {
    End& end = ends[to];
    while (end.open && end.started && !end.inbox.empty()) {
      const Message message = std::move(end.inbox.front());
      end.inbox.pop_front();
      end.bytes -= message.body.size();
      if (message.end) return Close(to, Unavailable("closed by the other side"));
      const Connection::OnMessage on_message = end.on_message;  // it may destroy the connection
      on_message(message.type, message.body);
      if (end.open && end.process->doomed()) return;
    }
  }

  void Close(size_t to, const Status& why) {
    End& end = ends[to];
    if (!end.open || !end.started) return;
    const Connection::OnClose on_close = std::move(end.on_close);
    end.on_close = nullptr;
    if (on_close) on_close(why);
  }

  /// What is under way is lost; the end hears of it after the delay.
  void Break(uint64_t delay_0_ns, uint64_t delay_1_ns) {
    if (broken) return;
    broken = true;
    const uint64_t delays[2] = {delay_0_ns, delay_1_ns};
    for (size_t i = 0; i < 2; ++i) {
      ends[i].flight.clear();
      if (!ends[i].open) continue;
      wires.world_.Schedule(ends[i].process, delays[i], [self = shared_from_this(), i] {
        self->ends[i].inbox.clear();
        if (self->ends[i].started) return self->Close(i, Unavailable("connection reset"));
        self->reset_unstarted = true;
      });
    }
  }

  bool Touches(const SimHost& host) const { return ends[0].host == &host || ends[1].host == &host; }

  SimWires& wires;
  End ends[2];
  bool broken = false;
  bool reset_unstarted = false;
};

namespace {

class SimConnection final : public Connection {
 public:
  SimConnection(std::shared_ptr<SimPipe> pipe, size_t own) : pipe_(std::move(pipe)), own_(own) {}
  ~SimConnection() override {
    SimPipe::End& end = pipe_->ends[own_];
    end.open = false;
    end.on_message = nullptr;
    end.on_close = nullptr;
    end.flight.clear();
    end.inbox.clear();
    SimPipe::Message last;
    last.end = true;
    pipe_->Send(1 - own_, std::move(last));
  }

  void Start(OnMessage on_message, OnClose on_close) override {
    SimPipe::End& end = pipe_->ends[own_];
    end.on_message = std::move(on_message);
    end.on_close = std::move(on_close);
    end.started = true;
    if (!end.inbox.empty()) pipe_->Wake(own_);
    if (!pipe_->reset_unstarted) return;
    pipe_->wires.world().Schedule(end.process, 1, [pipe = pipe_, own = own_] {
      pipe->Close(own, Unavailable("connection reset"));
    });
  }

  void Send(uint16_t type, std::string_view head, std::string_view rest) override {
    if (pipe_->ends[own_].process->doomed()) return;
    SimPipe::Message message;
    message.type = type;
    message.body.reserve(head.size() + rest.size());
    message.body.append(head);
    message.body.append(rest);
    pipe_->Send(1 - own_, std::move(message));
  }

  size_t queued_bytes() const override {
    const size_t bytes = pipe_->ends[1 - own_].bytes;
    return bytes > kSocketBytes ? bytes - kSocketBytes : 0;
  }

 private:
  std::shared_ptr<SimPipe> pipe_;
  size_t own_;
};

template <typename Accepting>
class SimListener final : public Listener {
 public:
  SimListener(std::map<std::string, Accepting*>& all, std::string address, Accepting accepting)
      : all_(all), address_(std::move(address)), accepting_(std::move(accepting)) {
    all_[address_] = &accepting_;
  }
  ~SimListener() override {
    const auto own = all_.find(address_);
    if (own != all_.end() && own->second == &accepting_) all_.erase(own);
  }
  std::string address() const override { return address_; }

 private:
  std::map<std::string, Accepting*>& all_;
  std::string address_;
  Accepting accepting_;
};

}  // namespace

uint64_t SimWires::Latency() {
  if (world_.Chance(slow_one_in_)) return world_.Between(kLatencyMaxNs, slow_ns_);
  return world_.Between(kLatencyMinNs, kLatencyMaxNs);
}

void SimWires::SetWeather(uint64_t one_in, uint64_t slow_ns) {
  slow_one_in_ = one_in;
  slow_ns_ = std::max(slow_ns, kLatencyMaxNs);
}

std::vector<std::shared_ptr<SimPipe>> SimWires::Live() {
  std::vector<std::shared_ptr<SimPipe>> live;
  std::vector<std::weak_ptr<SimPipe>> kept;
  for (const auto& weak : pipes_) {
    auto pipe = weak.lock();
    if (pipe == nullptr || pipe->broken) continue;
    kept.push_back(weak);
    live.push_back(std::move(pipe));
  }
  pipes_ = std::move(kept);
  return live;
}

bool SimWires::IsCut(const SimHost& from, const SimHost& to) const {
  return cuts_.contains({from.name, to.name});
}

void SimWires::Cut(const SimHost& from, const SimHost& to) {
  if (&from == &to) return;
  cuts_.insert({from.name, to.name});
}

void SimWires::HealAll() {
  if (cuts_.empty()) return;
  const auto healed = std::exchange(cuts_, {});
  for (const auto& pipe : Live()) {
    for (size_t to = 0; to < 2; ++to) {
      if (!healed.contains({pipe->ends[1 - to].host->name, pipe->ends[to].host->name})) continue;
      // Some connections outlive it, some have timed out.
      if (world_.Chance(3)) {
        pipe->Break(world_.Between(kMs, kSecond), world_.Between(kMs, kSecond));
        break;
      }
      // Held back, and those whose arrival is still to come: one event each is enough.
      for (size_t i = 0; i < pipe->ends[to].flight.size(); ++i) pipe->ArriveIn(to, Latency() + i);
    }
  }
}

bool SimWires::BreakOne() {
  const auto live = Live();
  if (live.empty()) return false;
  const auto& pipe = live[world_.random().Uniform(live.size())];
  pipe->Break(world_.Between(kUs, 50 * kMs), world_.Between(kUs, 50 * kMs));
  return true;
}

void SimWires::PowerLost(const SimHost& host) {
  for (const auto& pipe : Live()) {
    if (pipe->Touches(host))
      pipe->Break(world_.Between(50 * kMs, 3 * kSecond), world_.Between(50 * kMs, 3 * kSecond));
  }
}

StatusOr<std::unique_ptr<Listener>> SimNetwork::Listen(const std::string& address,
                                                       OnAccept on_accept) {
  if (process_.doomed()) return Unavailable("the process is ending");
  return std::make_unique<SimListener<SimWires::Accepting>>(
      wires_.listeners_, address, SimWires::Accepting{&process_, std::move(on_accept)});
}

void SimNetwork::Connect(const std::string& address, OnConnect on_connect) {
  wires_.world_.Schedule(&process_, wires_.Latency(),
                         [this, address, on_connect] { Reach(address, on_connect); });
}

void SimNetwork::Reach(const std::string& address, const OnConnect& on_connect) {
  SimWorld& world = wires_.world_;
  const auto fail = [&](uint64_t delay_ns, Status why) {
    world.Schedule(&process_, delay_ns, [on_connect, why] { on_connect(why); });
  };
  const auto found = wires_.listeners_.find(address);
  if (found == wires_.listeners_.end() || found->second->process->doomed())
    return fail(wires_.Latency(), Unavailable("connect to {}: refused", address));
  SimProcess& server = *found->second->process;
  if (wires_.IsCut(process_.host(), server.host()) || wires_.IsCut(server.host(), process_.host()))
    return fail(kConnectTimeoutNs, DeadlineExceeded("connect to {}: no answer", address));
  auto pipe = std::make_shared<SimPipe>(wires_, process_, server);
  wires_.pipes_.push_back(pipe);
  // The callbacks own the ends until they hand them over; a process that dies before closes them.
  auto accepted =
      std::make_shared<std::unique_ptr<Connection>>(std::make_unique<SimConnection>(pipe, 1));
  world.Schedule(&server, 1, [this, address, accepted, wires = &wires_, process = &server] {
    const auto listener = wires->listeners_.find(address);
    if (listener == wires->listeners_.end() || listener->second->process != process) return;
    listener->second->on_accept(std::move(*accepted));
  });
  auto connected =
      std::make_shared<std::unique_ptr<Connection>>(std::make_unique<SimConnection>(pipe, 0));
  world.Schedule(&process_, wires_.Latency(),
                 [on_connect, connected] { on_connect(std::move(*connected)); });
}

}  // namespace sixfold::sim
