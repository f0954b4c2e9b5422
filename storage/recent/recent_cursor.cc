#include "storage/recent/recent_cursor.h"

#include <lmdb.h>

#include "core/base/check.h"
#include "storage/recent/lmdb_env.h"

namespace sixfold::storage {
namespace {

constexpr int kStepsBeforeSeek = 4;

MDB_val ToVal(std::string_view bytes) {
  return MDB_val{bytes.size(), const_cast<char*>(bytes.data())};
}
std::string_view FromVal(const MDB_val& val) {
  return {static_cast<const char*>(val.mv_data), val.mv_size};
}

}  // namespace

RecentVersion DecodeRecentValue(std::string_view payload, Lsn lsn) {
  RecentVersion version;
  version.lsn = lsn;
  version.tombstone = !payload.empty() && (payload[0] & kRecentTombstone) != 0;
  version.value = payload.empty() ? payload : payload.substr(1);
  return version;
}

StatusOr<RecentVersion> DecodeRecentBucketPayload(std::string_view payload) {
  if (payload.size() < 9) return Corrupt("recent bucket entry of {} bytes", payload.size());
  return DecodeRecentValue(payload.substr(8), Lsn(LoadFixed<uint64_t>(payload.data())));
}

StatusOr<std::unique_ptr<RecentCursor>> RecentCursor::Open(LmdbReadTxn& txn, unsigned table) {
  std::unique_ptr<RecentCursor> cursor(new RecentCursor(txn));
  if (int code = GuardedCursorOpen(txn.get(), table, &cursor->cursor_)) {
    return LmdbStatus(code, "open recent cursor");
  }
  return cursor;
}

RecentCursor::~RecentCursor() {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
}

Status RecentCursor::Renew(Lsn snapshot) {
  snapshot_ = snapshot;
  valid_ = false;
  bucket_.clear();
  if (int code = GuardedCursorRenew(txn_.get(), cursor_)) return LmdbStatus(code, "renew cursor");
  return OkStatus();
}

StatusOr<bool> RecentCursor::Step(int operation) {
  MDB_val key, value;
  int code = GuardedCursorGet(cursor_, &key, &value, operation);
  if (code == MDB_NOTFOUND) return false;
  if (code != MDB_SUCCESS) return LmdbStatus(code, "step recent cursor");
  stored_ = FromVal(key);
  payload_ = FromVal(value);
  if (stored_.size() < kVersionBytes) return Corrupt("recent key of {} bytes", stored_.size());
  return true;
}

StatusOr<bool> RecentCursor::SetRange(std::string_view from) {
  MDB_val key = ToVal(from), value;
  int code = GuardedCursorGet(cursor_, &key, &value, MDB_SET_RANGE);
  if (code == MDB_NOTFOUND) return false;
  if (code != MDB_SUCCESS) return LmdbStatus(code, "seek recent cursor");
  stored_ = FromVal(key);
  payload_ = FromVal(value);
  if (stored_.size() < kVersionBytes) return Corrupt("recent key of {} bytes", stored_.size());
  return true;
}

StatusOr<bool> RecentCursor::Get(std::string_view user_key, RecentVersion* version) {
  DCHECK(txn_.active());
  DCHECK(!user_key.empty());
  valid_ = false;
  buffer_.SetVersioned(user_key, snapshot_);
  std::string_view from = buffer_.view();
  ASSIGN_OR_RETURN(bool found, SetRange(from));
  if (!found || stored_.size() != from.size() || WithoutVersion(stored_) != WithoutVersion(from)) {
    return false;
  }
  if (!IsLongKey(user_key)) [[likely]] {
    *version = DecodeRecentValue(payload_, VersionOf(stored_));
    return true;
  }
  RETURN_IF_ERROR(LoadBucket());
  std::string_view suffix = SuffixOf(user_key);
  for (const BucketEntry& entry : bucket_) {
    if (entry.suffix != suffix) continue;
    ASSIGN_OR_RETURN(*version, DecodeRecentBucketPayload(entry.payload));
    bucket_.clear();
    return true;
  }
  bucket_.clear();
  return false;
}

Status RecentCursor::LoadBucket() {
  bucket_.clear();
  if (!ParseBucket(payload_, &parsed_)) return Corrupt("recent bucket is damaged");
  for (const BucketEntry& entry : parsed_) {
    ASSIGN_OR_RETURN(RecentVersion version, DecodeRecentBucketPayload(entry.payload));
    bool newer = version.lsn > snapshot_;
    bool shadowed = !bucket_.empty() && bucket_.back().suffix == entry.suffix;
    if (!newer && !shadowed) bucket_.push_back(entry);
  }
  return OkStatus();
}

void RecentCursor::EmitPlain() {
  valid_ = true;
  key_ = WithoutVersion(stored_);
  version_ = DecodeRecentValue(payload_, VersionOf(stored_));
}

void RecentCursor::EmitBucket(size_t index) {
  valid_ = true;
  bucket_index_ = index;
  const BucketEntry& entry = bucket_[index];
  long_key_.assign(stored_.substr(0, kMaxPlainKeyBytes));
  long_key_.append(entry.suffix);
  key_ = long_key_;
  version_ = *DecodeRecentBucketPayload(entry.payload);
}

Status RecentCursor::SeekForward(std::string_view target) {
  DCHECK(txn_.active());
  valid_ = false;
  bucket_.clear();
  buffer_.SetVersioned(target, kMaxLsn);
  ASSIGN_OR_RETURN(bool found, SetRange(buffer_.view()));
  if (found && IsLongKey(target) && stored_ == buffer_.view()) {
    RETURN_IF_ERROR(LoadBucket());
    std::string_view suffix = SuffixOf(target);
    for (size_t i = 0; i < bucket_.size(); ++i) {
      if (bucket_[i].suffix < suffix) continue;
      EmitBucket(i);
      return OkStatus();
    }
    bucket_.clear();
    ASSIGN_OR_RETURN(found, Step(MDB_NEXT));
  }
  return SettleForward(found);
}

Status RecentCursor::SettleForward(bool found) {
  valid_ = false;
  while (found) {
    std::string_view key = WithoutVersion(stored_);
    if (key.empty()) {
      ASSIGN_OR_RETURN(found, Step(MDB_NEXT));
    } else if (IsBucketKey(key)) {
      RETURN_IF_ERROR(LoadBucket());
      if (in_bucket()) {
        EmitBucket(0);
        return OkStatus();
      }
      ASSIGN_OR_RETURN(found, Step(MDB_NEXT));
    } else if (VersionOf(stored_) <= snapshot_) {
      EmitPlain();
      return OkStatus();
    } else {
      // Newer than S: on to this key's newest version <= S, or to the next key.
      buffer_.SetRawVersioned(key, snapshot_);
      ASSIGN_OR_RETURN(found, SetRange(buffer_.view()));
    }
  }
  return OkStatus();
}

Status RecentCursor::Next() {
  DCHECK(valid_);
  if (in_bucket()) {
    if (bucket_index_ + 1 < bucket_.size()) {
      EmitBucket(bucket_index_ + 1);
      return OkStatus();
    }
    bucket_.clear();
    ASSIGN_OR_RETURN(bool found, Step(MDB_NEXT));
    return SettleForward(found);
  }
  std::string_view key = key_;
  for (int i = 0; i < kStepsBeforeSeek; ++i) {
    ASSIGN_OR_RETURN(bool found, Step(MDB_NEXT));
    if (!found || WithoutVersion(stored_) != key) return SettleForward(found);
  }
  buffer_.SetRawVersioned(key, Lsn(0));
  ASSIGN_OR_RETURN(bool found, SetRange(buffer_.view()));
  return SettleForward(found);
}

Status RecentCursor::SeekBackward(std::string_view target) {
  DCHECK(txn_.active());
  valid_ = false;
  bucket_.clear();
  if (target.empty()) {
    ASSIGN_OR_RETURN(bool found, Step(MDB_LAST));
    return SettleBackward(found);
  }
  buffer_.SetVersioned(target, kMaxLsn);
  ASSIGN_OR_RETURN(bool found, SetRange(buffer_.view()));
  if (found && IsLongKey(target) && stored_ == buffer_.view()) {
    RETURN_IF_ERROR(LoadBucket());
    std::string_view suffix = SuffixOf(target);
    for (size_t i = bucket_.size(); i-- > 0;) {
      if (bucket_[i].suffix >= suffix) continue;
      EmitBucket(i);
      return OkStatus();
    }
    bucket_.clear();
  }
  ASSIGN_OR_RETURN(found, Step(found ? MDB_PREV : MDB_LAST));
  return SettleBackward(found);
}

// The LMDB cursor is on the oldest version of a key, on a bucket, or on the layer's own entry.
Status RecentCursor::SettleBackward(bool found) {
  valid_ = false;
  while (found) {
    std::string_view key = WithoutVersion(stored_);
    if (key.empty()) return OkStatus();
    if (IsBucketKey(key)) {
      RETURN_IF_ERROR(LoadBucket());
      if (in_bucket()) {
        EmitBucket(bucket_.size() - 1);
        return OkStatus();
      }
    } else if (VersionOf(stored_) <= snapshot_) {
      buffer_.SetRawVersioned(key, snapshot_);
      ASSIGN_OR_RETURN(bool there, SetRange(buffer_.view()));
      if (!there || WithoutVersion(stored_) != key) return Corrupt("recent layer is out of order");
      EmitPlain();
      return OkStatus();
    } else {
      buffer_.SetRawVersioned(key, kMaxLsn);
      ASSIGN_OR_RETURN(bool there, SetRange(buffer_.view()));
      if (!there) return Corrupt("recent layer is out of order");
    }
    ASSIGN_OR_RETURN(found, Step(MDB_PREV));
  }
  return OkStatus();
}

Status RecentCursor::Prev() {
  DCHECK(valid_);
  if (in_bucket()) {
    if (bucket_index_ > 0) {
      EmitBucket(bucket_index_ - 1);
      return OkStatus();
    }
    bucket_.clear();
    ASSIGN_OR_RETURN(bool found, Step(MDB_PREV));
    return SettleBackward(found);
  }
  std::string_view key = key_;
  for (int i = 0; i < kStepsBeforeSeek; ++i) {
    ASSIGN_OR_RETURN(bool found, Step(MDB_PREV));
    if (!found || WithoutVersion(stored_) != key) return SettleBackward(found);
  }
  buffer_.SetRawVersioned(key, kMaxLsn);
  ASSIGN_OR_RETURN(bool found, SetRange(buffer_.view()));
  if (!found) return Corrupt("recent layer is out of order");
  ASSIGN_OR_RETURN(found, Step(MDB_PREV));
  return SettleBackward(found);
}

}  // namespace sixfold::storage
