// The snapshots that live in an AZ: a table in shared memory, file `snapshots` in the recent
// layer's folder, written by computes, read by the storage daemon before each drain.
//
// Rule: a drain publishes the LSN it will go to (drain_target), fences, and then reads the slots; a
// reader publishes its slot, fences, and then reads drain_target. So either the drain sees the slot
// or the reader sees that it came too late: no version is thrown away under a registered snapshot.
// A slot belongs to a live process; only slots of dead ones (pid and start time) are cleared.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "storage/recent/progress_page.h"

namespace sixfold::storage {

struct SnapshotSlot {
  std::atomic<uint64_t> pid;  // 0: free; claimed by compare-and-swap
  std::atomic<uint64_t> process_start;
  std::atomic<uint64_t> lsn;       // 0: claimed, not published
  std::atomic<uint64_t> owner;     // ConnectionId that took it first
  std::atomic<uint64_t> since_ns;  // CLOCK_MONOTONIC
  uint64_t reserved[3];
};
static_assert(sizeof(SnapshotSlot) == 64);

class SnapshotTable {
 public:
  static constexpr size_t kSlots = 16384;

  static StatusOr<SnapshotTable> Open(const std::string& folder, bool create);

  /// Takes a slot for `lsn`. The caller then checks drain_target (see above).
  StatusOr<SnapshotSlot*> Publish(Lsn lsn, ConnectionId owner, uint64_t now_ns);
  static void Withdraw(SnapshotSlot* slot);
  /// Takes the snapshot out of a slot but keeps the slot, for Republish.
  static void Empty(SnapshotSlot* slot) { slot->lsn.store(0); }
  static void Republish(SnapshotSlot* slot, Lsn lsn, ConnectionId owner, uint64_t now_ns);

  struct Live {
    Lsn lsn;
    int pid;
    ConnectionId owner;
    uint64_t since_ns;
  };
  /// All published snapshots by LSN. Slots of dead processes are cleared on the way.
  std::vector<Live> Collect();

 private:
  struct Header {
    std::atomic<uint64_t> used;  // slots ever used: the scan ends there
    uint64_t reserved[7];
  };
  static_assert(sizeof(Header) == 64);

  explicit SnapshotTable(SharedMapping mapping) : mapping_(std::move(mapping)) {}
  Header& header() const { return *static_cast<Header*>(mapping_.data()); }
  SnapshotSlot* slots() const { return reinterpret_cast<SnapshotSlot*>(&header() + 1); }

  SharedMapping mapping_;
  uint64_t own_start_ = 0;
};

}  // namespace sixfold::storage
