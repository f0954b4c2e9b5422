#include "storage/quorum/copy_state.h"

#include "core/base/check.h"
#include "core/base/sim_hooks.h"

namespace sixfold::storage {

namespace {

LogTail TailAt(const BatchEntry& entry) {
  return {entry.end, entry.epoch, entry.first, entry.checksum};
}

}  // namespace

CopyState::CopyState(const Found& found)
    : copy_(found.copy),
      standing_(found.standing),
      promised_(found.promised),
      asked_(found.promised),
      writer_(found.writer),
      membership_(found.membership),
      anchor_{.end = found.log_start},
      tail_(found.tail),
      durable_(found.tail.end),
      verified_(std::min(found.vdl, found.tail.end)),
      vdl_(verified_),
      vdl_heard_(found.vdl),
      log_start_(found.log_start),
      damaged_(found.damaged) {
  for (const BatchEntry& entry : found.index) open_.push_back({entry, true});
  if (open_.empty()) anchor_ = tail_;
  LearnVdl(vdl_);
}

CopyState::PromiseVerdict CopyState::OnPromise(Epoch epoch, const Uuid& writer) {
  if (epoch < asked_ || epoch < tail_.epoch) return PromiseVerdict::kRefused;
  if (epoch == asked_) {
    if (writer != writer_ && !SIM_BROKEN(kEpochForTwo)) return PromiseVerdict::kRefused;
    return promised_ == asked_ ? PromiseVerdict::kHeld : PromiseVerdict::kPersist;
  }
  asked_ = epoch;
  writer_ = writer;
  return PromiseVerdict::kPersist;
}

void CopyState::PromisePersisted(Epoch epoch) {
  CHECK_LE(epoch, asked_);
  CHECK_GE(epoch, promised_);
  promised_ = epoch;
  // What an older epoch left above the VDL is not this epoch's until its writer says so.
  verified_ = vdl_;
}

CopyState::AppendVerdict CopyState::OnAppend(Epoch sender, const BatchHeader& header) {
  if (!SIM_BROKEN(kFencingSkipped) && (sender < asked_ || sender < tail_.epoch))
    return AppendVerdict::kFenced;
  if (sender > promised_) return AppendVerdict::kUnpromised;
  if (header.epoch > sender) return AppendVerdict::kDiverged;
  const AppendVerdict verdict = Place(header, verified_);
  if (verdict <= AppendVerdict::kDuplicate) {
    verified_ = std::max(verified_, header.end_lsn);
    LearnVdl(header.vdl);
    LearnVdl(vdl_heard_);
  }
  return verdict;
}

CopyState::AppendVerdict CopyState::OnPeerBatch(const BatchHeader& header, Lsn vdl) {
  if (header.end_lsn > vdl) return AppendVerdict::kDiverged;
  const AppendVerdict verdict = Place(header, vdl_);
  if (verdict <= AppendVerdict::kDuplicate) {
    verified_ = std::max(verified_, header.end_lsn);
    LearnVdl(header.end_lsn);
  }
  return verdict;
}

/// Nothing below `firm` is cut.
CopyState::AppendVerdict CopyState::Place(const BatchHeader& header, Lsn firm) {
  if (header.end_lsn <= anchor_.end) return AppendVerdict::kDuplicate;
  if (header.first_lsn < tail_.end && MatchesHeld(header)) return AppendVerdict::kDuplicate;
  if (tail_.Accepts(header)) {
    const bool same_epoch = tail_.last_lsn == Lsn() || tail_.epoch == header.epoch;
    if (!header.opens_epoch() && !same_epoch) return AppendVerdict::kDiverged;
    Push(header);
    return AppendVerdict::kAppend;
  }
  if (header.prev_end > tail_.end) {
    SIM_MARK("a batch behind a gap");
    return AppendVerdict::kGap;
  }
  if (header.prev_end < firm) return AppendVerdict::kDiverged;
  // What older epochs left above the position this one chains to is in its way. It may be of a
  // newer epoch than this batch: an opening that never reached its quorum.
  size_t keep = open_.size();
  while (keep > 0 && open_[keep - 1].entry.end > header.prev_end) --keep;
  const LogTail cut = keep > 0 ? TailAt(open_[keep - 1].entry) : anchor_;
  if (!cut.Accepts(header)) {
    // What it chains to is missing here; something else lies there and will be cut in turn.
    return cut.end == header.prev_end && cut.end <= firm ? AppendVerdict::kDiverged
                                                         : AppendVerdict::kGap;
  }
  if (!header.opens_epoch() && cut.last_lsn != Lsn() && cut.epoch != header.epoch)
    return AppendVerdict::kDiverged;
  SIM_MARK("a tail is cut");
  open_.resize(keep);
  tail_ = cut;
  durable_ = std::min(durable_, cut.end);
  verified_ = std::min(verified_, cut.end);
  Push(header);
  return AppendVerdict::kTruncateThenAppend;
}

bool CopyState::MatchesHeld(const BatchHeader& header) const {
  for (auto open = open_.rbegin(); open != open_.rend(); ++open) {
    if (open->entry.first == header.first_lsn) {
      return open->entry.checksum == header.checksum && open->entry.epoch == header.epoch;
    }
    if (open->entry.first < header.first_lsn) return false;
  }
  return false;
}

void CopyState::Push(const BatchHeader& header) {
  open_.push_back(
      {{header.prev_end, header.first_lsn, header.end_lsn, header.epoch, header.checksum}, false});
  tail_ = TailAt(open_.back().entry);
  damaged_ = false;
}

void CopyState::OnWritten(Lsn first, Epoch epoch) {
  for (auto open = open_.rbegin(); open != open_.rend(); ++open) {
    if (open->entry.first != first || open->entry.epoch != epoch) continue;
    open->written = true;
    return AdvanceDurable();
  }
}

void CopyState::AdvanceDurable() {
  for (const Open& open : open_) {
    if (open.entry.end <= durable_) continue;
    if (!open.written) break;
    durable_ = open.entry.end;
  }
  LearnVdl(vdl_heard_);
}

void CopyState::OnVdl(Epoch epoch, Lsn vdl) {
  if (epoch != promised_) return;
  vdl_heard_ = std::max(vdl_heard_, vdl);
  LearnVdl(vdl_heard_);
}

/// `vdl` is true of the log of the current epoch; of this copy only as far as it is verified.
void CopyState::LearnVdl(Lsn vdl) {
  vdl_heard_ = std::max(vdl_heard_, vdl);
  vdl_ = std::max(vdl_, std::min(vdl, verified_));
  while (!open_.empty() && open_.front().written &&
         open_.front().entry.end <= std::min(vdl_, durable_)) {
    anchor_ = TailAt(open_.front().entry);
    open_.pop_front();
  }
}

void CopyState::OnRebuilt(const LogTail& tail) {
  open_.clear();
  anchor_ = tail_ = tail;
  durable_ = verified_ = vdl_ = log_start_ = tail.end;
  vdl_heard_ = std::max(vdl_heard_, vdl_);
  damaged_ = false;
}

CopyReport CopyState::Report() const {
  CopyReport report;
  report.copy = copy_;
  report.standing = standing_;
  report.uncertain = damaged_;
  report.promised = promised_;
  report.tail = tail_;
  report.log_start = log_start_;
  report.vdl = vdl_;
  report.membership = membership_;
  return report;
}

}  // namespace sixfold::storage
