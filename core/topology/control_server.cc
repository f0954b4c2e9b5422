#include <sys/socket.h>

#include <cerrno>
#include <deque>
#include <map>
#include <memory>

#include "core/base/check.h"
#include "core/base/event_loop.h"
#include "core/base/log.h"
#include "core/base/unique_fd.h"
#include "core/topology/control_socket.h"
#include "core/topology/unix_socket.h"

namespace sixfold::topology {
namespace {

constexpr size_t kMaxUnanswered = 64;

/// One request's place in its connection's queue of replies.
struct ReplySlot {
  bool answered = false;
  std::string line;
};

}  // namespace

struct ControlServer::State : std::enable_shared_from_this<State> {
  struct Connection {
    UniqueFd fd;
    EventLoop::Watch readable;
    EventLoop::Watch writable;
    std::string input;
    std::string output;
    std::deque<std::shared_ptr<ReplySlot>> slots;
    bool input_ended = false;
  };

  State(EventLoop& event_loop, ControlHandler request_handler)
      : loop(event_loop), handler(std::move(request_handler)) {}

  void Accept();
  void Read(uint64_t id);
  /// False when the connection was closed.
  bool TakeLines(uint64_t id, Connection* connection);
  void Handle(uint64_t id, Connection* connection, std::string line);
  void Flush(uint64_t id);
  bool Send(uint64_t id, Connection* connection);

  EventLoop& loop;
  ControlHandler handler;
  std::string path;
  UniqueFd listener;
  EventLoop::Watch accepting;
  std::map<uint64_t, Connection> connections;
  uint64_t next_id = 1;
  bool closed = false;
};

void ControlServer::State::Accept() {
  while (true) {
    UniqueFd fd(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.valid()) return;
    const uint64_t id = next_id++;
    Connection& connection = connections[id];
    connection.fd = std::move(fd);
    connection.readable =
        loop.WatchFd(connection.fd.get(), EventLoop::kRead, [this, id](unsigned) { Read(id); });
  }
}

void ControlServer::State::Read(uint64_t id) {
  const auto found = connections.find(id);
  if (found == connections.end()) return;
  Connection& connection = found->second;
  char buffer[16384];
  while (true) {
    const ssize_t count = ::recv(connection.fd.get(), buffer, sizeof(buffer), 0);
    if (count > 0) {
      connection.input.append(buffer, static_cast<size_t>(count));
      if (!TakeLines(id, &connection)) return;
      continue;
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    // The other side has said all it wants to say; what it asked is still answered.
    connection.input_ended = true;
    connection.readable.Cancel();
    if (connection.slots.empty() && connection.output.empty()) connections.erase(found);
    return;
  }
}

bool ControlServer::State::TakeLines(uint64_t id, Connection* connection) {
  size_t from = 0;
  std::vector<std::string> lines;
  for (size_t end; (end = connection->input.find('\n', from)) != std::string::npos; from = end + 1)
    if (end > from) lines.push_back(connection->input.substr(from, end - from));
  connection->input.erase(0, from);
  if (connection->input.size() > kMaxControlLine ||
      connection->slots.size() + lines.size() > kMaxUnanswered) {
    log::Warning("control socket {}: a line or a queue of requests too long, closing", path);
    connections.erase(id);
    return false;
  }
  for (std::string& line : lines) {
    Handle(id, connection, std::move(line));
    if (!connections.contains(id)) return false;
  }
  return true;
}

void ControlServer::State::Handle(uint64_t id, Connection* connection, std::string line) {
  auto slot = std::make_shared<ReplySlot>();
  connection->slots.push_back(slot);
  std::weak_ptr<State> weak = weak_from_this();
  EventLoop* const home = &loop;
  handler(std::move(line), [weak, home, id, slot](std::string reply) {
    // The server may be gone by now, and with it possibly the loop: only a live one is posted to.
    const auto self = weak.lock();
    if (!self) return;
    home->Post([weak, id, slot, reply = std::move(reply)]() mutable {
      const auto state = weak.lock();
      if (!state || state->closed || slot->answered) return;
      slot->answered = true;
      slot->line = std::move(reply);
      state->Flush(id);
    });
  });
}

void ControlServer::State::Flush(uint64_t id) {
  const auto found = connections.find(id);
  if (found == connections.end()) return;
  Connection& connection = found->second;
  while (!connection.slots.empty() && connection.slots.front()->answered) {
    connection.output += connection.slots.front()->line;
    connection.output += '\n';
    connection.slots.pop_front();
  }
  if (!Send(id, &connection)) return;
  if (connection.input_ended && connection.slots.empty() && connection.output.empty())
    connections.erase(id);
}

bool ControlServer::State::Send(uint64_t id, Connection* connection) {
  while (!connection->output.empty()) {
    const ssize_t count = ::send(connection->fd.get(), connection->output.data(),
                                 connection->output.size(), MSG_NOSIGNAL);
    if (count > 0) {
      connection->output.erase(0, static_cast<size_t>(count));
    } else if (count < 0 && errno == EINTR) {
      continue;
    } else if (count < 0 && errno == EAGAIN) {
      if (!connection->writable.active())
        connection->writable = loop.WatchFd(connection->fd.get(), EventLoop::kWrite,
                                            [this, id](unsigned) { Flush(id); });
      return true;
    } else {
      connections.erase(id);
      return false;
    }
  }
  connection->writable.Cancel();
  return true;
}

ControlServer::ControlServer(std::shared_ptr<State> state) : state_(std::move(state)) {}

StatusOr<std::unique_ptr<ControlServer>> ControlServer::Open(EventLoop& loop,
                                                             const std::string& path,
                                                             ControlHandler handler) {
  auto state = std::make_shared<State>(loop, std::move(handler));
  state->path = path;
  ASSIGN_OR_RETURN(state->listener, ListenUnix(path, SOCK_STREAM));
  state->accepting = loop.WatchFd(state->listener.get(), EventLoop::kRead,
                                  [raw = state.get()](unsigned) { raw->Accept(); });
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(state)));
}

ControlServer::~ControlServer() {
  state_->closed = true;
  state_->accepting.Cancel();
  state_->connections.clear();
  state_->listener.Reset();
}

}  // namespace sixfold::topology
