#include "storage/node/drainer.h"

#include "core/base/check.h"
#include "core/base/log.h"
#include "core/base/sim_hooks.h"
#include "storage/node/drain_turns.h"

namespace sixfold::storage {

namespace {

constexpr size_t kTrimEntriesAtOnce = 2'000;  // then commits get their turn
constexpr size_t kLogPieceBytes = 16 << 20;

/// Nothing in these batches can be drained yet: they hold a beginning of a large transaction only.
bool OpenPartsOnly(std::string_view batches) {
  RecordAssembler assembler;
  std::vector<RecordAssembler::Ready> ready;
  std::vector<std::string> kept;
  Lsn first;
  for (std::string_view rest = batches; !rest.empty();) {
    auto batch = BatchView::Parse(rest);
    if (!batch.ok() || !assembler.Add(*batch, &ready, &kept).ok()) return false;
    if (first == Lsn()) first = batch->header().first_lsn;
    rest.remove_prefix(batch->bytes().size());
  }
  return assembler.oldest_open_part() <= first;
}

}  // namespace

Drainer::Drainer(TaskLoop& loop, const Clock& clock, std::unique_ptr<BackgroundWorker> worker,
                 RecentFeeder& feeder, std::vector<std::unique_ptr<CopySlot>>& slots,
                 const DrainOptions& options)
    : loop_(loop),
      clock_(clock),
      feeder_(feeder),
      slots_(slots),
      options_(options),
      last_drain_ms_(clock.MonotonicMillis()),
      worker_(std::move(worker)) {}

Drainer::~Drainer() { *alive_ = false; }

void Drainer::RunInBackground(std::function<void()> job, std::function<void()> done) {
  worker_->Run(std::move(job), std::move(done));
}

Lsn Drainer::drained() const {
  Lsn lowest = kMaxLsn;
  for (const auto& slot : slots_) {
    if (slot->serves()) lowest = std::min(lowest, slot->host->base_applied());
  }
  return lowest;
}

void Drainer::Tick(Lsn pin) {
  pin_ = pin;
  const uint64_t now_ms = clock_.MonotonicMillis();
  const Lsn applied = feeder_.drainable();
  if (samples_.empty() || samples_.back().applied < applied) samples_.push_back({now_ms, applied});
  TrimSome();
  if (busy_) return;
  const Lsn target = soon_ ? applied : OldEnough(now_ms);
  if (target == Lsn() || drained() == kMaxLsn || target <= drained()) return;
  if (ShouldDrain(now_ms, target)) Start(target);
}

/// What was applied long enough ago.
Lsn Drainer::OldEnough(uint64_t now_ms) {
  while (samples_.size() > 1 && samples_[1].at_ms + options_.age_min_ms <= now_ms)
    samples_.pop_front();
  if (samples_.empty() || samples_.front().at_ms + options_.age_min_ms > now_ms) return Lsn();
  return std::min(samples_.front().applied, feeder_.drainable());
}

bool Drainer::ShouldDrain(uint64_t now_ms, Lsn target) const {
  const DrainTurns turns{.interval_ms = options_.interval_ms, .phase_ms = options_.phase_ms};
  return soon_ || turns.IsDue(now_ms, last_drain_ms_) || target - drained() >= options_.bytes ||
         feeder_.recent().full();
}

/// What one copy drains this time.
struct Drainer::Work {
  CopySlot* slot = nullptr;
  Lsn to;
  std::vector<DroppedPrefix> dropped;
  std::string log;  // batches, where the recent layer does not reach back to the base
  Status status;
  bool disk_failed = false;  // of this copy's own

  Status Run(RecentLayer& recent, const DrainFloors& floors);
  StatusOr<std::unique_ptr<Stretch>> FromLog(std::vector<std::string>* kept);
};

StatusOr<std::unique_ptr<Stretch>> Drainer::Work::FromLog(std::vector<std::string>* kept) {
  auto stretch = std::make_unique<RecordStretch>();
  RecordAssembler assembler;
  std::vector<RecordAssembler::Ready> ready;
  for (std::string_view rest = log; !rest.empty();) {
    ASSIGN_OR_RETURN(const BatchView batch, BatchView::Parse(rest));
    rest.remove_prefix(batch.bytes().size());
    RETURN_IF_ERROR(assembler.Add(batch, &ready, kept));
    to = batch.header().end_lsn;
  }
  // A large transaction whose end is not in this piece stays for the next.
  to = std::min(to, assembler.oldest_open_part());
  for (const RecordAssembler::Ready& each : ready) {
    if (each.lsn <= to) RETURN_IF_ERROR(stretch->Add(each.lsn, each.record));
  }
  return std::unique_ptr<Stretch>(std::move(stretch));
}

Status Drainer::Work::Run(RecentLayer& recent, const DrainFloors& floors) {
  std::vector<std::string> kept;
  auto stretch =
      log.empty() ? StretchFromRecent(recent, slot->base->applied_lsn(), to) : FromLog(&kept);
  if (!stretch.ok()) return stretch.status();
  if (to <= slot->base->applied_lsn()) return OkStatus();
  for (const DroppedPrefix& d : dropped) (*stretch)->AddDropped(d.prefix, d.lsn);
  Status drained = slot->base->Drain(**stretch, to, floors).status();
  // A full disk is tried again; a failing one is not.
  disk_failed = !drained.ok() && drained.code() != StatusCode::kResourceExhausted;
  return drained;
}

StatusOr<Drainer::Work> Drainer::Prepare(CopySlot& slot, Lsn target) {
  Work work;
  work.slot = &slot;
  work.to = target;
  const Lsn from = slot.host->base_applied();
  if (feeder_.recent().covered_from() <= from) {
    work.dropped = feeder_.Dropped(from, target);
    return work;
  }
  // A rebuilt copy: from its own log until it meets the recent layer.
  SIM_MARK("a base is drained from the log");
  const Lsn limit = std::min(target, slot.host->state().applicable());
  for (size_t bytes = kLogPieceBytes; work.log.empty() || OpenPartsOnly(work.log); bytes *= 2) {
    const size_t before = work.log.size();
    work.log.clear();
    RETURN_IF_ERROR(slot.host->log().Read(std::max(from, kFirstLogLsn), limit, bytes, &work.log));
    if (work.log.size() == before) break;
  }
  if (work.log.empty()) return Status(StatusCode::kOutOfRange, "no log to drain yet");
  return work;
}

/// Snapshots beyond the age limit are not kept any more: their next read fails, and whose they are
/// is said once.
DrainFloors Drainer::Floors(Lsn target) {
  const uint64_t now_ns = clock_.MonotonicNanos();
  const uint64_t oldest_ns = options_.snapshot_age_max_ms * 1'000'000;
  for (const SnapshotTable::Live& live : feeder_.recent().snapshots().Collect()) {
    if (now_ns < live.since_ns + oldest_ns) continue;
    if (!too_old_.emplace(live.pid, live.owner.value(), live.lsn).second) continue;
    log::Warning(
        "connection {} of process {} holds a snapshot of LSN {} for {} s: too old, given up",
        live.owner, live.pid, live.lsn, (now_ns - live.since_ns) / 1'000'000'000);
  }
  return PrepareDrain(feeder_.recent(), target, now_ns, oldest_ns);
}

void Drainer::Start(Lsn target) {
  busy_ = true;
  soon_ = false;
  last_drain_ms_ = clock_.MonotonicMillis();
  RecentLayer& recent = feeder_.recent();
  const DrainFloors floors = Floors(target);
  auto work = std::make_shared<std::vector<Work>>();
  for (const auto& slot : slots_) {
    if (!slot->serves() || slot->host->base_applied() >= target) continue;
    auto prepared = Prepare(*slot, target);
    if (prepared.ok()) {
      work->push_back(std::move(*prepared));
    } else if (prepared.status().code() != StatusCode::kOutOfRange) {
      Report(*slot, prepared.status());
    }
  }
  RunInBackground(
      [work, floors, &recent] {
        for (Work& w : *work) w.status = w.Run(recent, floors);
      },
      [this, work] {
        for (Work& w : *work) {
          w.slot->host->set_base_applied(w.slot->base->applied_lsn());
          if (w.disk_failed) {
            w.slot->host->Fail(WithContext(w.status, "drain"));
          } else {
            Report(*w.slot, w.status);
          }
        }
        Finished();
      });
}

void Drainer::Report(const CopySlot& slot, const Status& status) {
  const std::string news = troubles_.News(slot.id(), slot.folder, status);
  if (news.empty()) return;
  log::Write(status.ok() ? log::Level::kInfo : log::Level::kError, news);
}

void Drainer::Finished() {
  busy_ = false;
  feeder_.ForgetDroppedBefore(drained());
  RecycleLogs();
  TrimSome();
}

void Drainer::RecycleLogs() {
  for (const auto& slot : slots_) {
    if (!slot->serves()) continue;
    const Lsn unneeded = std::min({slot->host->base_applied(), feeder_.log_needed_from(), pin_});
    const Lsn end = slot->host->log().tail().end;
    const Lsn kept_for_peers =
        end.value() > options_.keep_log_bytes ? end - options_.keep_log_bytes : Lsn();
    slot->host->RecycleBefore(std::min(unneeded, kept_for_peers));
  }
}

void Drainer::TrimSome() {
  if (busy_ || drained() == kMaxLsn) return;
  const Lsn up_to =
      std::min(SIM_BROKEN(kTrimmedEarly) ? kMaxLsn : drained(), feeder_.recent().applied());
  if (up_to <= trimmed_) return;
  auto done = feeder_.recent().TrimStep(up_to, kTrimEntriesAtOnce);
  if (!done.ok()) {
    log::Error("recent layer: {}", ToString(done.status()));
  } else if (*done) {
    trimmed_ = up_to;
  } else if (!trim_posted_) {
    trim_posted_ = true;
    loop_.Post([this, alive = alive_] {
      if (!*alive) return;
      trim_posted_ = false;
      TrimSome();
    });
  }
}

}  // namespace sixfold::storage
