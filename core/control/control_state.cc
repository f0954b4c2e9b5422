#include "core/control/control_state.h"

#include <lmdb.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace sixfold::control {
namespace {

constexpr size_t kMapBytes = 16 << 20;
constexpr std::string_view kProcessPrefix = "process/";

Status LmdbStatus(int error, std::string_view attempted) {
  return Internal("control state: {}: {}", attempted, mdb_strerror(error));
}

std::string BootId() {
  std::ifstream stream("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(stream, id);
  return id.empty() ? "unknown" : id;
}

MDB_val ToVal(std::string_view text) { return {text.size(), const_cast<char*>(text.data())}; }
std::string ToText(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

/// Runs `body(txn, dbi)` in a transaction and commits if it returned 0.
template <typename Body>
int InTransaction(MDB_env* environment, unsigned flags, Body body) {
  MDB_txn* transaction = nullptr;
  int error = mdb_txn_begin(environment, nullptr, flags, &transaction);
  if (error != 0) return error;
  MDB_dbi dbi;
  error = mdb_dbi_open(transaction, nullptr, 0, &dbi);
  if (error == 0) error = body(transaction, dbi);
  if (error != 0) {
    mdb_txn_abort(transaction);
    return error;
  }
  return mdb_txn_commit(transaction);
}

}  // namespace

StatusOr<std::unique_ptr<ControlState>> ControlState::Open(const std::string& folder) {
  std::error_code made;
  std::filesystem::create_directories(folder, made);
  if (made)
    return FailedPrecondition("control state: create folder {}: {}", folder, made.message());
  MDB_env* environment = nullptr;
  int error = mdb_env_create(&environment);
  if (error != 0) return LmdbStatus(error, "create environment");
  std::unique_ptr<ControlState> state(new ControlState(environment));
  error = mdb_env_set_mapsize(environment, kMapBytes);
  if (error == 0) error = mdb_env_open(environment, folder.c_str(), 0, 0600);
  if (error != 0) return LmdbStatus(error, "open " + folder);
  return state;
}

ControlState::~ControlState() { mdb_env_close(environment_); }

StatusOr<std::optional<std::string>> ControlState::Get(std::string_view key) const {
  std::optional<std::string> found;
  const int error = InTransaction(environment_, MDB_RDONLY, [&](MDB_txn* transaction, MDB_dbi dbi) {
    MDB_val name = ToVal(key), value;
    const int got = mdb_get(transaction, dbi, &name, &value);
    if (got == 0) found = ToText(value);
    return got == MDB_NOTFOUND ? 0 : got;
  });
  if (error != 0) return LmdbStatus(error, "read " + std::string(key));
  return found;
}

Status ControlState::Put(std::string_view key, std::string_view value) {
  const int error = InTransaction(environment_, 0, [&](MDB_txn* transaction, MDB_dbi dbi) {
    MDB_val name = ToVal(key), content = ToVal(value);
    return mdb_put(transaction, dbi, &name, &content, 0);
  });
  return error == 0 ? OkStatus() : LmdbStatus(error, "write " + std::string(key));
}

Status ControlState::Delete(std::string_view key) {
  const int error = InTransaction(environment_, 0, [&](MDB_txn* transaction, MDB_dbi dbi) {
    MDB_val name = ToVal(key);
    const int deleted = mdb_del(transaction, dbi, &name, nullptr);
    return deleted == MDB_NOTFOUND ? 0 : deleted;
  });
  return error == 0 ? OkStatus() : LmdbStatus(error, "delete " + std::string(key));
}

Status ControlState::RecordProcess(std::string_view name, const ProcessIdentity& identity) {
  return Put(std::string(kProcessPrefix) + std::string(name),
             fmt::format("{} {} {}", BootId(), identity.pid, identity.start_time));
}

Status ControlState::ForgetProcess(std::string_view name) {
  return Delete(std::string(kProcessPrefix) + std::string(name));
}

StatusOr<std::map<std::string, ProcessIdentity>> ControlState::Processes() const {
  std::map<std::string, ProcessIdentity> processes;
  const std::string boot = BootId();
  const int error = InTransaction(environment_, MDB_RDONLY, [&](MDB_txn* transaction, MDB_dbi dbi) {
    MDB_cursor* cursor = nullptr;
    int got = mdb_cursor_open(transaction, dbi, &cursor);
    MDB_val name = ToVal(kProcessPrefix), value;
    if (got == 0) got = mdb_cursor_get(cursor, &name, &value, MDB_SET_RANGE);
    while (got == 0 && ToText(name).starts_with(kProcessPrefix)) {
      std::istringstream text(ToText(value));
      std::string boot_then;
      ProcessIdentity identity;
      if (text >> boot_then >> identity.pid >> identity.start_time && boot_then == boot)
        processes[ToText(name).substr(kProcessPrefix.size())] = identity;
      got = mdb_cursor_get(cursor, &name, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return got == MDB_NOTFOUND ? 0 : got;
  });
  if (error != 0) return LmdbStatus(error, "read the processes");
  return processes;
}

}  // namespace sixfold::control
