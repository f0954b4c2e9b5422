// Freshness: how new a view must be to show what was last committed to a key. A hash table of LSNs
// written before a transaction gives its locks back and read after a lock was got: a view not older
// than the key's slot shows the row the previous holder left. Slots are shared by chance, which
// costs a needless renewal and nothing else.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/base/checksum.h"
#include "core/base/ids.h"

namespace sixfold::txn {

class Freshness {
 public:
  static constexpr size_t kSlots = 1 << 16;

  static uint32_t SlotOf(std::string_view key) {
    return static_cast<uint32_t>(Checksum64(key) & (kSlots - 1));
  }

  void Note(uint32_t slot, Lsn lsn) { Raise((*slots_)[slot], lsn); }
  /// Everything may have changed up to here.
  void NoteAll(Lsn lsn) { Raise(floor_, lsn); }
  Lsn Needed(uint32_t slot) const {
    const uint64_t slot_lsn = (*slots_)[slot].load(std::memory_order_acquire);
    const uint64_t floor = floor_.load(std::memory_order_acquire);
    return Lsn(slot_lsn > floor ? slot_lsn : floor);
  }

 private:
  static void Raise(std::atomic<uint64_t>& to, Lsn lsn) {
    uint64_t seen = to.load(std::memory_order_relaxed);
    while (seen < lsn.value() &&
           !to.compare_exchange_weak(seen, lsn.value(), std::memory_order_release)) {
    }
  }

  std::unique_ptr<std::array<std::atomic<uint64_t>, kSlots>> slots_ =
      std::make_unique<std::array<std::atomic<uint64_t>, kSlots>>();
  std::atomic<uint64_t> floor_{0};
};

}  // namespace sixfold::txn
