// TransactionManager: what the transactions of one compute process share: the volume, transaction
// ids, the lock table, the catalog cache, sequences and row counts.
//
// Roles: without a VolumeWriter the instance is a reader and refuses writes (1290). SetWriter()
// makes it the writer; SetWriter(nullptr) ends that (fenced): running transactions then fail at
// their next lock or commit.
//
// Sequences (AUTO_INCREMENT, implicit row ids, ids of definitions) live in memory, are read from
// the catalog at first use and go into the commit record of whoever took numbers, as "max"
// mutations: numbers may be lost, never given out twice.
//
// Threads: all members thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/txn/catalog_cache.h"
#include "core/txn/catalog_store.h"
#include "core/txn/freshness.h"
#include "core/txn/index_statistics.h"
#include "core/txn/lock_table.h"
#include "core/txn/transaction.h"

namespace sixfold {
class Clock;
}

namespace sixfold::txn {

class VolumeTransaction;
struct TransactionCore;

struct TransactionLimits {
  /// Changes of one transaction kept in memory; more is error 1197.
  uint64_t write_set_bytes = 2ull << 30;
};

/// Takes `count` AUTO_INCREMENT numbers offset + n * increment above *taken; returns the first.
uint64_t TakeSteps(uint64_t* taken, uint64_t count, uint64_t increment, uint64_t offset);

class TransactionManager {
 public:
  TransactionManager(storage::VolumeReader& reader, Clock& clock, TransactionLimits limits = {});
  ~TransactionManager();
  TransactionManager(const TransactionManager&) = delete;
  TransactionManager& operator=(const TransactionManager&) = delete;

  /// At promotion (after the volume is open for writing) and, with null, at fencing. The writer
  /// must outlive every transaction begun before it was replaced.
  void SetWriter(storage::VolumeWriter* writer);
  storage::VolumeWriter* writer() const { return writer_.load(std::memory_order_acquire); }
  bool is_writer() const { return writer() != nullptr; }

  std::unique_ptr<Transaction> Begin(const TransactionOptions& options);

  /// Accounts for authentication and privilege checks; cheap while the catalog stands still.
  catalog::AccountSetPtr Accounts() { return catalog_.Accounts(); }
  /// Changes when definitions or accounts change anywhere: part of plan-cache keys.
  Lsn CatalogLsn() const { return catalog_.CatalogLsn(); }

  /// Next AUTO_INCREMENT value as SHOW CREATE TABLE and information_schema show it.
  uint64_t NextAutoIncrement(const catalog::TableDef& table);
  uint64_t EstimatedRows(const catalog::TableDef& table);

  LockTable& locks() { return locks_; }
  /// Sessions that hold or await table locks (core/txn/table_locks.h).
  std::atomic<uint32_t>& table_lockers() { return table_lockers_; }
  CatalogCache& catalog() { return catalog_; }
  Freshness& freshness() { return freshness_; }
  IndexStatistics& index_statistics() { return index_statistics_; }
  storage::VolumeReader& reader() { return reader_; }
  Clock& clock() { return clock_; }
  const TransactionLimits& limits() const { return limits_; }

  // For VolumeTransaction and the catalog editor.
  TxnId NewTransactionId();
  /// The LSN a new snapshot takes: everything acknowledged by anyone this instance knows of.
  Lsn SnapshotLsn() const;
  /// Waits, bracketed, until this instance can read at `lsn`.
  void WaitApplied(Lsn lsn, const std::atomic<int>* killed);
  /// Takes `count` numbers; returns the first. `*last` receives what must be logged.
  uint64_t TakeNumbers(SequenceKind kind, uint64_t id, uint64_t count, uint64_t* last);
  /// AUTO_INCREMENT with increment and offset.
  uint64_t TakeAutoIncrement(const catalog::TableDef& table, uint64_t count, uint64_t increment,
                             uint64_t offset, uint64_t* last);
  /// True when the counter moved.
  bool RaiseSequence(SequenceKind kind, uint64_t id, uint64_t value);
  void SetSequence(SequenceKind kind, uint64_t id, uint64_t last);
  /// Releases the locks of commits whose outcome was unknown and is known to be durable by now.
  /// What a writer left undecided is decided by the epoch that follows (SetWriter). Called
  /// regularly while this instance writes.
  void SettleUndecided();
  /// Called on the volume writer's thread.
  void Finish(const std::shared_ptr<TransactionCore>& core, storage::CommitOutcome outcome,
              Lsn lsn);
  /// A commit outside any transaction (index builds) is durable.
  void NoteCommit(Lsn lsn);
  void AddRows(TableId table, int64_t delta);
  /// Rows to write down with this commit, when the count moved enough since it last was.
  bool RowsToPersist(TableId table, int64_t delta, uint64_t* rows);

 private:
  /// What earlier writers of this process left undecided became durable or was annulled when the
  /// epoch was opened: nothing has to be kept from anybody any more.
  void ForgetUndecided();
  struct RowCount {
    int64_t rows = 0;
    int64_t persisted = 0;
    uint64_t read_ms = 0;
  };

  uint64_t& LoadSequence(std::unique_lock<std::mutex>& lock, SequenceKind kind, uint64_t id,
                         uint64_t initial);
  RowCount& LoadRows(std::unique_lock<std::mutex>& lock, TableId table);

  storage::VolumeReader& reader_;
  Clock& clock_;
  const TransactionLimits limits_;
  std::atomic<storage::VolumeWriter*> writer_{nullptr};
  std::atomic<uint64_t> next_txn_{1};
  std::atomic<uint64_t> last_commit_{0};  // highest LSN acknowledged by this process
  LockTable locks_;
  std::atomic<uint32_t> table_lockers_{0};
  CatalogCache catalog_;
  Freshness freshness_;
  IndexStatistics index_statistics_;

  std::mutex sequences_mutex_;
  std::map<std::pair<SequenceKind, uint64_t>, uint64_t> sequences_;  // highest number taken
  std::mutex rows_mutex_;
  std::unordered_map<TableId, RowCount> rows_;
  std::mutex undecided_mutex_;
  struct Undecided {
    std::shared_ptr<TransactionCore> core;
    Lsn lsn;
  };
  std::vector<Undecided> undecided_;  // outcome unknown: locks stay until it is decided
};

}  // namespace sixfold::txn
