// Three real sixfold-storage processes over temporary folders, for tests.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/cluster_config.h"
#include "core/topology/control_socket.h"
#include "storage/client/volume.h"
#include "storage/recent/recent_layer.h"

extern char** environ;

namespace sixfold::storage {

/// Calls the condition until it holds; false after the limit.
template <typename Condition>
bool WaitFor(Condition condition, int seconds = 30) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

class StorageCluster {
 public:
  explicit StorageCluster(
      const std::string& settings = "segment_bytes: 1048576, drain_interval_ms: 300") {
    char name[] = "/tmp/sixfold-it-XXXXXX";
    folder_ = mkdtemp(name);
    id_ = "it" + std::to_string(getpid());
    for (char az : kAzs) {
      for (char disk : {'1', '2'}) std::filesystem::create_directories(Mount(az, disk));
    }
    std::filesystem::create_directories(folder_ + "/var/log");
    std::ofstream yaml(config_path());
    yaml << "clusters:\n  - id: " << id_
         << "\n    master_user: admin\n    master_password: x\n    data_dir: " << folder_
         << "/var\n    azs:\n";
    for (char az : kAzs) {
      yaml << "      - {name: az-" << az << ", mounts: [" << Mount(az, '1') << ", "
           << Mount(az, '2') << "]}\n";
    }
    yaml << "    instances:\n      - {id: db-1, az: az-a, tier: 0}\n    endpoints:\n"
         << "      - {name: main, type: cluster, listen: \"127.0.0.1:0\"}\n    settings: {"
         << settings << "}\n";
    yaml.close();
    cluster_ = *LoadConfig(config_path())->Cluster("");
  }
  ~StorageCluster() {
    for (char az : kAzs) Kill(az);
    for (char az : kAzs) std::filesystem::remove_all(RecentFolder(id_, cluster_.data_dir, Az(az)));
    if (testing::Test::HasFailure()) {
      for (char az : kAzs) PrintLog(az);
    }
    std::filesystem::remove_all(folder_);
  }

  static constexpr char kAzs[] = {'a', 'b', 'c'};
  static std::string Az(char az) { return std::string("az-") + az; }
  std::string Mount(char az, char disk) const { return folder_ + "/az-" + az + "/disk" + disk; }
  std::string CopyFolder(char az, uint32_t n) const {
    return cluster_.CopyDir(*cluster_.FindAz(Az(az)), n);
  }
  std::string config_path() const { return folder_ + "/sixfold.yaml"; }
  const ClusterConfig& cluster() const { return cluster_; }

  void StartAll(bool create = true) {
    for (char az : kAzs) Start(az, create);
    // A daemon killed before it formatted both of its copies would come back with a lost one.
    for (char az : kAzs) {
      EXPECT_TRUE(WaitFor([&] {
        const nlohmann::json status = Status(az);
        return !status.is_null() && status["copies"].size() == 2;
      }));
    }
  }
  void Start(char az, bool create = false) {
    ASSERT_EQ(pids_[az - 'a'], 0);
    const std::string program =
        std::filesystem::read_symlink("/proc/self/exe").parent_path() / "sixfold-storage";
    std::vector<std::string> words = {program, "--config", config_path(), "--az", Az(az)};
    if (create)
      words.insert(words.end(),
                   {"--create", "--volume-id", "0b8a7a51-8d0e-4a3c-9a51-1d2c3b4a5f60"});
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, LogPath(az).c_str(),
                                     O_CREAT | O_WRONLY | O_APPEND, 0644);
    ASSERT_EQ(
        posix_spawn(&pids_[az - 'a'], program.c_str(), &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
  }
  void Kill(char az, int signal_number = SIGKILL) {
    pid_t& pid = pids_[az - 'a'];
    if (pid == 0) return;
    kill(pid, signal_number);
    waitpid(pid, nullptr, 0);
    pid = 0;
  }
  pid_t pid(char az) const { return pids_[az - 'a']; }
  void Signal(char az, int signal_number) { kill(pids_[az - 'a'], signal_number); }
  /// The exit status once it ended by itself.
  int WaitExit(char az) {
    int status = 0;
    waitpid(std::exchange(pids_[az - 'a'], 0), &status, 0);
    return status;
  }
  std::string Log(char az) const {
    std::ifstream in(LogPath(az));
    return {std::istreambuf_iterator<char>(in), {}};
  }

  nlohmann::json Status(char az) const {
    const auto reply =
        topology::ControlCall(cluster_.StorageControlSocket(Az(az)), R"({"cmd":"status"})", 2000);
    return reply.ok() ? nlohmann::json::parse(*reply) : nlohmann::json();
  }
  void Drain(char az) const {
    (void)topology::ControlCall(cluster_.StorageControlSocket(Az(az)), R"({"cmd":"drain"})", 2000);
  }
  /// Of each copy's base: {"copies": [{id, base_lsn, hash}]}.
  nlohmann::json Hash(char az) const {
    const auto reply =
        topology::ControlCall(cluster_.StorageControlSocket(Az(az)), R"({"cmd":"hash"})", 20'000);
    return reply.ok() ? nlohmann::json::parse(*reply) : nlohmann::json();
  }
  VolumeOptions Options(char az = 'a') const {
    VolumeOptions options;
    options.cluster_id = id_;
    options.az = Az(az);
    options.runtime_dir = cluster_.data_dir;
    for (char each : kAzs)
      options.storage_sockets.push_back("unix:" + cluster_.StorageSocket(Az(each)));
    return options;
  }
  /// … of a writer that soon refuses, or gives up on, what has no quorum.
  VolumeOptions ImpatientOptions() const {
    VolumeOptions options = Options();
    options.refuse_after_ms = 5000;
    options.unknown_after_ms = 4000;
    return options;
  }
  /// All copies of the AZ hold everything up to `lsn` and serve.
  bool CaughtUp(char az, Lsn lsn) const {
    const nlohmann::json status = Status(az);
    if (status.is_null() || status["applied_lsn"].get<uint64_t>() < lsn.value()) return false;
    for (const auto& copy : status["copies"]) {
      if (copy["state"] != "ok" || copy["durable_lsn"].get<uint64_t>() < lsn.value()) return false;
    }
    return true;
  }

 private:
  std::string LogPath(char az) const { return folder_ + "/var/log/storage-" + az + ".log"; }
  void PrintLog(char az) const {
    fprintf(stderr, "--- storage az-%c ---\n%s", az, Log(az).c_str());
  }

  std::string folder_;
  std::string id_;
  ClusterConfig cluster_;
  pid_t pids_[3] = {};
};

/// One commit, waited for.
struct Committed {
  CommitOutcome outcome;
  Lsn lsn;
};
inline std::future<Committed> CommitLater(VolumeWriter& writer, TxnId txn,
                                          const std::vector<Mutation>& mutations) {
  auto promise = std::make_shared<std::promise<Committed>>();
  auto future = promise->get_future();
  CommitRequest request;
  request.txn = txn;
  request.mutations = mutations;
  writer.Commit(request, [promise](CommitOutcome outcome, Lsn lsn) {
    promise->set_value({outcome, lsn});
  });
  return future;
}
inline Committed PutRow(VolumeWriter& writer, uint64_t txn, const std::string& key,
                        const std::string& value) {
  return CommitLater(writer, TxnId(txn), {{MutationKind::kPut, key, value}}).get();
}

}  // namespace sixfold::storage
