#include "storage/recent/recent_layer.h"

#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include "core/base/check.h"
#include "core/base/checksum.h"
#include "storage/recent/recent_cursor.h"
#include "storage/recent/version_key.h"

namespace sixfold::storage {
namespace {

constexpr uint32_t kStateVersion = 1;
constexpr size_t kReserveBytes = size_t{4} << 20;
constexpr size_t kSliceBytes = size_t{32} << 20;  // of one LMDB transaction
constexpr size_t kEntryBytes = 48;                // a small entry's share of its page
constexpr char kStateKey[kVersionBytes] = {};     // the empty user key

// Value of the layer's own entry.
struct StoredState {
  uint32_t version;
  uint32_t flags;
  uint8_t volume[16];
  uint64_t covered_from;
};
static_assert(sizeof(StoredState) == 32);

MDB_val ValOf(std::string_view bytes) {
  return MDB_val{bytes.size(), const_cast<char*>(bytes.data())};
}

size_t TableBytes(MDB_txn* txn, unsigned table) {
  MDB_stat stat;
  mdb_stat(txn, table, &stat);
  return (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * stat.ms_psize;
}

/// Versions of the long keys of one bucket: suffix -> newest first -> u8 flags, bytes.
using LongVersions = std::map<std::string, std::map<Lsn, std::string, std::greater<>>, std::less<>>;

Status RemoveEnvironment(const std::string& folder) {
  for (const char* name : {"/data.mdb", "/lock.mdb"}) {
    if (::unlink((folder + name).c_str()) != 0 && errno != ENOENT) {
      return ErrnoStatus(errno, "remove " + folder + name);
    }
  }
  if (::rmdir(folder.c_str()) != 0 && errno != ENOENT)
    return ErrnoStatus(errno, "remove " + folder);
  return OkStatus();
}

/// To the last entry at or before `position` ("": the last one of all).
int SeekLastUpTo(MDB_cursor* cursor, const std::string& position, MDB_val* key, MDB_val* value) {
  if (position.empty()) return mdb_cursor_get(cursor, key, value, MDB_LAST);
  *key = ValOf(position);
  const int code = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
  if (code == MDB_NOTFOUND) return mdb_cursor_get(cursor, key, value, MDB_LAST);
  const std::string_view found(static_cast<const char*>(key->mv_data), key->mv_size);
  if (code != MDB_SUCCESS || found == position) return code;
  return mdb_cursor_get(cursor, key, value, MDB_PREV);
}

/// What an earlier layer left: of another volume, or of a start that was cut short.
Status RemoveEnvironments(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().filename().string().starts_with("recent-"))
      found.push_back(entry.path().string());
  }
  for (const std::string& environment : found) RETURN_IF_ERROR(RemoveEnvironment(environment));
  return OkStatus();
}

}  // namespace

/// One LMDB transaction of Apply or Trim. Long keys gather here, so that a bucket is rewritten
/// once.
struct RecentLayer::WriteBatch {
  WriteBatch(LmdbWriteTxn transaction, unsigned table_handle)
      : txn(std::move(transaction)), table(table_handle) {}
  ~WriteBatch() {
    if (cursor != nullptr) mdb_cursor_close(cursor);
  }

  LmdbWriteTxn txn;
  unsigned table;
  MDB_cursor* cursor = nullptr;
  std::map<std::string, LongVersions, std::less<>> buckets;

  Status Put(std::string_view key, uint8_t flags, std::string_view bytes) {
    MDB_val stored = ValOf(key);
    MDB_val room{1 + bytes.size(), nullptr};
    if (int code = mdb_put(txn.get(), table, &stored, &room, MDB_RESERVE)) {
      return LmdbStatus(code, "put into recent layer");
    }
    txn.OrderAfterReaders();
    char* to = static_cast<char*>(room.mv_data);
    to[0] = static_cast<char>(flags);
    if (!bytes.empty()) std::memcpy(to + 1, bytes.data(), bytes.size());
    return OkStatus();
  }

  StatusOr<LongVersions*> Bucket(std::string_view user_key) {
    std::string_view prefix = user_key.substr(0, kMaxPlainKeyBytes);
    auto known = buckets.find(prefix);
    if (known != buckets.end()) return &known->second;
    LongVersions& bucket = buckets[std::string(prefix)];
    KeyBuffer key;
    key.SetVersioned(user_key, kMaxLsn);
    MDB_val stored = ValOf(key.view()), value;
    int code = mdb_get(txn.get(), table, &stored, &value);
    if (code == MDB_NOTFOUND) return &bucket;
    if (code != MDB_SUCCESS) return LmdbStatus(code, "read recent bucket");
    std::vector<BucketEntry> entries;
    if (!ParseBucket({static_cast<const char*>(value.mv_data), value.mv_size}, &entries)) {
      return Corrupt("recent bucket is damaged");
    }
    for (const BucketEntry& entry : entries) {
      if (entry.payload.size() < 9) return Corrupt("recent bucket is damaged");
      bucket[std::string(entry.suffix)][Lsn(LoadFixed<uint64_t>(entry.payload.data()))] =
          entry.payload.substr(8);
    }
    return &bucket;
  }

  Status Commit() {
    if (cursor != nullptr) mdb_cursor_close(std::exchange(cursor, nullptr));
    return txn.Commit();
  }

  Status FlushBuckets() {
    for (const auto& [prefix, bucket] : buckets) {
      std::string value;
      for (const auto& [suffix, versions] : bucket) {
        for (const auto& [lsn, bytes] : versions) {
          std::string payload;
          PutFixed(&payload, lsn.value());
          payload += bytes;
          AppendBucketEntry(&value, suffix, payload);
        }
      }
      std::string key = prefix + '\0' + std::string(kVersionBytes, '\0');
      MDB_val stored = ValOf(key), bytes = ValOf(value);
      int code = value.empty() ? mdb_del(txn.get(), table, &stored, nullptr)
                               : mdb_put(txn.get(), table, &stored, &bytes, 0);
      if (code != MDB_SUCCESS && code != MDB_NOTFOUND) return LmdbStatus(code, "put recent bucket");
    }
    buckets.clear();
    return OkStatus();
  }
};

std::string RecentFolder(std::string_view cluster_id, std::string_view data_dir,
                         std::string_view az) {
  return fmt::format("/dev/shm/sixfold-{}-{:016x}-{}", cluster_id, Checksum64(data_dir), az);
}

RecentLayer::RecentLayer(RecentOptions options, Progress progress, SnapshotTable snapshots)
    : options_(std::move(options)),
      progress_(std::move(progress)),
      snapshots_(std::move(snapshots)) {}

RecentLayer::~RecentLayer() = default;

StatusOr<std::unique_ptr<RecentLayer>> RecentLayer::Open(const RecentOptions& options) {
  if (::mkdir(options.folder.c_str(), 0755) != 0 && errno != EEXIST) {
    return ErrnoStatus(errno, "create " + options.folder);
  }
  ASSIGN_OR_RETURN(Progress progress, Progress::Create(options.folder, options.volume));
  ASSIGN_OR_RETURN(SnapshotTable snapshots, SnapshotTable::Open(options.folder, true));
  std::unique_ptr<RecentLayer> layer(
      new RecentLayer(options, std::move(progress), std::move(snapshots)));
  auto places = layer->progress_.ReadPlaces();
  if (places.ok() && !places->recent_folder.empty() &&
      ::access(places->recent_folder.c_str(), F_OK) == 0) {
    Status opened = layer->OpenEnvironment(places->recent_folder);
    if (opened.ok()) opened = layer->LoadState();
    if (opened.ok()) {
      layer->base_folder_ = places->base_folder;
      return layer;
    }
  }
  RETURN_IF_ERROR(RemoveEnvironments(options.folder));
  RETURN_IF_ERROR(layer->Reset(Lsn(0), ""));
  return layer;
}

Status RecentLayer::Reset(Lsn from, std::string_view base_folder) {
  ProgressPage& page = progress_.page();
  std::string old;
  if (auto places = progress_.ReadPlaces(); places.ok()) old = places->recent_folder;
  uint64_t number = page.generation.load() / 2 + 1;
  std::string folder = fmt::format("{}/recent-{}", options_.folder, number);
  env_.reset();
  RETURN_IF_ERROR(RemoveEnvironment(folder));
  RETURN_IF_ERROR(OpenEnvironment(folder));
  applied_ = from.value();
  covered_from_ = from.value();
  catalog_ = from;
  base_folder_ = base_folder;
  trim_target_ = Lsn(0);
  trim_position_.clear();
  bytes_ = 0;
  ASSIGN_OR_RETURN(LmdbWriteTxn txn, LmdbWriteTxn::Begin(*env_));
  RETURN_IF_ERROR(StoreState(txn.get()));
  RETURN_IF_ERROR(txn.Commit());
  // With the old places nothing above either may be read, with the new ones nothing below `from`.
  page.applied.store(std::min(page.applied.load(), from.value()));
  page.covered_from.store(from.value());
  page.drain_target.store(0);
  progress_.PublishPlaces(folder, base_folder_);
  page.catalog.store(std::max(page.catalog.load(), from.value()));
  page.applied.store(from.value());
  // Readers may still map the old one; its memory goes when the last of them has moved on.
  if (!old.empty() && old != folder) return RemoveEnvironment(old);
  return OkStatus();
}

Status RecentLayer::OpenEnvironment(const std::string& folder) {
  LmdbOptions options;
  options.writable = true;
  options.memory_only = true;
  options.map_bytes = options_.map_bytes;
  ASSIGN_OR_RETURN(env_, LmdbEnv::Open(folder, options));
  RETURN_IF_ERROR(env_->Reserve(size_t{1} << 20));
  ASSIGN_OR_RETURN(table_, env_->OpenTable("", KeyOrder::kVersioned));
  return OkStatus();
}

Status RecentLayer::LoadState() {
  ASSIGN_OR_RETURN(LmdbWriteTxn txn, LmdbWriteTxn::Begin(*env_));
  MDB_val key = ValOf({kStateKey, sizeof(kStateKey)}), value;
  if (int code = mdb_get(txn.get(), table_, &key, &value)) {
    return LmdbStatus(code, "read state of recent layer");
  }
  StoredState state;
  if (value.mv_size != sizeof(state)) return Corrupt("state of recent layer is damaged");
  std::memcpy(&state, value.mv_data, sizeof(state));
  if (state.version != kStateVersion ||
      std::memcmp(state.volume, options_.volume.bytes.data(), 16) != 0) {
    return FailedPrecondition("recent layer is of another volume or version");
  }
  covered_from_ = state.covered_from;
  bytes_ = TableBytes(txn.get(), table_);
  ProgressPage& page = progress_.page();
  applied_ = page.applied.load();
  catalog_ = Lsn(page.catalog.load());
  page.covered_from.store(state.covered_from);
  if (applied_ < covered_from_) return Corrupt("recent layer is behind its own floor");
  return OkStatus();
}

Status RecentLayer::StoreState(MDB_txn* txn) {
  StoredState state{};
  state.version = kStateVersion;
  std::memcpy(state.volume, options_.volume.bytes.data(), 16);
  state.covered_from = covered_from_.load();
  MDB_val key = ValOf({kStateKey, sizeof(kStateKey)}), value{sizeof(state), &state};
  if (int code = mdb_put(txn, table_, &key, &value, 0)) return LmdbStatus(code, "put state");
  return OkStatus();
}

Status RecentLayer::Apply(std::span<const DurableRecord> records, Lsn applied_to) {
  CHECK_GE(applied_to, applied());
  Lsn catalog = catalog_;
  for (const DurableRecord& record : records) {
    CHECK_LE(record.lsn, applied_to);
    if (record.changes_catalog && record.lsn > catalog) catalog = record.lsn;
  }
  if (!records.empty()) RETURN_IF_ERROR(ApplyRecords(records));
  applied_.store(applied_to.value(), std::memory_order_release);
  catalog_ = catalog;
  progress_.PublishApplied(applied_to, catalog_);
  return OkStatus();
}

Status RecentLayer::ApplyRecords(std::span<const DurableRecord> records) {
  size_t bytes = 0;
  for (const DurableRecord& record : records) bytes += record.mutations.rest().size();
  // Keys share pages with others, which are copied before they are written.
  RETURN_IF_ERROR(env_->Reserve(kReserveBytes + std::min(bytes, kSliceBytes) * 3));
  ASSIGN_OR_RETURN(LmdbWriteTxn txn, LmdbWriteTxn::Begin(*env_));
  auto batch = std::make_unique<WriteBatch>(std::move(txn), table_);
  size_t slice_bytes = 0;
  for (const DurableRecord& record : records) {
    MutationCursor mutations = record.mutations;
    Mutation mutation;
    while (mutations.Next(&mutation)) {
      if (slice_bytes > kSliceBytes) {
        RETURN_IF_ERROR(Flush(*batch));
        RETURN_IF_ERROR(env_->Reserve(kReserveBytes + kSliceBytes * 3));
        ASSIGN_OR_RETURN(LmdbWriteTxn next, LmdbWriteTxn::Begin(*env_));
        batch = std::make_unique<WriteBatch>(std::move(next), table_);
        slice_bytes = 0;
      }
      if (mutation.value.size() > kReserveBytes) {
        RETURN_IF_ERROR(env_->Reserve(kReserveBytes + kSliceBytes * 3 + mutation.value.size()));
      }
      slice_bytes += mutation.key.size() + mutation.value.size() + kEntryBytes;
      RETURN_IF_ERROR(ApplyOne(*batch, record.lsn, mutation));
    }
    if (!mutations.ok()) return Corrupt("record at {} is damaged", record.lsn);
  }
  return Flush(*batch);
}

Status RecentLayer::Flush(WriteBatch& batch) {
  RETURN_IF_ERROR(batch.FlushBuckets());
  bytes_ = TableBytes(batch.txn.get(), table_);
  return batch.Commit();
}

Status RecentLayer::ApplyOne(WriteBatch& batch, Lsn lsn, const Mutation& mutation) {
  if (mutation.key.empty() || mutation.key.size() > kMaxUserKeyBytes) {
    return Corrupt("record at {} has a key of {} bytes", lsn, mutation.key.size());
  }
  uint8_t flags = mutation.kind == MutationKind::kDelete ? kRecentTombstone : 0;
  std::string_view value = mutation.value;
  std::string larger;
  if (mutation.kind == MutationKind::kMax) {
    ASSIGN_OR_RETURN(larger, ResolveMax(batch, mutation, lsn));
    value = larger;
  }
  if (IsLongKey(mutation.key)) [[unlikely]] {
    ASSIGN_OR_RETURN(LongVersions * bucket, batch.Bucket(mutation.key));
    std::string payload(1, static_cast<char>(flags));
    payload.append(value);
    (*bucket)[std::string(SuffixOf(mutation.key))][lsn] = std::move(payload);
    return OkStatus();
  }
  KeyBuffer key;
  key.SetVersioned(mutation.key, lsn);
  return batch.Put(key.view(), flags, value);
}

StatusOr<std::string> RecentLayer::ResolveMax(WriteBatch& batch, const Mutation& mutation,
                                              Lsn lsn) {
  std::optional<RecentVersion> before;
  if (IsLongKey(mutation.key)) {
    ASSIGN_OR_RETURN(LongVersions * bucket, batch.Bucket(mutation.key));
    auto versions = bucket->find(SuffixOf(mutation.key));
    if (versions != bucket->end()) {
      // Newest first: the first one below this record's LSN.
      auto older = versions->second.upper_bound(lsn);
      if (older != versions->second.end()) before = DecodeRecentValue(older->second, older->first);
    }
  } else {
    if (batch.cursor == nullptr) {
      if (int code = mdb_cursor_open(batch.txn.get(), table_, &batch.cursor)) {
        return LmdbStatus(code, "open recent cursor");
      }
    }
    KeyBuffer key;
    key.SetVersioned(mutation.key, lsn - 1);
    MDB_val stored = ValOf(key.view()), value;
    int code = mdb_cursor_get(batch.cursor, &stored, &value, MDB_SET_RANGE);
    if (code != MDB_SUCCESS && code != MDB_NOTFOUND) return LmdbStatus(code, "read recent layer");
    std::string_view found(static_cast<const char*>(stored.mv_data), stored.mv_size);
    if (code == MDB_SUCCESS && WithoutVersion(found) == mutation.key) {
      before = DecodeRecentValue({static_cast<const char*>(value.mv_data), value.mv_size},
                                 VersionOf(found));
    }
  }
  std::string result(mutation.value);
  if (before.has_value()) {
    if (!before->tombstone && before->value > mutation.value) result = before->value;
    return result;
  }
  std::string in_base;
  if (base_lookup_) {
    ASSIGN_OR_RETURN(bool found, base_lookup_(mutation.key, &in_base));
    if (found && in_base > result) result = in_base;
  }
  return result;
}

Status RecentLayer::Trim(Lsn up_to) {
  bool done = false;
  while (!done) {
    ASSIGN_OR_RETURN(done, TrimStep(up_to, 100'000));
  }
  return OkStatus();
}

/// Backward, so that of a key the oldest versions go first: what a step leaves of it for the next
/// one, or a crash for ever, is its newest version, which hides nothing.
StatusOr<bool> RecentLayer::TrimStep(Lsn up_to, size_t entries) {
  CHECK_LE(up_to, applied());
  if (up_to < covered_from() || (up_to == covered_from() && trim_target_ != up_to)) return true;
  RETURN_IF_ERROR(env_->Reserve(kReserveBytes));
  ASSIGN_OR_RETURN(LmdbWriteTxn txn, LmdbWriteTxn::Begin(*env_));
  WriteBatch batch(std::move(txn), table_);
  if (trim_target_ != up_to) {
    trim_target_ = up_to;
    trim_position_.clear();
    covered_from_ = up_to.value();
    progress_.page().covered_from.store(up_to.value());  // before anybody can see a hole
    env_->ClearDeadReaders();
    RETURN_IF_ERROR(StoreState(batch.txn.get()));
  }
  if (int code = mdb_cursor_open(batch.txn.get(), table_, &batch.cursor)) {
    return LmdbStatus(code, "open recent cursor");
  }
  MDB_val key, value;
  int code = SeekLastUpTo(batch.cursor, trim_position_, &key, &value);
  for (size_t seen = 0; code == MDB_SUCCESS && seen < entries; ++seen) {
    std::string_view stored(static_cast<const char*>(key.mv_data), key.mv_size);
    std::string_view user_key = WithoutVersion(stored);
    if (IsBucketKey(user_key)) {
      ASSIGN_OR_RETURN(LongVersions * bucket, batch.Bucket(user_key));
      for (auto versions = bucket->begin(); versions != bucket->end();) {
        std::erase_if(versions->second, [&](const auto& v) { return v.first <= up_to; });
        versions = versions->second.empty() ? bucket->erase(versions) : std::next(versions);
      }
    } else if (!user_key.empty() && VersionOf(stored) <= up_to) {
      if (int deleted = mdb_cursor_del(batch.cursor, 0)) return LmdbStatus(deleted, "trim");
    }
    code = mdb_cursor_get(batch.cursor, &key, &value, MDB_PREV);
  }
  if (code != MDB_SUCCESS && code != MDB_NOTFOUND) return LmdbStatus(code, "trim");
  bool done = code == MDB_NOTFOUND;
  trim_position_ =
      done ? std::string() : std::string(static_cast<const char*>(key.mv_data), key.mv_size);
  if (done) trim_target_ = Lsn(0);
  mdb_cursor_close(std::exchange(batch.cursor, nullptr));
  RETURN_IF_ERROR(batch.FlushBuckets());
  bytes_ = TableBytes(batch.txn.get(), table_);
  RETURN_IF_ERROR(batch.Commit());
  return done;
}

void RecentLayer::ServeBase(std::string_view base_folder) {
  base_folder_ = base_folder;
  progress_.PublishPlaces(env_->folder(), base_folder_);
}

}  // namespace sixfold::storage
