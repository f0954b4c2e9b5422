// Reads the recent layer at one LSN S: for each user key its newest version <= S, tombstones
// included. Keys whose versions are all newer are not there. One thread; the views it gives point
// into the map (long keys: into the cursor) and live until its read transaction is renewed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "storage/recent/version_key.h"

struct MDB_cursor;

namespace sixfold::storage {

class LmdbReadTxn;

struct RecentVersion {
  std::string_view value;
  Lsn lsn;
  bool tombstone = false;
};

class RecentCursor {
 public:
  /// `txn` must outlive the cursor and be active at each call.
  static StatusOr<std::unique_ptr<RecentCursor>> Open(LmdbReadTxn& txn, unsigned table);
  ~RecentCursor();
  RecentCursor(const RecentCursor&) = delete;
  RecentCursor& operator=(const RecentCursor&) = delete;

  /// After the transaction was renewed, and to move to another S. Positions are lost.
  Status Renew(Lsn snapshot);

  /// The newest version <= S of one key. False: none here (the base knows more). Moves the cursor.
  StatusOr<bool> Get(std::string_view user_key, RecentVersion* version);

  /// To the first key >= target …
  Status SeekForward(std::string_view target);
  /// … or the last key < target ("": the last one).
  Status SeekBackward(std::string_view target);
  Status Next();
  Status Prev();
  bool valid() const { return valid_; }
  std::string_view key() const { return key_; }
  const RecentVersion& version() const { return version_; }

 private:
  explicit RecentCursor(LmdbReadTxn& txn) : txn_(txn) {}

  /// LMDB cursor steps: false when there is no such entry. They set stored_ and payload_.
  StatusOr<bool> Step(int operation);
  StatusOr<bool> SetRange(std::string_view from);
  Status SettleForward(bool found);
  Status SettleBackward(bool found);
  Status LoadBucket();
  void EmitPlain();
  void EmitBucket(size_t index);
  bool in_bucket() const { return !bucket_.empty(); }

  LmdbReadTxn& txn_;
  MDB_cursor* cursor_ = nullptr;
  Lsn snapshot_;
  KeyBuffer buffer_;

  std::string_view stored_;  // key and value under the LMDB cursor
  std::string_view payload_;

  bool valid_ = false;
  std::string_view key_;
  RecentVersion version_;

  // The bucket under the cursor: visible entries only; empty when the cursor is on a plain key.
  std::vector<BucketEntry> parsed_;
  std::vector<BucketEntry> bucket_;
  size_t bucket_index_ = 0;
  std::string long_key_;
};

/// What a version is stored as: u8 flags, bytes. In a bucket u64 LSN stands before it.
inline constexpr uint8_t kRecentTombstone = 1;

RecentVersion DecodeRecentValue(std::string_view payload, Lsn lsn);
StatusOr<RecentVersion> DecodeRecentBucketPayload(std::string_view payload);

}  // namespace sixfold::storage
