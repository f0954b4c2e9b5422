// sixfoldd: reads the YAML, starts (or adopts) everything of its clusters, watches, decides
// failover. In the foreground until SIGTERM or Ctrl-C, which stop everything in order; a second one
// hurries.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "core/base/log.h"
#include "core/control/cluster_control.h"

namespace sixfold::control {
namespace {

constexpr uint64_t kWatchUs = 50'000;
constexpr uint64_t kComplainEveryMs = 10'000;

class Daemon {
 public:
  explicit Daemon(Config config) : config_(std::move(config)) {}

  int Run() {
    ControlOptions options;
    options.config_path = config_.path;
    options.program_dir = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
    for (const ClusterConfig& config : config_.clusters) {
      auto cluster = ClusterControl::Start(loop_, clock_, config, options);
      if (!cluster.ok()) {
        Fail(std::string(MessageOf(cluster.status())));
        break;
      }
      clusters_.push_back({std::move(*cluster)});
    }
    const auto on_term = loop_.OnSignal(SIGTERM, [this] { Stop(); });
    const auto on_int = loop_.OnSignal(SIGINT, [this] { Stop(); });
    const auto watch = loop_.Every(kWatchUs, [this] { Watch(); });
    if (clusters_.empty()) return status_;
    if (status_ != 0) Stop();
    loop_.Run();
    return status_;
  }

 private:
  struct Cluster {
    std::unique_ptr<ClusterControl> control;
    bool announced = false;
    uint64_t complained_ms = 0;
  };

  void Fail(const std::string& text) {
    fmt::print(stderr, "sixfoldd: {}\n", text);
    status_ = 1;
  }

  void Stop() {
    if (stopping_) {
      for (const Cluster& cluster : clusters_) cluster.control->KillAll();
      return;
    }
    stopping_ = true;
    left_ = clusters_.size();
    for (const Cluster& cluster : clusters_)
      cluster.control->Stop([this] {
        if (--left_ == 0) loop_.Stop();
      });
  }

  void Watch() {
    if (stopping_) return;
    for (Cluster& cluster : clusters_) {
      if (cluster.announced) continue;
      if (const auto problem = cluster.control->FatalProblem()) {
        Fail(*problem);
        return Stop();
      }
      const auto health = cluster.control->CheckHealth();
      if (health.missing.empty()) {
        fmt::print("{}\n", cluster.control->Table());
        std::fflush(stdout);
        cluster.announced = true;
        continue;
      }
      const uint64_t now_ms = clock_.MonotonicMillis();
      if (cluster.complained_ms == 0) cluster.complained_ms = now_ms;
      if (now_ms - cluster.complained_ms < kComplainEveryMs) continue;
      cluster.complained_ms = now_ms;
      log::Warning("cluster {}: still waiting: {}", cluster.control->config().id,
                   fmt::join(health.missing, "; "));
    }
  }

  const Config config_;
  const SystemClock clock_;
  EventLoop loop_;
  std::vector<Cluster> clusters_;
  size_t left_ = 0;
  bool stopping_ = false;
  int status_ = 0;
};

int Main(const std::string& config_path) {
  auto config = LoadConfig(config_path);
  if (!config.ok()) {
    fmt::print(stderr, "sixfoldd: {}\n", MessageOf(config.status()));
    return 1;
  }
  log::Init("sixfoldd", log::LevelOf(config->clusters[0].settings.log_level));
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  for (const std::string& warning : config->warnings) log::Warning("{}", warning);
  return Daemon(std::move(*config)).Run();
}

}  // namespace
}  // namespace sixfold::control

int main(int argc, char** argv) {
  CLI::App app(
      "Sixfold's supervisor: starts the clusters of the configuration and keeps them running");
  std::string config_path;
  app.add_option("--config", config_path, "the YAML file")->required();
  CLI11_PARSE(app, argc, argv);
  return sixfold::control::Main(config_path);
}
