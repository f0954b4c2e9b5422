// sixfold-compute: one DB instance. Started by sixfoldd as a reader; told to promote over its
// control socket.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "core/base/cluster_config.h"
#include "core/base/log.h"
#include "core/server/server.h"
#include "storage/recent/map_guard.h"

namespace {

sixfold::log::Level LevelOf(const std::string& name) {
  if (name == "debug") return sixfold::log::Level::kDebug;
  if (name == "warning") return sixfold::log::Level::kWarning;
  if (name == "error") return sixfold::log::Level::kError;
  return sixfold::log::Level::kInfo;
}

int Run(const std::string& config_path, const std::string& cluster_id,
        const std::string& instance_id) {
  const auto config = sixfold::LoadConfig(config_path);
  if (!config.ok()) {
    std::fprintf(stderr, "%s\n", sixfold::ToString(config.status()).c_str());
    return 2;
  }
  auto cluster = config->Cluster(cluster_id);
  if (!cluster.ok()) {
    std::fprintf(stderr, "%s\n", sixfold::ToString(cluster.status()).c_str());
    return 2;
  }
  const sixfold::InstanceConfig* self = cluster->FindInstance(instance_id);
  if (self == nullptr) {
    std::fprintf(stderr, "%s: no instance \"%s\"\n", config_path.c_str(), instance_id.c_str());
    return 2;
  }
  sixfold::log::Init("compute " + instance_id, LevelOf(cluster->settings.log_level));
  std::signal(SIGPIPE, SIG_IGN);
  sixfold::storage::InstallMapGuard();
  sixfold::server::Server server(*cluster, *self);
  const sixfold::Status status = server.Start();
  if (!status.ok()) {
    sixfold::log::Error("start: {}", sixfold::ToString(status));
    return 1;
  }
  server.RunUntilStopped();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"One compute instance of a Sixfold cluster"};
  std::string config_path, cluster_id, instance_id;
  app.add_option("--config", config_path, "the cluster's YAML file")->required();
  app.add_option("--cluster", cluster_id, "cluster id, where the file has several");
  app.add_option("--instance", instance_id, "instance id")->required();
  CLI11_PARSE(app, argc, argv);
  return Run(config_path, cluster_id, instance_id);
}
