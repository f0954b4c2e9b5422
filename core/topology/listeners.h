// The listening sockets of the endpoints. sixfoldd opens them and keeps them for its whole life;
// the proxy inherits them, so a proxy that dies loses no connection that was not accepted yet. A
// new sixfoldd gets them back from the running proxy: D/run/proxy.listeners.sock (SOCK_SEQPACKET),
// where each connection is sent one message: the names, newline-joined, with one descriptor each.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/base/cluster_config.h"
#include "core/base/event_loop.h"
#include "core/base/status.h"
#include "core/base/unique_fd.h"

namespace sixfold::topology {

/// Endpoint name to listening socket.
using Listeners = std::map<std::string, UniqueFd>;

/// Opens, binds and listens (non-blocking, close-on-exec). An address that is taken is an error
/// that names the endpoint, the address and the way out.
StatusOr<UniqueFd> OpenListener(const EndpointConfig& endpoint);
/// The address it really listens on: "127.0.0.1:3306", port 0 resolved.
std::string ListenerAddress(const EndpointConfig& endpoint, int fd);

/// "name=fd,name=fd": how the proxy is told, in this environment variable, what it inherited.
inline constexpr char kListenFdsVariable[] = "SIXFOLD_LISTEN_FDS";
StatusOr<Listeners> ParseInheritedListeners(std::string_view text);

std::string ListenersSocket(const ClusterConfig& config);
/// Gives copies of the sockets to whoever connects; lives on the proxy's loop.
class ListenerServer {
 public:
  static StatusOr<std::unique_ptr<ListenerServer>> Open(EventLoop& loop, const std::string& path,
                                                        const Listeners& listeners);

 private:
  explicit ListenerServer(const Listeners& listeners) : listeners_(listeners) {}
  void Accept();

  const Listeners& listeners_;
  UniqueFd socket_;
  EventLoop::Watch accepting_;
};
/// Asks a running proxy for its sockets. Unavailable when there is none.
StatusOr<Listeners> FetchListeners(const std::string& path, uint64_t timeout_ms);

}  // namespace sixfold::topology
