#include "storage/client/az_maps.h"

#include <utility>

#include "core/base/check.h"
#include "storage/recent/lmdb_env.h"

namespace sixfold::storage {
namespace {

constexpr size_t kPooledStates = 256;
constexpr size_t kSpareSlots = 64;

}  // namespace

bool ReadPlaces::faulted() const { return recent->faulted() || base->faulted(); }

Status ReadState::Renew(Lsn lsn) {
  RETURN_IF_ERROR(recent->Renew().status());
  base->Renew(lsn, Lsn(az->page().covered_from.load()));
  return recent_cursor->Renew(lsn);
}

void ReadState::Release() {
  recent->Release();
  base->Release();
}

StatusOr<std::unique_ptr<AzMaps>> AzMaps::Open(const std::string& folder) {
  ASSIGN_OR_RETURN(Progress progress, Progress::Open(folder));
  ASSIGN_OR_RETURN(SnapshotTable snapshots, SnapshotTable::Open(folder, false));
  std::unique_ptr<AzMaps> maps(new AzMaps(std::move(progress), std::move(snapshots)));
  std::lock_guard lock(maps->mutex_);
  RETURN_IF_ERROR(maps->CurrentPlaces().status());
  return maps;
}

AzMaps::~AzMaps() {
  for (auto& [lsn, slot] : held_) SnapshotTable::Withdraw(slot);
  for (SnapshotSlot* slot : spare_slots_) SnapshotTable::Withdraw(slot);
}

// Under mutex_.
StatusOr<std::shared_ptr<const ReadPlaces>> AzMaps::CurrentPlaces() {
  if (places_ != nullptr && places_->faulted()) {  // opened anew once nobody uses it any more
    pool_.clear();
    places_.reset();
  }
  if (places_ != nullptr && places_->generation == page().generation.load()) return places_;
  ASSIGN_OR_RETURN(auto named, progress_.ReadPlaces());
  if (named.base_folder.empty()) return Unavailable("the AZ serves no copy yet");
  auto places = std::make_shared<ReadPlaces>();
  places->generation = named.generation;
  LmdbOptions options;
  options.memory_only = true;
  ASSIGN_OR_RETURN(places->recent, LmdbEnv::Open(named.recent_folder, options));
  ASSIGN_OR_RETURN(places->recent_table, places->recent->OpenTable("", KeyOrder::kVersioned));
  ASSIGN_OR_RETURN(places->base, BaseReader::Open(named.base_folder));
  pool_.clear();
  places_ = places;
  return places_;
}

StatusOr<std::unique_ptr<ReadState>> AzMaps::TakeState() {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(auto places, CurrentPlaces());
  if (!pool_.empty()) {
    auto state = std::move(pool_.back());
    pool_.pop_back();
    return state;
  }
  auto state = std::make_unique<ReadState>();
  state->az = this;
  state->places = std::move(places);
  ASSIGN_OR_RETURN(state->recent, LmdbReadTxn::Begin(state->places->recent));
  ASSIGN_OR_RETURN(state->recent_cursor,
                   RecentCursor::Open(*state->recent, state->places->recent_table));
  state->base = std::make_unique<BaseView>(state->places->base, *this);
  return state;
}

void AzMaps::GiveBack(std::unique_ptr<ReadState> state) {
  DCHECK(state->az == this);
  std::lock_guard lock(mutex_);
  if (state->places != places_ || pool_.size() >= kPooledStates) return;
  pool_.push_back(std::move(state));
}

Status AzMaps::Register(Lsn lsn, ConnectionId owner, uint64_t now_ns) {
  std::lock_guard lock(mutex_);
  CHECK(!held_.contains(lsn), "snapshot {} is registered already", lsn);
  SnapshotSlot* slot = nullptr;
  if (!spare_slots_.empty()) {
    slot = spare_slots_.back();
    spare_slots_.pop_back();
    SnapshotTable::Republish(slot, lsn, owner, now_ns);
  } else {
    ASSIGN_OR_RETURN(slot, snapshots_.Publish(lsn, owner, now_ns));
  }
  // The slot is published: a drain that starts from here on sees it (snapshot_table.h).
  if (page().drain_target.load() > lsn.value()) {
    SnapshotTable::Empty(slot);
    spare_slots_.push_back(slot);
    return MakeStatus(StatusCode::kOutOfRange, "snapshot too old: {} cannot be held any more", lsn);
  }
  held_[lsn] = slot;
  return OkStatus();
}

void AzMaps::Unregister(Lsn lsn) {
  std::lock_guard lock(mutex_);
  auto held = held_.find(lsn);
  if (held == held_.end()) return;
  if (spare_slots_.size() < kSpareSlots) {
    SnapshotTable::Empty(held->second);
    spare_slots_.push_back(held->second);
  } else {
    SnapshotTable::Withdraw(held->second);
  }
  held_.erase(held);
}

bool AzMaps::Holds(Lsn lsn) const {
  std::lock_guard lock(mutex_);
  return held_.contains(lsn);
}

}  // namespace sixfold::storage
