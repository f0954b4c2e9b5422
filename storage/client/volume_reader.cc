#include "storage/client/volume_reader.h"

#include <utility>

#include "core/base/check.h"
#include "storage/client/read_view.h"
#include "storage/recent/lmdb_env.h"
#include "storage/recent/recent_layer.h"

namespace sixfold::storage {
namespace {

constexpr size_t kPooledStates = 256;

class HeldSnapshot final : public SnapshotHold {
 public:
  HeldSnapshot(MappedVolumeReader& reader, Lsn lsn) : reader_(reader), lsn_(lsn) {}
  ~HeldSnapshot() override { reader_.Drop(lsn_); }
  Lsn lsn() const override { return lsn_; }

 private:
  MappedVolumeReader& reader_;
  Lsn lsn_;
};

}  // namespace

MappedVolumeReader::MappedVolumeReader(storage::Progress progress, SnapshotTable snapshots,
                                       const Clock& clock)
    : progress_(std::move(progress)), snapshots_(std::move(snapshots)), clock_(clock) {}

MappedVolumeReader::~MappedVolumeReader() {
  CHECK(held_.empty(), "a snapshot outlives its volume reader");
}

StatusOr<std::unique_ptr<MappedVolumeReader>> MappedVolumeReader::Open(const std::string& folder,
                                                                       const Clock& clock) {
  ASSIGN_OR_RETURN(storage::Progress progress, storage::Progress::Open(folder));
  ASSIGN_OR_RETURN(SnapshotTable snapshots, SnapshotTable::Open(folder, false));
  std::unique_ptr<MappedVolumeReader> reader(
      new MappedVolumeReader(std::move(progress), std::move(snapshots), clock));
  std::lock_guard lock(reader->mutex_);
  RETURN_IF_ERROR(reader->CurrentPlaces().status());
  return reader;
}

VolumeProgress MappedVolumeReader::Progress() const {
  const ProgressPage& page = progress_.page();
  VolumeProgress progress;
  progress.epoch = Epoch(page.epoch.load(std::memory_order_acquire));
  progress.durable = Lsn(page.durable.load(std::memory_order_acquire));
  progress.applied = Lsn(page.applied.load(std::memory_order_acquire));
  progress.catalog = Lsn(page.catalog.load(std::memory_order_acquire));
  progress.heard_ns = page.heard_ns.load(std::memory_order_relaxed);
  progress.lag_us = page.lag_us.load(std::memory_order_relaxed);
  return progress;
}

bool MappedVolumeReader::WaitApplied(Lsn lsn, uint64_t timeout_us) {
  return progress_.WaitApplied(lsn, timeout_us);
}

// Under mutex_.
StatusOr<std::shared_ptr<const ReadPlaces>> MappedVolumeReader::CurrentPlaces() {
  if (places_ != nullptr && places_->generation == page().generation.load()) return places_;
  ASSIGN_OR_RETURN(auto named, progress_.ReadPlaces());
  auto places = std::make_shared<ReadPlaces>();
  places->generation = named.generation;
  LmdbOptions options;
  options.memory_only = true;
  ASSIGN_OR_RETURN(places->recent, LmdbEnv::Open(named.recent_folder, options));
  ASSIGN_OR_RETURN(places->recent_table, places->recent->OpenTable("", KeyOrder::kVersioned));
  if (!named.base_folder.empty()) {
    ASSIGN_OR_RETURN(places->base, BaseReader::Open(named.base_folder));
  }
  pool_.clear();
  places_ = places;
  return places_;
}

StatusOr<std::unique_ptr<ReadState>> MappedVolumeReader::TakeState() {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(auto places, CurrentPlaces());
  if (!pool_.empty()) {
    auto state = std::move(pool_.back());
    pool_.pop_back();
    return state;
  }
  return ReadState::Open(std::move(places), *this);
}

void MappedVolumeReader::GiveBack(std::unique_ptr<ReadState> state) {
  std::lock_guard lock(mutex_);
  if (state->places != places_ || pool_.size() >= kPooledStates) return;
  pool_.push_back(std::move(state));
}

StatusOr<std::unique_ptr<ReadView>> MappedVolumeReader::OpenView(Lsn lsn) {
  ASSIGN_OR_RETURN(auto state, TakeState());
  auto view = std::make_unique<MappedReadView>(*this, std::move(state));
  RETURN_IF_ERROR(view->Renew(lsn));
  return view;
}

StatusOr<std::unique_ptr<SnapshotHold>> MappedVolumeReader::Hold(Lsn lsn, ConnectionId owner) {
  if (lsn == Lsn(0)) return InvalidArgument("hold snapshot 0");
  std::lock_guard lock(mutex_);
  auto held = held_.find(lsn);
  if (held != held_.end()) {
    ++held->second.holders;
    return std::make_unique<HeldSnapshot>(*this, lsn);
  }
  ASSIGN_OR_RETURN(SnapshotSlot * slot, snapshots_.Publish(lsn, owner, clock_.MonotonicNanos()));
  // The slot is published: a drain that starts from here on sees it (snapshot_table.h).
  if (page().drain_target.load() > lsn.value()) {
    SnapshotTable::Withdraw(slot);
    return MakeStatus(StatusCode::kOutOfRange, "snapshot {} is too old to be held", lsn);
  }
  held_[lsn] = {slot, 1};
  return std::make_unique<HeldSnapshot>(*this, lsn);
}

bool MappedVolumeReader::Holds(Lsn lsn) const {
  std::lock_guard lock(mutex_);
  return held_.contains(lsn);
}

void MappedVolumeReader::Drop(Lsn lsn) {
  std::lock_guard lock(mutex_);
  auto held = held_.find(lsn);
  CHECK(held != held_.end());
  if (--held->second.holders > 0) return;
  SnapshotTable::Withdraw(held->second.slot);
  held_.erase(held);
}

StatusOr<std::unique_ptr<VolumeReader>> OpenVolumeReader(const VolumeOptions& options) {
  static const SystemClock clock;
  ASSIGN_OR_RETURN(auto reader,
                   MappedVolumeReader::Open(
                       RecentFolder(options.cluster_id, options.runtime_dir, options.az), clock));
  return std::unique_ptr<VolumeReader>(std::move(reader));
}

}  // namespace sixfold::storage
