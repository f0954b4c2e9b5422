#include "storage/copy/group_drain.h"

#include <lmdb.h>

#include <algorithm>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/sim_hooks.h"
#include "storage/recent/version_key.h"

namespace sixfold::storage {
namespace {

constexpr std::string_view kDeadMark = "dead";

MDB_val DrainVal(std::string_view bytes) {
  return MDB_val{bytes.size(), const_cast<char*>(bytes.data())};
}
std::string_view DrainView(const MDB_val& val) {
  return {static_cast<const char*>(val.mv_data), val.mv_size};
}

Status PutAll(MDB_txn* txn, unsigned table, std::string_view key, std::string_view bytes,
              unsigned flags) {
  MDB_val stored = DrainVal(key), value = DrainVal(bytes);
  if (int code = GuardedPut(txn, table, &stored, &value, flags))
    return LmdbStatus(code, "drain: put");
  return OkStatus();
}

}  // namespace

GroupDrain::GroupDrain(BaseGroup& group, LmdbWriteTxn txn, Purpose purpose, Lsn to,
                       const DrainFloors& floors)
    : group_(group), txn_(std::move(txn)), purpose_(purpose), to_(to), floors_(floors) {
  floor_ = std::max(group.floor(), floors.Lowest(to));
}

GroupDrain::~GroupDrain() {
  if (rows_ != nullptr) mdb_cursor_close(rows_);
}

Status GroupDrain::OpenCursors() {
  if (int code = GuardedCursorOpen(txn_.get(), group_.tables().rows, &rows_)) {
    return LmdbStatus(code, "open rows");
  }
  MDB_val key, value;
  int code = GuardedCursorGet(rows_, &key, &value, MDB_LAST);
  if (code == MDB_SUCCESS) last_row_key_ = DrainView(key);
  if (code == MDB_NOTFOUND) rows_empty_ = true;
  if (code != MDB_SUCCESS && code != MDB_NOTFOUND) return LmdbStatus(code, "read rows");
  return OkStatus();
}

bool GroupDrain::Seen(Lsn from, Lsn until) const {
  auto snapshot = std::lower_bound(floors_.snapshots.begin(), floors_.snapshots.end(), from);
  return snapshot != floors_.snapshots.end() && *snapshot < until;
}

Status GroupDrain::Take(std::string_view user_key, std::vector<StretchVersion>& versions) {
  if (purpose_ == Purpose::kDrain) {
    std::erase_if(versions, [&](const StretchVersion& v) { return v.lsn <= group_.applied(); });
  }
  if (versions.empty()) return OkStatus();
  if (SIM_BROKEN(kRowLost) && user_key.ends_with("counter")) return OkStatus();
  CHECK_LE(versions.back().lsn, to_);
  RETURN_IF_ERROR(EnterBucket(user_key));

  StoredVersion old;
  ASSIGN_OR_RETURN(bool has_old, ReadOld(user_key, &old));
  // What is below the floor is needed by nobody (and may be trimmed already).
  Lsn older = has_old && old.previous > floor_ ? old.previous : Lsn(0);
  std::string old_value;  // puts may move the pages of this transaction
  std::vector<StoredVersion> chain;
  if (has_old) {
    bool needed = Seen(old.lsn, versions.front().lsn) || floors_.backtrack < versions[0].lsn ||
                  versions[0].kind == MutationKind::kMax;
    if (needed) old_value = old.value;
    old.value = old_value;
    chain.push_back(old);
  }
  for (const StretchVersion& version : versions) {
    StoredVersion next{version.value, version.lsn, Lsn(0), version.kind == MutationKind::kDelete};
    bool keep_larger = version.kind == MutationKind::kMax && !chain.empty() &&
                       !chain.back().tombstone && chain.back().value > version.value;
    if (keep_larger) next.value = chain.back().value;
    chain.push_back(next);
  }

  std::vector<StoredVersion> kept;  // newest first
  for (size_t i = chain.size() - 1; i-- > 0;) {
    bool backtracked = i == 0 && has_old && floors_.backtrack < chain[1].lsn;
    if (!Seen(chain[i].lsn, chain[i + 1].lsn) && !backtracked) continue;
    kept.push_back(chain[i]);
    kept.back().previous = older;
  }
  if (SIM_BROKEN(kHistoryLost)) kept.clear();
  if (!kept.empty()) RETURN_IF_ERROR(WriteHistory(user_key, kept));

  StoredVersion& final = chain.back();
  final.previous = kept.empty() ? older : to_;
  if (!final.tombstone) return WriteRow(user_key, final);
  // A tombstone only stands where somebody may still look behind it.
  if (final.previous == Lsn(0)) return has_old ? RemoveRow(user_key) : OkStatus();
  final.value = {};
  RETURN_IF_ERROR(NoteTombstone(user_key));
  return WriteRow(user_key, final);
}

Status GroupDrain::EnterBucket(std::string_view user_key) {
  if (!bucket_.prefix.empty() && (!IsLongKey(user_key) || !user_key.starts_with(bucket_.prefix))) {
    RETURN_IF_ERROR(FlushBucket());
  }
  if (!IsLongKey(user_key) || !bucket_.prefix.empty()) return OkStatus();
  bucket_.prefix = user_key.substr(0, kMaxPlainKeyBytes);
  KeyBuffer stored;
  stored.SetStored(user_key);
  MDB_val key = DrainVal(stored.view()), value;
  int code = GuardedGet(txn_.get(), group_.tables().rows, &key, &value);
  if (code == MDB_NOTFOUND) return OkStatus();
  if (code != MDB_SUCCESS) return LmdbStatus(code, "drain: read bucket");
  std::vector<BucketEntry> entries;
  if (!ParseBucket(DrainView(value), &entries)) return Corrupt("row bucket is damaged");
  for (const BucketEntry& entry : entries) {
    bucket_.rows.emplace(entry.suffix, entry.payload);
  }
  return OkStatus();
}

Status GroupDrain::FlushBucket() {
  RowBucket bucket = std::exchange(bucket_, RowBucket());
  if (bucket.prefix.empty() || !bucket.changed) return OkStatus();
  std::string first_key = bucket.prefix + '\0';  // any key of the bucket stands for it
  KeyBuffer key;
  key.SetStored(first_key);
  if (!bucket.history.empty()) {
    std::string value;
    for (const auto& [suffix, versions] : bucket.history) {
      for (const std::string& version : versions) AppendBucketEntry(&value, suffix, version);
    }
    KeyBuffer history;
    history.Append64(to_.value());
    history.AppendStored(first_key);
    history.AppendVersion(kMaxLsn);
    RETURN_IF_ERROR(PutAll(txn_.get(), group_.tables().history, history.view(), value, 0));
  }
  if (!bucket.tombstones.empty()) {
    std::string value;
    for (const std::string& suffix : bucket.tombstones) AppendBucketEntry(&value, suffix, "");
    KeyBuffer tombstones;
    tombstones.Append64(to_.value());
    tombstones.AppendStored(first_key);
    RETURN_IF_ERROR(PutAll(txn_.get(), group_.tables().tombstones, tombstones.view(), value, 0));
  }
  if (bucket.rows.empty()) {
    MDB_val stored = DrainVal(key.view());
    int code = GuardedDel(txn_.get(), group_.tables().rows, &stored, nullptr);
    return code == MDB_SUCCESS || code == MDB_NOTFOUND ? OkStatus()
                                                       : LmdbStatus(code, "drain: delete bucket");
  }
  std::string value;
  for (const auto& [suffix, row] : bucket.rows) AppendBucketEntry(&value, suffix, row);
  RETURN_IF_ERROR(PutAll(txn_.get(), group_.tables().rows, key.view(), value, 0));
  if (rows_empty_ || key.view() > last_row_key_) {
    rows_empty_ = false;
    last_row_key_ = key.view();
  }
  return OkStatus();
}

StatusOr<bool> GroupDrain::ReadOld(std::string_view user_key, StoredVersion* old) {
  row_found_ = false;
  if (IsLongKey(user_key)) {
    auto row = bucket_.rows.find(SuffixOf(user_key));
    if (row == bucket_.rows.end()) return false;
    ASSIGN_OR_RETURN(*old, DecodeRowValue(user_key, row->second));
    return true;
  }
  if (rows_empty_ || user_key > last_row_key_) return false;
  MDB_val key = DrainVal(user_key), value;
  int code = GuardedCursorGet(rows_, &key, &value, MDB_SET_KEY);
  if (code == MDB_NOTFOUND) return false;
  if (code != MDB_SUCCESS) return LmdbStatus(code, "drain: read row");
  ASSIGN_OR_RETURN(*old, DecodeRowValue(user_key, DrainView(value)));
  row_found_ = true;
  return true;
}

Status GroupDrain::WriteRow(std::string_view user_key, const StoredVersion& version) {
  ++result_.rows_written;
  if (IsLongKey(user_key)) {
    bucket_.rows.insert_or_assign(std::string(SuffixOf(user_key)),
                                  EncodeRowValue(user_key, version));
    bucket_.changed = true;
    return OkStatus();
  }
  bool append = rows_empty_ || user_key > last_row_key_;
  MDB_val key = DrainVal(user_key);
  MDB_val room{RowValueBytes(version), nullptr};
  // Appended pages are left full: half the file of a bulk load in key order.
  unsigned flags = MDB_RESERVE | (append ? MDB_APPEND : 0);
  if (int code = GuardedCursorPut(rows_, &key, &room, flags)) {
    return LmdbStatus(code, "drain: put row");
  }
  EncodeRowValue(user_key, version, static_cast<char*>(room.mv_data));
  if (append) {
    rows_empty_ = false;
    last_row_key_ = user_key;
  }
  return OkStatus();
}

Status GroupDrain::RemoveRow(std::string_view user_key) {
  ++result_.rows_written;
  if (IsLongKey(user_key)) {
    bucket_.rows.erase(bucket_.rows.find(SuffixOf(user_key)));
    bucket_.changed = true;
    return OkStatus();
  }
  CHECK(row_found_);
  if (int code = GuardedCursorDel(rows_, 0)) return LmdbStatus(code, "drain: delete row");
  row_found_ = false;
  return OkStatus();
}

Status GroupDrain::WriteHistory(std::string_view user_key,
                                const std::vector<StoredVersion>& newest_first) {
  result_.history_written += newest_first.size();
  for (const StoredVersion& version : newest_first) {
    std::string bytes = EncodeRowValue(user_key, version);
    if (IsLongKey(user_key)) {
      bucket_.history[std::string(SuffixOf(user_key))].push_back(std::move(bytes));
      bucket_.changed = true;
      continue;
    }
    KeyBuffer key;
    key.Append64(to_.value());
    key.AppendStored(user_key);
    key.AppendVersion(version.lsn);
    RETURN_IF_ERROR(PutAll(txn_.get(), group_.tables().history, key.view(), bytes, MDB_APPEND));
  }
  return OkStatus();
}

Status GroupDrain::NoteTombstone(std::string_view user_key) {
  if (IsLongKey(user_key)) {
    bucket_.tombstones.emplace_back(SuffixOf(user_key));
    return OkStatus();
  }
  KeyBuffer key;
  key.Append64(to_.value());
  key.AppendStored(user_key);
  return PutAll(txn_.get(), group_.tables().tombstones, key.view(), {}, MDB_APPEND);
}

Status GroupDrain::AddDead(const DroppedPrefix& dropped) {
  if (dropped.lsn <= group_.applied()) return OkStatus();
  if (dropped.prefix.empty() || dropped.prefix.size() > 256) {
    return Corrupt("dropped prefix of {} bytes at {}", dropped.prefix.size(), dropped.lsn);
  }
  std::string key(kDeadMark);
  PutBigEndian64(&key, dropped.lsn.value());
  key += dropped.prefix;
  return PutAll(txn_.get(), group_.tables().meta, key, {}, 0);
}

Status GroupDrain::TrimHistory() {
  MDB_cursor* cursor = nullptr;
  if (int code = GuardedCursorOpen(txn_.get(), group_.tables().history, &cursor)) {
    return LmdbStatus(code, "open history");
  }
  MDB_val key, value;
  int code = GuardedCursorGet(cursor, &key, &value, MDB_FIRST);
  for (size_t i = 0; code == MDB_SUCCESS && i < kTrimEntries; ++i) {
    if (LoadBigEndian64(key.mv_data) > floor_.value()) break;
    code = GuardedCursorDel(cursor, 0);
    ++result_.trimmed;
    if (code == MDB_SUCCESS) code = GuardedCursorGet(cursor, &key, &value, MDB_FIRST);
  }
  mdb_cursor_close(cursor);
  if (code != MDB_SUCCESS && code != MDB_NOTFOUND) return LmdbStatus(code, "trim history");
  return OkStatus();
}

Status GroupDrain::TrimTombstones() {
  MDB_cursor* cursor = nullptr;
  if (int code = GuardedCursorOpen(txn_.get(), group_.tables().tombstones, &cursor)) {
    return LmdbStatus(code, "open tombstones");
  }
  MDB_val key, value;
  int code = GuardedCursorGet(cursor, &key, &value, MDB_FIRST);
  Status failed;
  for (size_t i = 0; code == MDB_SUCCESS && i < kTrimEntries; ++i) {
    if (LoadBigEndian64(key.mv_data) > floor_.value()) break;
    failed = RemoveTombstone(DrainView(key).substr(8), DrainView(value));
    if (!failed.ok()) break;
    code = GuardedCursorDel(cursor, 0);
    ++result_.trimmed;
    if (code == MDB_SUCCESS) code = GuardedCursorGet(cursor, &key, &value, MDB_FIRST);
  }
  mdb_cursor_close(cursor);
  RETURN_IF_ERROR(failed);
  if (code != MDB_SUCCESS && code != MDB_NOTFOUND) return LmdbStatus(code, "trim tombstones");
  return FlushBucket();
}

Status GroupDrain::RemoveTombstone(std::string_view stored, std::string_view payload) {
  std::vector<std::string> user_keys;
  if (IsBucketKey(stored)) {
    std::vector<BucketEntry> entries;
    if (!ParseBucket(payload, &entries)) return Corrupt("tombstone bucket is damaged");
    for (const BucketEntry& entry : entries) {
      user_keys.push_back(std::string(stored.substr(0, kMaxPlainKeyBytes)).append(entry.suffix));
    }
  } else {
    user_keys.emplace_back(stored);
  }
  for (const std::string& user_key : user_keys) {
    RETURN_IF_ERROR(EnterBucket(user_key));
    StoredVersion row;
    ASSIGN_OR_RETURN(bool found, ReadOld(user_key, &row));
    if (found && row.tombstone && row.lsn <= floor_) RETURN_IF_ERROR(RemoveRow(user_key));
  }
  return OkStatus();
}

Status GroupDrain::TrimDead() {
  ASSIGN_OR_RETURN(auto dead, ReadDeadPrefixes(txn_.get(), group_.tables()));
  size_t removed = 0;
  for (const DroppedPrefix& dropped : dead) {
    if (dropped.lsn > floor_) break;
    MDB_val key = DrainVal(dropped.prefix), value;
    int code = GuardedCursorGet(rows_, &key, &value, MDB_SET_RANGE);
    while (code == MDB_SUCCESS && DrainView(key).starts_with(dropped.prefix)) {
      if (removed == kDeadRows) return OkStatus();
      code = GuardedCursorDel(rows_, 0);
      ++removed;
      ++result_.trimmed;
      key = DrainVal(dropped.prefix);
      if (code == MDB_SUCCESS) code = GuardedCursorGet(rows_, &key, &value, MDB_SET_RANGE);
    }
    if (code != MDB_SUCCESS && code != MDB_NOTFOUND) return LmdbStatus(code, "drop rows");
    std::string mark(kDeadMark);
    PutBigEndian64(&mark, dropped.lsn.value());
    mark += dropped.prefix;
    MDB_val name = DrainVal(mark);
    if (int gone = GuardedDel(txn_.get(), group_.tables().meta, &name, nullptr)) {
      return LmdbStatus(gone, "forget dead prefix");
    }
  }
  return OkStatus();
}

StatusOr<DrainResult> GroupDrain::Finish() {
  RETURN_IF_ERROR(FlushBucket());
  GroupState state = group_.state_;
  if (purpose_ == Purpose::kDrain) {
    RETURN_IF_ERROR(TrimHistory());
    RETURN_IF_ERROR(TrimTombstones());
    RETURN_IF_ERROR(TrimDead());
    state.applied = to_.value();
    state.floor = floor_.value();
    RETURN_IF_ERROR(group_.StoreState(txn_.get(), state));
  }
  mdb_cursor_close(std::exchange(rows_, nullptr));
  RETURN_IF_ERROR(txn_.Commit());
  group_.state_ = state;
  group_.applied_.store(state.applied, std::memory_order_release);
  group_.floor_.store(state.floor, std::memory_order_release);
  return result_;
}

}  // namespace sixfold::storage
