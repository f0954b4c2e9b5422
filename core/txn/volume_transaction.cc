#include "core/txn/volume_transaction.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/txn/keyspace.h"
#include "core/txn/merged_cursor.h"
#include "core/txn/temporary_tables.h"
#include "core/txn/transaction_manager.h"
#include "core/txn/volume_catalog_view.h"
#include "core/txn/volume_catalog_writer.h"
#include "core/txn/volume_table_reader.h"
#include "core/txn/volume_table_writer.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {
/// More changed keys than this count as "everything": the slots would all be raised anyway.
constexpr size_t kMaxSlots = 100'000;
/// How long an LMDB read may last: it keeps pages of the recent layer and the base from being used
/// again. The recent clock may be some milliseconds behind. Versions younger than a second are
/// never drained away, so a snapshot that is registered this late is still whole.
constexpr uint64_t kReadMaxNs = 90'000'000;
}  // namespace

// ---- ViewSlot ----

void ViewSlot::Open() {
  CHECK(has_lsn());
  if (view_ == nullptr) {
    auto view = reader_.OpenView(lsn_);
    if (!view.ok()) ThrowStorageError(view.status());
    view_ = std::move(view).value();
  } else if (const Status renewed = view_->Renew(lsn_); !renewed.ok()) {
    ThrowStorageError(renewed);
  }
  open_ = true;
  opened_ns_ = clock_.RecentNanos();
}

void ViewSlot::NoteFault() {
  if (open_ && fault_.ok()) fault_ = view_->Verify();
}

void ViewSlot::Verify() {
  NoteFault();
  if (!fault_.ok()) ThrowStorageError(fault_);
}

void ViewSlot::Pause() {
  NoteFault();
  Release();
}

void ViewSlot::MoveTo(Lsn lsn) {
  if (lsn == lsn_ && open_) return;
  NoteFault();
  lsn_ = lsn;
  ++generation_;
  open_ = false;
}

void ViewSlot::Release() {
  if (!open_) return;
  view_->Release();
  open_ = false;
  ++generation_;
}

// ---- life ----

VolumeTransaction::VolumeTransaction(TransactionManager& manager, const TransactionOptions& options)
    : manager_(manager),
      options_(options),
      core_(std::make_shared<TransactionCore>(manager.NewTransactionId(), options.table_locks)),
      changes_(manager.limits().write_set_bytes),
      temporary_changes_(manager.limits().write_set_bytes),
      snapshot_(manager.reader(), manager.clock()),
      latest_(manager.reader(), manager.clock()) {}

VolumeTransaction::~VolumeTransaction() { Rollback(); }

void VolumeTransaction::CheckOpen() const {
  // Only a deadlock's rollback closes it while a statement is still running.
  if (closed_) throw MakeError(ErrorCode::kLockDeadlock);
}

void VolumeTransaction::Close() {
  closed_ = true;
  snapshot_.Release();
  latest_.Release();
  if (temporary_slot_ != nullptr) temporary_slot_->Release();
  hold_.reset();
}

void VolumeTransaction::Rollback() {
  if (closed_) return;
  Close();
  changes_.Clear();
  temporary_changes_.Clear();
  manager_.locks().ReleaseAll(core_->owner);
}

void VolumeTransaction::BeginStatement() {
  CheckOpen();
  ++statement_;
  statement_mark_ = MarkNow();
  statement_catalog_ = manager_.CatalogLsn();
  resolved_.clear();
  statement_rows_.clear();
  snapshot_.ForgetFaults();
  latest_.ForgetFaults();
  if (options_.isolation <= Isolation::kReadCommitted) {
    hold_.reset();
    snapshot_.Release();
    snapshot_.MoveTo(Lsn(0));
  }
}

void VolumeTransaction::EndStatement() {
  snapshot_.Verify();
  latest_.Verify();
  statement_mark_ = MarkNow();
  KeepStatementRows();
  if (options_.autocommit) return;
  // From here on the client may take its time: the snapshot must be registered to stay readable.
  if (snapshot_.has_lsn() && options_.isolation >= Isolation::kRepeatableRead) Hold();
  snapshot_.Release();
  latest_.Release();
}

void VolumeTransaction::KeepStatementRows() {
  for (const auto& entry : statement_rows_) {
    const auto& [table, delta] = entry;
    auto& sums = core_->row_deltas;
    const auto it = std::find_if(sums.begin(), sums.end(),
                                 [&entry](const auto& sum) { return sum.first == entry.first; });
    if (it != sums.end()) {
      it->second += delta;
    } else {
      sums.emplace_back(table, delta);
    }
  }
  statement_rows_.clear();
}

void VolumeTransaction::RollbackStatement() {
  if (closed_) return;
  statement_rows_.clear();
  Undo(statement_mark_);
}

void VolumeTransaction::TakeSnapshot() {
  snapshot();
  if (options_.isolation >= Isolation::kRepeatableRead) Hold();
}

void VolumeTransaction::Hold() {
  if (hold_ != nullptr) return;
  auto hold = manager_.reader().Hold(snapshot_.lsn(), options_.connection);
  if (!hold.ok()) ThrowStorageError(hold.status());
  hold_ = std::move(hold).value();
}

/// False: it came too late. Then the view that is open is all there is of the snapshot.
bool VolumeTransaction::KeepSnapshot() {
  if (hold_ != nullptr) return true;
  if (too_late_to_hold_) return false;
  auto hold = manager_.reader().Hold(snapshot_.lsn(), options_.connection);
  too_late_to_hold_ = !hold.ok();
  if (too_late_to_hold_) return false;
  hold_ = std::move(hold).value();
  return true;
}

void VolumeTransaction::ReleaseViews() {
  if (closed_) return;
  latest_.Pause();
  if (!snapshot_.has_lsn() || KeepSnapshot()) snapshot_.Pause();
}

void VolumeTransaction::EndOldReads() {
  if (closed_) return;
  const uint64_t now_ns = manager_.clock().RecentNanos();
  if (now_ns < kReadMaxNs) return;
  const uint64_t old_ns = now_ns - kReadMaxNs;
  if (latest_.OpenedBefore(old_ns)) latest_.Pause();
  if (!snapshot_.has_lsn() || snapshot_taken_ns_ >= old_ns) return;
  if (KeepSnapshot() && snapshot_.OpenedBefore(old_ns)) snapshot_.Pause();
}

// ---- savepoints ----

void VolumeTransaction::Savepoint(std::string_view name) {
  CheckOpen();
  std::erase_if(savepoints_,
                [name](const NamedMark& s) { return catalog::SameName(s.name, name); });
  savepoints_.push_back({std::string(name), MarkNow()});
}

void VolumeTransaction::RollbackToSavepoint(std::string_view name) {
  CheckOpen();
  for (size_t i = savepoints_.size(); i-- > 0;) {
    if (!catalog::SameName(savepoints_[i].name, name)) continue;
    Undo(savepoints_[i].mark);
    statement_mark_ = MarkNow();
    savepoints_.resize(i + 1);
    return;
  }
  throw MakeError(ErrorCode::kSpDoesNotExist, "SAVEPOINT", name);
}

void VolumeTransaction::ReleaseSavepoint(std::string_view name) {
  CheckOpen();
  for (size_t i = savepoints_.size(); i-- > 0;) {
    if (!catalog::SameName(savepoints_[i].name, name)) continue;
    savepoints_.resize(i);
    return;
  }
  throw MakeError(ErrorCode::kSpDoesNotExist, "SAVEPOINT", name);
}

void VolumeTransaction::Undo(const Mark& mark) {
  changes_.Undo(mark.changes);
  temporary_changes_.Undo(mark.temporary);
}

// ---- views ----

ViewSlot& VolumeTransaction::temporary_slot() {
  CheckOpen();
  CHECK(options_.temporary != nullptr);
  if (temporary_slot_ == nullptr) {
    temporary_slot_ = std::make_unique<ViewSlot>(options_.temporary->volume(), manager_.clock());
    temporary_slot_->MoveTo(options_.temporary->volume().durable());
  }
  return *temporary_slot_;
}

void VolumeTransaction::CommitTemporary() {
  if (temporary_changes_.empty()) return;
  storage::CommitRequest request;
  request.txn = id();
  temporary_changes_.Collect(&request);
  options_.temporary->volume().Commit(request, [](storage::CommitOutcome, Lsn) {});
}

ViewSlot& VolumeTransaction::snapshot() {
  CheckOpen();
  if (!snapshot_.has_lsn()) {
    const Lsn lsn = manager_.SnapshotLsn();
    manager_.WaitApplied(lsn, options_.killed);
    snapshot_.MoveTo(lsn);
    snapshot_taken_ns_ = manager_.clock().RecentNanos();
    too_late_to_hold_ = false;
    VerifyDefinitions();
  }
  return snapshot_;
}

/// Definitions were looked up before S was taken: rows at S must be read with those of S.
void VolumeTransaction::VerifyDefinitions() {
  if (resolved_.empty() || catalog_changed()) return;
  if (manager_.CatalogLsn() == statement_catalog_) return;
  for (const catalog::TablePtr& table : resolved_) {
    const auto now = manager_.catalog().Table(table->schema, table->name);
    if (now.definition == nullptr || now.definition->version != table->version) {
      throw MakeError(ErrorCode::kTableDefChanged);
    }
  }
}

storage::ReadView& VolumeTransaction::LatestView() {
  // Nobody keeps what an LSN shows that is not registered: where it was given back it moves on.
  if (!latest_.open()) latest_.MoveTo(NewestApplied(snapshot_.lsn()));
  return latest_.Use();
}

/// After a wait for `waited`: another AZ may have had it, whose maps a view at that very LSN uses,
/// while Progress() speaks of an AZ that is still behind.
Lsn VolumeTransaction::NewestApplied(Lsn waited) const {
  return std::max({waited, manager_.reader().Progress().applied, latest_.lsn()});
}

storage::ReadView& VolumeTransaction::FreshCatalogView() {
  const Lsn catalog = manager_.CatalogLsn();
  if (!latest_.has_lsn() || latest_.lsn() < catalog) {
    manager_.WaitApplied(catalog, options_.killed);
    latest_.MoveTo(NewestApplied(catalog));
    return latest_.Use();
  }
  return LatestView();
}

storage::ReadView& VolumeTransaction::NewestView() {
  const Lsn lsn = manager_.SnapshotLsn();
  manager_.WaitApplied(lsn, options_.killed);
  latest_.MoveTo(std::max(lsn, latest_.lsn()));
  return latest_.Use();
}

bool VolumeTransaction::RefreshLatest(uint32_t freshness_slot) {
  const Lsn needed = manager_.freshness().Needed(freshness_slot);
  if (latest_.has_lsn() && latest_.lsn() >= needed) return false;
  manager_.WaitApplied(needed, options_.killed);
  latest_.MoveTo(NewestApplied(needed));
  return true;
}

// ---- locks ----

void VolumeTransaction::CheckInterrupted() const {
  NoteProgress();
  if (options_.killed != nullptr && options_.killed->load(std::memory_order_relaxed) != 0) {
    throw MakeError(ErrorCode::kQueryInterrupted);
  }
}

LockPatience VolumeTransaction::Patience(LockWait wait) {
  return {wait, options_.lock_wait_timeout_ms, options_.killed, options_.waiting, this};
}

void VolumeTransaction::RequireLock(LockOutcome outcome, LockWait wait) {
  switch (outcome) {
    case LockOutcome::kGranted:
    case LockOutcome::kAlreadyHeld:
    case LockOutcome::kWaited:
      return;
    case LockOutcome::kTimeout:
      throw MakeError(ErrorCode::kLockWaitTimeout);
    case LockOutcome::kDeadlock:
      // The other transactions of the cycle go on at once.
      Rollback();
      throw MakeError(ErrorCode::kLockDeadlock);
    case LockOutcome::kUnavailable:
      if (wait == LockWait::kSkipLocked) return;
      throw MakeError(ErrorCode::kLockNowait);
    case LockOutcome::kKilled:
      throw MakeError(ErrorCode::kQueryInterrupted);
  }
}

void VolumeTransaction::RequireWritable() {
  RequireWriter();
  if (options_.read_only) throw MakeError(ErrorCode::kCantExecuteInReadOnlyTransaction);
}

void VolumeTransaction::RequireWriter() {
  CheckOpen();
  if (!manager_.is_writer()) {
    throw MakeError(ErrorCode::kOptionPreventsStatement, "--read-only");
  }
}

LockOutcome VolumeTransaction::LockMetadata(std::string_view lock_key, LockMode mode) {
  core_->owner.set_weight(changes_.changes());
  const LockPatience patience{LockWait::kWait, options_.metadata_wait_timeout_ms, options_.killed,
                              options_.waiting, this};
  const LockOutcome outcome = manager_.locks().LockRecord(core_->owner, lock_key, mode, patience);
  RequireLock(outcome, LockWait::kWait);
  return outcome;
}

LockOutcome VolumeTransaction::LockSchemaName(std::string_view schema, LockMode mode) {
  const TableLocks* locks = table_locks();
  if (locks != nullptr && locks->scope() == TableLocks::Scope::kEverything) {
    throw MakeError(ErrorCode::kCantUpdateWithReadlock);
  }
  return LockMetadata(SchemaLockKey(schema), mode);
}

LockOutcome VolumeTransaction::LockTableName(std::string_view schema, std::string_view table,
                                             LockMode mode) {
  const TableLocks* locks = table_locks();
  if (locks != nullptr && locks->Covers(schema, table, mode)) return LockOutcome::kAlreadyHeld;
  return LockMetadata(TableLockKey(schema, table), mode);
}

bool VolumeTransaction::HasForItself(const catalog::TableDef& table) const {
  if (!catalog_changed()) return false;
  const TableLocks* locks = table_locks();
  if (locks != nullptr && locks->HasForItself(table.schema, table.name)) return true;
  return manager_.locks().HoldsRecord(core_->owner, TableLockKey(table.schema, table.name),
                                      LockMode::kExclusive);
}

bool VolumeTransaction::AsksForTables() const {
  return table_locks() != nullptr || manager_.table_lockers().load(std::memory_order_relaxed) != 0;
}

void VolumeTransaction::AskForTables(std::span<const NamedTable> tables) {
  std::vector<NamedTable> shared;
  for (const NamedTable& named : tables) {
    const TemporaryTables* own = options_.temporary;
    if (own == nullptr || own->Find(named.schema, named.table) == nullptr) shared.push_back(named);
  }
  if (table_locks() != nullptr) table_locks()->CheckNamed(shared);
  bool waited = false;
  for (const NamedTable& named : shared) {
    // A reader refuses the change with an error of its own.
    const bool writes = named.writes && manager_.is_writer();
    const LockMode mode = writes ? LockMode::kIntendExclusive : LockMode::kIntendShared;
    waited |= LockTableName(named.schema, named.table, mode) == LockOutcome::kWaited;
  }
  if (!waited) return;
  // Whoever was waited for may have changed definitions: the statement looks them up again.
  resolved_.clear();
  statement_catalog_ = manager_.CatalogLsn();
}

void VolumeTransaction::NoteDefinition(const catalog::TablePtr& table) {
  if (table->temporary) return;
  if (!snapshot_.has_lsn()) resolved_.push_back(table);
}

void VolumeTransaction::ForgetTable(TableId table) {
  std::erase_if(used_, [table](const UsedTable& used) { return used.table->id == table; });
  std::erase_if(resolved_, [table](const catalog::TablePtr& t) { return t->id == table; });
}

void VolumeTransaction::UseTable(const catalog::TablePtr& table, LockMode intention) {
  if (table->temporary) return;
  for (const UsedTable& used : used_) {
    if (used.intention != LockMode::kIntendExclusive && used.intention != intention) continue;
    if (used.table == table ||
        (used.table->id == table->id && used.table->version == table->version)) {
      return;
    }
  }
  LockTableName(table->schema, table->name, intention);
  if (!catalog_changed()) {
    const auto now = manager_.catalog().Table(table->schema, table->name);
    if (now.definition == nullptr || now.definition->version != table->version) {
      throw MakeError(ErrorCode::kTableDefChanged);
    }
  }
  used_.push_back({table, intention});
}

// ---- changes ----

void VolumeTransaction::NoteChanged(std::string_view key) {
  if (core_->everything_changed) return;
  core_->slots.push_back(Freshness::SlotOf(key));
  if (core_->slots.size() > kMaxSlots) {
    core_->everything_changed = true;
    core_->slots = {};
  }
}

void VolumeTransaction::Put(std::string_view key, std::string_view value) {
  changes_.Put(key, value, statement_);
  NoteChanged(key);
}

void VolumeTransaction::Delete(std::string_view key) {
  changes_.Delete(key, statement_);
  NoteChanged(key);
}

void VolumeTransaction::ChangeRows(TableId table, int64_t delta) {
  for (auto& [id, sum] : statement_rows_) {
    if (id == table) {
      sum += delta;
      return;
    }
  }
  statement_rows_.emplace_back(table, delta);
}

void VolumeTransaction::LogSequence(SequenceKind kind, uint64_t id, uint64_t last) {
  for (LoggedSequence& logged : sequences_) {
    if (logged.kind != kind || logged.id != id) continue;
    logged.last = std::max(logged.last, last);
    return;
  }
  sequences_.push_back({kind, id, last});
}

uint64_t VolumeTransaction::NewRowId(const catalog::TableDef& table) {
  if (table.temporary) return options_.temporary->NewRowId();
  uint64_t last = 0;
  const uint64_t id = manager_.TakeNumbers(SequenceKind::kRowId, table.id.value(), 1, &last);
  LogSequence(SequenceKind::kRowId, table.id.value(), last);
  return id;
}

uint64_t VolumeTransaction::NewBlobId() { return manager_.NewTransactionId().value(); }

uint64_t VolumeTransaction::ReserveAutoIncrement(const catalog::TableDef& table, uint64_t count,
                                                 uint64_t increment, uint64_t offset) {
  if (table.temporary) {
    uint64_t& taken = options_.temporary->AutoIncrement(table.id);
    taken = std::max(taken, table.initial_auto_increment - 1);
    return TakeSteps(&taken, count, increment, offset);
  }
  RequireWritable();
  uint64_t last = 0;
  const uint64_t first = manager_.TakeAutoIncrement(table, count, increment, offset, &last);
  LogSequence(SequenceKind::kAutoIncrement, table.id.value(), last);
  return first;
}

void VolumeTransaction::NoteAutoIncrement(const catalog::TableDef& table, uint64_t value) {
  if (table.temporary) {
    uint64_t& taken = options_.temporary->AutoIncrement(table.id);
    taken = std::max(taken, value);
    return;
  }
  if (manager_.RaiseSequence(SequenceKind::kAutoIncrement, table.id.value(), value)) {
    LogSequence(SequenceKind::kAutoIncrement, table.id.value(), value);
  }
}

void VolumeTransaction::AddSequences(storage::CommitRequest* request,
                                     std::vector<std::string>* bytes) {
  for (const LoggedSequence& s : sequences_) {
    std::string key = SequenceKey(s.kind, s.id);
    // A DDL statement may have set the counter itself.
    if (const auto* entry = changes_.Find(key); entry != nullptr && entry->newest != nullptr) {
      continue;
    }
    bytes->push_back(std::move(key));
    bytes->push_back(EncodeSequence(s.last));
    request->mutations.push_back(
        {storage::MutationKind::kMax, (*bytes)[bytes->size() - 2], bytes->back()});
  }
}

void VolumeTransaction::AddRowCounts(storage::CommitRequest* request,
                                     std::vector<std::string>* bytes) {
  for (const auto& [table, delta] : core_->row_deltas) {
    uint64_t rows = 0;
    if (delta == 0 || !manager_.RowsToPersist(table, delta, &rows)) continue;
    bytes->push_back(StatisticsKey(table));
    bytes->push_back(EncodeTableRows(rows));
    request->mutations.push_back(
        {storage::MutationKind::kPut, (*bytes)[bytes->size() - 2], bytes->back()});
  }
}

void VolumeTransaction::Commit(std::function<void(CommitResult)> done) {
  CheckOpen();
  CommitTemporary();
  if (changes_.empty()) {
    Close();
    manager_.locks().ReleaseAll(core_->owner);
    done(CommitResult::kOk);
    return;
  }
  KeepStatementRows();
  storage::VolumeWriter* writer = manager_.writer();
  if (writer == nullptr) {
    Rollback();
    done(CommitResult::kRefused);
    return;
  }
  storage::CommitRequest request;
  request.txn = id();
  request.changes_catalog = core_->changes_catalog;
  changes_.Collect(&request);
  std::vector<std::string> bytes;
  // Growing must not move what the mutations point to.
  bytes.reserve(2 * (sequences_.size() + core_->row_deltas.size()));
  AddSequences(&request, &bytes);
  AddRowCounts(&request, &bytes);
  Close();
  // `this` may be gone as soon as done() ran: nothing of it is touched below.
  writer->Commit(request, [core = core_, &manager = manager_, done = std::move(done)](
                              storage::CommitOutcome outcome, Lsn lsn) {
    manager.Finish(core, outcome, lsn);
    done(outcome == storage::CommitOutcome::kDurable   ? CommitResult::kOk
         : outcome == storage::CommitOutcome::kRefused ? CommitResult::kRefused
                                                       : CommitResult::kUnknown);
  });
}

// ---- parts ----

CatalogView& VolumeTransaction::catalog() {
  if (catalog_view_ == nullptr) catalog_view_ = std::make_unique<VolumeCatalogView>(*this);
  return *catalog_view_;
}

CatalogWriter& VolumeTransaction::catalog_writer() {
  CheckOpen();
  if (catalog_writer_ == nullptr) catalog_writer_ = std::make_unique<VolumeCatalogWriter>(*this);
  return *catalog_writer_;
}

std::unique_ptr<TableReader> VolumeTransaction::NewReader(const catalog::TablePtr& table) {
  CheckOpen();
  return std::make_unique<VolumeTableReader>(*this, table);
}

std::unique_ptr<TableWriter> VolumeTransaction::NewWriter(const catalog::TablePtr& table) {
  if (!table->temporary) RequireWritable();
  UseTable(table, LockMode::kIntendExclusive);
  return std::make_unique<VolumeTableWriter>(*this, table);
}

}  // namespace sixfold::txn
