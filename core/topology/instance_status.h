// The page of shared memory in which a compute tells how it is: D/run/<instance>.status, a file
// both sides map. The proxy balances by it, sixfoldd judges hangs by it. Reading costs no message,
// so a stopped or hung instance can be judged as well.
//
// Layout (docs/formats/instance-status.md): InstanceStatusPage, little-endian, fixed size. Every
// field is its own atomic; a reader may see fields of neighbouring moments. The file of a new
// process replaces the old one by rename; readers notice by inode.
//
// A hang is: busy != 0 and worker_progress unchanged for longer than the limit. So a compute counts
// worker_progress up at every statement and every yield of one, and keeps `busy` at the number of
// sessions that wait for a worker or hold one (known waits such as lock waits not counted).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace sixfold::topology {

using sixfold::ToString;  // of a Status

enum class InstanceRole : uint32_t { kReader = 0, kWriter = 1 };
/// A stopped process has no state of its own: its page stays as it was, its pid is gone.
enum class InstanceState : uint32_t { kStarting = 0, kReady = 1, kDraining = 2, kFenced = 3 };
std::string_view ToString(InstanceRole role);
std::string_view ToString(InstanceState state);

inline constexpr uint64_t kInstanceStatusMagic = 0x31535441'54533653;  // "S6STATS1"
inline constexpr uint32_t kInstanceStatusVersion = 1;
inline constexpr size_t kMaxStatusEndpoints = 64;

struct EndpointSessions {
  char name[64];                   // written once, before `used`
  std::atomic<uint32_t> used;      // 1: the entry is valid
  std::atomic<uint32_t> sessions;  // open sessions that came by this endpoint
};
static_assert(sizeof(EndpointSessions) == 72);

struct InstanceStatusPage {
  uint64_t magic;
  uint32_t version;
  uint32_t flags;  // reserved, 0
  char instance[64];
  char address[128];  // where it listens itself, "unix:/…/db-1.mysql.sock" or "host:port"
  std::atomic<uint64_t> pid;
  std::atomic<uint64_t> start_time;  // /proc/<pid>/stat field 22: tells a reused pid
  std::atomic<uint32_t> role;
  std::atomic<uint32_t> state;
  std::atomic<uint64_t> epoch;  // the volume epoch it knows; as a writer, its own
  std::atomic<uint32_t> sessions;
  std::atomic<uint32_t> busy;
  std::atomic<uint64_t> worker_progress;
  std::atomic<uint64_t> confirmed_handoffs;
  std::atomic<uint64_t> replica_lag_us;
  std::atomic<uint64_t> durable_lsn;
  std::atomic<uint64_t> applied_lsn;
  std::atomic<uint64_t> updated_ns;  // CLOCK_MONOTONIC of the last refresh of lag and LSNs
  uint64_t reserved[16];
  EndpointSessions endpoints[kMaxStatusEndpoints];
};
static_assert(sizeof(InstanceStatusPage) == 16 + 64 + 128 + 88 + 128 + kMaxStatusEndpoints * 72);

/// Start time of a process in clock ticks after boot; 0 when there is no such process (or a
/// zombie).
uint64_t ProcessStartTime(uint64_t pid);
/// Is this very process alive (not a zombie, not another one with a reused pid)?
bool ProcessAlive(uint64_t pid, uint64_t start_time);

/// The compute's side. Creates the page with role reader, state starting, this process's pid.
class InstanceStatusWriter {
 public:
  static StatusOr<std::unique_ptr<InstanceStatusWriter>> Create(const std::string& path,
                                                                std::string_view instance,
                                                                std::string_view address);
  ~InstanceStatusWriter();
  InstanceStatusWriter(const InstanceStatusWriter&) = delete;

  /// Every field may be stored to directly.
  InstanceStatusPage& page() { return *page_; }
  void SetRole(InstanceRole role) { page_->role.store(static_cast<uint32_t>(role)); }
  void SetState(InstanceState state) { page_->state.store(static_cast<uint32_t>(state)); }

  /// Counts a session in: total and its endpoint's. Call before confirming its hand-off; returns
  /// the index to give back to EndSession (-1: no room for another endpoint name, only the total
  /// counts).
  int BeginSession(std::string_view endpoint);
  void EndSession(int endpoint_index);

 private:
  explicit InstanceStatusWriter(InstanceStatusPage* page) : page_(page) {}
  int FindOrAddEndpoint(std::string_view name);

  InstanceStatusPage* page_;
  std::mutex adding_;  // guards the addition of endpoint entries
};

/// A copy of the page at one moment.
struct InstanceStatus {
  std::string instance;
  std::string address;
  uint64_t pid = 0;
  uint64_t start_time = 0;
  InstanceRole role = InstanceRole::kReader;
  InstanceState state = InstanceState::kStarting;
  uint64_t epoch = 0;
  uint32_t sessions = 0;
  uint32_t busy = 0;
  uint64_t worker_progress = 0;
  uint64_t confirmed_handoffs = 0;
  uint64_t replica_lag_us = 0;
  uint64_t durable_lsn = 0;
  uint64_t applied_lsn = 0;
  uint64_t updated_ns = 0;
  std::vector<std::pair<std::string, uint32_t>> endpoints;

  uint32_t SessionsOf(std::string_view endpoint) const;
};

/// Everybody else's side. One thread at a time.
class InstanceStatusReader {
 public:
  explicit InstanceStatusReader(std::string path) : path_(std::move(path)) {}
  ~InstanceStatusReader();
  InstanceStatusReader(InstanceStatusReader&& other) noexcept;
  InstanceStatusReader& operator=(InstanceStatusReader&&) = delete;

  /// Maps the file anew when it was replaced. NotFound when there is none, DataLoss when it is not
  /// a status page of this version. Says nothing about the process being alive: ProcessAlive does.
  StatusOr<InstanceStatus> Read();

 private:
  Status Remap();
  void Unmap();

  std::string path_;
  const InstanceStatusPage* page_ = nullptr;
  uint64_t inode_ = 0;
};

}  // namespace sixfold::topology
