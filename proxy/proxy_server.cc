#include "proxy/proxy_server.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/base/log.h"

namespace sixfold::proxy {

using Json = nlohmann::json;

ProxyServer::ProxyServer(EventLoop& loop, const Clock& clock, const ClusterConfig& config)
    : loop_(loop),
      clock_(clock),
      config_(config),
      dispatcher_(loop, clock, config_),
      watcher_(loop, config_.TopologyFile(),
               [this](const topology::Topology& topology) { dispatcher_.SetTopology(topology); }) {}
ProxyServer::~ProxyServer() = default;

StatusOr<std::unique_ptr<ProxyServer>> ProxyServer::Open(EventLoop& loop, const Clock& clock,
                                                         const ClusterConfig& config,
                                                         topology::Listeners inherited) {
  std::unique_ptr<ProxyServer> server(new ProxyServer(loop, clock, config));
  RETURN_IF_ERROR(server->OpenAll(std::move(inherited)));
  return server;
}

Status ProxyServer::OpenAll(topology::Listeners inherited) {
  for (const EndpointConfig& config : config_.endpoints) {
    if (const auto found = inherited.find(config.name); found != inherited.end()) {
      listeners_[config.name] = std::move(found->second);
    } else {
      ASSIGN_OR_RETURN(listeners_[config.name], topology::OpenListener(config));
    }
  }
  RETURN_IF_ERROR(watcher_.Start());
  ASSIGN_OR_RETURN(listener_server_, topology::ListenerServer::Open(
                                         loop_, topology::ListenersSocket(config_), listeners_));
  ASSIGN_OR_RETURN(control_,
                   topology::ControlServer::Open(
                       loop_, config_.ProxyControlSocket(),
                       [this](const std::string& request, const topology::ControlReply& reply) {
                         OnControl(request, reply);
                       }));
  for (const EndpointConfig& config : config_.endpoints) {
    auto endpoint = std::make_unique<Endpoint>();
    endpoint->config = config;
    endpoint->listener = listeners_[config.name].get();
    StartAccepting(loop_, clock_, config_.settings, endpoint.get(),
                   [this](Client client) { dispatcher_.Admit(std::move(client)); });
    endpoints_.push_back(std::move(endpoint));
  }
  return OkStatus();
}

std::string ProxyServer::StatusJson() {
  Json endpoints = Json::array();
  for (const auto& endpoint : endpoints_) {
    Json targets = Json::array();
    for (const auto& target : dispatcher_.view().Targets(endpoint->config))
      targets.push_back(target.member->id);
    endpoints.push_back(
        Json{{"name", endpoint->config.name},
             {"address", topology::ListenerAddress(endpoint->config, endpoint->listener)},
             {"targets", std::move(targets)},
             {"accepted", endpoint->accepted},
             {"handed_over", endpoint->handed_over},
             {"relayed", endpoint->relayed},
             {"relays", dispatcher_.relays(endpoint.get())},
             {"waiting", dispatcher_.waiting(endpoint.get())},
             {"failed", endpoint->failed}});
  }
  return Json{{"ok", true},
              {"pid", ::getpid()},
              {"epoch", dispatcher_.view().topology().epoch.value()},
              {"endpoints", std::move(endpoints)}}
      .dump();
}

void ProxyServer::OnControl(const std::string& request, const topology::ControlReply& reply) {
  const Json json = Json::parse(request, nullptr, /*allow_exceptions=*/false);
  const std::string command =
      json.is_object() && json.contains("cmd") && json["cmd"].is_string() ? json["cmd"] : "";
  if (command == "status") return reply(StatusJson());
  reply(Json{{"ok", false}, {"error", "unknown command \"" + command + "\"; there is status"}}
            .dump());
}

}  // namespace sixfold::proxy
