// When a daemon drains. A drain makes its disks slow for the log too; the daemons of one host drain
// at different times, so that a write quorum of the copies is always undisturbed.
//
// Turns begin where (time + phase) is a multiple of the interval, whenever the process started and
// whatever was drained between them: so the daemons stay apart. Their clock is the host's
// monotonic one.
#pragma once

#include <cstdint>

namespace sixfold::storage {

struct DrainTurns {
  uint64_t interval_ms;
  uint64_t phase_ms;

  /// A turn began since the last drain, and that one is not just over.
  bool IsDue(uint64_t now_ms, uint64_t last_ms) const {
    return Number(now_ms) != Number(last_ms) && now_ms - last_ms >= interval_ms / 2;
  }

 private:
  uint64_t Number(uint64_t at_ms) const { return (at_ms + phase_ms) / interval_ms; }
};

}  // namespace sixfold::storage
