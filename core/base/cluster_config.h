// The YAML every program reads: clusters with their AZs, instances, endpoints and settings.
//
// LoadConfig reads and checks the whole file. An error names the file, the line, the key and what
// was expected; a key nobody knows is an error too, so that a misspelt setting is never ignored.
// What is allowed but worth saying (an AZ with one mount) comes back as warnings.
// Paths in the result are absolute: relative ones count from the folder the program started in,
// which for everything sixfoldd starts is the folder sixfoldd was started in.
//
// ClusterConfig also knows where the files and sockets of a cluster are (RunDir(), StorageSocket()
// and so on), so that no two programs spell a path differently.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace sixfold {

struct AzConfig {
  std::string name;
  std::vector<std::string> mounts;  // one or two; copy n of the AZ lives on mounts[n % size]
};

struct InstanceConfig {
  std::string id;
  std::string az;
  uint32_t tier = 1;  // 0 is promoted first, 15 last
};

enum class EndpointType { kCluster, kReader, kCustom, kInstance };
std::string_view ToString(EndpointType type);

enum class Balancing { kLeastConnections, kRoundRobin, kWeighted };
std::string_view ToString(Balancing balancing);

/// "host:port" or "unix:/path". Port 0: the system picks one, shown by sixfoldctl status.
struct ListenAddress {
  std::string host;
  uint16_t port = 0;
  std::string unix_path;  // set: a Unix socket, host and port unused

  std::string ToString() const;
  bool operator==(const ListenAddress&) const = default;
};

struct EndpointConfig {
  std::string name;
  EndpointType type = EndpointType::kCluster;
  ListenAddress listen;
  std::vector<std::string> members;  // custom: only these …
  std::vector<std::string> exclude;  // … or all but these
  std::string instance;              // instance endpoints
  Balancing balancing = Balancing::kLeastConnections;
  std::vector<std::pair<std::string, uint32_t>>
      weights;              // weighted: instance id, weight (default 1)
  uint64_t max_lag_ms = 0;  // readers lagging more are left out; 0: the cluster's setting
  bool handoff = true;      // false: relay even to local instances
};

/// Optional knobs under `settings:`; the defaults are what a production cluster wants.
struct ClusterSettings {
  // Storage.
  uint64_t segment_bytes = 64ull << 20;  // of one log segment file
  uint64_t recent_bytes = 1ull << 30;    // limit of an AZ's recent layer in shared memory
  uint64_t group_bytes = 10ull << 30;    // limit of a protection group
  uint64_t drain_interval_ms = 20'000;
  uint64_t drain_bytes = 256ull << 20;     // drain earlier when this much log waits
  uint64_t keep_log_bytes = 256ull << 20;  // of drained log, kept for copies that are down
  uint64_t history_seconds = 0;            // backtrack window
  uint64_t snapshot_age_max_s = 86'400;
  uint64_t read_hold_max_s = 3'600;  // an LMDB read transaction
  bool direct_io = true;             // O_DIRECT|O_DSYNC through io_uring; false: pwrite + fdatasync
  // Commits.
  uint64_t refuse_after_ms = 10'000;  // VolumeOptions::refuse_after_ms
  uint64_t unknown_after_ms = 30'000;
  // Compute.
  uint64_t workers = 0;              // 0: as many as cores
  uint64_t max_connections = 2'000;  // of one instance
  uint64_t memory_bytes = 0;         // of one instance; 0: by the machine
  // Proxy.
  uint64_t max_replica_lag_ms = 10'000;  // readers lagging more leave the endpoints
  uint64_t wait_for_writer_ms = 30'000;  // a new connection waits this long for a target
  uint64_t confirm_handoff_ms = 1'000;   // then the next target is tried
  // Control.
  bool supervise = true;           // false: sixfoldd decides no failover by itself
  bool kill_old_writer = true;     // false (tests): fencing by epoch alone
  uint64_t hang_after_ms = 1'000;  // busy without progress this long is a hang
  uint64_t promote_timeout_ms = 20'000;
  uint64_t stop_timeout_ms = 10'000;   // SIGTERM to SIGKILL
  uint64_t restart_delay_ms_min = 50;  // back-off of restarts, doubling
  uint64_t restart_delay_ms_max = 5'000;
  bool allow_network_filesystem = false;  // tests only
  std::string log_level = "info";         // debug, info, warning, error
};

struct ClusterConfig {
  std::string id;
  std::string master_user;
  std::string master_password;
  // Aurora's: every client knows it. Or caching_sha2_password.
  std::string master_auth_plugin = "mysql_native_password";
  std::string data_dir;
  std::vector<AzConfig> azs;  // exactly three
  std::vector<InstanceConfig> instances;
  std::vector<EndpointConfig> endpoints;
  ClusterSettings settings;

  const AzConfig* FindAz(std::string_view name) const;
  const InstanceConfig* FindInstance(std::string_view instance_id) const;

  std::string RunDir() const { return data_dir + "/run"; }
  std::string LogDir() const { return data_dir + "/log"; }
  std::string ControlDir() const { return data_dir + "/control"; }
  std::string TmpDir() const { return data_dir + "/tmp"; }
  std::string StorageSocket(std::string_view az) const;         // run/storage-<az>.sock
  std::string StorageControlSocket(std::string_view az) const;  // run/storage-<az>.control.sock
  std::string HandoffSocket(std::string_view instance) const;   // run/<id>.handoff.sock
  std::string MysqlSocket(std::string_view instance) const;     // run/<id>.mysql.sock
  std::string ControlSocket(std::string_view instance) const;   // run/<id>.control.sock
  std::string StatusPage(std::string_view instance) const;      // run/<id>.status
  std::string ProxyControlSocket() const { return RunDir() + "/proxy.control.sock"; }
  std::string ApiSocket() const { return RunDir() + "/api.sock"; }
  std::string TopologyFile() const { return RunDir() + "/topology"; }
  std::string LogFile(std::string_view program, std::string_view name) const;
  /// Where copy 0 or 1 of the AZ lives: <mount>/sixfold-<cluster>/copy-<n>
  std::string CopyDir(const AzConfig& az, uint32_t n) const;
  /// The AZ's shared-memory folder: /dev/shm/sixfold-<cluster>-<hash of data_dir>-<az>
  std::string SharedMemoryDir(std::string_view az) const;
};

struct Config {
  std::string path;  // absolute
  std::vector<ClusterConfig> clusters;
  std::vector<std::string> warnings;

  /// The cluster of that id; "" means the only one.
  StatusOr<ClusterConfig> Cluster(std::string_view id) const;
};

StatusOr<Config> LoadConfig(const std::string& path);
/// The same from text; `path` is for messages and relative paths count from `base_dir`.
StatusOr<Config> ParseConfig(std::string_view text, const std::string& path,
                             const std::string& base_dir);

}  // namespace sixfold
