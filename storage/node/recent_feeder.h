// Feeds an AZ's recent layer with durable batches, in log order, whichever of the AZ's copies has
// them. Batches that just came in are taken from memory; older ones (after a restart) from the log.
//
// Remembers what the recent layer cannot hold and a drain needs: dropped prefixes, and how far back
// open parts of large transactions reach. Home thread only.
#pragma once

#include <deque>
#include <span>

#include "storage/copy/stretch.h"
#include "storage/node/copy_host.h"
#include "storage/node/feed_choice.h"
#include "storage/node/record_assembler.h"
#include "storage/recent/recent_layer.h"

namespace sixfold::storage {

class RecentFeeder {
 public:
  /// Keeps what is in the layer where a base reaches it, else starts it over (feed_choice.h).
  static StatusOr<std::unique_ptr<RecentFeeder>> Open(std::unique_ptr<RecentLayer> recent,
                                                      std::span<const FeedSource> sources);

  /// A batch a copy accepted; kept until applied.
  void Remember(const SharedBatch& batch);
  /// Applies what `copy` may apply, a bounded slice of it, so that the loop is not held up; true
  /// when there is more to do now. Its log has no hole at position() (CHECKed). Null: finishes the
  /// round under way.
  StatusOr<bool> Advance(CopyHost* copy);
  /// A round is under way: it needs no copy any more.
  bool amid_round() const { return !ready_.empty(); }
  /// Starts over from the base in `base_folder`, which holds all up to `base_applied`.
  Status Reset(Lsn base_applied, std::string_view base_folder);
  /// Looks at nothing below `base_applied` any more, which lies between position() and what the
  /// layer has applied: a base has all of it.
  void GoOnFrom(Lsn base_applied);

  RecentLayer& recent() { return *recent_; }
  /// Where the next batch to look at starts.
  Lsn position() const { return position_; }
  /// Up to here bases may take what was applied. Not past the beginning of a large transaction that
  /// is still open, or complete and not published: who restarts from a base, or is rebuilt from it,
  /// needs all its parts.
  Lsn drainable() const {
    const Lsn open = amid_round() ? std::min(open_before_round_, assembler_.oldest_open_part())
                                  : assembler_.oldest_open_part();
    return std::min({position_, recent_->applied(), open});
  }
  /// The layer is full, and a drain will make room. Where there is nothing to drain it is full of
  /// one transaction amid its slices, which only its end lets go.
  bool MustWait() const { return recent_->full() && drainable() > recent_->covered_from(); }
  /// Log at or above it is needed for a restart, whatever the bases hold.
  Lsn log_needed_from() const { return drainable(); }
  /// Prefixes dropped in (from, to].
  std::vector<DroppedPrefix> Dropped(Lsn from, Lsn to) const;
  void ForgetDroppedBefore(Lsn lsn);

 private:
  explicit RecentFeeder(std::unique_ptr<RecentLayer> recent) : recent_(std::move(recent)) {}
  Status Gather(CopyHost& copy, Lsn limit);
  Status GatherFromLog(CopyHost& copy, Lsn from, Lsn limit);
  Status Take(const BatchView& batch, Lsn end);
  Status ApplySlice();

  std::unique_ptr<RecentLayer> recent_;
  RecordAssembler assembler_;
  Lsn position_;
  std::deque<SharedBatch> fresh_;
  std::vector<DroppedPrefix> dropped_;
  // The round under way: taken from the log, applied in slices, published with the last.
  std::vector<RecordAssembler::Ready> ready_;
  size_t next_ready_ = 0;
  Lsn open_before_round_ = kMaxLsn;  // the oldest open part, as it was when the round began
  std::vector<std::string> kept_;    // what the views of ready_ point into
  std::vector<SharedBatch> in_use_;  // …
  std::string from_log_;             // …
  std::vector<DurableRecord> records_;
};

}  // namespace sixfold::storage
