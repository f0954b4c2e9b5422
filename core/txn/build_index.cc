#include "core/txn/build_index.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/arena.h"
#include "core/base/blocking.h"
#include "core/base/check.h"
#include "core/txn/duplicate_text.h"
#include "core/txn/keyspace.h"
#include "core/txn/merged_cursor.h"
#include "core/txn/row_values.h"
#include "core/txn/secondary_entry.h"
#include "core/txn/table_store.h"
#include "core/txn/transaction_manager.h"
#include "core/txn/volume_transaction.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {

constexpr size_t kChunkBytes = 4 << 20;

/// Commits a request and waits for its outcome.
Lsn CommitAndWait(TransactionManager& manager, storage::CommitRequest request) {
  storage::VolumeWriter* writer = manager.writer();
  if (writer == nullptr) throw MakeError(ErrorCode::kOptionPreventsStatement, "--read-only");
  request.txn = manager.NewTransactionId();
  struct Wait {
    std::mutex mutex;
    std::condition_variable decided;
    bool done = false;
    storage::CommitOutcome outcome{};
    Lsn lsn;
  };
  const auto wait = std::make_shared<Wait>();
  writer->Commit(request, [wait](storage::CommitOutcome outcome, Lsn lsn) {
    std::lock_guard<std::mutex> lock(wait->mutex);
    wait->done = true;
    wait->outcome = outcome;
    wait->lsn = lsn;
    wait->decided.notify_one();
  });
  BlockingScope blocking;
  std::unique_lock<std::mutex> lock(wait->mutex);
  wait->decided.wait(lock, [&] { return wait->done; });
  // Undecided entries of an index nobody knows do no harm: the statement may simply be repeated.
  if (wait->outcome != storage::CommitOutcome::kDurable) throw MakeError(ErrorCode::kReadOnlyMode);
  return wait->lsn;
}

class Chunk {
 public:
  explicit Chunk(TransactionManager& manager) : manager_(manager) {}

  void Add(std::string key, std::string value) {
    bytes_ += key.size() + value.size();
    entries_.emplace_back(std::move(key), std::move(value));
  }
  bool full() const { return bytes_ >= kChunkBytes; }
  void Flush() {
    if (entries_.empty()) return;
    storage::CommitRequest request;
    request.mutations.reserve(entries_.size());
    for (const auto& [key, value] : entries_) {
      request.mutations.push_back({storage::MutationKind::kPut, key, value});
    }
    last_ = CommitAndWait(manager_, std::move(request));
    entries_.clear();
    bytes_ = 0;
  }
  Lsn last() const { return last_; }

 private:
  TransactionManager& manager_;
  std::vector<std::pair<std::string, std::string>> entries_;
  size_t bytes_ = 0;
  Lsn last_;
};

/// All columns of a row; those no index needs are left NULL.
class RowOfKeys {
 public:
  RowOfKeys(const catalog::TableDef& table, std::span<const uint32_t> indexes) : table_(table) {
    row_.resize(table.columns.size());
    wanted_.resize(table.columns.size());
    for (const uint32_t i : indexes) {
      for (const catalog::KeyPart& part : table.indexes[i].parts) wanted_[part.column] = true;
    }
  }
  std::span<const types::Value> Decode(storage::ReadView& view, const WriteSet& changes,
                                       std::string_view stored) {
    arena_.Reset();
    const RowDecoder decoder(stored);
    for (size_t i = 0; i < row_.size(); ++i) {
      if (!wanted_[i]) continue;
      row_[i] = DecodeColumn(view, changes, table_, table_.columns[i], decoder, &arena_);
    }
    return row_;
  }

 private:
  const catalog::TableDef& table_;
  std::vector<types::Value> row_;
  std::vector<bool> wanted_;
  Arena arena_;
};

/// Walks one index of the table from end to end, over rows not older than anything committed. Lets
/// go of the map now and then.
class IndexWalk {
 public:
  IndexWalk(VolumeTransaction& transaction, const catalog::TableDef& table,
            const catalog::IndexDef& index)
      : transaction_(transaction),
        table_(table),
        prefix_(IndexPrefix(table.id, index.id)),
        changes_(TableStore(transaction, table).changes()),
        view_(&Open()),
        cursor_(*view_, &changes_, kSeeAllStatements, prefix_, PrefixEnd(prefix_)) {}

  /// To the first entry, then to the next one. False: there is none.
  bool Next() {
    transaction_.CheckInterrupted();
    if (++steps_ == 1) {
      Seek(prefix_);
    } else {
      if (steps_ % kStepsPerLook == 0) LookAtTheClock();
      if (generation_ == Slot().generation()) {
        cursor_.Next();
      } else {
        Seek(key_);
        if (cursor_.Valid() && cursor_.key() == key_) cursor_.Next();
      }
    }
    if (cursor_.Valid()) key_ = cursor_.key();
    return cursor_.Valid();
  }
  /// The entry's key, until the next Next().
  const std::string& key() const { return key_; }
  /// Until the map is let go of.
  std::string_view value() const { return cursor_.value(); }
  storage::ReadView& view() const { return *view_; }
  const WriteSet& changes() const { return changes_; }

 private:
  static constexpr size_t kStepsPerLook = 256;

  ViewSlot& Slot() {
    return table_.temporary ? transaction_.temporary_slot() : transaction_.latest();
  }
  storage::ReadView& Open() { return table_.temporary ? Slot().Use() : transaction_.NewestView(); }
  void Seek(std::string_view target) {
    view_ = &Open();
    generation_ = Slot().generation();
    cursor_.SeekForward(target);
  }
  void LookAtTheClock() {
    if (!table_.temporary) transaction_.EndOldReads();
  }

  VolumeTransaction& transaction_;
  const catalog::TableDef& table_;
  const std::string prefix_;
  const WriteSet& changes_;
  storage::ReadView* view_;
  MergedCursor cursor_;
  uint64_t generation_ = 0;
  size_t steps_ = 0;
  std::string key_;
};

void AddEntries(VolumeTransaction& transaction, const catalog::TableDef& table,
                std::span<const uint32_t> indexes) {
  Chunk chunk(transaction.manager());
  const TableStore store(transaction, table);
  RowOfKeys keys(table, indexes);
  IndexWalk walk(transaction, table, table.indexes[0]);
  while (walk.Next()) {
    const std::string_view suffix = ClusteredSuffix(walk.key());
    const auto row = keys.Decode(walk.view(), walk.changes(), walk.value());
    for (const uint32_t i : indexes) {
      std::string key;
      AppendIndexColumns(&key, table, table.indexes[i], row);
      key.append(suffix);
      if (table.temporary) {
        store.Put(key, SecondaryValue(suffix.size()));
      } else {
        chunk.Add(std::move(key), SecondaryValue(suffix.size()));
      }
    }
    if (!chunk.full()) continue;
    transaction.ReleaseViews();
    chunk.Flush();
  }
  if (table.temporary) return;
  chunk.Flush();
  transaction.manager().freshness().NoteAll(chunk.last());
  transaction.manager().NoteCommit(chunk.last());
}

void CheckUnique(VolumeTransaction& transaction, const catalog::TableDef& table, uint32_t ordinal) {
  const catalog::IndexDef& index = table.indexes[ordinal];
  RowOfKeys keys(table, std::span(&ordinal, 1));
  IndexWalk walk(transaction, table, index);
  std::string previous;
  while (walk.Next()) {
    const std::string clustered = ClusteredKeyOf(table, walk.key(), walk.value());
    const size_t own = walk.key().size() - ClusteredSuffix(clustered).size();
    const std::string_view value = std::string_view(walk.key()).substr(0, own);
    const bool repeated = value == previous;
    previous = value;
    if (!repeated) continue;
    std::string_view stored;
    CHECK(MergedGet(walk.view(), &walk.changes(), kSeeAllStatements, clustered, &stored));
    const auto row = keys.Decode(walk.view(), walk.changes(), stored);
    bool has_null = false;
    for (const catalog::KeyPart& part : index.parts) has_null |= row[part.column].is_null();
    if (has_null) continue;
    throw MakeError(ErrorCode::kDupEntry, DuplicateText(table, index, row),
                    table.name + "." + index.name);
  }
}

}  // namespace

void BuildIndexEntries(VolumeTransaction& transaction, const catalog::TableDef& table,
                       std::span<const uint32_t> indexes) {
  std::vector<uint32_t> stored;
  for (const uint32_t i : indexes) {
    CHECK(i > 0 && i < table.indexes.size());
    if (table.indexes[i].stored()) stored.push_back(i);
  }
  if (stored.empty()) return;
  try {
    AddEntries(transaction, table, stored);
    for (const uint32_t i : stored) {
      if (table.indexes[i].unique()) CheckUnique(transaction, table, i);
    }
  } catch (...) {
    if (table.temporary) throw;
    storage::CommitRequest request;
    for (const uint32_t i : stored) {
      request.dropped_prefixes.push_back(IndexPrefix(table.id, table.indexes[i].id));
    }
    if (storage::VolumeWriter* writer = transaction.manager().writer(); writer != nullptr) {
      request.txn = transaction.manager().NewTransactionId();
      writer->Commit(request, [](storage::CommitOutcome, Lsn) {});
    }
    throw;
  }
}

}  // namespace sixfold::txn
