#include "core/topology/listeners.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "core/base/check.h"
#include "core/topology/unix_socket.h"

namespace sixfold::topology {
namespace {

constexpr size_t kMaxListeners = 128;  // well below SCM_MAX_FD (253)
constexpr size_t kMaxListenerNames = 16 << 10;
constexpr int kBacklog = 4096;

struct ResolvedAddress {
  sockaddr_storage address{};
  socklen_t length = 0;
};

StatusOr<ResolvedAddress> ResolveListen(const EndpointConfig& endpoint) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string& host = endpoint.listen.host;
  const int error = ::getaddrinfo(host == "*" ? nullptr : host.c_str(),
                                  std::to_string(endpoint.listen.port).c_str(), &hints, &found);
  if (error != 0)
    return InvalidArgument("endpoint {}: cannot listen on {}: {}", endpoint.name,
                           endpoint.listen.ToString(), ::gai_strerror(error));
  ResolvedAddress resolved;
  std::memcpy(&resolved.address, found->ai_addr, found->ai_addrlen);
  resolved.length = found->ai_addrlen;
  ::freeaddrinfo(found);
  return resolved;
}

Status ListenFailed(const EndpointConfig& endpoint, int error) {
  const std::string address = endpoint.listen.ToString();
  if (error == EADDRINUSE)
    return AlreadyExists(
        "endpoint {}: address {} is taken by another program (ss -ltnp shows it). Stop that "
        "program, "
        "or give the endpoint another `listen` address; port 0 picks a free one",
        endpoint.name, address);
  if (error == EACCES)
    return FailedPrecondition(
        "endpoint {}: not allowed to listen on {}. Use a port above 1023 or run with "
        "CAP_NET_BIND_SERVICE",
        endpoint.name, address);
  if (error == EADDRNOTAVAIL)
    return InvalidArgument(
        "endpoint {}: {} is no address of this host. Use one that `ip address` shows, or 0.0.0.0",
        endpoint.name, address);
  return ErrnoStatus(error, fmt::format("endpoint {}: listen on {}", endpoint.name, address));
}

}  // namespace

StatusOr<UniqueFd> OpenListener(const EndpointConfig& endpoint) {
  if (!endpoint.listen.unix_path.empty()) {
    // A socket file somebody answers on is taken; one nobody answers on is a leftover.
    if (ConnectUnix(endpoint.listen.unix_path, SOCK_STREAM).ok())
      return ListenFailed(endpoint, EADDRINUSE);
    return ListenUnix(endpoint.listen.unix_path, SOCK_STREAM);
  }
  ASSIGN_OR_RETURN(const ResolvedAddress resolved, ResolveListen(endpoint));
  UniqueFd fd(::socket(resolved.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return ListenFailed(endpoint, errno);
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  // Accepted sockets inherit these.
  ::setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&resolved.address), resolved.length) !=
          0 ||
      ::listen(fd.get(), kBacklog) != 0)
    return ListenFailed(endpoint, errno);
  return fd;
}

std::string ListenerAddress(const EndpointConfig& endpoint, int fd) {
  if (!endpoint.listen.unix_path.empty()) return endpoint.listen.ToString();
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    return endpoint.listen.ToString();
  ListenAddress shown = endpoint.listen;
  if (address.ss_family == AF_INET)
    shown.port = ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
  if (address.ss_family == AF_INET6)
    shown.port = ntohs(reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
  return shown.ToString();
}

StatusOr<Listeners> ParseInheritedListeners(std::string_view text) {
  Listeners listeners;
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), entry.size() + 1));
    const size_t equals = entry.find('=');
    int fd = -1;
    if (equals != std::string_view::npos)
      std::from_chars(entry.data() + equals + 1, entry.data() + entry.size(), fd);
    if (fd < 3 || ::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
      return InvalidArgument("{}: expected name=descriptor, found \"{}\"", kListenFdsVariable,
                             entry);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    listeners.emplace(std::string(entry.substr(0, equals)), UniqueFd(fd));
  }
  return listeners;
}

std::string ListenersSocket(const ClusterConfig& config) {
  return config.RunDir() + "/proxy.listeners.sock";
}

StatusOr<std::unique_ptr<ListenerServer>> ListenerServer::Open(EventLoop& loop,
                                                               const std::string& path,
                                                               const Listeners& listeners) {
  CHECK_LE(listeners.size(), kMaxListeners);
  std::unique_ptr<ListenerServer> server(new ListenerServer(listeners));
  ASSIGN_OR_RETURN(server->socket_, ListenUnix(path, SOCK_SEQPACKET));
  server->accepting_ = loop.WatchFd(server->socket_.get(), EventLoop::kRead,
                                    [raw = server.get()](unsigned) { raw->Accept(); });
  return server;
}

void ListenerServer::Accept() {
  const UniqueFd peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!peer.valid()) return;
  std::string names;
  std::vector<int> fds;
  for (const auto& [name, fd] : listeners_) {
    names += name + "\n";
    fds.push_back(fd.get());
  }
  iovec part{names.data(), names.size()};
  std::string control(CMSG_SPACE(fds.size() * sizeof(int)), '\0');
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  cmsghdr* rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
  std::memcpy(CMSG_DATA(rights), fds.data(), fds.size() * sizeof(int));
  (void)::sendmsg(peer.get(), &header, MSG_NOSIGNAL | MSG_DONTWAIT);
}

StatusOr<Listeners> FetchListeners(const std::string& path, uint64_t timeout_ms) {
  ASSIGN_OR_RETURN(const UniqueFd fd, ConnectUnix(path, SOCK_SEQPACKET));
  pollfd waiting{fd.get(), POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(timeout_ms)) <= 0)
    return Unavailable("{}: no answer within {} ms", path, timeout_ms);
  std::string names(kMaxListenerNames, '\0');
  iovec part{names.data(), names.size()};
  std::string control(CMSG_SPACE(kMaxListeners * sizeof(int)), '\0');
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const ssize_t count = ::recvmsg(fd.get(), &header, MSG_CMSG_CLOEXEC);
  std::vector<UniqueFd> fds;
  if (cmsghdr* rights = count >= 0 ? CMSG_FIRSTHDR(&header) : nullptr;
      rights != nullptr && rights->cmsg_type == SCM_RIGHTS) {
    for (size_t at = 0; at + sizeof(int) <= rights->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
      int received;
      std::memcpy(&received, CMSG_DATA(rights) + at, sizeof(received));
      fds.emplace_back(received);
    }
  }
  if (count <= 0) return Unavailable("{}: closed without an answer", path);
  names.resize(static_cast<size_t>(count));
  Listeners listeners;
  size_t next = 0;
  for (size_t from = 0, end; (end = names.find('\n', from)) != std::string::npos; from = end + 1) {
    if (next == fds.size()) return InvalidArgument("{}: more names than sockets", path);
    listeners.emplace(names.substr(from, end - from), std::move(fds[next++]));
  }
  return listeners;
}

}  // namespace sixfold::topology
