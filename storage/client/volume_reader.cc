#include "storage/client/volume_reader.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/base/log.h"
#include "storage/client/read_view.h"
#include "storage/recent/recent_layer.h"

namespace sixfold::storage {
namespace {

constexpr uint64_t kQuietNs = 100'000'000;     // silence beyond it makes us look around
constexpr uint64_t kSilentNs = 200'000'000;    // longer than elsewhere: we move
constexpr uint64_t kHomeSlackNs = 50'000'000;  // home may be this much behind in hearing
constexpr uint64_t kShunNs = 5'000'000'000;
constexpr uint64_t kRetryOpenNs = 500'000'000;
constexpr uint64_t kReaderPatienceUs = 20'000;  // for our AZ to reach what another has

class HeldSnapshot final : public SnapshotHold {
 public:
  HeldSnapshot(MappedVolumeReader& reader, Lsn lsn) : reader_(reader), lsn_(lsn) {}
  ~HeldSnapshot() override { reader_.Drop(lsn_); }
  Lsn lsn() const override { return lsn_; }

 private:
  MappedVolumeReader& reader_;
  Lsn lsn_;
};

/// Nothing announced by `from` would be unseen in `to`.
bool HasAllOf(const ProgressPage& to, const ProgressPage& from) {
  return to.applied.load() >= from.applied.load() && to.durable.load() >= from.durable.load();
}

}  // namespace

MappedVolumeReader::~MappedVolumeReader() {
  CHECK(held_.empty(), "a snapshot outlives its volume reader");
}

StatusOr<std::unique_ptr<MappedVolumeReader>> MappedVolumeReader::Open(
    std::vector<std::string> folders, const Clock& clock) {
  CHECK(!folders.empty());
  std::unique_ptr<MappedVolumeReader> reader(new MappedVolumeReader(clock));
  Status first_error;
  for (std::string& folder : folders) {
    auto az = std::make_unique<Az>();
    auto maps = AzMaps::Open(folder);
    if (maps.ok()) {
      az->owned = std::move(*maps);
      az->maps = az->owned.get();
    } else if (first_error.ok()) {
      first_error = maps.status();
    }
    az->folder = std::move(folder);
    reader->azs_.push_back(std::move(az));
  }
  for (size_t i = 0; i < reader->azs_.size(); ++i) {
    if (reader->azs_[i]->maps == nullptr) continue;
    reader->current_ = i;
    return reader;
  }
  return first_error;
}

void MappedVolumeReader::OpenMissing() const {
  uint64_t now = clock_.MonotonicNanos();
  uint64_t due = next_try_ns_.load();
  if (now < due || !next_try_ns_.compare_exchange_strong(due, now + kRetryOpenNs)) return;
  std::lock_guard lock(mutex_);
  for (const auto& az : azs_) {
    if (az->maps.load() != nullptr) continue;
    auto maps = AzMaps::Open(az->folder);
    if (!maps.ok()) continue;
    for (const auto& [lsn, held] : held_) {
      // Refused where a drain there has gone beyond it: that AZ will not read this snapshot.
      (void)(*maps)->Register(lsn, held.owner, now);
    }
    az->owned = std::move(*maps);
    az->maps = az->owned.get();
  }
}

void MappedVolumeReader::Reconsider() const {
  size_t at = current_.load(std::memory_order_acquire);
  const ProgressPage& here = azs_[at]->maps.load()->page();
  uint64_t heard = here.heard_ns.load(std::memory_order_relaxed);
  if (at == 0 && clock_.RecentNanos() < heard + kQuietNs) [[likely]]
    return;
  OpenMissing();
  if (AzMaps* home = azs_[0]->maps.load(); at != 0 && home != nullptr) {
    bool shunned = clock_.MonotonicNanos() < azs_[0]->shunned_until_ns.load();
    if (!shunned && home->page().heard_ns.load() + kHomeSlackNs >= heard &&
        HasAllOf(home->page(), here)) {
      if (current_.compare_exchange_strong(at, 0)) log::Info("reads go to the own AZ again");
      return;
    }
  }
  for (size_t i = 0; i < azs_.size(); ++i) {
    const AzMaps* other = azs_[i]->maps.load();
    if (i == at || other == nullptr) continue;
    if (other->page().heard_ns.load() < heard + kSilentNs || !HasAllOf(other->page(), here)) {
      continue;
    }
    if (current_.compare_exchange_strong(at, i)) {
      log::Warning("{} is silent: reads go to {}", azs_[at]->folder, azs_[i]->folder);
    }
    return;
  }
}

void MappedVolumeReader::NoteFailure(const AzMaps& az, const Status& status) const {
  if (!absl::IsUnavailable(status) && !absl::IsDataLoss(status)) return;
  uint64_t now = clock_.MonotonicNanos();
  size_t at = current_.load();
  for (const auto& one : azs_) {
    if (one->maps.load() == &az) one->shunned_until_ns.store(now + kShunNs);
  }
  if (azs_[at]->maps.load() != &az) return;
  for (size_t i = 0; i < azs_.size(); ++i) {
    const AzMaps* other = azs_[i]->maps.load();
    bool fit = i != at && other != nullptr && now >= azs_[i]->shunned_until_ns.load() &&
               HasAllOf(other->page(), az.page());
    if (!fit || !current_.compare_exchange_strong(at, i)) continue;
    log::Warning("reads go to {}: {}", azs_[i]->folder, ToString(status));
    return;
  }
}

VolumeProgress MappedVolumeReader::Progress() const {
  Reconsider();
  const ProgressPage& page = current().page();
  VolumeProgress progress;
  progress.epoch = Epoch(page.epoch.load(std::memory_order_acquire));
  // In this order: each is at or below the next, as a statement expects.
  progress.catalog = Lsn(page.catalog.load(std::memory_order_acquire));
  progress.applied = Lsn(page.applied.load(std::memory_order_acquire));
  progress.durable = Lsn(page.durable.load(std::memory_order_acquire));
  progress.heard_ns = page.heard_ns.load(std::memory_order_relaxed);
  progress.lag_us = page.lag_us.load(std::memory_order_relaxed);
  return progress;
}

AzMaps* MappedVolumeReader::AzFor(Lsn lsn) const {
  AzMaps& here = current();
  if (here.CanRead(lsn)) [[likely]]
    return &here;
  AzMaps* reached = here.applied() >= lsn ? &here : nullptr;
  for (const auto& az : azs_) {
    AzMaps* maps = az->maps.load();
    if (maps == nullptr || maps->applied() < lsn) continue;
    if (maps->CanRead(lsn)) return maps;
    if (reached == nullptr) reached = maps;
  }
  return reached;  // nobody keeps it any more: reading there says so
}

bool MappedVolumeReader::WaitApplied(Lsn lsn, uint64_t timeout_us) {
  while (true) {
    uint64_t patience_us = std::min(timeout_us, kReaderPatienceUs);
    if (current().WaitApplied(lsn, patience_us)) return true;
    if (AzFor(lsn) != nullptr) return true;  // views at `lsn` go there
    timeout_us -= patience_us;
    if (timeout_us == 0) return false;
    Reconsider();
  }
}

StatusOr<std::unique_ptr<ReadView>> MappedVolumeReader::OpenView(Lsn lsn) {
  auto view = std::make_unique<MappedReadView>(*this);
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
  uint64_t now = clock_.MonotonicNanos();
  AzMaps& here = current();
  RETURN_IF_ERROR(here.Register(lsn, owner, now));
  for (const auto& az : azs_) {
    AzMaps* maps = az->maps.load();
    if (maps != nullptr && maps != &here) (void)maps->Register(lsn, owner, now);
  }
  held_[lsn] = {owner, 1};
  return std::make_unique<HeldSnapshot>(*this, lsn);
}

void MappedVolumeReader::Drop(Lsn lsn) {
  std::lock_guard lock(mutex_);
  auto held = held_.find(lsn);
  CHECK(held != held_.end());
  if (--held->second.holders > 0) return;
  for (const auto& az : azs_) {
    if (AzMaps* maps = az->maps.load()) maps->Unregister(lsn);
  }
  held_.erase(held);
}

StatusOr<std::unique_ptr<VolumeReader>> OpenVolumeReader(const VolumeOptions& options) {
  static const SystemClock clock;
  std::vector<std::string> folders = {
      RecentFolder(options.cluster_id, options.runtime_dir, options.az)};
  // The other AZs' names are in their sockets' (…/storage-<az>.sock).
  constexpr std::string_view kBefore = "storage-", kBehind = ".sock";
  for (std::string_view socket : options.storage_sockets) {
    size_t at = socket.rfind(kBefore);
    if (at == std::string_view::npos || !socket.ends_with(kBehind)) continue;
    socket.remove_prefix(at + kBefore.size());
    socket.remove_suffix(kBehind.size());
    std::string folder = RecentFolder(options.cluster_id, options.runtime_dir, socket);
    if (folder != folders[0]) folders.push_back(std::move(folder));
  }
  ASSIGN_OR_RETURN(auto reader, MappedVolumeReader::Open(std::move(folders), clock));
  return std::unique_ptr<VolumeReader>(std::move(reader));
}

}  // namespace sixfold::storage
