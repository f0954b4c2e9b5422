// VolumeTableReader: one table's rows through one of its indexes. See table_reader.h.
//
// Consistent reads walk the snapshot view; locking reads walk the latest one, row by row: find the
// next key, lock it (and, from REPEATABLE READ on, the gap before it), and when the lock had to be
// waited for or the view is older than the last commit to the key, renew and look again. A locking
// Next() returns one row a call, so that a statement locks no more rows than it takes.
//
// Gaps reach to the neighbouring rows, as InnoDB's do. A search by all columns of a unique index
// locks the record alone, or, where there is none, the gap.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/txn/lock_table.h"
#include "core/txn/merged_cursor.h"
#include "core/txn/table_reader.h"
#include "core/txn/table_store.h"

namespace sixfold::txn {

class RowDecoder;
class ViewSlot;
class VolumeTransaction;

class VolumeTableReader final : public TableReader {
 public:
  VolumeTableReader(VolumeTransaction& transaction, catalog::TablePtr table);
  ~VolumeTableReader() override;

  void Open(const ScanRequest& request) override;
  bool Next(types::RowBatch* batch) override;
  bool Get(uint32_t index, std::span<const types::Value> key, std::span<const uint32_t> columns,
           LockMode lock, LockWait wait, types::Value* row, Arena* arena) override;
  void UnlockLast() override;

  /// Reads see this statement's own changes, too (foreign-key actions).
  void set_see_all() { see_all_ = true; }
  /// Reads without locks go to the latest view instead of the snapshot.
  void set_latest() { latest_ = true; }

 private:
  /// kGapOnly: search again, the record is not locked yet. kStale: all locked, but search again.
  enum class Locked : uint8_t { kReady, kSkip, kGapOnly, kStale };

  LockMode EffectiveLock(LockMode asked) const;
  void EncodeRange(const ScanRequest& request);
  bool AppendBound(const KeyBound& bound, std::string* out, bool* prefix_part) const;
  /// Fills covering_ when the index holds all columns wanted.
  void PlanCovering();
  void DecodeCovering(std::string_view key, types::Value* row, Arena* arena);
  ViewSlot& Slot();
  uint32_t StatementLimit() const;
  const catalog::IndexDef& index() const { return table_->indexes[index_]; }

  void SeekStart();
  void SeekAfter(std::string_view key);
  void Advance();
  bool InRange(std::string_view key) const;
  bool NextConsistent(types::RowBatch* batch);
  bool NextLocking(types::RowBatch* batch);
  void SeekLocking();
  Locked LockCandidate(std::string_view key);
  bool LockGapsHere(std::string_view key, LockOutcome* outcome);
  void LockEnd();
  std::string NeighbourBelow(std::string_view key);

  bool GetConsistent(std::string_view key, bool clustered, std::span<const uint32_t> columns,
                     types::Value* row, Arena* arena);
  bool GetLocking(std::string_view key, bool clustered, std::span<const uint32_t> columns,
                  types::Value* row, Arena* arena);
  void LockMissingGap(std::string_view key);
  /// The stored clustered row an entry of the secondary index leads to; false: gone.
  bool FollowSecondary(storage::ReadView& view, std::string_view key, std::string_view entry,
                       std::string_view* stored);
  bool FindUnique(storage::ReadView& view, std::string_view prefix, std::string* key,
                  std::string_view* entry);
  /// Columns of a stored row into row[i], strings into the arena.
  void Decode(std::string_view stored, std::string_view clustered_key,
              std::span<const uint32_t> columns, types::Value* row, Arena* arena,
              storage::ReadView& view);

  VolumeTransaction& transaction_;
  const catalog::TablePtr table_;
  const TableStore store_;
  bool see_all_ = false;
  bool latest_ = false;

  /// One part of a secondary key and where its value goes: row_ positions, none for parts skipped.
  struct CoveringPart {
    uint32_t column;
    uint32_t prefix_length;
    bool descending;
    std::vector<uint32_t> targets;
  };

  // The open scan.
  uint32_t index_ = 0;
  std::vector<uint32_t> columns_;
  bool backward_ = false;
  LockMode lock_ = LockMode::kNone;
  LockWait wait_ = LockWait::kWait;
  bool unique_point_ = false;  // the range is one value of all columns of a unique index
  bool is_covering_ = false;
  std::vector<CoveringPart> covering_;  // up to the last part wanted
  std::vector<uint32_t> row_id_targets_;
  bool done_ = true;
  bool started_ = false;
  std::string begin_, end_;  // [begin, end) of keys
  uint32_t statement_limit_ = 0;
  std::unique_ptr<MergedCursor> cursor_;
  uint64_t generation_ = 0;
  std::string last_key_;          // of the row returned last
  std::string candidate_;         // key being locked
  std::string clustered_key_;     // of the row at hand
  std::string locked_clustered_;  // by the last locking row; "" where it was held before
  std::vector<types::Value> row_;
};

}  // namespace sixfold::txn
