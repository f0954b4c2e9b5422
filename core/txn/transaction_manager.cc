#include "core/txn/transaction_manager.h"

#include <algorithm>

#include "core/base/blocking.h"
#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/txn/keyspace.h"
#include "core/txn/merged_cursor.h"
#include "core/txn/volume_transaction.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {

constexpr uint64_t kWaitSliceUs = 20'000;
constexpr uint64_t kRowCountAgeMs = 1000;

}  // namespace

TransactionManager::TransactionManager(storage::VolumeReader& reader, Clock& clock,
                                       TransactionLimits limits)
    : reader_(reader),
      clock_(clock),
      limits_(limits),
      locks_(clock),
      catalog_(reader),
      index_statistics_(reader, clock, [this] {
        const Lsn newest = SnapshotLsn();
        WaitApplied(newest, nullptr);
        return newest;
      }) {}

TransactionManager::~TransactionManager() {
  for (const Undecided& commit : undecided_) locks_.ReleaseAll(commit.core->owner);
}

void TransactionManager::SetWriter(storage::VolumeWriter* writer) {
  if (writer != nullptr) {
    // Everything the previous writers committed must be readable, definitions above all.
    WaitApplied(writer->durable(), nullptr);
    freshness_.NoteAll(writer->durable());
    ForgetUndecided();
    catalog_.NoteChange(reader_.Progress().catalog);
    next_txn_.store((writer->epoch().value() << 40) | 1, std::memory_order_relaxed);
    std::lock_guard<std::mutex> sequences(sequences_mutex_);
    sequences_.clear();
    std::lock_guard<std::mutex> rows(rows_mutex_);
    rows_.clear();
  }
  writer_.store(writer, std::memory_order_release);
}

std::unique_ptr<Transaction> TransactionManager::Begin(const TransactionOptions& options) {
  return std::make_unique<VolumeTransaction>(*this, options);
}

TxnId TransactionManager::NewTransactionId() {
  return TxnId(next_txn_.fetch_add(1, std::memory_order_relaxed));
}

Lsn TransactionManager::SnapshotLsn() const {
  const storage::VolumeWriter* writer = this->writer();
  const storage::VolumeProgress progress = reader_.Progress();
  Lsn lsn = std::max(writer == nullptr ? progress.durable : writer->durable(), progress.applied);
  lsn = std::max(lsn, Lsn(last_commit_.load(std::memory_order_acquire)));
  return std::max(lsn, catalog_.CatalogLsn());
}

void TransactionManager::WaitApplied(Lsn lsn, const std::atomic<int>* killed) {
  if (reader_.Progress().applied >= lsn) return;
  BlockingScope blocking;
  while (!reader_.WaitApplied(lsn, kWaitSliceUs)) {
    if (killed != nullptr && killed->load(std::memory_order_relaxed) != 0) {
      throw MakeError(ErrorCode::kQueryInterrupted);
    }
  }
}

// ---- sequences ----

uint64_t& TransactionManager::LoadSequence(std::unique_lock<std::mutex>& lock, SequenceKind kind,
                                           uint64_t id, uint64_t initial) {
  const auto key = std::make_pair(kind, id);
  auto it = sequences_.find(key);
  if (it == sequences_.end()) {
    lock.unlock();
    // Everything logged before this process became the writer is readable once it is durable.
    const Lsn newest = SnapshotLsn();
    WaitApplied(newest, nullptr);
    auto view = reader_.OpenView(newest);
    if (!view.ok()) ThrowStorageError(view.status());
    const uint64_t stored = CatalogReader(**view, nullptr).Sequence(kind, id);
    lock.lock();
    it = sequences_.try_emplace(key, std::max(stored, initial)).first;
  }
  return it->second;
}

uint64_t TransactionManager::TakeNumbers(SequenceKind kind, uint64_t id, uint64_t count,
                                         uint64_t* last) {
  std::unique_lock<std::mutex> lock(sequences_mutex_);
  const uint64_t initial = kind == SequenceKind::kIds ? kFirstUserTable.value() - 1 : 0;
  uint64_t& taken = LoadSequence(lock, kind, id, initial);
  const uint64_t first = taken + 1;
  taken += count;
  *last = taken;
  return first;
}

uint64_t TakeSteps(uint64_t* taken, uint64_t count, uint64_t increment, uint64_t offset) {
  CHECK(count > 0 && increment > 0);
  if (offset > increment) offset = 0;  // MySQL ignores such an offset
  const uint64_t base = offset == 0 ? increment : offset;
  // The smallest base + n * increment above what was taken.
  uint64_t first = base;
  if (*taken >= base) {
    const uint64_t steps = (*taken - base) / increment + 1;
    if (steps > (UINT64_MAX - base) / increment) return UINT64_MAX;
    first = base + steps * increment;
  }
  const bool overflow = count - 1 > (UINT64_MAX - first) / increment;
  *taken = overflow ? UINT64_MAX : first + (count - 1) * increment;
  return first;
}

uint64_t TransactionManager::TakeAutoIncrement(const catalog::TableDef& table, uint64_t count,
                                               uint64_t increment, uint64_t offset,
                                               uint64_t* last) {
  std::unique_lock<std::mutex> lock(sequences_mutex_);
  uint64_t& taken = LoadSequence(lock, SequenceKind::kAutoIncrement, table.id.value(),
                                 table.initial_auto_increment - 1);
  const uint64_t first = TakeSteps(&taken, count, increment, offset);
  *last = taken;
  return first;
}

bool TransactionManager::RaiseSequence(SequenceKind kind, uint64_t id, uint64_t value) {
  std::unique_lock<std::mutex> lock(sequences_mutex_);
  uint64_t& taken = LoadSequence(lock, kind, id, 0);
  if (value <= taken) return false;
  taken = value;
  return true;
}

void TransactionManager::SetSequence(SequenceKind kind, uint64_t id, uint64_t last) {
  std::lock_guard<std::mutex> lock(sequences_mutex_);
  sequences_[{kind, id}] = last;
}

uint64_t TransactionManager::NextAutoIncrement(const catalog::TableDef& table) {
  if (is_writer()) {
    std::unique_lock<std::mutex> lock(sequences_mutex_);
    return LoadSequence(lock, SequenceKind::kAutoIncrement, table.id.value(),
                        table.initial_auto_increment - 1) +
           1;
  }
  auto view = reader_.OpenView(reader_.Progress().applied);
  if (!view.ok()) ThrowStorageError(view.status());
  const uint64_t stored =
      CatalogReader(**view, nullptr).Sequence(SequenceKind::kAutoIncrement, table.id.value());
  return std::max(stored + 1, table.initial_auto_increment);
}

// ---- row counts ----

TransactionManager::RowCount& TransactionManager::LoadRows(std::unique_lock<std::mutex>& lock,
                                                           TableId table) {
  const auto it = rows_.find(table);
  const uint64_t now_ms = clock_.MonotonicMillis();
  const bool old =
      !is_writer() && it != rows_.end() && now_ms - it->second.read_ms > kRowCountAgeMs;
  if (it != rows_.end() && !old) return it->second;
  lock.unlock();
  auto view = reader_.OpenView(reader_.Progress().applied);
  if (!view.ok()) ThrowStorageError(view.status());
  const int64_t stored = static_cast<int64_t>(CatalogReader(**view, nullptr).TableRows(table));
  lock.lock();
  RowCount& count = rows_[table];
  if (count.read_ms == 0 || old) count = {stored, stored, now_ms};
  return count;
}

uint64_t TransactionManager::EstimatedRows(const catalog::TableDef& table) {
  std::unique_lock<std::mutex> lock(rows_mutex_);
  return static_cast<uint64_t>(std::max<int64_t>(0, LoadRows(lock, table.id).rows));
}

bool TransactionManager::RowsToPersist(TableId table, int64_t delta, uint64_t* rows) {
  std::unique_lock<std::mutex> lock(rows_mutex_);
  RowCount& count = LoadRows(lock, table);
  const int64_t after = std::max<int64_t>(0, count.rows + delta);
  const int64_t moved = std::abs(after - count.persisted);
  // Estimates that are off by a sixteenth are good enough.
  if (moved < std::max<int64_t>(1, count.persisted / 16)) return false;
  count.persisted = after;
  *rows = static_cast<uint64_t>(after);
  return true;
}

void TransactionManager::AddRows(TableId table, int64_t delta) {
  std::lock_guard<std::mutex> lock(rows_mutex_);
  const auto it = rows_.find(table);
  if (it != rows_.end()) it->second.rows += delta;
}

// ---- ends of commits ----

void TransactionManager::NoteCommit(Lsn lsn) {
  uint64_t seen = last_commit_.load(std::memory_order_relaxed);
  while (seen < lsn.value() && !last_commit_.compare_exchange_weak(seen, lsn.value())) {
  }
}

void TransactionManager::Finish(const std::shared_ptr<TransactionCore>& core,
                                storage::CommitOutcome outcome, Lsn lsn) {
  if (outcome == storage::CommitOutcome::kUnknown) {
    std::lock_guard<std::mutex> lock(undecided_mutex_);
    undecided_.push_back({core, lsn});
    return;
  }
  if (outcome == storage::CommitOutcome::kDurable) {
    NoteCommit(lsn);
    if (core->everything_changed) freshness_.NoteAll(lsn);
    for (const uint32_t slot : core->slots) freshness_.Note(slot, lsn);
    if (core->changes_catalog) catalog_.NoteChange(lsn);
    for (const auto& [table, delta] : core->row_deltas) AddRows(table, delta);
  }
  locks_.ReleaseAll(core->owner);
}

void TransactionManager::SettleUndecided() {
  storage::VolumeWriter* writer = this->writer();
  if (writer == nullptr) return;
  const Lsn durable = writer->durable();
  // A large transaction that was given up on before its last part had an LSN is told by name.
  std::map<TxnId, Lsn> told;
  for (const storage::DecidedCommit& commit : writer->TakeDecided()) told[commit.txn] = commit.lsn;
  std::vector<Undecided> decided;
  {
    std::lock_guard<std::mutex> lock(undecided_mutex_);
    for (Undecided& commit : undecided_) {
      const auto named = told.find(commit.core->owner.id());
      if (named != told.end()) commit.lsn = named->second;
    }
    const auto open = std::stable_partition(undecided_.begin(), undecided_.end(),
                                            [durable](const Undecided& commit) {
                                              return commit.lsn != Lsn() && commit.lsn <= durable;
                                            });
    decided.assign(std::make_move_iterator(undecided_.begin()), std::make_move_iterator(open));
    undecided_.erase(undecided_.begin(), open);
  }
  for (const Undecided& commit : decided) {
    Finish(commit.core, storage::CommitOutcome::kDurable, commit.lsn);
  }
}

void TransactionManager::ForgetUndecided() {
  std::vector<Undecided> decided;
  {
    std::lock_guard<std::mutex> lock(undecided_mutex_);
    decided.swap(undecided_);
  }
  for (const Undecided& commit : decided) locks_.ReleaseAll(commit.core->owner);
}

}  // namespace sixfold::txn
