// LockTable: the locks of all running transactions of this writer, ordered by key bytes.
//
// Kinds (InnoDB's):
//   record            one key, shared or exclusive; the key need not have a row
//   gap               an open interval between two keys; conflicts with nothing but inserts into it
//   next-key          an interval with its records, closed at the key scanned
//   insert intention  asked for together with the new key's exclusive record lock; held as that
//
// An interval is kept as bytes, not tied to rows, so rows that come and go inside it need no
// inheriting of locks. Intervals of one owner that touch and have the same mode become one, so a
// scan of any length holds one interval.
//
// A next-key request waits for the record locks other owners hold inside its interval: those are
// rows inserted or deleted and not yet committed. Requests for one record are granted in the order
// they came, except that an owner which already has the record in that mode goes first: one that
// has it shared and wants it exclusive queues behind those who wait for it, as in InnoDB. Whenever
// a request starts to wait the graph of who waits for whom is searched; of a cycle the owner with
// the least weight loses.
//
// Metadata locks are record locks under table id 0. A table's has intention modes, too: who changes
// rows or locks them intends so there, LOCK TABLES and DDL take the table as a whole.
//
//                    holds  IS  IX  S   X
//   asks IS                 +   +   +   -
//   asks IX                 +   +   -   -
//   asks S                  +   -   +   -
//   asks X                  -   -   -   -
//
// A session's table locks have an owner of their own, which never waits while a transaction of the
// session does; who waits for that owner waits for the transaction before it.
//
// Threads: all members thread-safe; one mutex guards everything (its sections take well under a
// microsecond). An owner asks for one lock at a time.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/checksum.h"
#include "core/base/ids.h"
#include "core/txn/transaction.h"

namespace sixfold {
class Clock;
}

namespace sixfold::txn {

enum class LockOutcome : uint8_t {
  kGranted,      // at once
  kAlreadyHeld,  // by this owner, in this mode or a stronger one
  kWaited,       // granted after a wait: what was read before is stale
  kTimeout,
  kDeadlock,
  kUnavailable,  // LockWait::kNoWait or kSkipLocked
  kKilled,
};

inline bool Holds(LockOutcome outcome) { return outcome <= LockOutcome::kWaited; }

/// Who asks for a lock may let go of something before it waits.
class LockWaiter {
 public:
  virtual ~LockWaiter() = default;
  virtual void BeforeWait() = 0;
};

/// How long a request may wait.
struct LockPatience {
  LockWait wait = LockWait::kWait;
  uint64_t timeout_ms = 50'000;
  const std::atomic<int>* killed = nullptr;
  std::atomic<bool>* waiting = nullptr;  // true meanwhile
  LockWaiter* waiter = nullptr;
};

class LockOwner;

class LockTable {
 public:
  explicit LockTable(Clock& clock);
  ~LockTable();
  LockTable(const LockTable&) = delete;
  LockTable& operator=(const LockTable&) = delete;

  LockOutcome LockRecord(LockOwner& owner, std::string_view key, LockMode mode,
                         const LockPatience& patience);
  /// Exclusive record lock for a key about to be inserted, and the intention for its gap.
  LockOutcome LockInsert(LockOwner& owner, std::string_view key, const LockPatience& patience);
  /// (low, high]; an empty low is the index's start. The key `high` is locked as a record, too.
  /// `index_prefix` names the index.
  LockOutcome LockNextKey(LockOwner& owner, std::string_view index_prefix, std::string_view low,
                          std::string_view high, LockMode mode, const LockPatience& patience);
  /// (low, high), an empty high being the index's end: waits for others' uncommitted rows inside,
  /// then keeps inserts out. With mode kNone it never waits.
  LockOutcome LockGap(LockOwner& owner, std::string_view index_prefix, std::string_view low,
                      std::string_view high, LockMode mode, const LockPatience& patience);

  /// Gives one record lock back (a row that did not match, under READ COMMITTED).
  void UnlockRecord(LockOwner& owner, std::string_view key);
  void ReleaseAll(LockOwner& owner);

  /// For tests and status.
  size_t held_locks() const;
  uint64_t waits() const { return waits_.load(std::memory_order_relaxed); }
  uint64_t deadlocks() const { return deadlocks_.load(std::memory_order_relaxed); }
  bool HoldsRecord(LockOwner& owner, std::string_view key, LockMode mode) const;
  size_t waiting() const;

 private:
  friend class LockOwner;
  struct RecordLock;
  struct RangeLock;
  struct IndexLocks;
  struct Request;
  using Queues = std::map<std::string, RecordLock*, std::less<>>;

  IndexLocks& IndexOf(std::string_view prefix);
  LockOutcome Acquire(Request& request, const LockPatience& patience);
  LockOutcome Wait(std::unique_lock<std::mutex>& lock, Request& request,
                   const LockPatience& patience);
  bool HeldAlready(const Request& request) const;
  template <typename Visit>
  bool AnyBlocker(const Request& request, Visit visit) const;
  bool Blocked(const Request& request) const;
  void Grant(Request& request);
  void AddRecord(LockOwner& owner, IndexLocks& index, std::string_view key, LockMode mode);
  void AddRange(LockOwner& owner, IndexLocks& index, std::string_view low, std::string_view high,
                bool closed, LockMode mode);
  void RemoveRecord(RecordLock* lock);
  void GrantWaiters(IndexLocks& index);
  void BreakDeadlocks(Request& request);
  bool FindCycle(LockOwner* from, LockOwner* target, std::vector<LockOwner*>* path,
                 std::vector<LockOwner*>* visited) const;

  Clock& clock_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<IndexLocks>, StringHash, StringEq> indexes_;
  std::atomic<uint64_t> waits_{0};
  std::atomic<uint64_t> deadlocks_{0};
};

/// What one transaction holds. Guarded by the table's mutex, but for the weight.
class LockOwner {
 public:
  /// `table_locks`: the owner of what the same session holds by LOCK TABLES; outlives this one.
  explicit LockOwner(TxnId id, LockOwner* table_locks = nullptr)
      : id_(id), table_locks_(table_locks) {}
  ~LockOwner();
  LockOwner(const LockOwner&) = delete;
  LockOwner& operator=(const LockOwner&) = delete;

  TxnId id() const { return id_; }
  /// Rows changed: what a deadlock's victim is chosen by.
  void set_weight(uint64_t weight) { weight_.store(weight, std::memory_order_relaxed); }
  /// True when it never asked for a lock: nothing to release.
  bool untouched() const { return !touched_; }

 private:
  friend class LockTable;

  const TxnId id_;
  LockOwner* const table_locks_;
  LockOwner* in_front_ = nullptr;  // of table locks: the session's transaction while it waits
  std::atomic<uint64_t> weight_{0};
  bool touched_ = false;  // by the owner's thread alone
  LockTable::RecordLock* records_ = nullptr;
  std::vector<LockTable::RangeLock*> ranges_;
  size_t record_count_ = 0;
  LockTable::Request* waiting_ = nullptr;
  std::condition_variable wake_;
};

}  // namespace sixfold::txn
