// VolumeTransaction: the Transaction over the volume.
//
// Views. A transaction has up to two: the snapshot view at S for consistent reads, and the latest
// view, which locking reads, unique and foreign-key checks use and which only moves forward. Both
// are opened when first needed. Each has a generation number that grows when views into the map
// end; readers compare it and seek again. A view's LMDB reads end after kReadMaxNs at the latest,
// between two batches, and before every wait (EndOldReads, ReleaseViews): a snapshot that is to be
// read again is registered first. So no reader hands out values that point into the map.
//
// States: open -> (Commit, Rollback, deadlock) -> closed. After a deadlock's rollback the object
// refuses everything but Rollback() and the destructor.
//
// The part that outlives the object while a commit is in flight (locks and what the commit changed)
// is the TransactionCore.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/txn/catalog_store.h"
#include "core/txn/lock_table.h"
#include "core/txn/table_locks.h"
#include "core/txn/transaction.h"
#include "core/txn/write_set.h"

namespace sixfold::txn {

class TransactionManager;
class VolumeCatalogView;
class VolumeCatalogWriter;

struct TransactionCore {
  TransactionCore(TxnId id, std::shared_ptr<TableLocks> locks)
      : table_locks(std::move(locks)),
        owner(id, table_locks == nullptr ? nullptr : &table_locks->owner()) {}

  const std::shared_ptr<TableLocks> table_locks;  // the session's, or null
  LockOwner owner;
  std::vector<uint32_t> slots;  // of Freshness, of the keys changed
  bool everything_changed = false;
  bool changes_catalog = false;
  std::vector<std::pair<TableId, int64_t>> row_deltas;
};

/// A ReadView that is opened when needed and can be given back meanwhile.
class ViewSlot {
 public:
  ViewSlot(storage::VolumeReader& reader, const Clock& clock) : reader_(reader), clock_(clock) {}

  bool has_lsn() const { return lsn_ != Lsn(0); }
  bool open() const { return open_; }
  bool OpenedBefore(uint64_t recent_ns) const { return open_ && opened_ns_ < recent_ns; }
  Lsn lsn() const { return lsn_; }
  uint64_t generation() const { return generation_; }
  /// The view at lsn(), open.
  storage::ReadView& Use() {
    if (!open_) Open();
    return *view_;
  }
  /// Throws where what was read since ForgetFaults() may be wrong (ReadView::Verify).
  void Verify();
  void ForgetFaults() { fault_ = OkStatus(); }
  /// Both end views handed out.
  void MoveTo(Lsn lsn);
  void Release();
  /// Release() in the middle of a statement: what was read counts, Verify() comes later.
  void Pause();

 private:
  void Open();
  void NoteFault();

  storage::VolumeReader& reader_;
  const Clock& clock_;
  std::unique_ptr<storage::ReadView> view_;
  Lsn lsn_{0};
  bool open_ = false;
  uint64_t opened_ns_ = 0;  // Clock::RecentNanos()
  uint64_t generation_ = 0;
  Status fault_;  // of a view that was moved or paused
};

class VolumeTransaction final : public Transaction, private LockWaiter {
 public:
  VolumeTransaction(TransactionManager& manager, const TransactionOptions& options);
  ~VolumeTransaction() override;

  TxnId id() const override { return core_->owner.id(); }
  const TransactionOptions& options() const override { return options_; }
  bool has_changes() const override { return !changes_.empty() || !temporary_changes_.empty(); }

  void BeginStatement() override;
  void EndStatement() override;
  void RollbackStatement() override;
  void TakeSnapshot() override;

  void Savepoint(std::string_view name) override;
  void RollbackToSavepoint(std::string_view name) override;
  void ReleaseSavepoint(std::string_view name) override;

  void Commit(std::function<void(CommitResult)> done) override;
  void Rollback() override;

  CatalogView& catalog() override;
  CatalogWriter& catalog_writer() override;
  std::unique_ptr<TableReader> NewReader(const catalog::TablePtr& table) override;
  std::unique_ptr<TableWriter> NewWriter(const catalog::TablePtr& table) override;

  uint64_t ReserveAutoIncrement(const catalog::TableDef& table, uint64_t count, uint64_t increment,
                                uint64_t offset) override;
  void NoteAutoIncrement(const catalog::TableDef& table, uint64_t value) override;
  bool AsksForTables() const override;
  void AskForTables(std::span<const NamedTable> tables) override;
  void ReleaseViews() override;
  void EndOldReads() override;

  // ---- for readers, writers and the catalog ----

  TransactionManager& manager() { return manager_; }
  WriteSet& changes() { return changes_; }
  WriteSet& temporary_changes() { return temporary_changes_; }
  /// Of a session that has temporary tables: everything committed to them.
  ViewSlot& temporary_slot();
  TemporaryTables* temporary() { return options_.temporary; }
  uint32_t statement() const { return statement_; }
  LockOwner& lock_owner() { return core_->owner; }

  ViewSlot& snapshot();  // takes S where there is none yet
  ViewSlot& latest() { return latest_; }
  /// The latest view shows at least what was committed under the slot. True: it had to move.
  bool RefreshLatest(uint32_t freshness_slot);
  storage::ReadView& LatestView();
  /// The latest view, not older than any catalog change known here.
  storage::ReadView& FreshCatalogView();
  /// The latest view, not older than anything acknowledged.
  storage::ReadView& NewestView();
  bool has_snapshot() const { return snapshot_.has_lsn(); }

  /// Throws 1317 when killed, 1205 or 1213 …; sets closed_ after a deadlock.
  void CheckInterrupted() const;
  void NoteProgress() const {
    if (options_.progress != nullptr) options_.progress->fetch_add(1, std::memory_order_relaxed);
  }
  /// Turns what is no grant into its error. kUnavailable is the caller's under kSkipLocked.
  void RequireLock(LockOutcome outcome, LockWait wait);
  LockPatience Patience(LockWait wait);
  /// Throws 1290 on readers, 1792 in read-only transactions.
  void RequireWritable();
  void RequireWriter();

  /// Metadata lock on the table, an intention to lock rows shared or exclusively; its newest
  /// definition must still be `table`: 1412.
  void UseTable(const catalog::TablePtr& table, LockMode intention);
  /// Metadata locks; kAlreadyHeld where the session's table locks include them.
  LockOutcome LockSchemaName(std::string_view schema, LockMode mode);
  LockOutcome LockTableName(std::string_view schema, std::string_view table, LockMode mode);
  /// This session holds the table's metadata lock exclusively: its rows need no locks.
  bool HasForItself(const catalog::TableDef& table) const;
  /// Remembers that the statement resolved to this definition.
  void NoteDefinition(const catalog::TablePtr& table);
  /// Gives up every version of definitions it knows: after DDL changed them in this transaction.
  void ForgetTable(TableId table);

  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  /// Another key readers wait for the freshness of: a unique value, an index.
  void NoteChanged(std::string_view key);
  void ChangeRows(TableId table, int64_t delta);
  void MarkCatalogChanged() { core_->changes_catalog = true; }
  bool catalog_changed() const { return core_->changes_catalog; }
  void DropPrefix(std::string_view prefix) { changes_.DropPrefix(prefix); }
  /// The sequence's highest number goes into the commit record.
  void LogSequence(SequenceKind kind, uint64_t id, uint64_t last);
  uint64_t NewRowId(const catalog::TableDef& table);
  /// Unique on the volume, as transaction ids are.
  uint64_t NewBlobId();

  Isolation isolation() const { return options_.isolation; }
  bool LocksGaps() const { return options_.isolation >= Isolation::kRepeatableRead; }

 private:
  /// How far both write sets were.
  struct Mark {
    size_t changes = 0;
    size_t temporary = 0;
  };
  struct NamedMark {
    std::string name;
    Mark mark;
  };
  struct LoggedSequence {
    SequenceKind kind;
    uint64_t id;
    uint64_t last;
  };

  void BeforeWait() override { ReleaseViews(); }
  Lsn NewestApplied(Lsn waited) const;
  LockOutcome LockMetadata(std::string_view lock_key, LockMode mode);
  /// The session's; null where there are none.
  const TableLocks* table_locks() const {
    const TableLocks* locks = core_->table_locks.get();
    return locks == nullptr || locks->released() ? nullptr : locks;
  }
  void CheckOpen() const;
  void Hold();
  bool KeepSnapshot();
  Mark MarkNow() const { return {changes_.Mark(), temporary_changes_.Mark()}; }
  void Undo(const Mark& mark);
  void CommitTemporary();
  void KeepStatementRows();
  void VerifyDefinitions();
  void AddSequences(storage::CommitRequest* request, std::vector<std::string>* bytes);
  void AddRowCounts(storage::CommitRequest* request, std::vector<std::string>* bytes);
  void Close();

  TransactionManager& manager_;
  const TransactionOptions options_;
  std::shared_ptr<TransactionCore> core_;
  WriteSet changes_;
  WriteSet temporary_changes_;
  uint32_t statement_ = 1;
  Mark statement_mark_;
  bool closed_ = false;
  ViewSlot snapshot_;
  ViewSlot latest_;
  std::unique_ptr<ViewSlot> temporary_slot_;
  std::unique_ptr<storage::SnapshotHold> hold_;
  uint64_t snapshot_taken_ns_ = 0;  // Clock::RecentNanos()
  bool too_late_to_hold_ = false;
  std::vector<std::pair<TableId, int64_t>> statement_rows_;  // into the core when it ends
  std::vector<NamedMark> savepoints_;
  std::vector<LoggedSequence> sequences_;
  Lsn statement_catalog_;                    // no later than this statement's first look-up
  std::vector<catalog::TablePtr> resolved_;  // by this statement, before it took S
  struct UsedTable {
    catalog::TablePtr table;
    LockMode intention;
  };
  std::vector<UsedTable> used_;  // under metadata locks
  std::unique_ptr<VolumeCatalogView> catalog_view_;
  std::unique_ptr<VolumeCatalogWriter> catalog_writer_;
};

}  // namespace sixfold::txn
