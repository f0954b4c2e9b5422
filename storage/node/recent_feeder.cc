#include "storage/node/recent_feeder.h"

#include "core/base/check.h"
#include "core/base/log.h"

namespace sixfold::storage {

namespace {

constexpr size_t kApplyRoundBytes = 1 << 20;
constexpr size_t kReplayReadBytes = 4 << 20;
constexpr size_t kFreshBytesLimit = 2 * kMaxAheadBytes;

}  // namespace

StatusOr<std::unique_ptr<RecentFeeder>> RecentFeeder::Open(std::unique_ptr<RecentLayer> recent,
                                                           Lsn base_applied) {
  std::unique_ptr<RecentFeeder> feeder(new RecentFeeder(std::move(recent)));
  const RecentLayer& layer = *feeder->recent_;
  // A layer that does not reach back to the base, or is behind it, is of no use.
  if (layer.applied() < base_applied || layer.applied() == Lsn() ||
      layer.covered_from() > base_applied) {
    RETURN_IF_ERROR(feeder->Reset(base_applied));
  }
  // From the base on again even where the layer has it: for dropped prefixes and open parts.
  feeder->position_ = base_applied;
  return feeder;
}

Status RecentFeeder::Reset(Lsn base_applied) {
  assembler_ = RecordAssembler();
  position_ = base_applied;
  dropped_.clear();
  return recent_->Reset(base_applied);
}

void RecentFeeder::Remember(const SharedBatch& batch) {
  if (batch.header.first_lsn < position_) return;
  if (!fresh_.empty() && batch.header.first_lsn <= fresh_.back().header.first_lsn) {
    if (fresh_.back().header.checksum == batch.header.checksum) return;
    fresh_.clear();  // sent anew, or cut: the log has what counts
  }
  fresh_.push_back(batch);
  if (batch.header.end_lsn - fresh_.front().header.first_lsn > kFreshBytesLimit) fresh_.pop_front();
}

bool RecentFeeder::CanAdvance(const CopyHost& copy) const {
  return copy.health().ok() && copy.state().applicable() > position_;
}

StatusOr<bool> RecentFeeder::Advance(CopyHost& copy) {
  if (recent_->full()) return false;
  const Lsn limit = copy.state().applicable();
  const std::deque<BatchEntry>& index = copy.log().index();
  auto entry = std::lower_bound(index.begin(), index.end(), position_,
                                [](const BatchEntry& e, Lsn lsn) { return e.first < lsn; });
  size_t bytes = 0;
  std::vector<SharedBatch> in_use;
  std::string from_log;
  for (; entry != index.end() && entry->end <= limit && bytes < kApplyRoundBytes; ++entry) {
    while (!fresh_.empty() && fresh_.front().header.first_lsn < entry->first) fresh_.pop_front();
    // The index says what counts: a remembered batch may have been cut by a new epoch.
    if (fresh_.empty() || fresh_.front().header.checksum != entry->checksum) {
      if (!in_use.empty()) break;
      RETURN_IF_ERROR(copy.log().Read(entry->first, limit, kReplayReadBytes, &from_log));
      for (std::string_view rest = from_log; !rest.empty();) {
        ASSIGN_OR_RETURN(const BatchView batch, BatchView::Parse(rest));
        rest.remove_prefix(batch.bytes().size());
        RETURN_IF_ERROR(Take(batch, batch.header().end_lsn));
      }
      break;
    }
    in_use.push_back(std::move(fresh_.front()));
    fresh_.pop_front();
    const BatchView batch = BatchView::Verified(in_use.back().header, in_use.back().padded->view());
    RETURN_IF_ERROR(Take(batch, entry->end));
    bytes += batch.bytes().size();
  }
  RETURN_IF_ERROR(ApplyReady(position_));
  return copy.state().applicable() > position_ && bytes + from_log.size() > 0;
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

Status RecentFeeder::ApplyReady(Lsn end) {
  records_.clear();
  for (const RecordAssembler::Ready& ready : ready_) {
    if (ready.lsn <= recent_->applied()) continue;
    records_.push_back({ready.lsn, ready.record.changes_catalog(), ready.record.mutations()});
  }
  Status status;
  if (end > recent_->applied()) status = recent_->Apply(records_, end);
  ready_.clear();
  kept_.clear();
  return status;
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
