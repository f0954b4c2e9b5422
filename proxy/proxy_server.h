// The proxy of one host: the endpoints' listeners, the dispatcher behind them, the topology record
// it follows and its control socket.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/cluster_config.h"
#include "core/base/event_loop.h"
#include "core/topology/control_socket.h"
#include "core/topology/listeners.h"
#include "core/topology/topology.h"
#include "proxy/dispatcher.h"
#include "proxy/endpoint.h"

namespace sixfold::proxy {

class ProxyServer {
 public:
  /// Opens the listeners that were not inherited.
  static StatusOr<std::unique_ptr<ProxyServer>> Open(EventLoop& loop, const Clock& clock,
                                                     const ClusterConfig& config,
                                                     topology::Listeners inherited);
  ~ProxyServer();

  const topology::Listeners& listeners() const { return listeners_; }
  std::string StatusJson();

 private:
  ProxyServer(EventLoop& loop, const Clock& clock, const ClusterConfig& config);
  Status OpenAll(topology::Listeners inherited);
  void OnControl(const std::string& request, const topology::ControlReply& reply);

  EventLoop& loop_;
  const Clock& clock_;
  const ClusterConfig config_;
  topology::Listeners listeners_;
  Dispatcher dispatcher_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
  topology::TopologyWatcher watcher_;
  std::unique_ptr<topology::ControlServer> control_;
  std::unique_ptr<topology::ListenerServer> listener_server_;
};

}  // namespace sixfold::proxy
