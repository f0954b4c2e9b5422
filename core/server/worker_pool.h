// WorkerPool: as many event loops as cores, and the threads that drive them.
//
// A loop moves bytes and queues ready tasks (sessions); its driver runs them between two turns of
// the loop, so a request costs one wake-up and no hop between threads. A driver that waits
// (BlockingScope) or runs one task for longer than kStallMs loses its loop: a spare thread takes it
// over, and the loser finishes its task, gives it back to the loop by Post() and becomes a spare.
//
// Tasks that have run are finished (their answers sent) a few at a time: the clients they wake then
// start together, and this core asks for others once instead of once an answer. Nobody waits for a
// long task that way: it lets the answers before it go as soon as it blocks or says that it is
// long.
//
//   loop:  driven by T --(T in a task blocks or stalls)--> orphan --> driven by a spare
//   task:  idle --Ready()--> queued --> Run() on a driver --> answered --> Finished() at the loop
//
// Invariants
// 1. A loop has one driver at a time; LoopSlot::ticket (odd while a task runs) decides by
//    compare-and-swap between the driver that ends a task and whoever takes the loop away.
// 2. Task::Run() runs at most once at a time; everything else of a task happens at its loop.
// 3. Threads are bounded by kMaxThreads: beyond that loops stay with their blocked drivers.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/blocking.h"

namespace sixfold {
class EventLoop;
}

namespace sixfold::server {

class LoopSlot;

/// What workers run: a session with a request.
class Task {
 public:
  virtual ~Task() = default;
  /// On a worker, outside the loop's callbacks.
  virtual void Run() = 0;
  /// At the task's loop, once Run() has returned.
  virtual void Finished() = 0;
};

/// Counted for the watchdog: a hang is busy sessions without progress.
struct WorkerGauges {
  std::atomic<uint64_t>* progress = nullptr;
  std::atomic<uint32_t>* busy = nullptr;
};

class WorkerPool {
 public:
  WorkerPool(size_t loops, WorkerGauges gauges);
  ~WorkerPool();

  void Start();
  /// Stops the loops and joins every thread; tasks that run are waited for.
  void Stop();

  size_t loop_count() const { return slots_.size(); }
  LoopSlot& slot(size_t index) { return *slots_[index]; }
  /// The loop with the fewest tasks attached.
  LoopSlot& LeastLoaded();

  /// Queues the task; at the slot's loop only.
  void Ready(LoopSlot& slot, Task* task);
  /// Threads there are, for status variables.
  uint32_t threads() const;

 private:
  struct Worker;
  struct Shared;

  void DriveLoops(Worker& worker);
  void Drive(Worker& worker, LoopSlot& slot);
  void RunTask(Worker& worker, LoopSlot& slot, Task* task);
  void FinishAnswered(LoopSlot& slot);
  bool TakeAway(LoopSlot& slot, uint64_t ticket);
  void AddOrphan(LoopSlot& slot);
  void Watch();
  void StartThread();

  std::vector<std::unique_ptr<LoopSlot>> slots_;
  WorkerGauges gauges_;
  std::unique_ptr<Shared> shared_;
};

class LoopSlot {
 public:
  LoopSlot();
  ~LoopSlot();

  EventLoop& events() { return *events_; }
  std::atomic<uint32_t> attached{0};  // sessions that live here

 private:
  friend class WorkerPool;
  struct Queue;

  std::unique_ptr<EventLoop> events_;
  std::unique_ptr<Queue> queue_;
  std::atomic<uint64_t> ticket_{0};
  uint64_t watched_ = 0;  // the watcher's last sight of the ticket
};

}  // namespace sixfold::server
