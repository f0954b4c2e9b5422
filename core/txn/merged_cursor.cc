#include "core/txn/merged_cursor.h"

#include "core/base/check.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {

void ThrowStorageError(const Status& status) {
  // 1105's text is the message itself: which file of which copy failed matters to the operator.
  throw SqlError(ErrorCode::kUnknownError, "HY000", "storage: " + ToString(status));
}

namespace {
void MustRead(const Status& status) {
  if (!status.ok()) ThrowStorageError(status);
}
}  // namespace

MergedCursor::MergedCursor(storage::ReadView& view, const WriteSet* changes,
                           uint32_t statement_limit, std::string_view begin, std::string_view end)
    : changes_(changes),
      statement_limit_(statement_limit),
      begin_(begin),
      end_(end),
      base_(view.NewCursor(begin, end)) {}

bool MergedCursor::InRange(const WriteSet::Entry* entry) const {
  return entry->key >= begin_ && (end_.empty() || entry->key < end_);
}

void MergedCursor::Use(const WriteSet::Version* version) {
  valid_ = true;
  from_changes_ = true;
  value_ = version->value;
}

void MergedCursor::UseBase() {
  valid_ = true;
  from_changes_ = false;
  value_ = base_->row().value;
}

void MergedCursor::SkipForward() {
  while (entry_ != nullptr && InRange(entry_) && entry_->Visible(statement_limit_) == nullptr) {
    entry_ = WriteSet::Next(entry_);
  }
  if (entry_ != nullptr && !InRange(entry_)) entry_ = nullptr;
}

void MergedCursor::SkipBackward() {
  while (entry_ != nullptr && InRange(entry_) && entry_->Visible(statement_limit_) == nullptr) {
    entry_ = changes_->Before(entry_->key);
  }
  if (entry_ != nullptr && !InRange(entry_)) entry_ = nullptr;
}

void MergedCursor::SettleForward() {
  for (;;) {
    if (changes_ != nullptr) SkipForward();
    const bool base = base_->Valid();
    if (entry_ == nullptr) {
      if (!base)
        valid_ = false;
      else
        UseBase();
      return;
    }
    const int order = base ? base_->row().key.compare(entry_->key) : 1;
    if (order < 0) return UseBase();
    const WriteSet::Version* version = entry_->Visible(statement_limit_);
    if (version->kind != storage::MutationKind::kDelete) return Use(version);
    if (order == 0) MustRead(base_->Next());
    entry_ = WriteSet::Next(entry_);
  }
}

void MergedCursor::SettleBackward() {
  for (;;) {
    if (changes_ != nullptr) SkipBackward();
    const bool base = base_->Valid();
    if (entry_ == nullptr) {
      if (!base)
        valid_ = false;
      else
        UseBase();
      return;
    }
    const int order = base ? base_->row().key.compare(entry_->key) : -1;
    if (order > 0) return UseBase();
    const WriteSet::Version* version = entry_->Visible(statement_limit_);
    if (version->kind != storage::MutationKind::kDelete) return Use(version);
    if (order == 0) MustRead(base_->Prev());
    entry_ = changes_->Before(entry_->key);
  }
}

void MergedCursor::SeekForward(std::string_view target) {
  if (target < begin_) target = begin_;
  MustRead(base_->SeekForward(target));
  entry_ = changes_ == nullptr ? nullptr : changes_->LowerBound(target);
  SettleForward();
}

void MergedCursor::SeekBackward(std::string_view target) {
  if (target.empty() || (!end_.empty() && target > end_)) target = end_;
  MustRead(base_->SeekBackward(target));
  entry_ = changes_ == nullptr ? nullptr : changes_->Before(target);
  SettleBackward();
}

void MergedCursor::Next() {
  DCHECK(valid_);
  if (from_changes_) {
    if (base_->Valid() && base_->row().key == entry_->key) MustRead(base_->Next());
    entry_ = WriteSet::Next(entry_);
  } else {
    MustRead(base_->Next());
  }
  SettleForward();
}

void MergedCursor::Prev() {
  DCHECK(valid_);
  if (from_changes_) {
    if (base_->Valid() && base_->row().key == entry_->key) MustRead(base_->Prev());
    entry_ = changes_->Before(entry_->key);
  } else {
    MustRead(base_->Prev());
  }
  SettleBackward();
}

bool MergedGet(storage::ReadView& view, const WriteSet* changes, uint32_t statement_limit,
               std::string_view key, std::string_view* value) {
  if (changes != nullptr && !changes->empty()) {
    if (const WriteSet::Entry* entry = changes->Find(key); entry != nullptr) {
      if (const WriteSet::Version* version = entry->Visible(statement_limit)) {
        if (version->kind == storage::MutationKind::kDelete) return false;
        *value = version->value;
        return true;
      }
    }
  }
  storage::RowView row;
  const StatusOr<bool> found = view.Get(key, &row);
  if (!found.ok()) ThrowStorageError(found.status());
  if (*found) *value = row.value;
  return *found;
}

}  // namespace sixfold::txn
