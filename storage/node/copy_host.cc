#include "storage/node/copy_host.h"

#include "core/base/check.h"
#include "core/base/log.h"
#include "core/base/sim_hooks.h"

namespace sixfold::storage {

namespace {

std::string SuperblockPath(const std::string& folder) { return folder + "/superblock"; }
std::string LogFolder(const std::string& folder) { return folder + "/log"; }

bool HasMembershipRecord(const BatchView& batch, Membership* newest) {
  bool found = false;
  (void)batch.ForEachRecord([&](const RecordView& record) {
    if (record.kind() != RecordKind::kMembership) return OkStatus();
    auto membership = Membership::Decode(record.payload());
    if (membership.ok() && membership->NewerThan(*newest)) {
      *newest = std::move(*membership);
      found = true;
    }
    return OkStatus();
  });
  return found;
}

}  // namespace

Status CopyHost::Format(Disk& disk, const std::string& folder, const Identity& identity,
                        CopyId copy, CopyStanding standing, const Membership& membership) {
  RETURN_IF_ERROR(disk.MakeFolders(folder));
  Superblock first;
  first.sequence = 1;
  first.volume = identity.volume;
  first.copy = copy;
  first.standing = standing;
  first.cluster_id = identity.cluster_id;
  first.az = identity.az;
  first.membership = membership.Encode();
  return SuperblockFile::Create(disk, SuperblockPath(folder), first).status();
}

bool CopyHost::Exists(Disk& disk, const std::string& folder) {
  return disk.Exists(SuperblockPath(folder));
}

StatusOr<Superblock> CopyHost::Peek(Disk& disk, const std::string& folder) {
  ASSIGN_OR_RETURN(const auto file, SuperblockFile::Open(disk, SuperblockPath(folder)));
  return file->current();
}

StatusOr<std::unique_ptr<CopyHost>> CopyHost::Open(Disk& disk, const std::string& folder,
                                                   const SegmentLogOptions& options,
                                                   std::optional<Lsn> base_applied,
                                                   std::function<void()> changed) {
  std::unique_ptr<CopyHost> host(new CopyHost(disk, folder, std::move(changed)));
  ASSIGN_OR_RETURN(host->superblock_, SuperblockFile::Open(disk, SuperblockPath(folder)));
  const Superblock& superblock = host->superblock_->current();
  ASSIGN_OR_RETURN(host->log_, SegmentLog::Open(disk, LogFolder(folder), superblock.volume, options,
                                                base_applied));
  host->base_applied_ = base_applied.value_or(Lsn());
  CopyState::Found found;
  found.copy = superblock.copy;
  found.standing = superblock.standing;
  found.promised = superblock.promised;
  found.writer = superblock.writer;
  ASSIGN_OR_RETURN(found.membership, Membership::Decode(superblock.membership));
  found.tail = host->log_->tail();
  found.index = host->log_->index();
  found.log_start = host->log_->start();
  found.vdl = std::max({host->log_->vdl_seen(), host->base_applied_, kFirstLogLsn});
  found.damaged = host->log_->damaged_at_tail();
  host->state_ = std::make_unique<CopyState>(found);
  return host;
}

void CopyHost::OnPromise(Epoch epoch, const Uuid& writer, ReportDone done) {
  const auto verdict = state_->OnPromise(epoch, writer);
  if (!health_.ok() || verdict == CopyState::PromiseVerdict::kRefused) return done(Report());
  if (verdict == CopyState::PromiseVerdict::kHeld) {
    CopyReport report = Report();
    report.accepted = true;
    return done(std::move(report));
  }
  asked_.push_back({epoch, writer, std::move(done)});
  PersistPromises();
}

/// Writes under way are of the older epoch: the reply's tail must count them.
void CopyHost::PersistPromises() {
  if (asked_.empty() || (state_->writes_under_way() && health_.ok())) return;
  std::vector<AskedPromise> asked;
  asked.swap(asked_);
  for (AskedPromise& promise : asked) {
    Superblock next = superblock_->current();
    next.promised = promise.epoch;
    next.writer = promise.writer;
    next.membership = state_->membership().Encode();
    next.standing = state_->standing();
    ++superblock_writes_;
    superblock_->Write(std::move(next),
                       [this, alive = alive_, promise = std::move(promise)](Status status) {
                         if (!*alive) return;
                         --superblock_writes_;
                         if (!status.ok()) Fail(status);
                         CopyReport report;
                         if (status.ok() && promise.epoch >= state_->promised()) {
                           state_->PromisePersisted(promise.epoch);
                           report = Report();
                           report.accepted = true;
                         } else {
                           report = Report();
                         }
                         promise.done(std::move(report));
                       });
  }
}

CopyState::AppendVerdict CopyHost::OnAppend(Epoch sender, const SharedBatch& batch) {
  if (!health_.ok()) return CopyState::AppendVerdict::kUnpromised;
  const auto verdict = state_->OnAppend(sender, batch.header);
  Write(batch, verdict);
  return verdict;
}

CopyState::AppendVerdict CopyHost::OnPeerBatch(const SharedBatch& batch, Lsn vdl) {
  if (!health_.ok()) return CopyState::AppendVerdict::kUnpromised;
  const auto verdict = state_->OnPeerBatch(batch.header, vdl);
  Write(batch, verdict);
  return verdict;
}

void CopyHost::Write(const SharedBatch& batch, CopyState::AppendVerdict verdict) {
  using Verdict = CopyState::AppendVerdict;
  if (verdict == Verdict::kDiverged) {
    log::Error(
        "copy {}: batch at {} of epoch {} contradicts its log, which ends at {} and is durable up "
        "to {}",
        state_->copy(), batch.header.first_lsn, batch.header.epoch, state_->tail().end,
        state_->vdl());
  }
  if (verdict > Verdict::kTruncateThenAppend || verdict == Verdict::kDuplicate) return;
  if (verdict == Verdict::kTruncateThenAppend) log_->TruncateTo(batch.header.prev_end);
  TakeMembership(batch);
  log_->ClearDamage();
  const Lsn first = batch.header.first_lsn;
  const Epoch epoch = batch.header.epoch;
  log_->Append(batch.padded, batch.header, [this, alive = alive_, first, epoch](Status status) {
    if (!*alive) return;
    if (!status.ok()) return Fail(status);
    Written(first, epoch);
  });
}

void CopyHost::Written(Lsn first, Epoch epoch) {
  if (membership_writes_ > 0) {
    held_back_.emplace_back(first, epoch);
    return;
  }
  state_->OnWritten(first, epoch);
  PersistPromises();
  changed_();
}

void CopyHost::TakeMembership(const SharedBatch& batch) {
  if (!(batch.header.flags & kBatchMembership)) return;
  auto view = BatchView::Parse(batch.padded->view());
  Membership newest = state_->membership();
  if (!view.ok() || !HasMembershipRecord(*view, &newest)) return;
  state_->set_membership(newest);
  if (newest.Contains(state_->copy())) state_->set_standing(CopyStanding::kMember);
  Superblock next = superblock_->current();
  next.membership = newest.Encode();
  next.standing = state_->standing();
  ++membership_writes_;
  ++superblock_writes_;
  superblock_->Write(std::move(next), [this, alive = alive_](Status status) {
    if (!*alive) return;
    --superblock_writes_;
    if (!status.ok()) return Fail(status);
    if (--membership_writes_ > 0) return;
    std::vector<std::pair<Lsn, Epoch>> held;
    held.swap(held_back_);
    for (const auto& [first, epoch] : held) Written(first, epoch);
  });
}

void CopyHost::OnVdl(Epoch epoch, Lsn vdl) { state_->OnVdl(epoch, vdl); }

void CopyHost::RecycleBefore(Lsn lsn) {
  log_->RecycleBefore(std::min(lsn, state_->durable()));
  state_->set_log_start(log_->start());
}

void CopyHost::OnRebuilt(Lsn applied) {
  const LogTail tail{.end = std::max(applied, kFirstLogLsn)};
  log_->RestartAt(tail);
  state_->OnRebuilt(tail);
  base_applied_ = applied;
}

CopyReport CopyHost::Report() const {
  CopyReport report = state_->Report();
  report.log_start = log_->start();
  report.applied = base_applied_;
  report.place = place_;
  return report;
}

void CopyHost::Fail(const Status& status) {
  if (!health_.ok()) return;
  SIM_MARK("a copy fails");
  health_ = status;
  log::Error("copy {} at {} takes no part any more: {}", state_->copy(), folder_, ToString(status));
  PersistPromises();
  changed_();
}

}  // namespace sixfold::storage
