#include "storage/client/quorum_writer.h"

#include <pthread.h>

#include <chrono>
#include <future>

#include "core/base/background_thread.h"
#include "core/base/check.h"
#include "core/base/event_loop.h"
#include "core/base/log.h"
#include "core/base/posix_network.h"
#include "core/base/sim_hooks.h"
#include "storage/client/batch_pace.h"

namespace sixfold::storage {

namespace {

constexpr size_t kRecordBytesMax = kMaxAheadBytes - (2 << 20);  // one record, in one batch
constexpr size_t kKeptBytesMax = 32 << 20;       // of durable batches, for daemons that come back
constexpr size_t kLinkQueueBytesMax = 32 << 20;  // then the stream to a slow daemon waits
constexpr uint64_t kStalledMs = 1'000;
constexpr uint64_t kTickUs = 50'000;
constexpr uint64_t kVdlSoonUs = 100;
constexpr uint64_t kRewindAgainMs = 200;
constexpr uint64_t kNewcomerDistanceBytes = 4 << 20;

}  // namespace

/// The production seams, and the thread that runs them.
struct QuorumWriter::Home {
  SystemClock clock;
  SystemRandom random;
  EventLoop loop;
  PosixNetwork network{loop};
  BackgroundThread thread;

  Seams seams() { return {loop, clock, random, network}; }
};

QuorumWriter::QuorumWriter(const VolumeOptions& options, std::unique_ptr<Home> home)
    : QuorumWriter(options, home->seams()) {
  home_ = std::move(home);
}

QuorumWriter::QuorumWriter(const VolumeOptions& options, const Seams& seams)
    : options_(options),
      loop_(seams.loop),
      clock_(seams.clock),
      random_(seams.random),
      network_(seams.network),
      vdl_timer_(loop_.MakeOneShot([this] { SendDueVdl(); })) {
  for (const std::string& address : options.storage_sockets) {
    links_.push_back(std::make_unique<DaemonLink>(loop_, network_, address, options.cluster_id,
                                                  fmt::format("writer in {}", options.az), *this));
  }
}

StatusOr<std::unique_ptr<QuorumWriter>> QuorumWriter::Open(const VolumeOptions& options) {
  if (options.storage_sockets.size() != 3)
    return InvalidArgument("a volume has three storage daemons");
  std::unique_ptr<QuorumWriter> writer(new QuorumWriter(options, std::make_unique<Home>()));
  std::promise<Status> opened;
  auto result = opened.get_future();
  writer->home_->thread = BackgroundThread([&opened, raw = writer.get()] {
    pthread_setname_np(pthread_self(), "volume-writer");
    raw->Start([&opened](Status status) { opened.set_value(std::move(status)); });
    raw->home_->loop.Run();
  });
  const Status status = result.get();
  if (!status.ok()) return status;
  return writer;
}

std::unique_ptr<QuorumWriter> QuorumWriter::OpenOn(const Seams& seams, const VolumeOptions& options,
                                                   const OpenedCallback& opened) {
  CHECK_EQ(options.storage_sockets.size(), 3u);
  std::unique_ptr<QuorumWriter> writer(new QuorumWriter(options, seams));
  writer->Start(opened);
  return writer;
}

void QuorumWriter::Start(const OpenedCallback& opened) {
  opener_ = std::make_unique<VolumeOpener>(loop_, clock_, random_, links_,
                                           [this, opened](StatusOr<VolumeOpener::Opened> result) {
                                             OnOpened(std::move(result), opened);
                                           });
  // Replaced by the writer's tick once open.
  tick_ = loop_.After(options_.refuse_after_ms * 1000, [this, opened] {
    log::Warning("opening the volume: {}", ToString(opener_->WhyNotYet()));
    opened(opener_->WhyNotYet());
    StopLoop();
  });
  for (const auto& link : links_) link->Connect();
}

/// Of no use any more: nothing was opened.
void QuorumWriter::StopLoop() {
  if (home_ != nullptr) home_->loop.Stop();
}

QuorumWriter::~QuorumWriter() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  // A clean end leaves every AZ knowing what is durable.
  const auto announce = [this] {
    if (!tracker_.has_value() || fenced()) return;
    for (const auto& link : links_) SendVdl(*link);
  };
  if (home_ == nullptr) {
    announce();
  } else {
    loop_.Post(announce);
    home_->loop.Stop();
    home_->thread.Join();
  }
  for (InFlight& commit : in_flight_) {
    if (commit.done) commit.done(CommitOutcome::kUnknown, commit.lsn);
  }
  waiting_.insert(waiting_.end(), std::make_move_iterator(queued_.begin()),
                  std::make_move_iterator(queued_.end()));
  for (PendingCommit& commit : waiting_) {
    if (commit.done)
      commit.done(commit.handed_over() ? CommitOutcome::kUnknown : CommitOutcome::kRefused, Lsn());
  }
}

void QuorumWriter::OnOpened(StatusOr<VolumeOpener::Opened> opened, const OpenedCallback& result) {
  if (!opened.ok()) {
    tick_.Cancel();
    result(opened.status());
    return StopLoop();
  }
  volume_ = opened->volume;
  epoch_ = opened->epoch;
  const BatchHeader header = opened->opening.header;
  tail_ = {header.end_lsn, header.epoch, header.first_lsn, header.checksum};
  tracker_.emplace(opened->membership, header.end_lsn);
  durable_.store(header.end_lsn.value());
  kept_bytes_ = opened->opening.padded.size();
  kept_.push_back(std::move(opened->opening));
  for (const auto& link : links_) {
    if (link->state() == DaemonLink::State::kReady) JoinStream(*link);
  }
  UpdateWritable();
  OnDurable();
  tick_ = loop_.Every(kTickUs, [this] { Tick(); });
  log::Info("volume {} open for writing: epoch {}, log from {}", volume_.ToString(), epoch_,
            header.first_lsn);
  if (!tracker_->membership().next.empty()) SendMembership(tracker_->membership().LoggedAgain());
  result(OkStatus());
}

// ---- commits ----

void QuorumWriter::Commit(const CommitRequest& request, CommitCallback done) {
  PendingCommit commit = EncodeCommit(request, epoch_, clock_.WallMicros(), options_.part_bytes);
  commit.done = std::move(done);
  commit.since_ms = clock_.MonotonicMillis();
  const bool fits =
      std::all_of(commit.records.begin(), commit.records.end(),
                  [](const std::string& record) { return record.size() <= kRecordBytesMax; });
  bool first = false;
  if (!fits || !Enqueue(commit, &first)) return commit.done(CommitOutcome::kRefused, Lsn());
  if (first) loop_.Post([this] { TakeQueued(); });
}

bool QuorumWriter::Enqueue(PendingCommit& commit, bool* first) {
  std::lock_guard lock(mutex_);
  if (closed_) return false;
  *first = queued_.empty();
  queued_.push_back(std::move(commit));
  return true;
}

void QuorumWriter::TakeQueued() {
  {
    std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.end(), std::make_move_iterator(queued_.begin()),
                    std::make_move_iterator(queued_.end()));
    queued_.clear();
  }
  if (fenced()) return RefuseAndGiveUp(UINT64_MAX);
  CloseBatches();
}

bool QuorumWriter::MayCloseBatch() const {
  if (waiting_.empty() || fenced()) return false;
  // Without a quorum nothing new gets an LSN, unless it is the rest of what has one.
  if (!writable() && !waiting_.front().handed_over()) return false;
  if (!BatchMayLeave(open_batches_.size(), IsBatchFull())) return false;
  const PendingCommit& next = waiting_.front();
  const uint64_t bytes = RoundUpToBlock(kBatchHeaderBytes + next.records[next.next].size());
  return std::max<uint64_t>(bytes, options_.batch_bytes) <= tracker_->room();
}

/// What waits for an LSN fills a batch.
bool QuorumWriter::IsBatchFull() const {
  size_t bytes = 0;
  for (const PendingCommit& commit : waiting_) {
    for (size_t i = commit.next; i < commit.records.size(); ++i) bytes += commit.records[i].size();
    if (bytes >= options_.batch_bytes) return true;
  }
  return false;
}

void QuorumWriter::CloseBatches() {
  while (MayCloseBatch()) CloseOne();
}

void QuorumWriter::CloseOne() {
  BatchBuilder builder(tail_.end);
  uint16_t flags = 0;
  const uint64_t now_ms = clock_.MonotonicMillis();
  while (!waiting_.empty()) {
    PendingCommit& commit = waiting_.front();
    std::string& record = commit.records[commit.next];
    if (!builder.empty() && builder.unpadded_bytes() + record.size() > options_.batch_bytes) break;
    const Lsn lsn = builder.Append(record);
    flags |= commit.batch_flags;
    record = std::string();
    if (++commit.next < commit.records.size()) continue;
    in_flight_.push_back({commit.txn, lsn, now_ms, std::move(commit.done)});
    waiting_.pop_front();
  }
  SendBatch(builder, flags);
}

void QuorumWriter::SendBatch(BatchBuilder& builder, uint16_t flags) {
  SentBatch batch;
  batch.header.flags = flags;
  batch.header.volume = volume_;
  batch.header.epoch = epoch_;
  batch.header.prev_lsn = tail_.last_lsn;
  batch.header.prev_checksum = tail_.last_checksum;
  batch.header.prev_end = tail_.end;
  batch.header.vdl = tracker_->vdl();
  batch.header.sent_ns = clock_.MonotonicNanos();
  batch.padded = builder.Finish(&batch.header);
  tail_ = {batch.header.end_lsn, epoch_, batch.header.first_lsn, batch.header.checksum};
  tracker_->OnSent(tail_.end);
  if (open_batches_.empty()) progress_ms_ = clock_.MonotonicMillis();
  open_batches_.push_back(tail_.end);
  kept_bytes_ += batch.padded.size();
  kept_.push_back(std::move(batch));
  vdl_due_ = false;
  announced_ = tracker_->vdl();
  for (const auto& link : links_) Pump(*link);
}

// ---- the stream to each daemon ----

void QuorumWriter::Pump(DaemonLink& link) {
  if (link.state() != DaemonLink::State::kReady || link.cursor == kMaxLsn) return;
  auto batch = kept_.end();
  while (batch != kept_.begin() && std::prev(batch)->header.prev_end >= link.cursor) --batch;
  const std::string head = AppendView::EncodeHead(epoch_);
  for (; batch != kept_.end() && link.queued_bytes() < kLinkQueueBytesMax; ++batch) {
    link.Send(MessageType::kAppend, head, batch->unpadded());
    link.cursor = batch->header.end_lsn;
  }
}

/// False when the batch that chains to `from` is not kept any more: peers have to bring it.
bool QuorumWriter::Rewind(DaemonLink& link, Lsn from) {
  if (from < kept_.front().header.prev_end) return false;
  if (link.cursor == kMaxLsn || from < link.cursor) link.cursor = from;
  return true;
}

void QuorumWriter::JoinStream(DaemonLink& link) {
  for (auto& [id, copy] : link.copies()) {
    const CopyReport& report = copy.report;
    if (!report.accepted) {
      if (report.promised > epoch_) return Fence(report.promised);
      continue;
    }
    // Its tail is ours as far as it is of this epoch; else only what it knows to be durable is.
    const bool ours = report.tail.epoch == epoch_;
    // The batch that ends there is sent again: it confirms the position (CopyState::verified).
    Rewind(link, ours ? std::min(report.tail.last_lsn, tail_.end) : report.vdl);
  }
  if (link.cursor == kMaxLsn)
    link.cursor = tail_.end;  // far behind: it hears what is new and asks peers
  Pump(link);
  SendVdl(link);
}

void QuorumWriter::OnLinkChanged(DaemonLink& link) {
  if (!tracker_.has_value()) return opener_->OnLinkChanged(link);
  if (fenced()) return;
  if (link.state() == DaemonLink::State::kReady) JoinStream(link);
  UpdateWritable();
  CloseBatches();
}

void QuorumWriter::OnAck(DaemonLink& link, const Ack& ack) {
  if (!tracker_.has_value()) return opener_->OnAck(link, ack);
  bool moved = false;
  bool states_changed = false;
  for (const CopyAck& copy_ack : ack.copies) {
    // A refusal that names this writer's own epoch answers somebody older.
    if (copy_ack.state == AckState::kFenced && copy_ack.promised > epoch_)
      return Fence(copy_ack.promised);
    auto found = link.copies().find(copy_ack.copy);
    if (found == link.copies().end()) continue;
    DaemonLink::Copy& copy = found->second;
    states_changed |= copy.state != copy_ack.state;
    copy.state = copy_ack.state;
    copy.end = std::max(copy.end, copy_ack.end);
    moved |= tracker_->OnAck(copy_ack.copy, copy_ack.end);
    if (copy_ack.state != AckState::kGap) continue;
    const uint64_t now_ms = clock_.MonotonicMillis();
    if (copy.rewound_to == copy_ack.end && now_ms - copy.rewound_ms < kRewindAgainMs) continue;
    copy.rewound_to = copy_ack.end;
    copy.rewound_ms = now_ms;
    if (Rewind(link, copy_ack.end)) Pump(link);
  }
  if (states_changed) UpdateWritable();
  if (moved) OnDurable();
}

void QuorumWriter::OnFetchReply(DaemonLink& link, const FetchReply& reply) {
  if (!tracker_.has_value()) opener_->OnFetchReply(link, reply);
}

// ---- durability ----

void QuorumWriter::OnDurable() {
  const Lsn vdl = tracker_->vdl();
  durable_.store(vdl.value(), std::memory_order_release);
  while (!open_batches_.empty() && open_batches_.front() <= vdl) open_batches_.pop_front();
  progress_ms_ = clock_.MonotonicMillis();
  if (!writable()) UpdateWritable();
  CloseBatches();  // the next batch leaves before the callbacks run, and carries the VDL
  if (announced_ < vdl) SendVdlSoon();
  DecideInFlight();
  ForgetOldBatches();
}

void QuorumWriter::DecideInFlight() {
  const Lsn vdl = tracker_->vdl();
  while (!in_flight_.empty() && in_flight_.front().lsn <= vdl) {
    InFlight commit = std::move(in_flight_.front());
    in_flight_.pop_front();
    if (commit.done) {
      commit.done(CommitOutcome::kDurable, commit.lsn);
    } else {
      std::lock_guard lock(mutex_);
      SIM_MARK("an unknown commit becomes durable");
      decided_.push_back({commit.txn, commit.lsn});
    }
  }
}

std::vector<DecidedCommit> QuorumWriter::TakeDecided() {
  std::lock_guard lock(mutex_);
  return std::exchange(decided_, {});
}

void QuorumWriter::ForgetOldBatches() {
  while (kept_.size() > 1 && kept_bytes_ > kKeptBytesMax &&
         kept_.front().header.end_lsn <= tracker_->vdl()) {
    kept_bytes_ -= kept_.front().padded.size();
    kept_.pop_front();
  }
}

void QuorumWriter::SendVdl(DaemonLink& link) {
  if (link.state() != DaemonLink::State::kReady) return;
  const VdlNotice notice{epoch_, tracker_->vdl(), clock_.MonotonicNanos()};
  link.Send(MessageType::kVdl, notice.Encode());
}

/// The AZ of this writer hears at once: its sessions read their own writes there. The others hear
/// with the next batch, or when none has left for kVdlSoonUs.
void QuorumWriter::SendVdlSoon() {
  announced_ = tracker_->vdl();
  for (const auto& link : links_) {
    if (link->az() == options_.az) SendVdl(*link);
  }
  vdl_due_ = true;
  vdl_timer_->Arm(kVdlSoonUs);
}

void QuorumWriter::SendDueVdl() {
  if (!std::exchange(vdl_due_, false)) return;
  for (const auto& link : links_) {
    if (link->az() != options_.az) SendVdl(*link);
  }
}

// ---- time ----

void QuorumWriter::Tick() {
  if (fenced()) return;
  for (const auto& link : links_) {
    SendVdl(*link);
    Pump(*link);
  }
  vdl_due_ = false;
  UpdateWritable();
  LookForNewcomers();
  RefuseAndGiveUp(clock_.MonotonicMillis());
  CloseBatches();
}

void QuorumWriter::RefuseAndGiveUp(uint64_t now_ms) {
  // While commits become durable the others' turn comes: only a standstill counts.
  const auto waited = [&](uint64_t since_ms, uint64_t limit_ms) {
    return fenced() || now_ms >= std::max(since_ms, progress_ms_) + limit_ms;
  };
  while (!waiting_.empty() && !waiting_.front().handed_over() &&
         waited(waiting_.front().since_ms, options_.refuse_after_ms)) {
    PendingCommit commit = std::move(waiting_.front());
    waiting_.pop_front();
    SIM_MARK("a commit is refused");
    if (commit.done) commit.done(CommitOutcome::kRefused, Lsn());
  }
  // A large transaction of which some parts have an LSN: the rest must still go, the client need
  // not wait.
  if (!waiting_.empty() && waiting_.front().handed_over() && waiting_.front().done &&
      waited(waiting_.front().since_ms, options_.unknown_after_ms)) {
    std::exchange(waiting_.front().done, nullptr)(CommitOutcome::kUnknown, Lsn());
  }
  for (InFlight& commit : in_flight_) {
    if (!waited(commit.since_ms, options_.unknown_after_ms)) break;
    if (commit.done) std::exchange(commit.done, nullptr)(CommitOutcome::kUnknown, commit.lsn);
  }
}

void QuorumWriter::Fence(Epoch by) {
  if (fenced()) return;
  log::Warning("epoch {} is fenced: a copy promised epoch {}", epoch_, by);
  fenced_.store(true, std::memory_order_release);
  writable_.store(false, std::memory_order_release);
  TakeQueued();
  // What follows a large transaction that was cut off is refused too.
  while (!waiting_.empty()) {
    PendingCommit commit = std::move(waiting_.front());
    waiting_.pop_front();
    if (commit.done)
      commit.done(commit.handed_over() ? CommitOutcome::kUnknown : CommitOutcome::kRefused, Lsn());
  }
}

void QuorumWriter::UpdateWritable() {
  std::set<CopyId> following;
  for (const auto& link : links_) {
    if (link->state() != DaemonLink::State::kReady) continue;
    for (const auto& [id, copy] : link->copies()) {
      if (copy.report.accepted && copy.state == AckState::kFollowing) following.insert(id);
    }
  }
  // Daemons that hang keep their connections: what was sent tells.
  const bool stalled =
      !open_batches_.empty() && clock_.MonotonicMillis() - progress_ms_ > kStalledMs;
  const bool now = !fenced() && !stalled && tracker_->membership().IsWriteQuorum(following);
  if (now == writable()) return;
  writable_.store(now, std::memory_order_release);
  if (now) {
    log::Info("a write quorum answers");
  } else {
    log::Warning("{}: commits wait", stalled
                                         ? "too few copies acknowledge"
                                         : fmt::format("only {} copies answer", following.size()));
  }
}

// ---- membership ----

void QuorumWriter::SendMembership(Membership membership) {
  membership.epoch = epoch_;
  BatchBuilder builder(tail_.end);
  std::string record;
  EncodeControlRecord(
      {.kind = RecordKind::kMembership, .epoch = epoch_, .wall_us = clock_.WallMicros()},
      membership.Encode(), &record);
  builder.Append(record);
  // Both sets count from this record on, so that it is durable only at a write quorum of each.
  tracker_->SetMembership(membership);
  SendBatch(builder, kBatchMembership);
  membership_end_ = tail_.end;
}

/// A rebuilt copy that caught up takes the place of the one it replaces, in two records.
void QuorumWriter::LookForNewcomers() {
  if (tracker_->vdl() < membership_end_ || !writable()) return;
  if (tracker_->room() < options_.batch_bytes) return;
  const Membership& current = tracker_->membership();
  if (!current.next.empty()) {
    log::Info("membership change is durable; settling");
    return SendMembership(*current.Settled());
  }
  for (const auto& link : links_) {
    if (link->state() != DaemonLink::State::kReady) continue;
    for (const auto& [id, copy] : link->copies()) {
      if (current.Contains(id) || copy.report.standing != CopyStanding::kRebuilding ||
          !copy.report.accepted)
        continue;
      if (copy.state != AckState::kFollowing || copy.end + kNewcomerDistanceBytes < tracker_->vdl())
        continue;
      if (copy.report.place >= current.members.size()) continue;
      const auto changed = current.Replacing(current.members[copy.report.place], id);
      if (!changed.ok()) continue;
      log::Info("copy {} is rebuilt; it takes the place of copy {}", id,
                current.members[copy.report.place]);
      return SendMembership(*changed);
    }
  }
}

StatusOr<std::unique_ptr<VolumeWriter>> OpenVolumeWriter(const VolumeOptions& options) {
  ASSIGN_OR_RETURN(auto writer, QuorumWriter::Open(options));
  return std::unique_ptr<VolumeWriter>(std::move(writer));
}

}  // namespace sixfold::storage
