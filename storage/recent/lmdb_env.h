// Thin ownership around LMDB, with its house rules in one place:
//  1. One environment is open once per process: LmdbEnv::Open gives the open one again (found by
//     device and inode of its file). The first opener decides whether it may be written.
//  2. Environments are opened with MDB_NOTLS: a read transaction belongs to an object, not a
//  thread.
//  3. Maps are sized once, hugely, and never resized: address space only.
//  4. Nothing of an environment is used after fork().
//  5. An environment is never closed while a transaction of it lives (LmdbReadTxn keeps it open).
//
// LMDB's errors become Status: MAP_FULL, ENOSPC and READERS_FULL are ResourceExhausted, CORRUPTED,
// PAGE_NOTFOUND and the like DataLoss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "storage/recent/map_guard.h"

struct MDB_env;
struct MDB_txn;
struct MDB_cursor;
struct MDB_val;

namespace sixfold::storage {

/// The Status of a failed LMDB call. `code` is not MDB_SUCCESS.
Status LmdbStatus(int code, std::string_view attempted);

/// LMDB's calls on a map that may fail under them: EIO then, and a write transaction can only be
/// aborted. All pages of a value that was read can be read afterwards.
int GuardedCursorGet(MDB_cursor* cursor, MDB_val* key, MDB_val* value, int operation);
int GuardedGet(MDB_txn* txn, unsigned table, MDB_val* key, MDB_val* value);
int GuardedCursorOpen(MDB_txn* txn, unsigned table, MDB_cursor** cursor);
int GuardedCursorRenew(MDB_txn* txn, MDB_cursor* cursor);
int GuardedPut(MDB_txn* txn, unsigned table, MDB_val* key, MDB_val* value, unsigned flags);
int GuardedDel(MDB_txn* txn, unsigned table, MDB_val* key, MDB_val* value);
int GuardedCursorPut(MDB_cursor* cursor, MDB_val* key, MDB_val* value, unsigned flags);
int GuardedCursorDel(MDB_cursor* cursor, unsigned flags);

/// How keys of a table compare.
enum class KeyOrder {
  kBytes,      // as bytes
  kVersioned,  // all but the last 8 bytes as bytes, then those 8: "a"+v sorts before "ab"+v
};

struct LmdbOptions {
  bool writable = false;
  bool memory_only = false;  // MDB_NOSYNC | MDB_WRITEMAP, for environments in shared memory
  size_t map_bytes = size_t{64} << 30;
  unsigned max_tables = 8;
  unsigned max_readers = 8192;
};

/// A read transaction of some process, as the environment's lock file has it.
struct LmdbReader {
  int pid = 0;
  uint64_t thread = 0;
  uint64_t txn_id = 0;
  auto operator<=>(const LmdbReader&) const = default;
};

class LmdbEnv {
 public:
  /// Opens the environment in `folder` (data.mdb, lock.mdb), or gives the one this process has
  /// open. A writable one creates what is missing.
  static StatusOr<std::shared_ptr<LmdbEnv>> Open(const std::string& folder,
                                                 const LmdbOptions& options);
  ~LmdbEnv();
  LmdbEnv(const LmdbEnv&) = delete;
  LmdbEnv& operator=(const LmdbEnv&) = delete;

  MDB_env* get() const { return env_; }
  const std::string& folder() const { return folder_; }
  bool writable() const { return options_.writable; }
  /// Opens table `name` ("" is the unnamed one), creating it where the environment is writable.
  /// Handles are cached. Never call it inside a write transaction of the same thread.
  StatusOr<unsigned> OpenTable(const char* name, KeyOrder order);
  /// The id of the last committed write transaction.
  size_t last_txn_id() const;
  /// Bytes of the data file in use (its high-water mark).
  size_t used_bytes() const;
  /// Makes sure the file system gives at least `bytes` beyond what is in use: a full disk becomes
  /// an error here instead of a signal (memory_only) or a failed commit.
  Status Reserve(size_t bytes);
  /// A page of its map could not be read and shows zeros: nothing read from it counts any more.
  bool faulted() const { return range_.faulted(); }
  /// Tries the pages that every write transaction begins with.
  Status Probe() const;
  /// Frees the reader slots of dead processes.
  void ClearDeadReaders();
  /// The read transactions under way.
  std::vector<LmdbReader> Readers() const;

 private:
  LmdbEnv(std::string folder, LmdbOptions options)
      : folder_(std::move(folder)), options_(options) {}

  std::string folder_;
  LmdbOptions options_;
  MDB_env* env_ = nullptr;
  GuardedRange range_;
  size_t reserved_bytes_ = 0;
  std::mutex tables_mutex_;
  std::map<std::string, unsigned> tables_;  // guarded by tables_mutex_
  std::string registry_key_;
};

/// A write transaction: aborted unless committed. It does not commit what was made of pages that
/// could not be read; its calls are made through Guarded…, but in memory_only environments.
class LmdbWriteTxn {
 public:
  static StatusOr<LmdbWriteTxn> Begin(LmdbEnv& env);
  LmdbWriteTxn(LmdbWriteTxn&& other) noexcept
      : txn_(std::exchange(other.txn_, nullptr)), env_(other.env_) {}
  ~LmdbWriteTxn();
  MDB_txn* get() const { return txn_; }
  Status Commit();
  /// To be called between an MDB_RESERVE put into a MDB_WRITEMAP environment and the write into
  /// the room it returned: LMDB may only just have seen that the page's last reader ended.
  void OrderAfterReaders() const;

 private:
  LmdbWriteTxn(MDB_txn* txn, const LmdbEnv& env) : txn_(txn), env_(&env) {}
  MDB_txn* txn_;
  const LmdbEnv* env_;
};

/// A read transaction that is renewed over and over. Not thread-safe.
class LmdbReadTxn {
 public:
  static StatusOr<std::unique_ptr<LmdbReadTxn>> Begin(std::shared_ptr<LmdbEnv> env);
  ~LmdbReadTxn();
  LmdbReadTxn(const LmdbReadTxn&) = delete;
  LmdbReadTxn& operator=(const LmdbReadTxn&) = delete;

  /// Moves on to the newest committed state; a no-op where it is there already. True when views
  /// into the map ended (the state changed or the transaction had been released).
  StatusOr<bool> Renew();
  /// Gives the snapshot back and keeps the reader slot.
  void Release();
  bool active() const { return active_; }
  MDB_txn* get() const { return txn_; }
  size_t id() const;
  LmdbEnv& env() const { return *env_; }

 private:
  explicit LmdbReadTxn(std::shared_ptr<LmdbEnv> env) : env_(std::move(env)) {}

  std::shared_ptr<LmdbEnv> env_;
  MDB_txn* txn_ = nullptr;
  bool active_ = false;
};

}  // namespace sixfold::storage
