// sixfold-proxy: the endpoints of one host. Started by sixfoldd with the listening sockets
// inherited; on its own it opens them itself.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>

#include "core/base/log.h"
#include "proxy/proxy_server.h"

namespace {

int Run(const std::string& config_path, const std::string& cluster_id) {
  using namespace sixfold;
  const auto config = LoadConfig(config_path);
  const auto cluster =
      config.ok() ? config->Cluster(cluster_id) : StatusOr<ClusterConfig>(config.status());
  if (!cluster.ok()) {
    fmt::print(stderr, "{}\n", MessageOf(cluster.status()));
    return 2;
  }
  log::Init("proxy", log::LevelOf(cluster->settings.log_level));
  std::signal(SIGPIPE, SIG_IGN);
  const char* inherited = std::getenv(topology::kListenFdsVariable);
  auto listeners = topology::ParseInheritedListeners(inherited != nullptr ? inherited : "");
  if (!listeners.ok()) {
    log::Error("{}", MessageOf(listeners.status()));
    return 2;
  }
  EventLoop loop;
  const SystemClock clock;
  const auto server = proxy::ProxyServer::Open(loop, clock, *cluster, std::move(*listeners));
  if (!server.ok()) {
    log::Error("{}", MessageOf(server.status()));
    return 1;
  }
  const auto on_term = loop.OnSignal(SIGTERM, [&] { loop.Stop(); });
  const auto on_int = loop.OnSignal(SIGINT, [&] { loop.Stop(); });
  log::Info("serving {} endpoints", cluster->endpoints.size());
  loop.Run();
  log::Info("stopping");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Sixfold's endpoints");
  std::string config_path, cluster_id;
  app.add_option("--config", config_path, "the cluster's YAML")->required();
  app.add_option("--cluster", cluster_id, "which cluster of it, where there are several");
  CLI11_PARSE(app, argc, argv);
  return Run(config_path, cluster_id);
}
