// Moves durable log from the recent layer into the bases of an AZ's copies, seldom and in bulk, on
// a thread of its own; then trims the recent layer and recycles the log.
//
// A drain starts every interval_ms or so many bytes of log, whichever is first, and takes
// what is at least a second old, so that statements shorter than that need no registered snapshot.
// Before it the target is published and the registered snapshots are read (snapshot_table.h).
// The home thread owns everything but the LMDB write transactions of the bases.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

#include "core/base/background_worker.h"
#include "core/base/clock.h"
#include "core/base/task_loop.h"
#include "storage/node/copy_slot.h"
#include "storage/node/drain_troubles.h"
#include "storage/node/recent_feeder.h"

namespace sixfold::storage {

struct DrainOptions {
  uint64_t interval_ms = 20'000;  // the longer, the more changes share a page
  uint64_t phase_ms = 0;          // drain_turns.h
  uint64_t bytes = 256 << 20;     // of log: then earlier
  uint64_t age_min_ms = 1'000;
  uint64_t history_seconds = 0;
  uint64_t snapshot_age_max_ms = 86'400'000;
  uint64_t keep_log_bytes = 256 << 20;  // for peers that are down
};

class Drainer {
 public:
  Drainer(TaskLoop& loop, const Clock& clock, std::unique_ptr<BackgroundWorker> worker,
          RecentFeeder& feeder, std::vector<std::unique_ptr<CopySlot>>& slots,
          const DrainOptions& options);
  ~Drainer();

  /// Every 100 ms or so.
  /// `pin`: log from here on is still needed by peers.
  void Tick(Lsn pin);
  /// Runs a job beside the home thread, in turn with drains, then `done` at home.
  void RunInBackground(std::function<void()> job, std::function<void()> done);
  bool busy() const { return busy_; }
  /// Drains everything applied as soon as it may, once (before a clean stop, or for a comparison).
  void DrainSoon() { soon_ = true; }
  /// Lowest LSN all serving bases hold.
  Lsn drained() const;

 private:
  struct Sample {
    uint64_t at_ms;
    Lsn applied;
  };
  Lsn OldEnough(uint64_t now_ms);
  bool ShouldDrain(uint64_t now_ms, Lsn target) const;
  void Start(Lsn target);
  struct Work;
  StatusOr<Work> Prepare(CopySlot& slot, Lsn target);
  DrainFloors Floors(Lsn target);
  void Report(const CopySlot& slot, const Status& status);
  void Finished();
  void RecycleLogs();
  void TrimSome();

  TaskLoop& loop_;
  const Clock& clock_;
  RecentFeeder& feeder_;
  std::vector<std::unique_ptr<CopySlot>>& slots_;
  DrainOptions options_;
  std::deque<Sample> samples_;
  uint64_t last_drain_ms_ = 0;
  bool busy_ = false;
  bool soon_ = false;
  std::set<std::tuple<int, uint64_t, Lsn>> too_old_;  // snapshots named: process, connection, LSN
  DrainTroubles troubles_;
  Lsn trimmed_;
  bool trim_posted_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Lsn pin_ = kMaxLsn;
  std::unique_ptr<BackgroundWorker> worker_;
};

}  // namespace sixfold::storage
