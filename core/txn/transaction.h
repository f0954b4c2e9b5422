// Transactions of one session over the volume.
//
// TransactionManager  one per compute process: transaction ids, the lock table, the catalog cache,
//                     sequences. Thread-safe.
// Transaction         one at a time per session; one thread at a time. Gathers mutations in a write
//                     set, takes locks on the way, commits as one record.
//
// Statement bracket: BeginStatement() … then EndStatement() (keeps its changes) or
// RollbackStatement() (undoes them to the mark; locks stay). Write-set entries carry the
// statement's number: a scan sees entries of earlier statements only (no Halloween problem); unique
// and foreign-key checks see all.
//
// Errors are thrown as SqlError: 1205 lock wait timeout, 1213 deadlock (the transaction is already
// rolled back), 1317 interrupted, 1290 read-only instance, 1836 no write quorum, 1412 definition
// changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/catalog/definitions.h"
#include "storage/client/volume.h"

namespace sixfold::txn {

class CatalogView;    // core/txn/catalog_view.h: definitions as this statement sees them
class CatalogWriter;  // core/txn/catalog_writer.h: DDL's way to change them
class TableReader;    // core/txn/table_reader.h: scans and point reads as rows
class TableWriter;    // core/txn/table_writer.h: insert, update, delete with all keys
class LockTable;
class TableLocks;
class TemporaryTables;  // core/txn/temporary_tables.h: the session's own

enum class Isolation : uint8_t { kReadUncommitted, kReadCommitted, kRepeatableRead, kSerializable };
/// The intention modes are for tables: rows of them are locked one by one, shared or exclusively.
enum class LockMode : uint8_t {
  kNone,
  kIntendShared,
  kIntendExclusive,
  kShared,
  kExclusive,
};
enum class LockWait : uint8_t { kWait, kNoWait, kSkipLocked };

struct TransactionOptions {
  ConnectionId connection;
  Isolation isolation = Isolation::kRepeatableRead;
  bool read_only = false;
  /// Only one statement runs in it and it commits right after that: EndStatement() then leaves out
  /// what only matters if the client may think in between.
  bool autocommit = false;
  uint64_t lock_wait_timeout_ms = 50'000;
  uint64_t metadata_wait_timeout_ms = 50'000;
  /// Set by KILL and by shutdown; checked at every wait and between batches. May be null.
  const std::atomic<int>* killed = nullptr;
  /// True while a lock is waited for, for who watches whether the client is still there. May be
  /// null.
  std::atomic<bool>* waiting = nullptr;
  /// Counted up while rows are read and written, for who watches that work goes on. May be null.
  std::atomic<uint64_t>* progress = nullptr;
  /// The session's temporary tables; null: it has none and can have none (1235).
  TemporaryTables* temporary = nullptr;
  /// What the session locked by LOCK TABLES; null: nothing.
  std::shared_ptr<TableLocks> table_locks;
};

enum class CommitResult {
  kOk,
  kRefused,  // 1836; rolled back
  kUnknown,  // outcome unknown: the server must close the client's connection without an answer
};

class Transaction {
 public:
  virtual ~Transaction() = default;  // rolls back what is open

  virtual TxnId id() const = 0;
  virtual const TransactionOptions& options() const = 0;
  /// False: nothing to commit, neither rows nor temporary ones; Rollback() ends it as well.
  virtual bool has_changes() const = 0;

  /// Takes S: per statement under READ COMMITTED, at the first consistent read under REPEATABLE
  /// READ. Waits (bracketed) until this instance's copy has applied it.
  virtual void BeginStatement() = 0;
  /// Also gives the map read transactions back and registers the snapshot: the client may think.
  virtual void EndStatement() = 0;
  virtual void RollbackStatement() = 0;
  /// START TRANSACTION WITH CONSISTENT SNAPSHOT.
  virtual void TakeSnapshot() = 0;

  virtual void Savepoint(std::string_view name) = 0;
  virtual void RollbackToSavepoint(std::string_view name) = 0;  // 1305 when unknown
  virtual void ReleaseSavepoint(std::string_view name) = 0;

  /// Hands the write set over and returns at once; `done` is called exactly once, on another thread
  /// (or inline where there is nothing to write), and must only queue work. Locks are released and
  /// the commit is visible to this session's next statement when it is called with kOk.
  virtual void Commit(std::function<void(CommitResult)> done) = 0;
  virtual void Rollback() = 0;

  /// Definitions as of this statement.
  virtual CatalogView& catalog() = 0;
  virtual CatalogWriter& catalog_writer() = 0;
  virtual std::unique_ptr<TableReader> NewReader(const catalog::TablePtr& table) = 0;
  virtual std::unique_ptr<TableWriter> NewWriter(const catalog::TablePtr& table) = 0;

  /// Next AUTO_INCREMENT values of the table: reserves `count` consecutive steps, returns the
  /// first.
  virtual uint64_t ReserveAutoIncrement(const catalog::TableDef& table, uint64_t count,
                                        uint64_t increment, uint64_t offset) = 0;
  /// An explicit value was inserted: the counter moves past it.
  virtual void NoteAutoIncrement(const catalog::TableDef& table, uint64_t value) = 0;
  /// A table a statement names: `alias` is the name it goes by there, empty where the statement
  /// does not name it itself (under a view).
  struct NamedTable {
    std::string_view schema, table, alias;
    bool writes = false;
  };
  /// True while sessions of this instance hold or await table locks: statements then ask for the
  /// tables they use before they read the first row. Throws 1100, 1099, 1205.
  virtual bool AsksForTables() const = 0;
  virtual void AskForTables(std::span<const NamedTable> tables) = 0;

  /// Gives the map read transactions back before a wait; the next read renews them. The statement
  /// may go on afterwards: its snapshot is registered. Not while a reader or writer is at work.
  virtual void ReleaseViews() = 0;
  /// The same where they have lasted long enough; for whoever comes by between two batches.
  virtual void EndOldReads() = 0;
};

}  // namespace sixfold::txn
