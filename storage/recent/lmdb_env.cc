#include "storage/recent/lmdb_env.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>

#include "core/base/check.h"

#if defined(__SANITIZE_THREAD__)
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#endif

namespace sixfold::storage {
namespace {

// The packaged LMDB is not instrumented: ThreadSanitizer is told what its transactions order.
// Readers see what was committed before they began; pages are written again only after their
// readers ended.
void OrderAfter([[maybe_unused]] MDB_env* env) {
#if defined(__SANITIZE_THREAD__)
  __tsan_acquire(env);
#endif
}
void OrderBefore([[maybe_unused]] MDB_env* env) {
#if defined(__SANITIZE_THREAD__)
  __tsan_release(env);
#endif
}

constexpr size_t kReserveStepBytes = size_t{16} << 20;

/// LMDB demands one open handle per environment and process, whoever asks: so this is process-wide.
struct EnvRegistry {
  std::mutex mutex;
  std::map<std::string, std::weak_ptr<LmdbEnv>> open;
};

EnvRegistry& Registry() {
  static EnvRegistry* registry = new EnvRegistry;
  return *registry;
}

/// Of the data file: while an environment has it open its number is not given to another file. ""
/// where there is none yet.
StatusOr<std::string> FileIdentity(const std::string& folder) {
  struct stat info;
  std::string path = folder + "/data.mdb";
  if (::stat(path.c_str(), &info) == 0) return fmt::format("{}:{}", info.st_dev, info.st_ino);
  if (errno == ENOENT) return std::string();
  return ErrnoStatus(errno, "stat " + path);
}

int CompareVersioned(const MDB_val* a, const MDB_val* b) {
  size_t a_bytes = a->mv_size < 8 ? 0 : a->mv_size - 8;
  size_t b_bytes = b->mv_size < 8 ? 0 : b->mv_size - 8;
  size_t common = a_bytes < b_bytes ? a_bytes : b_bytes;
  int order = std::memcmp(a->mv_data, b->mv_data, common);
  if (order != 0) return order;
  if (a_bytes != b_bytes) return a_bytes < b_bytes ? -1 : 1;
  return std::memcmp(static_cast<const char*>(a->mv_data) + a_bytes,
                     static_cast<const char*>(b->mv_data) + b_bytes, 8);
}

}  // namespace

Status LmdbStatus(int code, std::string_view attempted) {
  DCHECK(code != MDB_SUCCESS);
  const char* text = mdb_strerror(code);
  switch (code) {
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case MDB_READERS_FULL:
    case ENOSPC:
      return ResourceExhausted("{}: {}", attempted, text);
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PANIC:
    case MDB_INVALID:
      return Corrupt("{}: {}", attempted, text);
    case MDB_VERSION_MISMATCH:
      return FailedPrecondition("{}: {}", attempted, text);
    default:
      if (code > 0) return ErrnoStatus(code, attempted);
      return Internal("{}: {}", attempted, text);
  }
}

StatusOr<std::shared_ptr<LmdbEnv>> LmdbEnv::Open(const std::string& folder,
                                                 const LmdbOptions& wanted) {
  LmdbOptions options = wanted;
#if defined(SIXFOLD_SIM)
  // A simulated daemon and its readers are one process: whoever opens first opens for all of them.
  options.writable |= ::access((folder + "/data.mdb").c_str(), F_OK) == 0;
#endif
  if (options.writable && ::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
    return ErrnoStatus(errno, "create " + folder);
  }
  EnvRegistry& registry = Registry();
  std::lock_guard lock(registry.mutex);
  ASSIGN_OR_RETURN(std::string identity, FileIdentity(folder));
  auto known = registry.open.find(identity);
  if (known != registry.open.end()) {
    if (auto found = known->second.lock()) {
      if (options.writable && !found->writable()) {
        return FailedPrecondition("open {}: this process has it open for reading only", folder);
      }
      if (found->faulted()) return Unavailable("open {}: a page cannot be read", folder);
      return found;
    }
  }
  std::shared_ptr<LmdbEnv> env(new LmdbEnv(folder, options));
  if (int code = mdb_env_create(&env->env_)) return LmdbStatus(code, "create environment");
  mdb_env_set_mapsize(env->env_, options.map_bytes);
  mdb_env_set_maxdbs(env->env_, options.max_tables);
  mdb_env_set_maxreaders(env->env_, options.max_readers);
  unsigned flags = MDB_NOTLS;
  if (!options.writable) flags |= MDB_RDONLY;
  if (options.memory_only) {
    if (options.writable) flags |= MDB_NOSYNC | MDB_WRITEMAP;
  } else {
    flags |= MDB_NORDAHEAD;
  }
  if (int code = mdb_env_open(env->env_, folder.c_str(), flags, 0644)) {
    return LmdbStatus(code, "open " + folder);
  }
  CHECK_EQ(mdb_env_get_maxkeysize(env->env_), 511);
  ASSIGN_OR_RETURN(env->registry_key_, FileIdentity(folder));
  // What is written through the map must not go to a page of zeros.
  if ((flags & MDB_WRITEMAP) == 0) env->range_.SetToMapOf(folder + "/data.mdb");
  registry.open[env->registry_key_] = env;
  return env;
}

LmdbEnv::~LmdbEnv() {
  if (env_ == nullptr) return;
  EnvRegistry& registry = Registry();
  std::unique_lock lock(registry.mutex, std::defer_lock);
  if (!registry_key_.empty()) {  // else Open failed, and has the lock
    lock.lock();
    auto found = registry.open.find(registry_key_);
    if (found != registry.open.end() && found->second.expired()) registry.open.erase(found);
  }
  range_.Clear();
  mdb_env_close(env_);
}

StatusOr<unsigned> LmdbEnv::OpenTable(const char* name, KeyOrder order) {
  std::lock_guard lock(tables_mutex_);
  if (auto known = tables_.find(name); known != tables_.end()) return known->second;
  MDB_txn* txn = nullptr;
  if (int code = mdb_txn_begin(env_, nullptr, writable() ? 0 : MDB_RDONLY, &txn)) {
    return LmdbStatus(code, "begin");
  }
  MDB_dbi table = 0;
  bool unnamed = *name == '\0';
  int code = mdb_dbi_open(txn, unnamed ? nullptr : name, writable() ? MDB_CREATE : 0, &table);
  if (code == MDB_SUCCESS && order == KeyOrder::kVersioned) {
    code = mdb_set_compare(txn, table, CompareVersioned);
  }
  if (code != MDB_SUCCESS) {
    mdb_txn_abort(txn);
    if (code == MDB_NOTFOUND) return NotFound("open table {} of {}: none", name, folder_);
    return LmdbStatus(code, fmt::format("open table {} of {}", name, folder_));
  }
  if (int committed = mdb_txn_commit(txn)) return LmdbStatus(committed, "commit table");
  tables_[name] = table;
  return table;
}

size_t LmdbEnv::last_txn_id() const {
  MDB_envinfo info;
  mdb_env_info(env_, &info);
  return info.me_last_txnid;
}

size_t LmdbEnv::used_bytes() const {
  MDB_envinfo info;
  mdb_env_info(env_, &info);
  return (info.me_last_pgno + 1) * 4096;
}

Status LmdbEnv::Reserve(size_t bytes) {
  size_t wanted = used_bytes() + bytes;
  if (wanted <= reserved_bytes_) return OkStatus();
  size_t target = (wanted / kReserveStepBytes + 1) * kReserveStepBytes;
  if (target > options_.map_bytes) {
    return ResourceExhausted("reserve {} bytes for {}: beyond its map", bytes, folder_);
  }
  mdb_filehandle_t file;
  mdb_env_get_fd(env_, &file);
  // KEEP_SIZE: LMDB takes the file's size as the end of what it wrote.
  if (::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(target)) != 0) {
    if (errno == EOPNOTSUPP) return OkStatus();
    return ErrnoStatus(errno, "reserve space for " + folder_);
  }
  reserved_bytes_ = target;
  return OkStatus();
}

std::vector<LmdbReader> LmdbEnv::Readers() const {
  std::vector<LmdbReader> readers;
  // A line each: pid, thread, id of the transaction, or "-" between two.
  const auto line = [](const char* text, void* context) {
    LmdbReader reader;
    unsigned long thread = 0, txn_id = 0;
    if (std::sscanf(text, "%d %lx %lu", &reader.pid, &thread, &txn_id) != 3) return 0;
    reader.thread = thread;
    reader.txn_id = txn_id;
    static_cast<std::vector<LmdbReader>*>(context)->push_back(reader);
    return 0;
  };
  mdb_reader_list(env_, line, &readers);
  return readers;
}

void LmdbEnv::ClearDeadReaders() {
  int dead = 0;
  mdb_reader_check(env_, &dead);
}

int GuardedCursorGet(MDB_cursor* cursor, MDB_val* key, MDB_val* value, int operation) {
  return GuardedMapCall([=] {
    const int code = mdb_cursor_get(cursor, key, value, static_cast<MDB_cursor_op>(operation));
    if (code == MDB_SUCCESS) TouchPages(value->mv_data, value->mv_size);
    return code;
  });
}

int GuardedGet(MDB_txn* txn, unsigned table, MDB_val* key, MDB_val* value) {
  return GuardedMapCall([=] {
    const int code = mdb_get(txn, table, key, value);
    if (code == MDB_SUCCESS) TouchPages(value->mv_data, value->mv_size);
    return code;
  });
}

int GuardedCursorOpen(MDB_txn* txn, unsigned table, MDB_cursor** cursor) {
  return GuardedMapCall([=] {
    // Reads what opening would read of the table, before there is a cursor that could be lost.
    MDB_stat stat;
    if (int code = mdb_stat(txn, table, &stat)) return code;
    return mdb_cursor_open(txn, table, cursor);
  });
}

int GuardedCursorRenew(MDB_txn* txn, MDB_cursor* cursor) {
  return GuardedMapCall([=] { return mdb_cursor_renew(txn, cursor); });
}

int GuardedPut(MDB_txn* txn, unsigned table, MDB_val* key, MDB_val* value, unsigned flags) {
  return GuardedMapCall([=] { return mdb_put(txn, table, key, value, flags); });
}

int GuardedDel(MDB_txn* txn, unsigned table, MDB_val* key, MDB_val* value) {
  return GuardedMapCall([=] { return mdb_del(txn, table, key, value); });
}

int GuardedCursorPut(MDB_cursor* cursor, MDB_val* key, MDB_val* value, unsigned flags) {
  return GuardedMapCall([=] { return mdb_cursor_put(cursor, key, value, flags); });
}

int GuardedCursorDel(MDB_cursor* cursor, unsigned flags) {
  return GuardedMapCall([=] { return mdb_cursor_del(cursor, flags); });
}

Status LmdbEnv::Probe() const {
  constexpr size_t kMetaBytes = 2 * 4096;
  const void* const map = range_.begin();
  const int code = GuardedMapCall([map] {
    if (map != nullptr) TouchPages(map, kMetaBytes);
    return 0;
  });
  return code == 0 && !faulted() ? OkStatus() : LmdbStatus(EIO, "read " + folder_);
}

StatusOr<LmdbWriteTxn> LmdbWriteTxn::Begin(LmdbEnv& env) {
  CHECK(env.writable(), "{}", env.folder());
  // Left in the middle, mdb_txn_begin would keep LMDB's lock.
  RETURN_IF_ERROR(env.Probe());
  MDB_txn* txn = nullptr;
  if (int code = mdb_txn_begin(env.get(), nullptr, 0, &txn)) return LmdbStatus(code, "begin write");
  OrderAfter(env.get());
  return LmdbWriteTxn(txn, env);
}

LmdbWriteTxn::~LmdbWriteTxn() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

void LmdbWriteTxn::OrderAfterReaders() const { OrderAfter(env_->get()); }

Status LmdbWriteTxn::Commit() {
  CHECK(txn_ != nullptr);
  OrderBefore(mdb_txn_env(txn_));
  if (env_->faulted()) {
    mdb_txn_abort(std::exchange(txn_, nullptr));
    return LmdbStatus(EIO, "commit to " + env_->folder());
  }
  volatile bool returned = false;
  const int code = GuardedMapCall([this, &returned] {
    const int result = mdb_txn_commit(txn_);
    returned = true;
    return result;
  });
  MDB_txn* const txn = std::exchange(txn_, nullptr);
  if (!returned) mdb_txn_abort(txn);
  return code == MDB_SUCCESS ? OkStatus() : LmdbStatus(code, "commit to " + env_->folder());
}

StatusOr<std::unique_ptr<LmdbReadTxn>> LmdbReadTxn::Begin(std::shared_ptr<LmdbEnv> env) {
  std::unique_ptr<LmdbReadTxn> read(new LmdbReadTxn(std::move(env)));
  const auto begin = [&read] {
    return GuardedMapCall(
        [&] { return mdb_txn_begin(read->env_->get(), nullptr, MDB_RDONLY, &read->txn_); });
  };
  int code = begin();
  if (code == MDB_READERS_FULL) {
    read->env_->ClearDeadReaders();
    code = begin();
  }
  if (code != MDB_SUCCESS) return LmdbStatus(code, "begin read of " + read->env_->folder());
  OrderAfter(read->env_->get());
  read->active_ = true;
  return read;
}

LmdbReadTxn::~LmdbReadTxn() {
  if (txn_ == nullptr) return;
  OrderBefore(env_->get());
  mdb_txn_abort(txn_);
}

StatusOr<bool> LmdbReadTxn::Renew() {
  if (env_->faulted()) return LmdbStatus(EIO, "read of " + env_->folder());
  if (active_) {
    if (env_->last_txn_id() == mdb_txn_id(txn_)) return false;
    Release();
  }
  if (int code = GuardedMapCall([this] { return mdb_txn_renew(txn_); })) {
    return LmdbStatus(code, "renew read of " + env_->folder());
  }
  OrderAfter(env_->get());
  active_ = true;
  return true;
}

void LmdbReadTxn::Release() {
  if (!active_) return;
  OrderBefore(env_->get());
  mdb_txn_reset(txn_);
  active_ = false;
}

size_t LmdbReadTxn::id() const { return mdb_txn_id(txn_); }

}  // namespace sixfold::storage
