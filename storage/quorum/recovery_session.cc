#include "storage/quorum/recovery_session.h"

#include "core/base/check.h"
#include "core/base/sim_hooks.h"

namespace sixfold::storage {

namespace {

bool Newer(const LogTail& a, const LogTail& b) {
  if (SIM_BROKEN(kShortestTailKept)) return a.end < b.end;
  return a.epoch != b.epoch ? a.epoch > b.epoch : a.end > b.end;
}

}  // namespace

RecoverySession::RecoverySession(const Membership& membership, Epoch epoch)
    : membership_(membership), epoch_(epoch), above_epoch_(epoch) {}

void RecoverySession::OnPromise(const CopyReport& report) {
  if (step_ == Step::kRestart || step_ == Step::kFailed) return;
  if (report.membership.NewerThan(membership_)) {
    membership_ = report.membership;
    step_ = Step::kRestart;
    return;
  }
  if (!report.accepted) {
    above_epoch_ = std::max(above_epoch_, report.promised);
    // An equal epoch was given to another writer; a newer one to a newer candidate.
    if (report.promised >= epoch_ && membership_.Contains(report.copy)) {
      SIM_MARK("an epoch was taken by another candidate");
      step_ = Step::kRestart;
    }
    return;
  }
  if (!membership_.Contains(report.copy) || report.standing != CopyStanding::kMember) return;
  if (report.promised != epoch_) return;  // of an older question
  promised_.emplace(report.copy, report);
}

bool RecoverySession::has_quorum() const {
  std::set<CopyId> copies;
  for (const auto& [copy, report] : promised_) copies.insert(copy);
  return membership_.IsWriteQuorum(copies);
}

void RecoverySession::Choose(bool all_answered) {
  if (step_ != Step::kCollect || !has_quorum()) return;
  std::set<CopyId> certain;
  Lsn vdl;
  const CopyReport* best = nullptr;
  for (const auto& [copy, report] : promised_) {
    if (!report.uncertain) certain.insert(copy);
    vdl = std::max(vdl, report.vdl);
    if (best == nullptr || Newer(report.tail, best->tail)) best = &report;
  }
  if (!membership_.IsReadQuorum(certain)) {
    SIM_MARK("too few certain tails");
    if (!all_answered) return;  // somebody may hold more
  }
  kept_ = best->tail;
  source_ = best->copy;
  if (kept_.end < vdl) {
    return Fail(
        Corrupt("the log is known durable up to {}, but no copy that answered holds it beyond {}",
                vdl, kept_.end));
  }
  for (const auto& [copy, report] : promised_) {
    if (report.tail == kept_) at_kept_.insert(copy);
  }
  step_ = Step::kShip;
  CheckBroughtUp();
}

std::vector<RecoverySession::Behind> RecoverySession::behind() const {
  std::vector<Behind> behind;
  for (const auto& [copy, report] : promised_) {
    if (at_kept_.contains(copy)) continue;
    // One epoch has one writer, so a log whose last batch is of the kept epoch is a beginning of
    // the kept log. Of any other only what is below its VDL is sure to be.
    const bool beginning = report.tail.epoch == kept_.epoch && report.tail.end <= kept_.end;
    behind.push_back({copy, beginning ? report.tail.end : report.vdl});
  }
  return behind;
}

void RecoverySession::OnAck(CopyId copy, Lsn end) {
  if (!promised_.contains(copy)) return;
  if (step_ == Step::kShip && end >= kept_.end) {
    at_kept_.insert(copy);
    CheckBroughtUp();
  } else if (step_ == Step::kOpen && opening_end_ != Lsn() && end >= opening_end_) {
    at_kept_.insert(copy);
    at_opening_.insert(copy);
    if (membership_.IsWriteQuorum(at_opening_)) step_ = Step::kDone;
  }
}

void RecoverySession::OnOpening(Lsn end) {
  CHECK(step_ == Step::kOpen);
  CHECK_EQ(end, opening_lsn() + kBlockBytes);
  opening_end_ = end;
}

void RecoverySession::CheckBroughtUp() {
  if (membership_.IsWriteQuorum(at_kept_) || SIM_BROKEN(kOpenedEarly)) step_ = Step::kOpen;
}

void RecoverySession::Fail(Status status) {
  step_ = Step::kFailed;
  status_ = std::move(status);
}

}  // namespace sixfold::storage
