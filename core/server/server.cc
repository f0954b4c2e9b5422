#include "core/server/server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cstdlib>
#include <thread>

#include "core/base/event_loop.h"
#include "core/base/log.h"
#include "core/protocol/key_pair.h"
#include "core/protocol/output_buffer.h"
#include "core/protocol/reply.h"
#include "core/protocol/server_auth.h"
#include "core/server/accounts.h"
#include "core/server/connection.h"
#include "core/server/control_requests.h"
#include "core/server/instance.h"
#include "core/server/persisted_variables.h"
#include "core/server/session_variables.h"
#include "core/server/shared_plans.h"
#include "core/server/status_counters.h"
#include "core/server/variable_ids.h"
#include "core/server/virtual_table_registry.h"
#include "core/server/worker_pool.h"
#include "core/topology/control_socket.h"
#include "core/topology/handoff.h"
#include "core/topology/instance_status.h"
#include "core/topology/unix_socket.h"
#include "core/txn/transaction_manager.h"
#include "core/types/error_codes.h"

namespace sixfold::server {
namespace {

constexpr uint64_t kTickUs = 10'000;
constexpr uint64_t kIdleCheckUs = 1'000'000;
constexpr uint64_t kOpenReaderMs = 60'000;
constexpr uint64_t kStopClientsMs = 3'000;

}  // namespace

struct Server::Sockets {
  EventLoop loop;  // accepts, control, ticks; home: the main thread
  UniqueFd local;
  UniqueFd handoff;
  EventLoop::Watch local_watch;
  EventLoop::Watch handoff_watch;
  struct Proxy {
    UniqueFd socket;
    EventLoop::Watch watch;
    std::optional<topology::Handoff> unanswered;  // its reply found the socket full
    EventLoop::Watch writable;                    // while there is one
  };
  std::unordered_map<int, Proxy> proxies;
  EventLoop::Watch tick;
  EventLoop::Watch terminate;
  EventLoop::Watch interrupt;
  std::vector<EventLoop::Watch> idle_checks;
  std::unique_ptr<topology::ControlServer> control;
  std::unique_ptr<ControlRequests> requests;
  bool fenced = false;
};

Server::Server(ClusterConfig cluster, InstanceConfig self)
    : cluster_(std::move(cluster)),
      self_(std::move(self)),
      instance_(std::make_unique<Instance>(cluster_, self_, clock_)),
      globals_(std::make_unique<GlobalVariables>()),
      persisted_(std::make_unique<PersistedVariables>(*this)),
      counters_(std::make_unique<StatusCounters>()),
      shared_plans_(std::make_unique<SharedPlans>()),
      sha2_cache_(std::make_unique<protocol::Sha2Cache>()),
      accounts_(std::make_unique<Accounts>(*this)),
      virtual_tables_(MakeVirtualTables(*this)),
      sockets_(std::make_unique<Sockets>()) {}

std::atomic<uint64_t>* Server::worker_progress() {
  return status_ == nullptr ? nullptr : &status_->page().worker_progress;
}

Server::~Server() {
  if (pool_ != nullptr) pool_->Stop();
  sockets_->idle_checks.clear();
  {
    std::lock_guard lock(connections_mutex_);
    connections_.clear();
  }
  pool_.reset();
}

Status Server::Start() {
  started_ms_ = clock_.MonotonicMillis();
  char host[256] = "localhost";
  ::gethostname(host, sizeof(host) - 1);
  globals_->SetText("hostname", host);
  globals_->SetText("aurora_server_id", self_.id);
  globals_->SetText("datadir", cluster_.data_dir + "/");
  globals_->SetText("tmpdir", cluster_.TmpDir());
  globals_->SetText("socket", cluster_.MysqlSocket(self_.id));
  globals_->SetText("max_connections", fmt::format("{}", cluster_.settings.max_connections));

  ASSIGN_OR_RETURN(
      status_, topology::InstanceStatusWriter::Create(cluster_.StatusPage(self_.id), self_.id,
                                                      "unix:" + cluster_.MysqlSocket(self_.id)));
  ::mkdir(cluster_.TmpDir().c_str(), 0700);
  ASSIGN_OR_RETURN(keys_, protocol::KeyPair::LoadOrCreate(cluster_.ControlDir() + "-tls"));

  sockets_->requests = std::make_unique<ControlRequests>(*this, sockets_->loop);
  ASSIGN_OR_RETURN(sockets_->control,
                   topology::ControlServer::Open(
                       sockets_->loop, cluster_.ControlSocket(self_.id),
                       [this](const std::string& request, topology::ControlReply reply) {
                         sockets_->requests->Serve(request, std::move(reply));
                       }));
  RETURN_IF_ERROR(instance_->OpenReader(kOpenReaderMs));
  persisted_->Load();

  const size_t workers = cluster_.settings.workers != 0
                             ? cluster_.settings.workers
                             : std::max(1u, std::thread::hardware_concurrency());
  pool_ = std::make_unique<WorkerPool>(
      workers, WorkerGauges{&status_->page().worker_progress, &status_->page().busy});
  for (size_t i = 0; i < pool_->loop_count(); ++i) {
    LoopSlot& slot = pool_->slot(i);
    sockets_->idle_checks.push_back(slot.events().Every(kIdleCheckUs, [this, &slot] {
      std::vector<Connection*> here;
      ForEachConnection([&](Connection& connection) {
        if (&connection.slot() == &slot) here.push_back(&connection);
      });
      // Only this loop destroys them, so the pointers stay good.
      for (Connection* connection : here) connection->CheckIdle(clock_.MonotonicMillis());
    }));
  }
  pool_->Start();

  ASSIGN_OR_RETURN(sockets_->local,
                   topology::ListenUnix(cluster_.MysqlSocket(self_.id), SOCK_STREAM));
  ASSIGN_OR_RETURN(sockets_->handoff,
                   topology::ListenUnix(cluster_.HandoffSocket(self_.id), SOCK_SEQPACKET));
  EventLoop& loop = sockets_->loop;
  sockets_->local_watch =
      loop.WatchFd(sockets_->local.get(), EventLoop::kRead, [this](unsigned) { AcceptLocal(); });
  sockets_->handoff_watch = loop.WatchFd(sockets_->handoff.get(), EventLoop::kRead,
                                         [this](unsigned) { AcceptHandoffs(); });
  sockets_->tick = loop.Every(kTickUs, [this] { Tick(); });
  sockets_->terminate = loop.OnSignal(SIGTERM, [this] { RequestStop(); });
  sockets_->interrupt = loop.OnSignal(SIGINT, [this] { RequestStop(); });
  PublishStatus();
  status_->SetState(topology::InstanceState::kReady);
  log::Info("ready on {}", cluster_.MysqlSocket(self_.id));
  return OkStatus();
}

void Server::RunUntilStopped() {
  sockets_->loop.Run();
  log::Info("stopping");
  status_->SetState(topology::InstanceState::kDraining);
  CloseAllClients();
  const uint64_t end_ms = clock_.MonotonicMillis() + kStopClientsMs;
  while (connection_count() > 0 && clock_.MonotonicMillis() < end_ms) ::usleep(1'000);
  if (connection_count() == 0) return;
  // A commit that is still undecided holds its session: the process ends around it, as in a crash.
  log::Warning("{} sessions did not end: leaving them", connection_count());
  std::_Exit(0);
}

void Server::RequestStop() { sockets_->loop.Stop(); }

void Server::Tick() {
  PublishStatus();
  if (instance_->is_writer()) instance_->transactions()->SettleUndecided();
  if (sockets_->fenced || !instance_->fenced()) return;
  sockets_->fenced = true;
  log::Warning("fenced by epoch {}: closing every client", instance_->Progress().epoch);
  status_->SetState(topology::InstanceState::kFenced);
  CloseAllClients();
}

void Server::PublishStatus() {
  const storage::VolumeProgress progress = instance_->Progress();
  auto& page = status_->page();
  status_->SetRole(instance_->is_writer() ? topology::InstanceRole::kWriter
                                          : topology::InstanceRole::kReader);
  page.epoch.store(progress.epoch.value());
  page.replica_lag_us.store(instance_->is_writer() ? 0 : instance_->LagMicros());
  page.durable_lsn.store(progress.durable.value());
  page.applied_lsn.store(progress.applied.value());
  page.updated_ns.store(clock_.MonotonicNanos());
}

// ---- clients ----

void Server::AcceptLocal() {
  for (;;) {
    const int socket =
        ::accept4(sockets_->local.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    ClientOrigin origin;
    origin.address = "localhost";
    origin.local_socket = true;
    origin.accepts_proxy = true;
    Adopt(socket, std::move(origin));
  }
}

void Server::AcceptHandoffs() {
  for (;;) {
    const int socket =
        ::accept4(sockets_->handoff.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    sockets_->proxies[socket].socket = UniqueFd(socket);
    WatchProxy(socket);
  }
}

void Server::WatchProxy(int socket) {
  Sockets::Proxy& proxy = sockets_->proxies.at(socket);
  proxy.writable.Cancel();
  proxy.watch = sockets_->loop.WatchFd(socket, EventLoop::kRead,
                                       [this, socket](unsigned) { ReadHandoffs(socket); });
}

void Server::ReadHandoffs(int socket) {
  Sockets::Proxy& proxy = sockets_->proxies.at(socket);
  while (!proxy.unanswered) {
    auto received = topology::ReceiveClient(socket);
    if (!received.ok()) {
      sockets_->proxies.erase(socket);
      return;
    }
    if (!received->has_value()) return;
    if (!AnswerHandoff(socket, std::move(**received))) return;
  }
}

topology::HandoffVerdict Server::Judge(const topology::Handoff& handoff) const {
  if (sockets_->fenced || (handoff.expects_writer && !instance_->is_writer()))
    return topology::HandoffVerdict::kNotReady;
  if (!handoff.client.valid()) return topology::HandoffVerdict::kBadMessage;
  if (connection_count() >= MaxConnections()) return topology::HandoffVerdict::kTooMany;
  return topology::HandoffVerdict::kAccepted;
}

// False: the proxy is gone, or must first read the replies it has.
bool Server::AnswerHandoff(int socket, topology::Handoff handoff) {
  const topology::HandoffVerdict verdict = Judge(handoff);
  const bool accepted = verdict == topology::HandoffVerdict::kAccepted;
  ClientOrigin origin;
  origin.endpoint = handoff.endpoint;
  origin.address = handoff.client_address;
  origin.local_socket = handoff.client_address == "localhost";
  if (accepted) origin.endpoint_index = status_->BeginSession(handoff.endpoint);
  // Not one byte to the client before the proxy has let go of it.
  const Status sent = topology::SendReply(socket, {handoff.id, verdict});
  if (!sent.ok()) {
    if (accepted) status_->EndSession(origin.endpoint_index);
    if (sent.code() != StatusCode::kUnavailable) {
      sockets_->proxies.erase(socket);
      return false;
    }
    AnswerLater(socket, std::move(handoff));
    return false;
  }
  if (!accepted) return true;
  status_->page().confirmed_handoffs.fetch_add(1);
  const int fd = handoff.client.Release();
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  Adopt(fd, std::move(origin));
  return true;
}

void Server::AnswerLater(int socket, topology::Handoff handoff) {
  Sockets::Proxy& proxy = sockets_->proxies.at(socket);
  proxy.unanswered = std::move(handoff);
  proxy.watch.Cancel();
  proxy.writable = sockets_->loop.WatchFd(socket, EventLoop::kWrite,
                                          [this, socket](unsigned) { GoOnAnswering(socket); });
}

void Server::GoOnAnswering(int socket) {
  Sockets::Proxy& proxy = sockets_->proxies.at(socket);
  topology::Handoff waiting = std::move(*proxy.unanswered);
  proxy.unanswered.reset();
  if (!AnswerHandoff(socket, std::move(waiting))) return;
  WatchProxy(socket);
  ReadHandoffs(socket);
}

uint64_t Server::MaxConnections() const {
  return static_cast<uint64_t>(globals_->Get(vars::MaxConnections()).integer);
}

void Server::Adopt(int socket, ClientOrigin origin) {
  StatusCounters::Add(counters_->connections);
  if (origin.endpoint.empty()) origin.endpoint_index = status_->BeginSession("");
  LoopSlot& slot = pool_->LeastLoaded();
  const bool too_many = connection_count() >= MaxConnections();
  Connection* connection = nullptr;
  {
    std::lock_guard lock(connections_mutex_);
    const ConnectionId id{next_connection_++};
    auto owned = std::make_unique<Connection>(*this, slot, id, UniqueFd(socket), std::move(origin));
    connection = owned.get();
    connections_.emplace(id.value(), std::move(owned));
    const uint64_t now = connections_.size();
    if (now > counters_->max_used_connections.load()) counters_->max_used_connections.store(now);
  }
  slot.events().Post([connection, too_many] {
    if (too_many) {
      connection->RefuseTooMany();
    } else {
      connection->Start();
    }
  });
}

void Server::Forget(Connection& connection) {
  status_->EndSession(connection.origin().endpoint_index);
  // After the callback that got here: its Watch is part of what is destroyed.
  connection.slot().events().Post([this, id = connection.id()] {
    std::unique_ptr<Connection> gone;
    std::lock_guard lock(connections_mutex_);
    const auto found = connections_.find(id.value());
    if (found == connections_.end()) return;
    gone = std::move(found->second);
    connections_.erase(found);
  });
}

void Server::CloseAllClients() {
  ForEachConnection([](Connection& connection) { connection.Kill(KillKind::kConnection); });
}

bool Server::Kill(ConnectionId id, KillKind kind) {
  std::lock_guard lock(connections_mutex_);
  const auto found = connections_.find(id.value());
  if (found == connections_.end()) return false;
  found->second->Kill(kind);
  return true;
}

void Server::ForEachConnection(const std::function<void(Connection&)>& visit) {
  std::lock_guard lock(connections_mutex_);
  for (auto& [id, connection] : connections_) visit(*connection);
}

size_t Server::connection_count() const {
  std::lock_guard lock(connections_mutex_);
  return connections_.size();
}

bool Server::globals_flag(std::string_view name) const {
  return globals_->Get(FindVariable(name)).integer != 0;
}

void Server::CountAbortedConnect() { StatusCounters::Add(counters_->aborted_connects); }

}  // namespace sixfold::server
