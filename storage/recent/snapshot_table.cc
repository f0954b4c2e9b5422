#include "storage/recent/snapshot_table.h"

#include <unistd.h>

#include <algorithm>
#include <map>

#include "core/base/check.h"

namespace sixfold::storage {

StatusOr<SnapshotTable> SnapshotTable::Open(const std::string& folder, bool create) {
  constexpr size_t kBytes = sizeof(Header) + kSlots * sizeof(SnapshotSlot);
  ASSIGN_OR_RETURN(SharedMapping mapping,
                   SharedMapping::Open(folder + "/snapshots", kBytes, create));
  SnapshotTable table(std::move(mapping));
  table.own_start_ = ProcessStartTime(::getpid());
  return table;
}

StatusOr<SnapshotSlot*> SnapshotTable::Publish(Lsn lsn, ConnectionId owner, uint64_t now_ns) {
  CHECK_GT(lsn.value(), 0u);
  uint64_t pid = static_cast<uint64_t>(::getpid());
  for (size_t i = 0; i < kSlots; ++i) {
    SnapshotSlot& slot = slots()[i];
    uint64_t none = 0;
    if (slot.pid.load(std::memory_order_relaxed) != 0 ||
        !slot.pid.compare_exchange_strong(none, pid)) {
      continue;
    }
    uint64_t used = header().used.load();
    while (used < i + 1 && !header().used.compare_exchange_weak(used, i + 1)) {
    }
    slot.process_start.store(own_start_);
    Republish(&slot, lsn, owner, now_ns);
    return &slot;
  }
  return ResourceExhausted("register snapshot: all {} slots of this AZ are taken", kSlots);
}

void SnapshotTable::Republish(SnapshotSlot* slot, Lsn lsn, ConnectionId owner, uint64_t now_ns) {
  slot->owner.store(owner.value(), std::memory_order_relaxed);
  slot->since_ns.store(now_ns, std::memory_order_relaxed);
  slot->lsn.store(lsn.value());
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

void SnapshotTable::Withdraw(SnapshotSlot* slot) {
  slot->lsn.store(0);
  slot->process_start.store(0);
  slot->pid.store(0);
}

std::vector<SnapshotTable::Live> SnapshotTable::Collect() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  std::vector<Live> live;
  std::map<uint64_t, uint64_t> starts;  // of the processes seen
  size_t used = std::min<size_t>(header().used.load(), kSlots);
  for (size_t i = 0; i < used; ++i) {
    SnapshotSlot& slot = slots()[i];
    uint64_t pid = slot.pid.load();
    if (pid == 0) continue;
    auto [known, fresh] = starts.try_emplace(pid, 0);
    if (fresh) known->second = ProcessStartTime(static_cast<int>(pid));
    uint64_t start = slot.process_start.load();
    bool dead = known->second == 0 || (start != 0 && start != known->second);
    if (dead) {
      Withdraw(&slot);
      continue;
    }
    uint64_t lsn = slot.lsn.load();
    if (lsn == 0) continue;
    live.push_back(
        {Lsn(lsn), static_cast<int>(pid), ConnectionId(slot.owner.load()), slot.since_ns.load()});
  }
  std::sort(live.begin(), live.end(), [](const Live& a, const Live& b) { return a.lsn < b.lsn; });
  return live;
}

}  // namespace sixfold::storage
