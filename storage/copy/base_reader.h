// Reading the base at one LSN S, from any process of the host: rows where they are old enough, else
// history (base_group.h says how the chain goes).
//
// BaseReader  one per process and copy: the group map and the environments, opened on demand.
//             Thread-safe.
// BaseView    the read transactions of one view, one per group touched, renewed when first touched
//             after Renew(). One thread.
// BaseCursor  ordered iteration over a view's live rows. Dies before its view.
//
// A view refuses an S that the copy cannot serve rightly: below its floor, or below what it has
// applied without being registered (OutOfRange "snapshot too old"); and a copy that is being
// rebuilt or does not reach the recent layer (Unavailable).
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "storage/copy/base_group.h"
#include "storage/copy/group_map.h"
#include "storage/copy/row_value.h"
#include "storage/recent/version_key.h"

namespace sixfold::storage {

/// Who knows which snapshots this process has registered.
class SnapshotRegistry {
 public:
  virtual ~SnapshotRegistry() = default;
  virtual bool Holds(Lsn lsn) const = 0;
};

class BaseReader {
 public:
  /// A page of a group could not be read and shows zeros.
  bool faulted() const;
  static StatusOr<std::shared_ptr<BaseReader>> Open(const std::string& folder);

  struct Group {
    std::shared_ptr<LmdbEnv> env;
    GroupTables tables;
  };
  const GroupMap& map() const { return map_; }
  StatusOr<Group> OpenGroup(size_t index);

 private:
  std::string folder_;
  GroupMap map_;
  mutable std::mutex mutex_;
  std::vector<Group> groups_;  // env null: not open yet; guarded by mutex_
};

class BaseCursor;

class BaseView {
 public:
  BaseView(std::shared_ptr<BaseReader> reader, const SnapshotRegistry& snapshots);
  ~BaseView();

  /// Moves on to S; read transactions are renewed when they are first touched. The base must have
  /// applied `covered_from` at least, where the recent layer before it begins (else Unavailable).
  void Renew(Lsn snapshot, Lsn covered_from);
  void Release();

  /// The live version of a key at S. False: there is none.
  StatusOr<bool> Get(std::string_view key, StoredVersion* version);

 private:
  friend class BaseCursor;

  struct GroupView {
    BaseReader::Group group;
    std::unique_ptr<LmdbReadTxn> txn;
    MDB_cursor* history = nullptr;
    uint64_t renewal = 0;
    uint64_t history_renewal = 0;
    size_t state_of_txn = 0;  // the transaction id that `state` was read in
    GroupState state;
  };

  StatusOr<GroupView*> Touch(size_t index);
  Status Check(const GroupState& state) const;
  /// The version of a stored row that S sees; false: none.
  StatusOr<bool> Resolve(GroupView& group, std::string_view user_key, std::string_view bytes,
                         StoredVersion* version);
  StatusOr<bool> FromHistory(GroupView& group, std::string_view user_key, Lsn drain,
                             StoredVersion* version);
  /// One step of the chain: true with a version <= S, or false and *older names the next group.
  StatusOr<bool> HistoryStep(GroupView& group, std::string_view user_key, Lsn drain, Lsn* older,
                             StoredVersion* version);
  StatusOr<bool> HistoryBucketStep(GroupView& group, std::string_view user_key, Lsn drain,
                                   Lsn* older, StoredVersion* version);

  std::shared_ptr<BaseReader> reader_;
  const SnapshotRegistry& snapshots_;
  std::vector<GroupView> groups_;
  std::vector<BucketEntry> bucket_;
  Lsn snapshot_;
  Lsn covered_from_;
  uint64_t renewals_ = 0;
};

class BaseCursor {
 public:
  explicit BaseCursor(BaseView& view) : view_(view) {}
  ~BaseCursor();
  BaseCursor(const BaseCursor&) = delete;
  BaseCursor& operator=(const BaseCursor&) = delete;

  /// To the first live row with key >= target …
  Status SeekForward(std::string_view target);
  /// … or the last one with key < target ("": the last one).
  Status SeekBackward(std::string_view target);
  Status Next();
  Status Prev();
  bool valid() const { return valid_; }
  std::string_view key() const { return key_; }
  const StoredVersion& version() const { return version_; }

 private:
  struct VisibleEntry {
    std::string_view suffix;
    StoredVersion version;
  };

  Status EnterGroup(size_t index);
  StatusOr<bool> Step(int operation, std::string_view key);
  /// From the entry under the LMDB cursor on to a live row, through the groups to come.
  Status SettleForward(bool found);
  Status SettleBackward(bool found);
  /// True when the entry under the cursor gives a row; a bucket its first or last.
  StatusOr<bool> Emit(bool forward);
  Status LoadBucket();
  void EmitBucket(size_t index);

  BaseView& view_;
  BaseView::GroupView* group_ = nullptr;
  size_t group_index_ = 0;
  MDB_cursor* cursor_ = nullptr;
  size_t cursor_group_ = 0;
  uint64_t renewal_ = 0;

  std::string_view stored_;
  std::string_view payload_;
  bool valid_ = false;
  std::string_view key_;
  StoredVersion version_;
  std::vector<BucketEntry> parsed_;
  std::vector<VisibleEntry> bucket_;  // empty on a plain key
  size_t bucket_index_ = 0;
  std::string long_key_;
};

}  // namespace sixfold::storage
