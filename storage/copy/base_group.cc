#include "storage/copy/base_group.h"

#include <lmdb.h>

#include <algorithm>
#include <cstring>

#include "core/base/check.h"
#include "core/base/checksum.h"
#include "storage/copy/group_drain.h"
#include "storage/copy/row_value.h"
#include "storage/recent/version_key.h"

namespace sixfold::storage {
namespace {

constexpr std::string_view kGroupStateKey = "state";
constexpr std::string_view kDeadKey = "dead";
constexpr size_t kReserveAheadBytes = size_t{16} << 20;

MDB_val GroupVal(std::string_view bytes) {
  return MDB_val{bytes.size(), const_cast<char*>(bytes.data())};
}
std::string_view GroupView(const MDB_val& val) {
  return {static_cast<const char*>(val.mv_data), val.mv_size};
}

bool HasDeadPrefix(const std::vector<DroppedPrefix>& dead, std::string_view key) {
  for (const DroppedPrefix& dropped : dead) {
    if (key.starts_with(dropped.prefix)) return true;
  }
  return false;
}

/// A read-only LMDB transaction for the length of one call.
class ShortRead {
 public:
  static StatusOr<ShortRead> Begin(LmdbEnv& env) {
    ShortRead read;
    if (int code = GuardedMapCall(
            [&] { return mdb_txn_begin(env.get(), nullptr, MDB_RDONLY, &read.txn_); })) {
      return LmdbStatus(code, "begin read of " + env.folder());
    }
    return read;
  }
  ShortRead(ShortRead&& other) noexcept : txn_(std::exchange(other.txn_, nullptr)) {}
  ~ShortRead() {
    if (txn_ != nullptr) mdb_txn_abort(txn_);
  }
  MDB_txn* get() const { return txn_; }

 private:
  ShortRead() = default;
  MDB_txn* txn_ = nullptr;
};

}  // namespace

StatusOr<GroupTables> GroupTables::Open(LmdbEnv& env) {
  GroupTables tables;
  ASSIGN_OR_RETURN(tables.rows, env.OpenTable("rows", KeyOrder::kBytes));
  ASSIGN_OR_RETURN(tables.history, env.OpenTable("history", KeyOrder::kVersioned));
  ASSIGN_OR_RETURN(tables.tombstones, env.OpenTable("tombstones", KeyOrder::kBytes));
  ASSIGN_OR_RETURN(tables.meta, env.OpenTable("meta", KeyOrder::kBytes));
  return tables;
}

StatusOr<GroupState> ReadGroupState(MDB_txn* txn, const GroupTables& tables) {
  MDB_val key = GroupVal(kGroupStateKey), value;
  int code = GuardedGet(txn, tables.meta, &key, &value);
  if (code == MDB_NOTFOUND) return NotFound("the group has no state");
  if (code != MDB_SUCCESS) return LmdbStatus(code, "read group state");
  GroupState state;
  if (value.mv_size != sizeof(state)) return Corrupt("group state of {} bytes", value.mv_size);
  std::memcpy(&state, value.mv_data, sizeof(state));
  if (state.version != 1) return FailedPrecondition("group format {} is not known", state.version);
  return state;
}

StatusOr<std::unique_ptr<BaseGroup>> BaseGroup::Open(const std::string& folder, GroupId id,
                                                     const Uuid& volume, size_t map_bytes) {
  std::unique_ptr<BaseGroup> group(new BaseGroup);
  LmdbOptions options;
  options.writable = true;
  options.map_bytes = map_bytes;
  ASSIGN_OR_RETURN(group->env_, LmdbEnv::Open(folder, options));
  ASSIGN_OR_RETURN(group->tables_, GroupTables::Open(*group->env_));
  ASSIGN_OR_RETURN(LmdbWriteTxn txn, LmdbWriteTxn::Begin(*group->env_));
  auto state = ReadGroupState(txn.get(), group->tables_);
  if (state.ok()) {
    group->state_ = *state;
    if (std::memcmp(state->volume, volume.bytes.data(), 16) != 0 || state->group != id.value()) {
      return FailedPrecondition("{} belongs to another volume or group", folder);
    }
  } else if (absl::IsNotFound(state.status())) {
    std::memcpy(group->state_.volume, volume.bytes.data(), 16);
    group->state_.group = id.value();
    RETURN_IF_ERROR(group->StoreState(txn.get(), group->state_));
    RETURN_IF_ERROR(txn.Commit());
  } else {
    return state.status();
  }
  group->applied_.store(group->state_.applied);
  group->floor_.store(group->state_.floor);
  return group;
}

Status BaseGroup::StoreState(MDB_txn* txn, const GroupState& state) {
  MDB_val key = GroupVal(kGroupStateKey);
  MDB_val value{sizeof(state), const_cast<GroupState*>(&state)};
  if (int code = GuardedPut(txn, tables_.meta, &key, &value, 0)) {
    return LmdbStatus(code, "put group state");
  }
  return OkStatus();
}

StatusOr<std::unique_ptr<GroupDrain>> BaseGroup::BeginDrain(Lsn to, const DrainFloors& floors) {
  CHECK(!half_imported(), "{}", env_->folder());
  CHECK_GE(to, applied());
  env_->ClearDeadReaders();  // of killed computes: they would keep freed pages from being used
                             // again
  RETURN_IF_ERROR(env_->Reserve(kReserveAheadBytes));
  ASSIGN_OR_RETURN(LmdbWriteTxn txn, LmdbWriteTxn::Begin(*env_));
  std::unique_ptr<GroupDrain> drain(
      new GroupDrain(*this, std::move(txn), GroupDrain::Purpose::kDrain, to, floors));
  RETURN_IF_ERROR(drain->OpenCursors());
  return drain;
}

StatusOr<bool> BaseGroup::GetNewest(std::string_view user_key, std::string* value) {
  ASSIGN_OR_RETURN(ShortRead read, ShortRead::Begin(*env_));
  KeyBuffer stored;
  stored.SetStored(user_key);
  MDB_val key = GroupVal(stored.view()), found;
  int code = GuardedGet(read.get(), tables_.rows, &key, &found);
  if (code == MDB_NOTFOUND) return false;
  if (code != MDB_SUCCESS) return LmdbStatus(code, "read row");
  std::string_view bytes = GroupView(found);
  if (IsLongKey(user_key)) {
    std::vector<BucketEntry> entries;
    if (!ParseBucket(bytes, &entries)) return Corrupt("row bucket is damaged");
    auto at = std::find_if(entries.begin(), entries.end(), [&](const BucketEntry& entry) {
      return entry.suffix == SuffixOf(user_key);
    });
    if (at == entries.end()) return false;
    bytes = at->payload;
  }
  ASSIGN_OR_RETURN(StoredVersion version, DecodeRowValue(user_key, bytes));
  if (version.tombstone) return false;
  value->assign(version.value);
  return true;
}

StatusOr<std::vector<DroppedPrefix>> ReadDeadPrefixes(MDB_txn* txn, const GroupTables& tables) {
  std::vector<DroppedPrefix> dead;
  MDB_cursor* cursor = nullptr;
  if (int code = GuardedCursorOpen(txn, tables.meta, &cursor)) return LmdbStatus(code, "open meta");
  MDB_val key = GroupVal(kDeadKey), value;
  int code = GuardedCursorGet(cursor, &key, &value, MDB_SET_RANGE);
  while (code == MDB_SUCCESS && GroupView(key).starts_with(kDeadKey)) {
    std::string_view rest = GroupView(key).substr(kDeadKey.size());
    if (rest.size() > 8) {
      dead.push_back({std::string(rest.substr(8)), Lsn(LoadBigEndian64(rest.data()))});
    }
    code = GuardedCursorGet(cursor, &key, &value, MDB_NEXT);
  }
  mdb_cursor_close(cursor);
  if (code != MDB_SUCCESS && code != MDB_NOTFOUND) return LmdbStatus(code, "read dead prefixes");
  return dead;
}

namespace {

/// One stored entry of rows to the visitor; false to stop.
StatusOr<bool> VisitStored(std::string_view stored, std::string_view bytes,
                           const std::vector<DroppedPrefix>& dead, std::string_view begin,
                           const RowVisitor& visit) {
  auto one = [&](std::string_view user_key, std::string_view payload) -> StatusOr<bool> {
    ASSIGN_OR_RETURN(StoredVersion version, DecodeRowValue(user_key, payload));
    if (version.tombstone || user_key < begin || HasDeadPrefix(dead, user_key)) return true;
    return visit(user_key, version.value, version.lsn);
  };
  if (!IsBucketKey(stored)) return one(stored, bytes);
  std::vector<BucketEntry> entries;
  if (!ParseBucket(bytes, &entries)) return Corrupt("row bucket is damaged");
  std::string user_key;
  for (const BucketEntry& entry : entries) {
    user_key.assign(stored.substr(0, kMaxPlainKeyBytes)).append(entry.suffix);
    ASSIGN_OR_RETURN(bool more, one(user_key, entry.payload));
    if (!more) return false;
  }
  return true;
}

}  // namespace

Status VisitRows(MDB_txn* txn, const GroupTables& tables, std::string_view begin,
                 const RowVisitor& visit) {
  ASSIGN_OR_RETURN(auto dead, ReadDeadPrefixes(txn, tables));
  MDB_cursor* cursor = nullptr;
  if (int code = GuardedCursorOpen(txn, tables.rows, &cursor)) return LmdbStatus(code, "open rows");
  KeyBuffer from;
  from.SetStored(begin);
  MDB_val key = GroupVal(from.view()), value;
  int code = GuardedCursorGet(cursor, &key, &value, begin.empty() ? MDB_FIRST : MDB_SET_RANGE);
  Status failed;
  while (code == MDB_SUCCESS) {
    auto more = VisitStored(GroupView(key), GroupView(value), dead, begin, visit);
    if (!more.ok()) failed = more.status();
    if (!more.ok() || !*more) break;
    code = GuardedCursorGet(cursor, &key, &value, MDB_NEXT);
  }
  mdb_cursor_close(cursor);
  RETURN_IF_ERROR(failed);
  if (code != MDB_SUCCESS && code != MDB_NOTFOUND) return LmdbStatus(code, "read rows");
  return OkStatus();
}

StatusOr<uint64_t> BaseGroup::Hash() {
  ASSIGN_OR_RETURN(ShortRead read, ShortRead::Begin(*env_));
  uint64_t hash = 0;
  RETURN_IF_ERROR(
      VisitRows(read.get(), tables_, "",
                [&](std::string_view key, std::string_view value, Lsn lsn) -> StatusOr<bool> {
                  uint64_t number = lsn.value();
                  hash = Checksum64(key, hash);
                  hash = Checksum64({reinterpret_cast<const char*>(&number), 8}, hash);
                  hash = Checksum64(value, hash);
                  return true;
                }));
  return hash;
}

StatusOr<size_t> BaseGroup::Bytes() {
  ASSIGN_OR_RETURN(ShortRead read, ShortRead::Begin(*env_));
  size_t bytes = 0;
  for (unsigned table : {tables_.rows, tables_.history, tables_.tombstones, tables_.meta}) {
    MDB_stat stat;
    if (int code = GuardedMapCall([&] { return mdb_stat(read.get(), table, &stat); }))
      return LmdbStatus(code, "stat table");
    bytes += (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * stat.ms_psize;
  }
  return bytes;
}

Status BaseGroup::BeginImport() {
  CHECK_EQ(state_.applied, 0u);
  ASSIGN_OR_RETURN(LmdbWriteTxn txn, LmdbWriteTxn::Begin(*env_));
  GroupState state = state_;
  state.flags |= kGroupImporting;
  RETURN_IF_ERROR(StoreState(txn.get(), state));
  RETURN_IF_ERROR(txn.Commit());
  state_ = state;
  return OkStatus();
}

Status BaseGroup::ImportRows(const std::vector<ImportedRow>& rows) {
  CHECK(half_imported());
  RETURN_IF_ERROR(env_->Reserve(kReserveAheadBytes));
  ASSIGN_OR_RETURN(LmdbWriteTxn txn, LmdbWriteTxn::Begin(*env_));
  std::unique_ptr<GroupDrain> drain(
      new GroupDrain(*this, std::move(txn), GroupDrain::Purpose::kImport, kMaxLsn, DrainFloors()));
  RETURN_IF_ERROR(drain->OpenCursors());
  std::vector<StretchVersion> versions;
  for (const ImportedRow& row : rows) {
    versions.assign(1, {row.lsn, MutationKind::kPut, row.value});
    RETURN_IF_ERROR(drain->Take(row.key, versions));
  }
  return drain->Finish().status();
}

Status BaseGroup::FinishImport(Lsn applied, const std::vector<DroppedPrefix>& dead) {
  CHECK(half_imported());
  ASSIGN_OR_RETURN(LmdbWriteTxn txn, LmdbWriteTxn::Begin(*env_));
  GroupState state = state_;
  state.flags &= ~kGroupImporting;
  state.applied = state.floor = applied.value();
  for (const DroppedPrefix& dropped : dead) {
    std::string name(kDeadKey);
    PutBigEndian64(&name, dropped.lsn.value());
    name += dropped.prefix;
    MDB_val key = GroupVal(name), value{0, nullptr};
    if (int code = GuardedPut(txn.get(), tables_.meta, &key, &value, 0)) {
      return LmdbStatus(code, "put dead prefix");
    }
  }
  RETURN_IF_ERROR(StoreState(txn.get(), state));
  RETURN_IF_ERROR(txn.Commit());
  state_ = state;
  applied_.store(state.applied);
  floor_.store(state.floor);
  return OkStatus();
}

}  // namespace sixfold::storage
