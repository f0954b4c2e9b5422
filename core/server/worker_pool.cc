#include "core/server/worker_pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "core/base/check.h"
#include "core/base/event_loop.h"

namespace sixfold::server {
namespace {

constexpr auto kStall = std::chrono::milliseconds(2);
constexpr auto kIdleWatch = std::chrono::milliseconds(20);
constexpr size_t kMaxThreads = 4096;
constexpr size_t kAnswersTogether = 8;

bool Running(uint64_t ticket) { return (ticket & 1) != 0; }

}  // namespace

struct LoopSlot::Queue {
  // The driver's.
  std::deque<Task*> ready;
  std::vector<Task*> answered;  // have run; Finished() is due
};

LoopSlot::LoopSlot() : events_(std::make_unique<EventLoop>()), queue_(std::make_unique<Queue>()) {}
LoopSlot::~LoopSlot() = default;

struct WorkerPool::Shared {
  std::mutex mutex;
  std::condition_variable orphaned;
  std::condition_variable stopping;
  std::deque<LoopSlot*> orphans;    // guarded by mutex
  std::deque<std::thread> threads;  // guarded by mutex
  size_t idle = 0;                  // guarded by mutex
  bool stop = false;                // guarded by mutex
  std::atomic<bool> stop_flag{false};
  std::thread watcher;
};

struct WorkerPool::Worker final : BlockingHook {
  explicit Worker(WorkerPool& p) : pool(p) {}

  void BeginBlocking() override {
    if (depth++ > 0) return;
    if (pool.gauges_.busy != nullptr) pool.gauges_.busy->fetch_sub(1, std::memory_order_relaxed);
    if (slot == nullptr || !pool.TakeAway(*slot, ticket)) return;
    pool.FinishAnswered(*slot);
    pool.AddOrphan(*slot);
  }
  void EndBlocking() override {
    if (--depth > 0) return;
    if (pool.gauges_.busy != nullptr) pool.gauges_.busy->fetch_add(1, std::memory_order_relaxed);
  }
  void NoteLongWork() override {
    // Once a task: a new ticket looks like progress to the watcher.
    if (!std::exchange(answers_wait, false) || depth > 0) return;
    // Takes the loop from itself for a moment, so that nobody else does.
    if (!pool.TakeAway(*slot, ticket)) return;
    pool.FinishAnswered(*slot);
    ticket += 2;
    slot->ticket_.store(ticket, std::memory_order_release);
  }

  WorkerPool& pool;
  LoopSlot* slot = nullptr;  // whose task this thread runs
  uint64_t ticket = 0;
  bool answers_wait = false;  // of tasks before this one
  int depth = 0;
};

WorkerPool::WorkerPool(size_t loops, WorkerGauges gauges)
    : gauges_(gauges), shared_(std::make_unique<Shared>()) {
  CHECK_GT(loops, 0u);
  for (size_t i = 0; i < loops; ++i) slots_.push_back(std::make_unique<LoopSlot>());
}

WorkerPool::~WorkerPool() { Stop(); }

void WorkerPool::Start() {
  for (auto& slot : slots_) AddOrphan(*slot);
  shared_->watcher = std::thread([this] { Watch(); });
}

void WorkerPool::Stop() {
  {
    std::lock_guard lock(shared_->mutex);
    if (shared_->stop) return;
    shared_->stop = true;
    shared_->stop_flag.store(true);
  }
  shared_->orphaned.notify_all();
  shared_->stopping.notify_all();
  for (auto& slot : slots_) slot->events().Stop();
  for (;;) {
    std::thread thread;
    {
      std::lock_guard lock(shared_->mutex);
      if (shared_->threads.empty()) break;
      thread = std::move(shared_->threads.front());
      shared_->threads.pop_front();
    }
    thread.join();
  }
  if (shared_->watcher.joinable()) shared_->watcher.join();
}

LoopSlot& WorkerPool::LeastLoaded() {
  LoopSlot* best = slots_[0].get();
  for (auto& slot : slots_) {
    if (slot->attached.load() < best->attached.load()) best = slot.get();
  }
  return *best;
}

uint32_t WorkerPool::threads() const {
  std::lock_guard lock(shared_->mutex);
  return static_cast<uint32_t>(shared_->threads.size());
}

void WorkerPool::Ready(LoopSlot& slot, Task* task) {
  if (gauges_.busy != nullptr) gauges_.busy->fetch_add(1, std::memory_order_relaxed);
  slot.queue_->ready.push_back(task);
}

bool WorkerPool::TakeAway(LoopSlot& slot, uint64_t ticket) {
  if (!Running(ticket)) return false;
  return slot.ticket_.compare_exchange_strong(ticket, ticket + 1);
}

void WorkerPool::AddOrphan(LoopSlot& slot) {
  std::lock_guard lock(shared_->mutex);
  shared_->orphans.push_back(&slot);
  if (shared_->idle < shared_->orphans.size() && shared_->threads.size() < kMaxThreads &&
      !shared_->stop) {
    StartThread();
  }
  shared_->orphaned.notify_one();
}

void WorkerPool::StartThread() {
  shared_->threads.emplace_back([this] {
    Worker worker(*this);
    SetThreadBlockingHook(&worker);
    DriveLoops(worker);
    SetThreadBlockingHook(nullptr);
  });
}

void WorkerPool::DriveLoops(Worker& worker) {
  for (;;) {
    LoopSlot* slot = nullptr;
    {
      std::unique_lock lock(shared_->mutex);
      ++shared_->idle;
      shared_->orphaned.wait(lock, [this] { return shared_->stop || !shared_->orphans.empty(); });
      --shared_->idle;
      if (shared_->stop) return;
      slot = shared_->orphans.front();
      shared_->orphans.pop_front();
    }
    Drive(worker, *slot);
  }
}

// Returns when the loop was taken away, or at the end of everything.
void WorkerPool::Drive(Worker& worker, LoopSlot& slot) {
  auto& ready = slot.queue_->ready;
  FinishAnswered(slot);  // of the driver before
  while (!shared_->stop_flag.load(std::memory_order_relaxed)) {
    if (ready.empty()) slot.events().RunOnce();
    // Only what was queued before this round: a task that requeues itself lets the loop turn first.
    for (size_t round = ready.size(); round > 0; --round) {
      Task* task = ready.front();
      ready.pop_front();
      RunTask(worker, slot, task);
      if (worker.slot == nullptr) return;
      worker.slot = nullptr;
      if (slot.queue_->answered.size() >= kAnswersTogether) FinishAnswered(slot);
    }
    FinishAnswered(slot);
    if (!ready.empty()) slot.events().RunPending();
  }
}

void WorkerPool::RunTask(Worker& worker, LoopSlot& slot, Task* task) {
  const uint64_t ticket = slot.ticket_.load(std::memory_order_relaxed) + 1;
  DCHECK(Running(ticket));
  worker.slot = &slot;
  worker.ticket = ticket;
  worker.answers_wait = !slot.queue_->answered.empty();
  slot.ticket_.store(ticket, std::memory_order_release);
  task->Run();
  DCHECK(worker.depth == 0);
  if (gauges_.busy != nullptr) gauges_.busy->fetch_sub(1, std::memory_order_relaxed);
  if (gauges_.progress != nullptr) gauges_.progress->fetch_add(1, std::memory_order_relaxed);
  if (TakeAway(slot, worker.ticket)) {
    slot.queue_->answered.push_back(task);
    return;
  }
  worker.slot = nullptr;
  slot.events().Post([task] { task->Finished(); });
}

// Finished() queues tasks at most, it runs none.
void WorkerPool::FinishAnswered(LoopSlot& slot) {
  auto& answered = slot.queue_->answered;
  for (Task* task : answered) task->Finished();
  answered.clear();
}

void WorkerPool::Watch() {
  bool active = false;
  std::unique_lock lock(shared_->mutex);
  while (!shared_->stop) {
    shared_->stopping.wait_for(lock, active ? kStall : kIdleWatch);
    lock.unlock();
    active = false;
    for (auto& slot : slots_) {
      const uint64_t ticket = slot->ticket_.load(std::memory_order_acquire);
      if (ticket != slot->watched_) {
        active = true;
      } else if (Running(ticket) && TakeAway(*slot, ticket)) {
        AddOrphan(*slot);
      }
      slot->watched_ = ticket;
    }
    lock.lock();
  }
}

}  // namespace sixfold::server
