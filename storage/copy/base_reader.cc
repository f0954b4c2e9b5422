#include "storage/copy/base_reader.h"

#include <lmdb.h>

#include <algorithm>

#include "core/base/check.h"

namespace sixfold::storage {
namespace {

MDB_val ReaderVal(std::string_view bytes) {
  return MDB_val{bytes.size(), const_cast<char*>(bytes.data())};
}
std::string_view ReaderBytes(const MDB_val& val) {
  return {static_cast<const char*>(val.mv_data), val.mv_size};
}

/// Whether a history key is of this drain and stored key.
bool SameHistoryKey(std::string_view stored, std::string_view wanted) {
  return stored.size() == wanted.size() && WithoutVersion(stored) == WithoutVersion(wanted);
}

}  // namespace

StatusOr<std::shared_ptr<BaseReader>> BaseReader::Open(const std::string& folder) {
  auto reader = std::make_shared<BaseReader>();
  reader->folder_ = folder;
  ASSIGN_OR_RETURN(reader->map_, GroupMap::Load(folder));
  reader->groups_.resize(reader->map_.size());
  return reader;
}

bool BaseReader::faulted() const {
  std::lock_guard lock(mutex_);
  return std::any_of(groups_.begin(), groups_.end(), [](const Group& group) {
    return group.env != nullptr && group.env->faulted();
  });
}

StatusOr<BaseReader::Group> BaseReader::OpenGroup(size_t index) {
  std::lock_guard lock(mutex_);
  CHECK_LT(index, groups_.size());
  Group& group = groups_[index];
  if (group.env == nullptr) {
    LmdbOptions options;
    ASSIGN_OR_RETURN(auto env, LmdbEnv::Open(GroupFolder(folder_, map_.group(index).id), options));
    ASSIGN_OR_RETURN(group.tables, GroupTables::Open(*env));
    group.env = std::move(env);
  }
  return group;
}

BaseView::BaseView(std::shared_ptr<BaseReader> reader, const SnapshotRegistry& snapshots)
    : reader_(std::move(reader)), snapshots_(snapshots), groups_(reader_->map().size()) {}

BaseView::~BaseView() {
  for (GroupView& group : groups_) {
    if (group.history != nullptr) mdb_cursor_close(group.history);
  }
}

void BaseView::Renew(Lsn snapshot, Lsn covered_from) {
  snapshot_ = snapshot;
  covered_from_ = covered_from;
  ++renewals_;
}

void BaseView::Release() {
  for (GroupView& group : groups_) {
    if (group.txn != nullptr) group.txn->Release();
    group.renewal = 0;
  }
}

Status BaseView::Check(const GroupState& state) const {
  if ((state.flags & kGroupImporting) != 0 || state.applied < covered_from_.value()) [[unlikely]] {
    return Unavailable("the copy is at {}, the recent layer starts at {}", state.applied,
                       covered_from_);
  }
  bool kept = snapshot_.value() >= state.floor &&
              (snapshot_.value() >= state.applied || snapshots_.Holds(snapshot_));
  if (kept) [[likely]]
    return OkStatus();
  return MakeStatus(StatusCode::kOutOfRange,
                    "snapshot too old: {}, the copy is at {} with floor {}", snapshot_,
                    state.applied, state.floor);
}

StatusOr<BaseView::GroupView*> BaseView::Touch(size_t index) {
  GroupView& view = groups_[index];
  if (view.renewal == renewals_) [[likely]]
    return &view;
  if (view.txn == nullptr) {
    ASSIGN_OR_RETURN(view.group, reader_->OpenGroup(index));
    ASSIGN_OR_RETURN(view.txn, LmdbReadTxn::Begin(view.group.env));
  } else {
    RETURN_IF_ERROR(view.txn->Renew().status());
  }
  if (view.state_of_txn != view.txn->id()) {
    ASSIGN_OR_RETURN(view.state, ReadGroupState(view.txn->get(), view.group.tables));
    view.state_of_txn = view.txn->id();
  }
  RETURN_IF_ERROR(Check(view.state));
  view.renewal = renewals_;
  return &view;
}

StatusOr<bool> BaseView::Get(std::string_view key, StoredVersion* version) {
  ASSIGN_OR_RETURN(GroupView * group, Touch(reader_->map().IndexOf(key)));
  KeyBuffer stored;
  MDB_val name, value;
  if (IsLongKey(key)) [[unlikely]] {
    stored.SetStored(key);
    name = ReaderVal(stored.view());
  } else {
    name = ReaderVal(key);
  }
  int code = GuardedGet(group->txn->get(), group->group.tables.rows, &name, &value);
  if (code == MDB_NOTFOUND) return false;
  if (code != MDB_SUCCESS) return LmdbStatus(code, "read row");
  if (!IsLongKey(key)) [[likely]]
    return Resolve(*group, key, ReaderBytes(value), version);
  std::vector<BucketEntry> entries;
  if (!ParseBucket(ReaderBytes(value), &entries)) return Corrupt("row bucket is damaged");
  for (const BucketEntry& entry : entries) {
    if (entry.suffix == SuffixOf(key)) return Resolve(*group, key, entry.payload, version);
  }
  return false;
}

StatusOr<bool> BaseView::Resolve(GroupView& group, std::string_view user_key,
                                 std::string_view bytes, StoredVersion* version) {
  ASSIGN_OR_RETURN(*version, DecodeRowValue(user_key, bytes));
  if (version->lsn <= snapshot_) [[likely]]
    return !version->tombstone;
  return FromHistory(group, user_key, version->previous, version);
}

StatusOr<bool> BaseView::FromHistory(GroupView& group, std::string_view user_key, Lsn drain,
                                     StoredVersion* version) {
  if (drain != Lsn(0)) {
    if (group.history == nullptr) {
      int code = GuardedCursorOpen(group.txn->get(), group.group.tables.history, &group.history);
      if (code != MDB_SUCCESS) return LmdbStatus(code, "open history");
    } else if (group.history_renewal != renewals_) {
      int code = GuardedCursorRenew(group.txn->get(), group.history);
      if (code != MDB_SUCCESS) return LmdbStatus(code, "renew history");
    }
    group.history_renewal = renewals_;
  }
  while (drain != Lsn(0)) {
    Lsn older;
    ASSIGN_OR_RETURN(bool found, IsLongKey(user_key)
                                     ? HistoryBucketStep(group, user_key, drain, &older, version)
                                     : HistoryStep(group, user_key, drain, &older, version));
    if (found) return !version->tombstone;
    if (older >= drain) return Corrupt("history of {} does not go back", ToHex(user_key));
    drain = older;
  }
  return false;
}

StatusOr<bool> BaseView::HistoryStep(GroupView& group, std::string_view user_key, Lsn drain,
                                     Lsn* older, StoredVersion* version) {
  KeyBuffer wanted;
  wanted.Append64(drain.value());
  wanted.AppendStored(user_key);
  wanted.AppendVersion(snapshot_);
  MDB_val key = ReaderVal(wanted.view()), value;
  int code = GuardedCursorGet(group.history, &key, &value, MDB_SET_RANGE);
  if (code == MDB_SUCCESS && SameHistoryKey(ReaderBytes(key), wanted.view())) {
    ASSIGN_OR_RETURN(*version, DecodeRowValue(user_key, ReaderBytes(value)));
    return true;
  }
  // All versions of this drain are newer than S; the oldest names the next group.
  if (code == MDB_SUCCESS || code == MDB_NOTFOUND) {
    code = GuardedCursorGet(group.history, &key, &value, code == MDB_SUCCESS ? MDB_PREV : MDB_LAST);
  }
  if (code == MDB_NOTFOUND ||
      (code == MDB_SUCCESS && !SameHistoryKey(ReaderBytes(key), wanted.view()))) {
    return Corrupt("history of {} at drain {} is missing", ToHex(user_key), drain);
  }
  if (code != MDB_SUCCESS) return LmdbStatus(code, "read history");
  ASSIGN_OR_RETURN(StoredVersion oldest, DecodeRowValue(user_key, ReaderBytes(value)));
  *older = oldest.previous;
  return false;
}

StatusOr<bool> BaseView::HistoryBucketStep(GroupView& group, std::string_view user_key, Lsn drain,
                                           Lsn* older, StoredVersion* version) {
  KeyBuffer wanted;
  wanted.Append64(drain.value());
  wanted.AppendStored(user_key);
  wanted.AppendVersion(kMaxLsn);
  MDB_val key = ReaderVal(wanted.view()), value;
  int code = GuardedCursorGet(group.history, &key, &value, MDB_SET_KEY);
  if (code == MDB_NOTFOUND) {
    return Corrupt("history of {} at drain {} is missing", ToHex(user_key), drain);
  }
  if (code != MDB_SUCCESS) return LmdbStatus(code, "read history");
  if (!ParseBucket(ReaderBytes(value), &bucket_)) return Corrupt("history bucket is damaged");
  bool any = false;
  for (const BucketEntry& entry : bucket_) {  // newest first within a suffix
    if (entry.suffix != SuffixOf(user_key)) continue;
    ASSIGN_OR_RETURN(*version, DecodeRowValue(user_key, entry.payload));
    if (version->lsn <= snapshot_) return true;
    *older = version->previous;
    any = true;
  }
  if (!any) return Corrupt("history of {} at drain {} is missing", ToHex(user_key), drain);
  return false;
}

BaseCursor::~BaseCursor() {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
}

Status BaseCursor::EnterGroup(size_t index) {
  ASSIGN_OR_RETURN(group_, view_.Touch(index));
  group_index_ = index;
  if (cursor_ != nullptr && cursor_group_ == index) {
    if (renewal_ == view_.renewals_) return OkStatus();
    if (int code = GuardedCursorRenew(group_->txn->get(), cursor_)) {
      return LmdbStatus(code, "renew rows");
    }
    renewal_ = view_.renewals_;
    return OkStatus();
  }
  if (cursor_ != nullptr) mdb_cursor_close(std::exchange(cursor_, nullptr));
  if (int code = GuardedCursorOpen(group_->txn->get(), group_->group.tables.rows, &cursor_)) {
    return LmdbStatus(code, "open rows");
  }
  cursor_group_ = index;
  renewal_ = view_.renewals_;
  return OkStatus();
}

StatusOr<bool> BaseCursor::Step(int operation, std::string_view from) {
  MDB_val key = ReaderVal(from), value;
  int code = GuardedCursorGet(cursor_, &key, &value, operation);
  if (code == MDB_NOTFOUND) return false;
  if (code != MDB_SUCCESS) return LmdbStatus(code, "step rows");
  stored_ = ReaderBytes(key);
  payload_ = ReaderBytes(value);
  return true;
}

Status BaseCursor::LoadBucket() {
  bucket_.clear();
  if (!ParseBucket(payload_, &parsed_)) return Corrupt("row bucket is damaged");
  for (const BucketEntry& entry : parsed_) {
    long_key_.assign(stored_.substr(0, kMaxPlainKeyBytes)).append(entry.suffix);
    VisibleEntry visible{entry.suffix, {}};
    ASSIGN_OR_RETURN(bool there,
                     view_.Resolve(*group_, long_key_, entry.payload, &visible.version));
    if (there) bucket_.push_back(visible);
  }
  return OkStatus();
}

void BaseCursor::EmitBucket(size_t index) {
  bucket_index_ = index;
  long_key_.assign(stored_.substr(0, kMaxPlainKeyBytes)).append(bucket_[index].suffix);
  key_ = long_key_;
  version_ = bucket_[index].version;
  valid_ = true;
}

StatusOr<bool> BaseCursor::Emit(bool forward) {
  if (IsBucketKey(stored_)) [[unlikely]] {
    RETURN_IF_ERROR(LoadBucket());
    if (bucket_.empty()) return false;
    EmitBucket(forward ? 0 : bucket_.size() - 1);
    return true;
  }
  ASSIGN_OR_RETURN(bool there, view_.Resolve(*group_, stored_, payload_, &version_));
  if (!there) return false;
  key_ = stored_;
  valid_ = true;
  return true;
}

Status BaseCursor::SettleForward(bool found) {
  valid_ = false;
  bucket_.clear();
  while (true) {
    while (found) {
      ASSIGN_OR_RETURN(bool emitted, Emit(true));
      if (emitted) return OkStatus();
      ASSIGN_OR_RETURN(found, Step(MDB_NEXT, {}));
    }
    if (group_index_ + 1 >= view_.groups_.size()) return OkStatus();
    RETURN_IF_ERROR(EnterGroup(group_index_ + 1));
    ASSIGN_OR_RETURN(found, Step(MDB_FIRST, {}));
  }
}

Status BaseCursor::SettleBackward(bool found) {
  valid_ = false;
  bucket_.clear();
  while (true) {
    while (found) {
      ASSIGN_OR_RETURN(bool emitted, Emit(false));
      if (emitted) return OkStatus();
      ASSIGN_OR_RETURN(found, Step(MDB_PREV, {}));
    }
    if (group_index_ == 0) return OkStatus();
    RETURN_IF_ERROR(EnterGroup(group_index_ - 1));
    ASSIGN_OR_RETURN(found, Step(MDB_LAST, {}));
  }
}

Status BaseCursor::SeekForward(std::string_view target) {
  valid_ = false;
  bucket_.clear();
  RETURN_IF_ERROR(EnterGroup(view_.reader_->map().IndexOf(target)));
  KeyBuffer wanted;
  wanted.SetStored(target);
  ASSIGN_OR_RETURN(bool found, Step(target.empty() ? MDB_FIRST : MDB_SET_RANGE, wanted.view()));
  if (found && IsLongKey(target) && stored_ == wanted.view()) {
    RETURN_IF_ERROR(LoadBucket());
    for (size_t i = 0; i < bucket_.size(); ++i) {
      if (bucket_[i].suffix < SuffixOf(target)) continue;
      EmitBucket(i);
      return OkStatus();
    }
    ASSIGN_OR_RETURN(found, Step(MDB_NEXT, {}));
  }
  return SettleForward(found);
}

Status BaseCursor::SeekBackward(std::string_view target) {
  valid_ = false;
  bucket_.clear();
  if (target.empty()) {
    RETURN_IF_ERROR(EnterGroup(view_.groups_.size() - 1));
    ASSIGN_OR_RETURN(bool found, Step(MDB_LAST, {}));
    return SettleBackward(found);
  }
  RETURN_IF_ERROR(EnterGroup(view_.reader_->map().IndexOf(target)));
  KeyBuffer wanted;
  wanted.SetStored(target);
  ASSIGN_OR_RETURN(bool found, Step(MDB_SET_RANGE, wanted.view()));
  if (found && IsLongKey(target) && stored_ == wanted.view()) {
    RETURN_IF_ERROR(LoadBucket());
    for (size_t i = bucket_.size(); i-- > 0;) {
      if (bucket_[i].suffix >= SuffixOf(target)) continue;
      EmitBucket(i);
      return OkStatus();
    }
  }
  ASSIGN_OR_RETURN(found, Step(found ? MDB_PREV : MDB_LAST, {}));
  return SettleBackward(found);
}

Status BaseCursor::Next() {
  DCHECK(valid_);
  if (!bucket_.empty() && bucket_index_ + 1 < bucket_.size()) {
    EmitBucket(bucket_index_ + 1);
    return OkStatus();
  }
  ASSIGN_OR_RETURN(bool found, Step(MDB_NEXT, {}));
  return SettleForward(found);
}

Status BaseCursor::Prev() {
  DCHECK(valid_);
  if (!bucket_.empty() && bucket_index_ > 0) {
    EmitBucket(bucket_index_ - 1);
    return OkStatus();
  }
  ASSIGN_OR_RETURN(bool found, Step(MDB_PREV, {}));
  return SettleBackward(found);
}

}  // namespace sixfold::storage
