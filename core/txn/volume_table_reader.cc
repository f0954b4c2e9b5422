#include "core/txn/volume_table_reader.h"

#include <algorithm>
#include <functional>

#include "core/base/check.h"
#include "core/txn/external_values.h"
#include "core/txn/freshness.h"
#include "core/txn/keyspace.h"
#include "core/txn/row_codec.h"
#include "core/txn/secondary_entry.h"
#include "core/txn/transaction_manager.h"
#include "core/txn/volume_transaction.h"
#include "core/types/error_codes.h"
#include "core/types/key_codec.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {

LockMode IntentionOf(LockMode rows) {
  return rows == LockMode::kExclusive ? LockMode::kIntendExclusive : LockMode::kIntendShared;
}

}  // namespace

VolumeTableReader::VolumeTableReader(VolumeTransaction& transaction, catalog::TablePtr table)
    : transaction_(transaction), table_(std::move(table)), store_(transaction, *table_) {}

VolumeTableReader::~VolumeTableReader() = default;

LockMode VolumeTableReader::EffectiveLock(LockMode asked) const {
  if (store_.temporary()) return LockMode::kNone;
  if (asked == LockMode::kNone && !latest_ &&
      transaction_.isolation() == Isolation::kSerializable && !transaction_.options().autocommit &&
      transaction_.manager().is_writer()) {
    return LockMode::kShared;
  }
  // A reader instance has no lock table to share with the writer; shared locks would mean nothing.
  if (asked == LockMode::kShared && !transaction_.manager().is_writer()) return LockMode::kNone;
  return asked;
}

ViewSlot& VolumeTableReader::Slot() {
  return lock_ != LockMode::kNone || latest_ ? store_.Latest() : store_.Snapshot();
}

uint32_t VolumeTableReader::StatementLimit() const {
  return see_all_ ? kSeeAllStatements : transaction_.statement();
}

// ---- ranges ----

/// False: the bound can match nothing sensible and is left out from here on.
bool VolumeTableReader::AppendBound(const KeyBound& bound, std::string* out,
                                    bool* prefix_part) const {
  CHECK_LE(bound.values.size(), index().parts.size());
  for (size_t i = 0; i < bound.values.size(); ++i) {
    const catalog::KeyPart& part = index().parts[i];
    if (bound.values[i].is_null() && !table_->columns[part.column].type.nullable) return false;
    AppendKeyPart(out, *table_, part, bound.values[i]);
    *prefix_part |= part.prefix_length != 0;
  }
  return true;
}

void VolumeTableReader::EncodeRange(const ScanRequest& request) {
  KeyBound lower = request.lower;
  KeyBound upper = request.upper;
  const size_t parts = std::max(lower.values.size(), upper.values.size());
  // Bounds are in terms of values; in a descending key part the larger value comes first.
  if (parts > 0 && index().parts[parts - 1].descending) std::swap(lower, upper);

  begin_.clear();
  AppendIndexPrefix(&begin_, table_->id, index().id);
  end_ = begin_;
  bool prefix_part = false;
  if (!AppendBound(lower, &begin_, &prefix_part)) {
    begin_ = end_;
  } else if (!lower.values.empty() && !lower.inclusive && !prefix_part) {
    MakePrefixEnd(&begin_);
  }
  const size_t index_prefix = end_.size();
  prefix_part = false;
  if (!AppendBound(upper, &end_, &prefix_part)) {
    done_ = true;  // nothing is at or below NULL in a NOT NULL column
    end_.resize(index_prefix);
  }
  if (upper.values.empty() || upper.inclusive || prefix_part) MakePrefixEnd(&end_);
  if (!end_.empty() && begin_ >= end_) done_ = true;

  unique_point_ = index().unique() && !table_->implicit_row_id &&
                  lower.values.size() == index().parts.size() &&
                  upper.values.size() == index().parts.size() && lower.inclusive &&
                  upper.inclusive && PrefixEnd(begin_) == end_ && !prefix_part;
  for (const types::Value& value : lower.values) unique_point_ &= !value.is_null();
}

bool VolumeTableReader::InRange(std::string_view key) const {
  return key >= begin_ && (end_.empty() || key < end_);
}

void VolumeTableReader::Open(const ScanRequest& request) {
  CHECK_LT(request.index, table_->indexes.size());
  index_ = request.index;
  columns_.assign(request.columns.begin(), request.columns.end());
  backward_ = request.backward;
  lock_ = EffectiveLock(request.lock);
  wait_ = request.wait;
  done_ = false;
  started_ = false;
  cursor_.reset();
  last_key_.clear();
  locked_clustered_.clear();
  statement_limit_ = StatementLimit();
  if (lock_ != LockMode::kNone) {
    transaction_.RequireWriter();
    transaction_.UseTable(table_, IntentionOf(lock_));
  }
  EncodeRange(request);
  row_.resize(columns_.size());
  PlanCovering();
}

// ---- covering indexes ----

void VolumeTableReader::PlanCovering() {
  covering_.clear();
  row_id_targets_.clear();
  is_covering_ = false;
  if (index_ == 0 || lock_ != LockMode::kNone) return;
  for (const catalog::KeyPart& part : index().parts) {
    covering_.push_back({part.column, part.prefix_length, part.descending, {}});
  }
  for (const catalog::KeyPart& part : table_->indexes[0].parts) {
    covering_.push_back({part.column, part.prefix_length, part.descending, {}});
  }
  size_t used = 0;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i] >= table_->columns.size()) {
      row_id_targets_.push_back(static_cast<uint32_t>(i));
      continue;
    }
    const types::DataType& type = table_->columns[columns_[i]].type;
    bool found = false;
    for (size_t p = 0; p < covering_.size() && !found; ++p) {
      CoveringPart& part = covering_[p];
      if (part.column != columns_[i] ||
          !types::KeyPartIsInvertible(type, {part.prefix_length, part.descending})) {
        continue;
      }
      part.targets.push_back(static_cast<uint32_t>(i));
      used = std::max(used, p + 1);
      found = true;
    }
    if (!found) return;
  }
  covering_.resize(used);
  is_covering_ = true;
}

void VolumeTableReader::DecodeCovering(std::string_view key, types::Value* row, Arena* arena) {
  for (const uint32_t target : row_id_targets_) row[target] = types::Value::Uint(RowIdAtEnd(key));
  std::string_view rest = key.substr(IndexPrefixOf(key).size());
  for (const CoveringPart& part : covering_) {
    const types::DataType& type = table_->columns[part.column].type;
    const types::KeyPartFormat format{part.prefix_length, part.descending};
    types::Value value;
    const bool ok = part.targets.empty() ? types::SkipKeyPart(&rest, type, format)
                                         : types::DecodeKeyPart(&rest, type, format, arena, &value);
    if (!ok) throw MakeError(ErrorCode::kNotKeyfile, std::string_view(table_->name));
    for (const uint32_t target : part.targets) row[target] = value;
  }
}

bool VolumeTableReader::Next(types::RowBatch* batch) {
  if (done_ || batch->full()) return false;
  transaction_.CheckInterrupted();
  transaction_.EndOldReads();
  return lock_ == LockMode::kNone ? NextConsistent(batch) : NextLocking(batch);
}

// ---- consistent scans ----

void VolumeTableReader::SeekStart() {
  if (backward_)
    cursor_->SeekBackward({});
  else
    cursor_->SeekForward(begin_);
}

void VolumeTableReader::SeekAfter(std::string_view key) {
  if (backward_) {
    cursor_->SeekBackward(key);
    return;
  }
  cursor_->SeekForward(key);
  if (cursor_->Valid() && cursor_->key() == key) cursor_->Next();
}

void VolumeTableReader::Advance() {
  if (backward_)
    cursor_->Prev();
  else
    cursor_->Next();
}

bool VolumeTableReader::NextConsistent(types::RowBatch* batch) {
  ViewSlot& slot = Slot();
  storage::ReadView& view = latest_ ? store_.LatestView() : slot.Use();
  if (cursor_ == nullptr) {
    cursor_ =
        std::make_unique<MergedCursor>(view, &store_.changes(), statement_limit_, begin_, end_);
    generation_ = slot.generation();
    SeekStart();
  } else if (generation_ != slot.generation()) {
    generation_ = slot.generation();
    if (started_)
      SeekAfter(last_key_);
    else
      SeekStart();
  }
  const bool clustered = index_ == 0;
  const uint32_t before = batch->rows();
  while (!batch->full() && cursor_->Valid()) {
    std::string_view stored = cursor_->value();
    std::string_view key = cursor_->key();
    if (is_covering_) {
      DecodeCovering(key, row_.data(), batch->arena());
    } else {
      if (!clustered) {
        if (!FollowSecondary(view, key, stored, &stored)) {
          Advance();
          continue;
        }
        key = clustered_key_;
      }
      Decode(stored, key, columns_, row_.data(), batch->arena(), view);
    }
    const uint32_t at = batch->AddRow();
    for (size_t i = 0; i < row_.size(); ++i) batch->at(static_cast<uint32_t>(i), at) = row_[i];
    if (batch->full()) last_key_ = cursor_->key();
    Advance();
  }
  started_ = true;
  if (!cursor_->Valid() && !batch->full()) done_ = true;
  return batch->rows() > before;
}

// ---- locking scans ----

void VolumeTableReader::SeekLocking() {
  // Over the whole index, so that the neighbours of the range can be seen.
  const std::string_view prefix = IndexPrefixOf(begin_);
  storage::ReadView& view = store_.LatestView();
  if (cursor_ == nullptr) {
    cursor_ = std::make_unique<MergedCursor>(view, &store_.changes(), statement_limit_, prefix,
                                             PrefixEnd(prefix));
  }
  generation_ = store_.Latest().generation();
  if (started_)
    SeekAfter(last_key_);
  else if (backward_)
    cursor_->SeekBackward(end_);
  else
    cursor_->SeekForward(begin_);
}

std::string VolumeTableReader::NeighbourBelow(std::string_view key) {
  const std::string_view prefix = IndexPrefixOf(begin_);
  MergedCursor cursor(store_.LatestView(), &store_.changes(), kSeeAllStatements, prefix,
                      PrefixEnd(prefix));
  cursor.SeekBackward(key);
  return cursor.Valid() ? std::string(cursor.key()) : std::string();
}

/// Locks the gap next to the candidate and, where possible with it, the record. False: the caller
/// locks the record by itself.
bool VolumeTableReader::LockGapsHere(std::string_view key, LockOutcome* outcome) {
  LockTable& locks = transaction_.manager().locks();
  LockOwner& owner = transaction_.lock_owner();
  const std::string_view prefix = IndexPrefixOf(begin_);
  const LockPatience patience = transaction_.Patience(wait_);
  if (!backward_) {
    // A range that starts with this very record needs no gap below it.
    if (!started_ && index().unique() && key == begin_) return false;
    const std::string low = started_ ? last_key_ : NeighbourBelow(begin_);
    *outcome = locks.LockNextKey(owner, prefix, low, key, lock_, patience);
    return true;
  }
  std::string high = last_key_;
  if (!started_) {
    MergedCursor above(store_.LatestView(), &store_.changes(), kSeeAllStatements, prefix,
                       PrefixEnd(prefix));
    above.SeekForward(end_.empty() ? PrefixEnd(prefix) : end_);
    high = above.Valid() ? std::string(above.key()) : std::string();
  }
  *outcome = started_ ? locks.LockNextKey(owner, prefix, key, high, lock_, patience)
                      : locks.LockGap(owner, prefix, key, high, lock_, patience);
  return !Holds(*outcome);
}

VolumeTableReader::Locked VolumeTableReader::LockCandidate(std::string_view key) {
  LockTable& locks = transaction_.manager().locks();
  LockOwner& owner = transaction_.lock_owner();
  owner.set_weight(transaction_.changes().changes());
  locked_clustered_.clear();
  const bool gaps = transaction_.LocksGaps() && !unique_point_;
  bool fresh = true;  // what the view shows of the key was not made stale by waiting
  const auto note = [&](LockOutcome outcome, std::string_view freshness_key) {
    transaction_.RequireLock(outcome, wait_);
    if (outcome == LockOutcome::kWaited) fresh = false;
    if (outcome == LockOutcome::kAlreadyHeld) return;
    fresh &= !transaction_.RefreshLatest(Freshness::SlotOf(freshness_key));
  };

  LockOutcome outcome = LockOutcome::kGranted;
  const bool clustered = index_ == 0;
  bool record_done = false;
  if (gaps) {
    record_done = LockGapsHere(key, &outcome);
    if (outcome == LockOutcome::kUnavailable && wait_ == LockWait::kSkipLocked)
      return Locked::kSkip;
    note(outcome, IndexPrefixOf(key));
  } else if (unique_point_ && !clustered) {
    outcome = locks.LockRecord(owner, begin_, lock_, transaction_.Patience(wait_));
    if (outcome == LockOutcome::kUnavailable && wait_ == LockWait::kSkipLocked)
      return Locked::kSkip;
    note(outcome, begin_);
  }
  if (clustered) {
    clustered_key_ = key;
  } else {
    // The row itself is what other statements lock and change.
    if (generation_ != store_.Latest().generation()) return Locked::kGapOnly;
    clustered_key_ = ClusteredKeyOf(*table_, key, cursor_->value());
    record_done = false;
  }
  if (!record_done) {
    outcome = locks.LockRecord(owner, clustered_key_, lock_, transaction_.Patience(wait_));
    if (outcome == LockOutcome::kUnavailable && wait_ == LockWait::kSkipLocked)
      return Locked::kSkip;
    note(outcome, clustered_key_);
    if (outcome != LockOutcome::kAlreadyHeld) locked_clustered_ = clustered_key_;
  }
  return fresh && generation_ == store_.Latest().generation() ? Locked::kReady : Locked::kStale;
}

/// Nothing more in the range: what follows it may not come in either.
void VolumeTableReader::LockEnd() {
  if (!transaction_.LocksGaps()) return;
  const std::string_view prefix = IndexPrefixOf(begin_);
  const std::string beyond = cursor_->Valid() ? std::string(cursor_->key()) : std::string();
  if (unique_point_) {
    if (!started_) {
      const std::string low = NeighbourBelow(begin_);
      transaction_.manager().locks().LockGap(transaction_.lock_owner(), prefix, low, beyond,
                                             LockMode::kNone, transaction_.Patience(wait_));
    }
    return;
  }
  std::string low, high;
  if (!backward_) {
    low = started_ ? last_key_ : NeighbourBelow(begin_);
    high = beyond;
  } else if (started_) {
    low = beyond;
    high = last_key_;
  } else {
    low = beyond;
    MergedCursor above(store_.LatestView(), &store_.changes(), kSeeAllStatements, prefix,
                       PrefixEnd(prefix));
    above.SeekForward(end_.empty() ? PrefixEnd(prefix) : end_);
    if (above.Valid()) high = above.key();
  }
  const LockOutcome outcome = transaction_.manager().locks().LockGap(
      transaction_.lock_owner(), prefix, low, high, lock_, transaction_.Patience(wait_));
  transaction_.RequireLock(outcome, wait_);
  if (outcome != LockOutcome::kAlreadyHeld) {
    transaction_.RefreshLatest(Freshness::SlotOf(prefix));
  }
}

bool VolumeTableReader::NextLocking(types::RowBatch* batch) {
  std::string granted;  // the candidate whose locks are held already
  for (;;) {
    if (cursor_ == nullptr || generation_ != store_.Latest().generation()) SeekLocking();
    if (!cursor_->Valid() || !InRange(cursor_->key())) {
      LockEnd();
      // Rows may have been committed into the gap just before it was locked.
      if (generation_ != store_.Latest().generation()) continue;
      done_ = true;
      return false;
    }
    candidate_ = cursor_->key();
    if (candidate_ != granted) {
      const Locked locked = LockCandidate(candidate_);
      if (locked == Locked::kSkip) {
        last_key_ = candidate_;
        started_ = true;
        if (generation_ == store_.Latest().generation()) Advance();
        continue;
      }
      if (locked == Locked::kGapOnly) continue;
      granted = candidate_;
      if (locked == Locked::kStale) continue;
    }
    storage::ReadView& view = store_.LatestView();
    std::string_view stored = cursor_->value();
    bool present = true;
    if (index_ != 0) present = FollowSecondary(view, candidate_, stored, &stored);
    last_key_ = candidate_;
    started_ = true;
    if (present) {
      Decode(stored, index_ == 0 ? candidate_ : clustered_key_, columns_, row_.data(),
             batch->arena(), view);
      const uint32_t at = batch->AddRow();
      for (size_t i = 0; i < row_.size(); ++i) batch->at(static_cast<uint32_t>(i), at) = row_[i];
    }
    Advance();
    if (present) return true;
  }
}

void VolumeTableReader::UnlockLast() {
  if (locked_clustered_.empty() || transaction_.LocksGaps()) return;
  transaction_.manager().locks().UnlockRecord(transaction_.lock_owner(), locked_clustered_);
  locked_clustered_.clear();
}

// ---- rows ----

bool VolumeTableReader::FollowSecondary(storage::ReadView& view, std::string_view key,
                                        std::string_view entry, std::string_view* stored) {
  clustered_key_ = ClusteredKeyOf(*table_, key, entry);
  return MergedGet(view, &store_.changes(), statement_limit_, clustered_key_, stored);
}

namespace {

/// The value owns its bytes from here on: the map it was read from may be let go of.
void MoveOutOf(std::string_view stored, types::Value* value, Arena* arena) {
  using types::ValueKind;
  if (value->kind() != ValueKind::kString && value->kind() != ValueKind::kJson) return;
  const char* const at = value->bytes().data();
  if (std::less<>()(at, stored.data()) || !std::less<>()(at, stored.data() + stored.size())) return;
  *value = types::CopyValue(*value, arena);
}

}  // namespace

void VolumeTableReader::Decode(std::string_view stored, std::string_view clustered_key,
                               std::span<const uint32_t> columns, types::Value* row, Arena* arena,
                               storage::ReadView& view) {
  const RowDecoder decoder(stored);
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] >= table_->columns.size()) {
      row[i] = types::Value::Uint(RowIdOf(clustered_key));
      continue;
    }
    const catalog::ColumnDef& column = table_->columns[columns[i]];
    const RowDecoder::Cell cell = decoder.Find(column.storage_id);
    if (!cell.present) {
      row[i] = DecodeInstantDefault(column, arena);
    } else if (cell.null) {
      row[i] = types::Value::Null();
    } else if (cell.external) {
      row[i] = ReadExternal(view, store_.changes(), table_->id, column.type,
                            ParseExternalCell(cell.bytes), arena);
    } else {
      row[i] = DecodeCell(cell.bytes, column.type, arena);
      MoveOutOf(stored, &row[i], arena);
    }
  }
}

// ---- point reads ----

bool VolumeTableReader::Get(uint32_t index, std::span<const types::Value> key,
                            std::span<const uint32_t> columns, LockMode lock, LockWait wait,
                            types::Value* row, Arena* arena) {
  CHECK_LT(index, table_->indexes.size());
  index_ = index;
  CHECK(this->index().unique() && key.size() == this->index().parts.size());
  lock_ = EffectiveLock(lock);
  wait_ = wait;
  statement_limit_ = StatementLimit();
  cursor_.reset();
  done_ = true;
  locked_clustered_.clear();
  begin_.clear();
  AppendIndexPrefix(&begin_, table_->id, this->index().id);
  for (size_t i = 0; i < key.size(); ++i) {
    const catalog::KeyPart& part = this->index().parts[i];
    if (key[i].is_null()) {
      if (!table_->columns[part.column].type.nullable) return false;
    }
    AppendKeyPart(&begin_, *table_, part, key[i]);
  }
  if (lock_ == LockMode::kNone) return GetConsistent(begin_, index == 0, columns, row, arena);
  transaction_.RequireWriter();
  transaction_.UseTable(table_, IntentionOf(lock_));
  return GetLocking(begin_, index == 0, columns, row, arena);
}

bool VolumeTableReader::FindUnique(storage::ReadView& view, std::string_view prefix,
                                   std::string* key, std::string_view* entry) {
  MergedCursor cursor(view, &store_.changes(), statement_limit_, prefix, PrefixEnd(prefix));
  cursor.SeekForward(prefix);
  if (!cursor.Valid()) return false;
  *key = cursor.key();
  *entry = cursor.value();
  return true;
}

bool VolumeTableReader::GetConsistent(std::string_view key, bool clustered,
                                      std::span<const uint32_t> columns, types::Value* row,
                                      Arena* arena) {
  storage::ReadView& view = latest_ ? store_.LatestView() : store_.Snapshot().Use();
  std::string_view stored;
  if (clustered) {
    if (!MergedGet(view, &store_.changes(), statement_limit_, key, &stored)) return false;
    Decode(stored, key, columns, row, arena, view);
    return true;
  }
  std::string_view entry;
  if (!FindUnique(view, key, &candidate_, &entry)) return false;
  if (!FollowSecondary(view, candidate_, entry, &stored)) return false;
  Decode(stored, clustered_key_, columns, row, arena, view);
  return true;
}

void VolumeTableReader::LockMissingGap(std::string_view key) {
  const std::string_view prefix = IndexPrefixOf(key);
  MergedCursor above(store_.LatestView(), &store_.changes(), kSeeAllStatements, prefix,
                     PrefixEnd(prefix));
  above.SeekForward(key);
  const std::string high = above.Valid() ? std::string(above.key()) : std::string();
  const std::string low = NeighbourBelow(key);
  transaction_.manager().locks().LockGap(transaction_.lock_owner(), prefix, low, high,
                                         LockMode::kNone, transaction_.Patience(wait_));
}

bool VolumeTableReader::GetLocking(std::string_view key, bool clustered,
                                   std::span<const uint32_t> columns, types::Value* row,
                                   Arena* arena) {
  LockTable& locks = transaction_.manager().locks();
  LockOwner& owner = transaction_.lock_owner();
  owner.set_weight(transaction_.changes().changes());
  const LockOutcome outcome = locks.LockRecord(owner, key, lock_, transaction_.Patience(wait_));
  transaction_.RequireLock(outcome, wait_);
  if (outcome == LockOutcome::kUnavailable) return false;
  if (outcome != LockOutcome::kAlreadyHeld) transaction_.RefreshLatest(Freshness::SlotOf(key));

  storage::ReadView* view = &store_.LatestView();
  std::string_view stored;
  bool found = false;
  if (clustered) {
    clustered_key_ = key;
    found = MergedGet(*view, &store_.changes(), statement_limit_, key, &stored);
    if (outcome != LockOutcome::kAlreadyHeld) locked_clustered_ = clustered_key_;
  } else {
    // The unique value is locked: which row has it cannot change, but the row can until it is
    // locked, too.
    std::string_view entry;
    if (FindUnique(*view, key, &candidate_, &entry)) {
      clustered_key_ = ClusteredKeyOf(*table_, candidate_, entry);
      const LockOutcome row_outcome =
          locks.LockRecord(owner, clustered_key_, lock_, transaction_.Patience(wait_));
      transaction_.RequireLock(row_outcome, wait_);
      if (row_outcome == LockOutcome::kUnavailable) return false;
      if (row_outcome != LockOutcome::kAlreadyHeld) {
        locked_clustered_ = clustered_key_;
        transaction_.RefreshLatest(Freshness::SlotOf(clustered_key_));
      }
      view = &store_.LatestView();
      found = FindUnique(*view, key, &candidate_, &entry) &&
              FollowSecondary(*view, candidate_, entry, &stored);
    }
  }
  if (found) {
    Decode(stored, clustered_key_, columns, row, arena, *view);
    return true;
  }
  if (transaction_.LocksGaps()) LockMissingGap(key);
  if (outcome != LockOutcome::kAlreadyHeld) locks.UnlockRecord(owner, key);
  locked_clustered_.clear();
  return false;
}

}  // namespace sixfold::txn
