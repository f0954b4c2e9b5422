#include "proxy/relay.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "core/base/check.h"
#include "core/protocol/proxy_header.h"
#include "core/topology/unix_socket.h"

namespace sixfold::proxy {
namespace {

constexpr size_t kSpliceBytes = 64 << 10;  // the default capacity of a pipe

StatusOr<UniqueFd> ConnectTcp(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return InvalidArgument("relay: \"{}\" is no host:port", address);
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &found);
      error != 0)
    return Unavailable("relay: {}: {}", address, ::gai_strerror(error));
  UniqueFd fd(::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  const int connected = fd.valid() ? ::connect(fd.get(), found->ai_addr, found->ai_addrlen) : -1;
  const int error = errno;
  ::freeaddrinfo(found);
  if (connected != 0 && error != EINPROGRESS)
    return Unavailable("relay: connect to {}: {}", address, std::strerror(error));
  return fd;
}

std::string RelayHeader(const std::string& client_address) {
  const size_t colon = client_address.rfind(':');
  if (colon == std::string::npos) return protocol::EncodeProxyHeader("", 0);
  std::string host = client_address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  uint16_t port = 0;
  std::from_chars(client_address.data() + colon + 1, client_address.data() + client_address.size(),
                  port);
  return protocol::EncodeProxyHeader(host, port);
}

}  // namespace

StatusOr<std::unique_ptr<Relay>> Relay::Start(EventLoop& loop, Client* client,
                                              const std::string& address, Events events) {
  std::unique_ptr<Relay> relay(new Relay(loop));
  if (address.starts_with("unix:")) {
    ASSIGN_OR_RETURN(relay->backend_, topology::ConnectUnix(address.substr(5), SOCK_STREAM));
  } else {
    ASSIGN_OR_RETURN(relay->backend_, ConnectTcp(address));
  }
  RETURN_IF_ERROR(relay->OpenPipe(&relay->up_, client->fd.get(), relay->backend_.get()));
  RETURN_IF_ERROR(relay->OpenPipe(&relay->down_, relay->backend_.get(), client->fd.get()));
  relay->header_ = RelayHeader(client->address);
  relay->events_ = std::move(events);
  relay->client_ = std::move(*client);
  relay->Watch();
  return relay;
}

Relay::~Relay() = default;

Status Relay::OpenPipe(Direction* direction, int from, int to) {
  int pipe[2];
  if (::pipe2(pipe, O_NONBLOCK | O_CLOEXEC) != 0) return ErrnoStatus(errno, "create a pipe");
  direction->pipe_read.Reset(pipe[0]);
  direction->pipe_write.Reset(pipe[1]);
  direction->from = from;
  direction->to = to;
  return OkStatus();
}

void Relay::OnReady() {
  if (!connected_) {
    int error = 0;
    socklen_t length = sizeof(error);
    ::getsockopt(backend_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return Finish(Unavailable("relay: connect: {}", std::strerror(error)));
    connected_ = true;
  }
  if (Status sent = SendHeader(); !sent.ok()) return Finish(sent);
  if (header_.empty()) {
    for (Direction* direction : {&up_, &down_})
      if (Status pumped = Pump(direction); !pumped.ok()) return Finish(pumped);
  }
  if (down_.passed > 0 && !greeted_) {
    greeted_ = true;
    events_.greeted();
  }
  // An instance that ends before it said a word has refused the client: another may take it.
  if (down_.ended && down_.passed + down_.waiting == 0 && up_.passed + up_.waiting == 0)
    return Finish(Unavailable("relay: the instance closed the connection"));
  if (up_.shut && down_.shut) return Finish(OkStatus());
  Watch();
}

Status Relay::SendHeader() {
  while (!header_.empty()) {
    const ssize_t count = ::send(backend_.get(), header_.data(), header_.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN) return OkStatus();
    if (count < 0 && errno != EINTR) return ErrnoStatus(errno, "relay: send the PROXY header");
    if (count > 0) header_.erase(0, static_cast<size_t>(count));
  }
  return OkStatus();
}

Status Relay::Pump(Direction* direction) {
  while (true) {
    // In only when the pipe is empty: a pipe full of small packets and a quiet socket both say
    // EAGAIN.
    if (direction->waiting == 0 && !direction->ended) {
      const ssize_t count = ::splice(direction->from, nullptr, direction->pipe_write.get(), nullptr,
                                     kSpliceBytes, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno != EAGAIN) return ErrnoStatus(errno, "relay: receive");
      if (count == 0) direction->ended = true;
      if (count > 0) direction->waiting = static_cast<size_t>(count);
    }
    if (direction->waiting == 0) break;
    const ssize_t count = ::splice(direction->pipe_read.get(), nullptr, direction->to, nullptr,
                                   direction->waiting, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return OkStatus();
    if (count <= 0) return ErrnoStatus(errno, "relay: send");
    CHECK_LE(static_cast<size_t>(count), direction->waiting);
    direction->waiting -= static_cast<size_t>(count);
    direction->passed += static_cast<uint64_t>(count);
  }
  if (direction->ended && !direction->shut) {
    ::shutdown(direction->to, SHUT_WR);
    direction->shut = true;
  }
  return OkStatus();
}

void Relay::Watch() {
  unsigned client = 0, backend = 0;
  if (!connected_ || !header_.empty()) {
    backend = EventLoop::kWrite;
  } else {
    if (up_.waiting > 0)
      backend |= EventLoop::kWrite;
    else if (!up_.ended)
      client |= EventLoop::kRead;
    if (down_.waiting > 0)
      client |= EventLoop::kWrite;
    else if (!down_.ended)
      backend |= EventLoop::kRead;
  }
  WatchOne(client_.fd.get(), client, &client_interest_, &client_watch_);
  WatchOne(backend_.get(), backend, &backend_interest_, &backend_watch_);
}

void Relay::WatchOne(int fd, unsigned interest, unsigned* watched, EventLoop::Watch* watch) {
  if (*watched == interest) return;
  *watched = interest;
  watch->Cancel();
  if (interest != 0) *watch = loop_.WatchFd(fd, interest, [this](unsigned) { OnReady(); });
}

void Relay::Finish(const Status& status) {
  client_watch_.Cancel();
  backend_watch_.Cancel();
  backend_.Reset();
  const bool untouched = up_.passed + up_.waiting + down_.passed + down_.waiting == 0;
  // The handlers may destroy this.
  const auto lost = std::move(events_.lost);
  const auto closed = std::move(events_.closed);
  if (!status.ok() && untouched) return lost(std::move(client_), status);
  client_.fd.Reset();
  closed();
}

}  // namespace sixfold::proxy
