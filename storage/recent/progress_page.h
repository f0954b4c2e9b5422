// The page of shared memory in which an AZ's storage daemon tells every compute of its host how far
// the AZ is. A file of 4096 bytes, `progress`, in the recent layer's folder;
// docs/formats/progress.md has the layout. Written by the daemon alone (but for `waiters`), read by
// all, atomics only.
//
// Order of publication: what a number promises is readable before the number is stored.
// `generation` is odd while the daemon swaps the recent environment or the copy it serves; readers
// reopen both when it changed. The file itself is never replaced while its folder lives.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/base/uuid.h"

namespace sixfold::storage {

struct ProgressPage {
  static constexpr uint64_t kMagic = 0x31475250'58494653;  // "SFIXPRG1"
  static constexpr uint32_t kVersion = 1;
  static constexpr size_t kPathBytes = 1024;

  std::atomic<uint64_t> magic;
  uint32_t version;
  uint32_t flags;
  uint8_t volume[16];
  std::atomic<uint64_t> generation;    // of the recent environment and the served copy
  std::atomic<uint64_t> epoch;         // of the writer this AZ hears from
  std::atomic<uint64_t> durable;       // VDL known here
  std::atomic<uint64_t> applied;       // all durable records up to here are readable here
  std::atomic<uint64_t> catalog;       // last catalog change at or below applied
  std::atomic<uint64_t> heard_ns;      // CLOCK_MONOTONIC of the writer's last sign of life
  std::atomic<uint64_t> lag_us;        // from a heartbeat's sending to its being readable
  std::atomic<uint64_t> drain_target;  // no drain has taken versions above it
  std::atomic<uint64_t> floor;         // no snapshot below it is readable in the served copy
  std::atomic<uint64_t> daemon_pid;
  std::atomic<uint64_t> daemon_start;  // its start time, /proc/<pid>/stat field 22
  std::atomic<uint32_t> wake;          // futex word: changes when applied moves and somebody waits
  std::atomic<uint32_t> waiters;
  std::atomic<uint64_t> covered_from;  // older versions are in the base only: it must reach it
  uint64_t reserved[47];
  char recent_folder[kPathBytes];  // of the environment of this generation
  char base_folder[kPathBytes];    // base of the copy served
  char unused[1536];
};
static_assert(sizeof(ProgressPage) == 4096);
static_assert(sizeof(std::atomic<uint64_t>) == 8 && std::atomic<uint64_t>::is_always_lock_free);

/// A file mapped shared, read and write. Owns the mapping.
class SharedMapping {
 public:
  /// Creates the file with `bytes` zero bytes where it is missing and `create` is set.
  static StatusOr<SharedMapping> Open(const std::string& path, size_t bytes, bool create);
  SharedMapping() = default;
  SharedMapping(SharedMapping&& other) noexcept;
  SharedMapping& operator=(SharedMapping&& other) noexcept;
  ~SharedMapping();
  void* data() const { return data_; }

 private:
  void* data_ = nullptr;
  size_t bytes_ = 0;
};

class Progress {
 public:
  /// The daemon's: makes the page where it is missing. What another volume left there says nothing
  /// about this one: it is cleared before anybody can take it for this daemon's.
  static StatusOr<Progress> Create(const std::string& folder, const Uuid& volume);
  /// A reader's. Unavailable while no daemon has made it, or the one that did is dead: the page may
  /// be of an earlier life, or of another volume.
  static StatusOr<Progress> Open(const std::string& folder);

  ProgressPage& page() const { return *static_cast<ProgressPage*>(mapping_.data()); }

  /// Daemon: everything up to `applied` is readable; wakes who waits for it. Never goes back.
  void PublishApplied(Lsn applied, Lsn catalog);
  /// Reader: waits until applied >= lsn; false after the timeout.
  bool WaitApplied(Lsn lsn, uint64_t timeout_us) const;

  struct Places {
    uint64_t generation = 0;
    std::string recent_folder;
    std::string base_folder;  // empty: none is served
  };
  /// Daemon: names the environments of the next generation.
  void PublishPlaces(std::string_view recent_folder, std::string_view base_folder);
  /// Reader: a consistent copy; Unavailable while the daemon is changing them.
  StatusOr<Places> ReadPlaces() const;

 private:
  explicit Progress(SharedMapping mapping) : mapping_(std::move(mapping)) {}
  SharedMapping mapping_;
};

/// Start time of process `pid` in clock ticks since boot; 0 where there is none. With the pid it
/// names a process for good.
uint64_t ProcessStartTime(int pid);

}  // namespace sixfold::storage
