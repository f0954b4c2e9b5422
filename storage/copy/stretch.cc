#include "storage/copy/stretch.h"

#include <lmdb.h>

#include <algorithm>

#include "core/base/check.h"
#include "storage/recent/lmdb_env.h"
#include "storage/recent/recent_cursor.h"
#include "storage/recent/recent_layer.h"

namespace sixfold::storage {
namespace {

class RecentStretch final : public Stretch {
 public:
  RecentStretch(std::unique_ptr<LmdbReadTxn> txn, MDB_cursor* cursor, Lsn from, Lsn to)
      : txn_(std::move(txn)), cursor_(cursor), from_(from), to_(to) {}
  ~RecentStretch() override { mdb_cursor_close(cursor_); }

  StatusOr<bool> NextKey(std::string_view* key, std::vector<StretchVersion>* versions) override {
    versions->clear();
    while (true) {
      if (NextOfBucket(key, versions)) return true;
      if (!started_) RETURN_IF_ERROR(Step());
      started_ = true;
      if (!there_) return false;
      std::string_view plain = WithoutVersion(stored_);
      if (plain.empty()) {
        RETURN_IF_ERROR(Step());
        continue;
      }
      if (IsBucketKey(plain)) {
        if (!ParseBucket(payload_, &bucket_)) return Corrupt("recent bucket is damaged");
        bucket_at_ = 0;
        bucket_prefix_ = plain.substr(0, kMaxPlainKeyBytes);
        RETURN_IF_ERROR(Step());
        continue;
      }
      while (there_ && WithoutVersion(stored_) == plain) {
        Take(DecodeRecentValue(payload_, VersionOf(stored_)), versions);
        RETURN_IF_ERROR(Step());
      }
      if (versions->empty()) continue;
      std::reverse(versions->begin(), versions->end());
      *key = plain;
      return true;
    }
  }

 private:
  void Take(const RecentVersion& version, std::vector<StretchVersion>* versions) {
    if (version.lsn <= from_ || version.lsn > to_) return;
    versions->push_back({version.lsn,
                         version.tombstone ? MutationKind::kDelete : MutationKind::kPut,
                         version.value});
  }

  bool NextOfBucket(std::string_view* key, std::vector<StretchVersion>* versions) {
    while (bucket_at_ < bucket_.size()) {
      std::string_view suffix = bucket_[bucket_at_].suffix;
      while (bucket_at_ < bucket_.size() && bucket_[bucket_at_].suffix == suffix) {
        auto version = DecodeRecentBucketPayload(bucket_[bucket_at_++].payload);
        if (version.ok()) Take(*version, versions);
      }
      if (versions->empty()) continue;
      std::reverse(versions->begin(), versions->end());
      long_key_.assign(bucket_prefix_).append(suffix);
      *key = long_key_;
      return true;
    }
    return false;
  }

  Status Step() {
    MDB_val key, value;
    int code = mdb_cursor_get(cursor_, &key, &value, MDB_NEXT);
    there_ = code == MDB_SUCCESS;
    if (there_) {
      stored_ = {static_cast<const char*>(key.mv_data), key.mv_size};
      payload_ = {static_cast<const char*>(value.mv_data), value.mv_size};
      if (stored_.size() < kVersionBytes) return Corrupt("recent key of {} bytes", stored_.size());
    }
    if (!there_ && code != MDB_NOTFOUND) return LmdbStatus(code, "read recent layer");
    return OkStatus();
  }

  std::unique_ptr<LmdbReadTxn> txn_;
  MDB_cursor* cursor_;
  Lsn from_;
  Lsn to_;
  bool started_ = false;
  bool there_ = false;
  std::string_view stored_;
  std::string_view payload_;
  std::vector<BucketEntry> bucket_;
  size_t bucket_at_ = 0;
  std::string bucket_prefix_;
  std::string long_key_;
};

}  // namespace

StatusOr<std::unique_ptr<Stretch>> StretchFromRecent(RecentLayer& recent, Lsn from, Lsn to) {
  if (from < recent.covered_from()) {
    return FailedPrecondition("drain from {}: the recent layer starts at {}", from,
                              recent.covered_from());
  }
  CHECK_LE(to, recent.applied());
  ASSIGN_OR_RETURN(auto txn, LmdbReadTxn::Begin(recent.env()));
  MDB_cursor* cursor = nullptr;
  if (int code = mdb_cursor_open(txn->get(), recent.table(), &cursor)) {
    return LmdbStatus(code, "open recent cursor");
  }
  return std::make_unique<RecentStretch>(std::move(txn), cursor, from, to);
}

Status RecordStretch::Add(const DurableRecord& record) {
  DCHECK(!sorted_);
  MutationCursor mutations = record.mutations;
  Mutation mutation;
  while (mutations.Next(&mutation)) {
    if (mutation.key.empty() || mutation.key.size() > kMaxUserKeyBytes) {
      return Corrupt("record at {} has a key of {} bytes", record.lsn, mutation.key.size());
    }
    entries_.push_back({mutation.key, {record.lsn, mutation.kind, mutation.value}});
  }
  if (!mutations.ok()) return Corrupt("record at {} is damaged", record.lsn);
  return OkStatus();
}

Status RecordStretch::Add(Lsn lsn, const RecordView& record) {
  RETURN_IF_ERROR(Add(DurableRecord{lsn, record.changes_catalog(), record.mutations()}));
  if (record.dropped_count() == 0) return OkStatus();
  ASSIGN_OR_RETURN(auto prefixes, record.DroppedPrefixes());
  for (std::string_view prefix : prefixes) AddDropped(prefix, lsn);
  return OkStatus();
}

StatusOr<bool> RecordStretch::NextKey(std::string_view* key,
                                      std::vector<StretchVersion>* versions) {
  if (!sorted_) {
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
      int order = a.key.compare(b.key);
      return order != 0 ? order < 0 : a.version.lsn < b.version.lsn;
    });
    sorted_ = true;
  }
  versions->clear();
  if (at_ == entries_.size()) return false;
  *key = entries_[at_].key;
  while (at_ < entries_.size() && entries_[at_].key == *key) {
    const StretchVersion& version = entries_[at_++].version;
    // Parts of one transaction share its LSN; a later part's mutation of the key stands.
    if (!versions->empty() && versions->back().lsn == version.lsn) versions->pop_back();
    versions->push_back(version);
  }
  return true;
}

}  // namespace sixfold::storage
