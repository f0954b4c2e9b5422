#include "storage/node/drainer.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/base/check.h"
#include "core/base/log.h"

namespace sixfold::storage {

namespace {

constexpr size_t kTrimEntriesPerTick = 20'000;

}  // namespace

struct Drainer::Thread {
  struct Job {
    std::function<void()> run;
    std::function<void()> done;
  };

  explicit Thread(EventLoop& home) : loop(home), worker([this] { Run(); }) {}
  ~Thread() {
    {
      std::lock_guard lock(mutex);
      stop = true;
    }
    changed.notify_all();
    worker.join();
  }
  void Add(Job job) {
    {
      std::lock_guard lock(mutex);
      jobs.push_back(std::move(job));
    }
    changed.notify_all();
  }
  void Run() {
    for (;;) {
      Job job;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return stop || !jobs.empty(); });
        if (stop) return;
        job = std::move(jobs.front());
        jobs.pop_front();
      }
      job.run();
      loop.Post(std::move(job.done));
    }
  }

  EventLoop& loop;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Job> jobs;  // guarded by mutex
  bool stop = false;     // guarded by mutex
  std::thread worker;
};

Drainer::Drainer(EventLoop& loop, const Clock& clock, RecentFeeder& feeder,
                 std::vector<std::unique_ptr<CopySlot>>& slots, const DrainOptions& options)
    : loop_(loop),
      clock_(clock),
      feeder_(feeder),
      slots_(slots),
      options_(options),
      last_drain_ms_(clock.MonotonicMillis()),
      thread_(std::make_unique<Thread>(loop)) {}

Drainer::~Drainer() = default;

void Drainer::RunInBackground(std::function<void()> job, std::function<void()> done) {
  thread_->Add({std::move(job), std::move(done)});
}

Lsn Drainer::drained() const {
  Lsn lowest = kMaxLsn;
  for (const auto& slot : slots_) {
    if (slot->serves()) lowest = std::min(lowest, slot->host->base_applied());
  }
  return lowest;
}

void Drainer::Tick() {
  const uint64_t now_ms = clock_.MonotonicMillis();
  const Lsn applied = feeder_.recent().applied();
  if (samples_.empty() || samples_.back().applied < applied) samples_.push_back({now_ms, applied});
  TrimSome();
  if (busy_) return;
  const Lsn target = soon_ ? std::min(applied, feeder_.position()) : OldEnough(now_ms);
  if (target == Lsn() || drained() == kMaxLsn || target <= drained()) return;
  if (ShouldDrain(now_ms, target)) Start(target);
}

/// What was applied long enough ago.
Lsn Drainer::OldEnough(uint64_t now_ms) {
  while (samples_.size() > 1 && samples_[1].at_ms + options_.age_min_ms <= now_ms)
    samples_.pop_front();
  if (samples_.empty() || samples_.front().at_ms + options_.age_min_ms > now_ms) return Lsn();
  return std::min(samples_.front().applied, feeder_.position());
}

bool Drainer::ShouldDrain(uint64_t now_ms, Lsn target) const {
  return soon_ || now_ms - last_drain_ms_ >= options_.interval_ms ||
         target - drained() >= options_.bytes || feeder_.recent().full();
}

void Drainer::Start(Lsn target) {
  struct Work {
    CopySlot* slot;
    std::vector<DroppedPrefix> dropped;
    Status status;
  };
  busy_ = true;
  soon_ = false;
  last_drain_ms_ = clock_.MonotonicMillis();
  RecentLayer& recent = feeder_.recent();
  recent.progress().page().drain_target.store(target.value());
  std::atomic_thread_fence(std::memory_order_seq_cst);
  DrainFloors floors;
  for (const SnapshotTable::Live& live : recent.snapshots().Collect())
    floors.snapshots.push_back(live.lsn);
  auto work = std::make_shared<std::vector<Work>>();
  for (const auto& slot : slots_) {
    if (!slot->serves() || slot->host->base_applied() >= target) continue;
    if (recent.covered_from() > slot->host->base_applied()) continue;  // cannot be served from here
    work->push_back({slot.get(), feeder_.Dropped(slot->host->base_applied(), target), OkStatus()});
  }
  RunInBackground(
      [work, target, floors, &recent] {
        for (Work& w : *work) {
          auto stretch = StretchFromRecent(recent, w.slot->base->applied_lsn(), target);
          if (!stretch.ok()) {
            w.status = stretch.status();
            continue;
          }
          for (const DroppedPrefix& d : w.dropped) (*stretch)->AddDropped(d.prefix, d.lsn);
          w.status = w.slot->base->Drain(**stretch, target, floors).status();
        }
      },
      [this, work] {
        std::vector<Status> statuses;
        for (Work& w : *work) {
          w.slot->host->set_base_applied(w.slot->base->applied_lsn());
          statuses.push_back(w.status);
        }
        Finished(statuses);
      });
}

void Drainer::Finished(const std::vector<Status>& statuses) {
  busy_ = false;
  for (const Status& status : statuses) {
    if (!status.ok()) log::Error("drain: {}", ToString(status));
  }
  for (const auto& slot : slots_) {
    if (!slot->serves()) continue;
    feeder_.recent().progress().page().floor.store(slot->base->floor().value());
    break;
  }
  feeder_.ForgetDroppedBefore(drained());
  RecycleLogs();
  TrimSome();
}

void Drainer::RecycleLogs() {
  for (const auto& slot : slots_) {
    if (!slot->serves()) continue;
    SegmentLog& log = slot->host->log();
    const Lsn unneeded = std::min(slot->host->base_applied(), feeder_.log_needed_from());
    const Lsn end = log.tail().end;
    const Lsn kept_for_peers =
        end.value() > options_.keep_log_bytes ? end - options_.keep_log_bytes : Lsn();
    log.RecycleBefore(std::min(unneeded, kept_for_peers));
    slot->host->state().set_log_start(log.start());
  }
}

void Drainer::TrimSome() {
  const Lsn up_to = drained();
  if (busy_ || up_to == kMaxLsn || up_to <= trimmed_) return;
  auto done = feeder_.recent().TrimStep(up_to, kTrimEntriesPerTick);
  if (!done.ok()) {
    log::Error("recent layer: {}", ToString(done.status()));
  } else if (*done) {
    trimmed_ = up_to;
  }
}

}  // namespace sixfold::storage
