#include "storage/node/recent_feeder.h"

#include "core/base/check.h"
#include "core/base/log.h"
#include "core/base/sim_hooks.h"

namespace sixfold::storage {

namespace {

constexpr size_t kApplyRoundBytes = 1 << 20;
constexpr size_t kReplayReadBytes = 4 << 20;
constexpr size_t kFreshBytesLimit = 2 * kMaxAheadBytes;

}  // namespace

StatusOr<std::unique_ptr<RecentFeeder>> RecentFeeder::Open(std::unique_ptr<RecentLayer> recent,
                                                           std::span<const FeedSource> sources) {
  std::unique_ptr<RecentFeeder> feeder(new RecentFeeder(std::move(recent)));
  RecentLayer& layer = *feeder->recent_;
  const auto replay = ChooseReplay(sources, layer.covered_from(), layer.applied());
  if (!replay.has_value()) {
    RETURN_IF_ERROR(feeder->Reset(ChooseSeat(sources).value_or(Lsn()), ""));
  } else {
    // From the base on again even where the layer has it: for dropped prefixes and open parts.
    feeder->position_ = *replay;
  }
  return feeder;
}

Status RecentFeeder::Reset(Lsn base_applied, std::string_view base_folder) {
  assembler_ = RecordAssembler();
  ready_.clear();
  next_ready_ = 0;
  kept_.clear();
  in_use_.clear();
  from_log_.clear();
  position_ = base_applied;
  dropped_.clear();
  return recent_->Reset(base_applied, base_folder);
}

void RecentFeeder::GoOnFrom(Lsn base_applied) {
  CHECK(!amid_round());
  CHECK_GE(base_applied, position_);
  CHECK_LE(base_applied, recent_->applied());
  // No base holds a part of what is still open there (drainable()).
  assembler_ = RecordAssembler();
  position_ = base_applied;
}

void RecentFeeder::Remember(const SharedBatch& batch) {
  if (batch.header.first_lsn < position_) return;
  if (!fresh_.empty() && batch.header.first_lsn <= fresh_.back().header.first_lsn) {
    if (fresh_.back().header.checksum == batch.header.checksum) return;
    SIM_MARK("a remembered batch is overtaken");
    fresh_.clear();  // sent anew, or cut: the log has what counts
  }
  fresh_.push_back(batch);
  if (batch.header.end_lsn - fresh_.front().header.first_lsn > kFreshBytesLimit) fresh_.pop_front();
}

StatusOr<bool> RecentFeeder::Advance(CopyHost* copy) {
  CHECK(copy != nullptr || amid_round());
  if (MustWait()) return false;
  const Lsn limit = copy != nullptr ? copy->state().applicable() : Lsn();
  const Lsn before = position_;
  if (!amid_round()) {
    open_before_round_ = assembler_.oldest_open_part();
    RETURN_IF_ERROR(Gather(*copy, limit));
  }
  RETURN_IF_ERROR(ApplySlice());
  return !ready_.empty() || (position_ > before && limit > position_);
}

Status RecentFeeder::Gather(CopyHost& copy, Lsn limit) {
  const std::deque<BatchEntry>& index = copy.log().index();
  auto entry = std::lower_bound(index.begin(), index.end(), position_,
                                [](const BatchEntry& e, Lsn lsn) { return e.first < lsn; });
  // Never over a hole: what lies between would be missing for every reader of this AZ.
  if (entry != index.end()) CHECK_LE(entry->prev_end, std::max(position_, kFirstLogLsn));
  size_t bytes = 0;
  for (; entry != index.end() && entry->end <= limit && bytes < kApplyRoundBytes; ++entry) {
    while (!fresh_.empty() && fresh_.front().header.first_lsn < entry->first) fresh_.pop_front();
    // The index says what counts: a remembered batch may have been cut by a new epoch.
    if (fresh_.empty() || fresh_.front().header.checksum != entry->checksum) {
      return in_use_.empty() ? GatherFromLog(copy, entry->first, limit) : OkStatus();
    }
    in_use_.push_back(std::move(fresh_.front()));
    fresh_.pop_front();
    const BatchView batch =
        BatchView::Verified(in_use_.back().header, in_use_.back().padded->view());
    RETURN_IF_ERROR(Take(batch, entry->end));
    bytes += batch.bytes().size();
  }
  return OkStatus();
}

Status RecentFeeder::GatherFromLog(CopyHost& copy, Lsn from, Lsn limit) {
  SIM_MARK("the recent layer is fed from the log");
  RETURN_IF_ERROR(copy.log().Read(from, limit, kReplayReadBytes, &from_log_));
  for (std::string_view rest = from_log_; !rest.empty();) {
    ASSIGN_OR_RETURN(const BatchView batch, BatchView::Parse(rest));
    rest.remove_prefix(batch.bytes().size());
    RETURN_IF_ERROR(Take(batch, batch.header().end_lsn));
  }
  return OkStatus();
}

Status RecentFeeder::Take(const BatchView& batch, Lsn end) {
  const size_t before = ready_.size();
  RETURN_IF_ERROR(assembler_.Add(batch, &ready_, &kept_));
  for (size_t i = before; i < ready_.size(); ++i) {
    if (ready_[i].record.dropped_count() == 0) continue;
    ASSIGN_OR_RETURN(const auto prefixes, ready_[i].record.DroppedPrefixes());
    for (const std::string_view prefix : prefixes)
      dropped_.push_back({std::string(prefix), ready_[i].lsn});
  }
  position_ = end;
  return OkStatus();
}

/// What fails is applied again by the next call: nothing of it may be missing when a later LSN is
/// published.
Status RecentFeeder::ApplySlice() {
  records_.clear();
  const size_t first = next_ready_;
  size_t bytes = 0;
  for (; next_ready_ < ready_.size() && bytes < kApplyRoundBytes; ++next_ready_) {
    const RecordAssembler::Ready& ready = ready_[next_ready_];
    if (ready.lsn <= recent_->applied()) continue;
    records_.push_back({ready.lsn, ready.record.changes_catalog(), ready.record.mutations()});
    bytes += ready.record.bytes().size();
  }
  const bool last = next_ready_ == ready_.size();
  Status status;
  if (!last) {
    status = recent_->ApplySlice(records_);
  } else if (position_ > recent_->applied()) {
    status = recent_->Apply(records_, position_);
  }
  if (!status.ok()) {
    SIM_MARK("a round is applied again");
    next_ready_ = first;
  }
  if (!status.ok() || !last) return status;
  ready_.clear();
  next_ready_ = 0;
  kept_.clear();
  in_use_.clear();
  from_log_.clear();
  return OkStatus();
}

std::vector<DroppedPrefix> RecentFeeder::Dropped(Lsn from, Lsn to) const {
  std::vector<DroppedPrefix> dropped;
  for (const DroppedPrefix& d : dropped_) {
    if (d.lsn > from && d.lsn <= to) dropped.push_back(d);
  }
  return dropped;
}

void RecentFeeder::ForgetDroppedBefore(Lsn lsn) {
  std::erase_if(dropped_, [&](const DroppedPrefix& d) { return d.lsn <= lsn; });
}

}  // namespace sixfold::storage
