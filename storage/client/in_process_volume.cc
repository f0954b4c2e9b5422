#include "storage/client/in_process_volume.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "storage/client/volume_reader.h"
#include "storage/copy/base_store.h"
#include "storage/log/record.h"
#include "storage/recent/recent_layer.h"

namespace sixfold::storage {
namespace {

constexpr uint64_t kFirstLsn = 4096;

struct QueuedCommit {
  std::string record;  // encoded
  CommitCallback done;
};

}  // namespace

struct InProcessVolume::State {
  std::string folder;
  SystemClock clock;
  std::unique_ptr<RecentLayer> recent;
  std::unique_ptr<BaseStore> base;
  std::unique_ptr<MappedVolumeReader> reader;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<QueuedCommit> queue;
  bool paused = false;
  bool stopping = false;
  bool fenced = false;
  CommitOutcome outcome = CommitOutcome::kDurable;
  Lsn end{kFirstLsn};  // of the imagined log; the writer thread's
  std::thread thread;

  std::mutex storing;  // one of the writer thread and Drain() at a time
  uint64_t drain_every = 0;
  uint64_t commits_since_drain = 0;
  std::vector<DroppedPrefix> dropped;  // since the last drain

  void Run();
  void DrainAll();  // under storing
  void Decide(QueuedCommit commit, CommitOutcome decided);
};

void InProcessVolume::State::Run() {
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [&] { return stopping || (!paused && !queue.empty()); });
    if (stopping) break;
    QueuedCommit commit = std::move(queue.front());
    queue.pop_front();
    CommitOutcome decided = fenced ? CommitOutcome::kRefused : outcome;
    lock.unlock();
    Decide(std::move(commit), decided);
    lock.lock();
  }
  auto rest = std::move(queue);
  lock.unlock();
  for (QueuedCommit& commit : rest) commit.done(CommitOutcome::kRefused, Lsn(0));
}

void InProcessVolume::State::Decide(QueuedCommit commit, CommitOutcome decided) {
  if (decided != CommitOutcome::kDurable) {
    commit.done(decided, Lsn(0));
    return;
  }
  std::unique_lock storing_lock(storing);
  std::string_view input = commit.record;
  auto record = RecordView::Parse(&input, end);
  CHECK(record.ok(), "{}", ToString(record.status()));
  end = record->lsn();
  DurableRecord durable{record->lsn(), record->changes_catalog(), record->mutations()};
  recent->progress().page().durable.store(end.value());
  Status applied = recent->Apply(std::span(&durable, 1), end);
  CHECK(applied.ok(), "{}", ToString(applied));
  recent->progress().page().heard_ns.store(clock.MonotonicNanos());
  if (record->dropped_count() > 0) {
    auto prefixes = record->DroppedPrefixes();
    CHECK(prefixes.ok(), "{}", ToString(prefixes.status()));
    for (std::string_view prefix : *prefixes) {
      dropped.push_back({std::string(prefix), end});
    }
  }
  ++commits_since_drain;
  if (drain_every != 0 && commits_since_drain >= drain_every) DrainAll();
  Lsn lsn = end;
  storing_lock.unlock();
  commit.done(CommitOutcome::kDurable, lsn);
}

void InProcessVolume::State::DrainAll() {
  commits_since_drain = 0;
  Lsn to = recent->applied();
  DrainFloors floors = PrepareDrain(*recent, to);
  auto stretch = StretchFromRecent(*recent, base->applied_lsn(), to);
  CHECK(stretch.ok(), "{}", ToString(stretch.status()));
  for (const DroppedPrefix& prefix : dropped) (*stretch)->AddDropped(prefix.prefix, prefix.lsn);
  auto drained = base->Drain(**stretch, to, floors);
  CHECK(drained.ok(), "{}", ToString(drained.status()));
  dropped.clear();
  stretch->reset();
  Status trimmed = recent->Trim(to);
  CHECK(trimmed.ok(), "{}", ToString(trimmed));
}

InProcessVolume::InProcessVolume(std::unique_ptr<State> state) : state_(std::move(state)) {}

StatusOr<std::unique_ptr<InProcessVolume>> InProcessVolume::Create(
    std::vector<std::string> split_keys) {
  auto state = std::make_unique<State>();
  // In memory where it goes: nothing of it is worth a disk's time.
  bool in_memory = ::access("/dev/shm", W_OK) == 0;
  std::string pattern = in_memory ? "/dev/shm" : std::filesystem::temp_directory_path().string();
  pattern += "/sixfold-volume-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) return ErrnoStatus(errno, "create " + pattern);
  state->folder = pattern;
  RecentOptions options;
  options.folder = pattern + "/recent";
  options.map_bytes = size_t{8} << 30;
  ASSIGN_OR_RETURN(state->recent, RecentLayer::Open(options));
  RETURN_IF_ERROR(state->recent->Apply({}, Lsn(kFirstLsn)));
  BaseOptions base_options;
  base_options.folder = pattern + "/base";
  base_options.map_bytes = size_t{8} << 30;
  base_options.split_keys = std::move(split_keys);
  ASSIGN_OR_RETURN(state->base, BaseStore::Open(base_options));
  State* raw = state.get();
  state->recent->set_base_lookup(
      [raw](std::string_view key, std::string* value) { return raw->base->GetNewest(key, value); });
  state->recent->ServeBase(base_options.folder);
  ProgressPage& page = state->recent->progress().page();
  page.epoch.store(1);
  page.durable.store(kFirstLsn);
  page.heard_ns.store(state->clock.MonotonicNanos());
  ASSIGN_OR_RETURN(state->reader, MappedVolumeReader::Open({options.folder}, state->clock));
  state->thread = std::thread([raw] { raw->Run(); });
  return std::unique_ptr<InProcessVolume>(new InProcessVolume(std::move(state)));
}

InProcessVolume::~InProcessVolume() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
  state_->reader.reset();
  state_->recent.reset();
  state_->base.reset();
  std::error_code ignored;
  std::filesystem::remove_all(state_->folder, ignored);
}

VolumeProgress InProcessVolume::Progress() const { return state_->reader->Progress(); }

bool InProcessVolume::WaitApplied(Lsn lsn, uint64_t timeout_us) {
  return state_->reader->WaitApplied(lsn, timeout_us);
}

StatusOr<std::unique_ptr<ReadView>> InProcessVolume::OpenView(Lsn lsn) {
  return state_->reader->OpenView(lsn);
}

StatusOr<std::unique_ptr<SnapshotHold>> InProcessVolume::Hold(Lsn lsn, ConnectionId owner) {
  return state_->reader->Hold(lsn, owner);
}

void InProcessVolume::Commit(const CommitRequest& request, CommitCallback done) {
  std::vector<Mutation> mutations = request.mutations;
  std::sort(mutations.begin(), mutations.end(),
            [](const Mutation& a, const Mutation& b) { return a.key < b.key; });
  for (size_t i = 1; i < mutations.size(); ++i) {
    CHECK(mutations[i - 1].key != mutations[i].key, "one mutation a key in a record");
  }
  RecordHeader header;
  header.txn = request.txn;
  header.epoch = Epoch(1);
  header.wall_us = state_->clock.WallMicros();
  if (request.changes_catalog) header.flags |= kChangesCatalog;
  QueuedCommit commit;
  EncodeRecord(header, mutations, request.dropped_prefixes, &commit.record);
  commit.done = std::move(done);
  {
    std::lock_guard lock(state_->mutex);
    state_->queue.push_back(std::move(commit));
  }
  state_->changed.notify_all();
}

Lsn InProcessVolume::durable() const { return state_->reader->Progress().durable; }
Epoch InProcessVolume::epoch() const { return Epoch(1); }

bool InProcessVolume::fenced() const {
  std::lock_guard lock(state_->mutex);
  return state_->fenced;
}

bool InProcessVolume::writable() const { return !fenced(); }

void InProcessVolume::Drain() {
  std::lock_guard lock(state_->storing);
  state_->DrainAll();
}

size_t InProcessVolume::StaleReads() const {
  std::lock_guard lock(state_->storing);
  const std::shared_ptr<LmdbEnv> recent = state_->recent->env();
  std::vector<LmdbEnv*> envs = state_->base->envs();
  envs.push_back(recent.get());
  size_t stale = 0;
  for (LmdbEnv* env : envs) {
    const size_t newest = env->last_txn_id();
    for (const LmdbReader& reader : env->Readers()) stale += reader.txn_id < newest ? 1 : 0;
  }
  return stale;
}

void InProcessVolume::DrainEvery(uint64_t commits) {
  std::lock_guard lock(state_->storing);
  state_->drain_every = commits;
}

void InProcessVolume::Pause(bool paused) {
  std::lock_guard lock(state_->mutex);
  state_->paused = paused;
  state_->changed.notify_all();
}

void InProcessVolume::SetOutcome(CommitOutcome outcome) {
  std::lock_guard lock(state_->mutex);
  state_->outcome = outcome;
}

void InProcessVolume::SetFenced() {
  std::lock_guard lock(state_->mutex);
  state_->fenced = true;
}

}  // namespace sixfold::storage
