#include "storage/copy/base_store.h"

#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/checksum.h"
#include "storage/copy/group_drain.h"
#include "storage/recent/recent_layer.h"
#include "storage/recent/version_key.h"

namespace sixfold::storage {
namespace {

Status MakeFolder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
    return ErrnoStatus(errno, "create " + folder);
  }
  return OkStatus();
}

}  // namespace

DrainFloors PrepareDrain(RecentLayer& recent, Lsn to, uint64_t now_ns, uint64_t oldest_ns) {
  ProgressPage& page = recent.progress().page();
  if (page.drain_target.load() < to.value()) page.drain_target.store(to.value());
  std::atomic_thread_fence(std::memory_order_seq_cst);
  DrainFloors floors;
  for (const SnapshotTable::Live& live : recent.snapshots().Collect()) {
    bool too_old = oldest_ns != 0 && now_ns > live.since_ns && now_ns - live.since_ns > oldest_ns;
    if (!too_old) floors.snapshots.push_back(live.lsn);
  }
  return floors;
}

StatusOr<std::unique_ptr<BaseStore>> BaseStore::Open(const BaseOptions& options) {
  std::unique_ptr<BaseStore> store(new BaseStore(options));
  RETURN_IF_ERROR(MakeFolder(options.folder));
  if (::access((options.folder + "/groups").c_str(), F_OK) == 0) {
    ASSIGN_OR_RETURN(store->map_, GroupMap::Load(options.folder));
  } else {
    store->map_ = GroupMap::Cut(options.split_keys);
    RETURN_IF_ERROR(store->map_.Store(options.folder));
  }
  for (size_t i = 0; i < store->map_.size(); ++i) {
    GroupId id = store->map_.group(i).id;
    ASSIGN_OR_RETURN(auto group, BaseGroup::Open(GroupFolder(options.folder, id), id,
                                                 options.volume, options.map_bytes));
    if (group->half_imported()) return Corrupt("open {}: half imported", options.folder);
    store->groups_.push_back(std::move(group));
  }
  return store;
}

Status BaseStore::Wipe(const std::string& folder) {
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (error) return Internal("remove {}: {}", folder, error.message());
  return OkStatus();
}

Lsn BaseStore::applied_lsn() const {
  Lsn lowest = kMaxLsn;
  for (const auto& group : groups_) lowest = std::min(lowest, group->applied());
  return lowest;
}

Lsn BaseStore::floor() const {
  Lsn highest;
  for (const auto& group : groups_) highest = std::max(highest, group->floor());
  return highest;
}

StatusOr<DrainResult> BaseStore::Drain(Stretch& stretch, Lsn to, const DrainFloors& floors) {
  DCHECK(std::is_sorted(floors.snapshots.begin(), floors.snapshots.end()));
  DrainResult total;
  std::string_view key;
  std::vector<StretchVersion> versions;
  ASSIGN_OR_RETURN(bool more, stretch.NextKey(&key, &versions));
  for (size_t i = 0; i < groups_.size(); ++i) {
    const GroupRange& range = map_.group(i);
    bool done_before = groups_[i]->applied() >= to;
    std::unique_ptr<GroupDrain> drain;
    if (!done_before) {
      ASSIGN_OR_RETURN(drain, groups_[i]->BeginDrain(to, floors));
      for (const DroppedPrefix& dropped : stretch.dropped()) {
        RETURN_IF_ERROR(drain->AddDead(dropped));
      }
    }
    while (more && (range.end.empty() || key < range.end)) {
      DCHECK(key >= range.begin);
      if (drain != nullptr) RETURN_IF_ERROR(drain->Take(key, versions));
      ASSIGN_OR_RETURN(more, stretch.NextKey(&key, &versions));
    }
    if (drain == nullptr) continue;
    ASSIGN_OR_RETURN(DrainResult part, drain->Finish());
    total.rows_written += part.rows_written;
    total.history_written += part.history_written;
    total.trimmed += part.trimmed;
  }
  CHECK(!more, "a key beyond the last group");
  return total;
}

StatusOr<bool> BaseStore::GetNewest(std::string_view key, std::string* value) const {
  return groups_[map_.IndexOf(key)]->GetNewest(key, value);
}

StatusOr<uint64_t> BaseStore::RangeHash(Lsn at) const {
  uint64_t hash = 0;
  for (const auto& group : groups_) {
    if (group->applied() != at) {
      return FailedPrecondition("hash at {}: the copy is at {}", at, group->applied());
    }
    ASSIGN_OR_RETURN(uint64_t part, group->Hash());
    hash = Checksum64({reinterpret_cast<const char*>(&part), 8}, hash);
  }
  return hash;
}

StatusOr<uint64_t> BaseStore::Bytes() const {
  uint64_t bytes = 0;
  for (const auto& group : groups_) {
    ASSIGN_OR_RETURN(size_t part, group->Bytes());
    bytes += part;
  }
  return bytes;
}

void BaseStore::ClearDeadReaders() {
  for (const auto& group : groups_) group->env().ClearDeadReaders();
}

std::vector<LmdbEnv*> BaseStore::envs() const {
  std::vector<LmdbEnv*> envs;
  for (const auto& group : groups_) envs.push_back(&group->env());
  return envs;
}

StatusOr<std::unique_ptr<BaseExport>> BaseStore::Export() const {
  auto out = std::make_unique<BaseExport>();
  out->map_ = map_;
  out->lsn_ = kMaxLsn;
  for (const auto& group : groups_) {
    ASSIGN_OR_RETURN(auto txn, LmdbReadTxn::Begin(group->shared_env()));
    ASSIGN_OR_RETURN(GroupState state, ReadGroupState(txn->get(), group->tables()));
    out->lsn_ = std::min(out->lsn_, Lsn(state.applied));
    out->txns_.push_back(std::move(txn));
    out->tables_.push_back(group->tables());
  }
  for (size_t i = 0; i < out->txns_.size(); ++i) {
    ASSIGN_OR_RETURN(GroupState state, ReadGroupState(out->txns_[i]->get(), out->tables_[i]));
    // Between two groups of one drain: rows would be of two LSNs.
    if (Lsn(state.applied) != out->lsn_) return Unavailable("export: a drain is under way");
  }
  return out;
}

StatusOr<std::string> BaseExport::NextChunk(size_t bytes) {
  std::string chunk;
  while (chunk.empty() && group_ < txns_.size()) {
    bool complete = true;
    RETURN_IF_ERROR(
        VisitRows(txns_[group_]->get(), tables_[group_], position_,
                  [&](std::string_view key, std::string_view value, Lsn lsn) -> StatusOr<bool> {
                    if (chunk.size() >= bytes) {
                      position_ = key;
                      complete = false;
                      return false;
                    }
                    PutLengthPrefixed(&chunk, key);
                    PutFixed(&chunk, lsn.value());
                    PutLengthPrefixed(&chunk, value);
                    return true;
                  }));
    if (complete) {
      ++group_;
      position_.clear();
    }
  }
  if (!chunk.empty()) PutFixed(&chunk, Checksum64(chunk));
  return chunk;
}

StatusOr<std::unique_ptr<BaseImport>> BaseImport::Begin(const BaseOptions& options, Lsn lsn) {
  RETURN_IF_ERROR(BaseStore::Wipe(options.folder));
  auto import = std::make_unique<BaseImport>();
  import->lsn_ = lsn;
  ASSIGN_OR_RETURN(import->store_, BaseStore::Open(options));
  for (const auto& group : import->store_->groups_) RETURN_IF_ERROR(group->BeginImport());
  return import;
}

Status BaseImport::Add(std::string_view chunk) {
  if (chunk.size() < 8) return Corrupt("import: chunk of {} bytes", chunk.size());
  std::string_view body = chunk.substr(0, chunk.size() - 8);
  if (LoadFixed<uint64_t>(body.data() + body.size()) != Checksum64(body)) {
    return Corrupt("import: a chunk's checksum does not fit");
  }
  std::vector<std::vector<BaseGroup::ImportedRow>> rows(store_->groups_.size());
  ByteReader reader(body);
  while (!reader.empty()) {
    BaseGroup::ImportedRow row;
    row.key = reader.LengthPrefixed();
    row.lsn = Lsn(reader.Fixed<uint64_t>());
    row.value = reader.LengthPrefixed();
    if (!reader.ok() || row.key.empty() || row.key.size() > kMaxUserKeyBytes)
      return Corrupt("import: a chunk is damaged");
    rows[store_->map_.IndexOf(row.key)].push_back(row);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].empty()) RETURN_IF_ERROR(store_->groups_[i]->ImportRows(rows[i]));
  }
  return reader.ok() ? OkStatus() : Corrupt("import: a chunk is damaged");
}

StatusOr<std::unique_ptr<BaseStore>> BaseImport::Finish() {
  for (const auto& group : store_->groups_) RETURN_IF_ERROR(group->FinishImport(lsn_, {}));
  return std::move(store_);
}

}  // namespace sixfold::storage
