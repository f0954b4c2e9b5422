// MergedCursor: the rows of a ReadView with a transaction's own changes laid over them, in key
// order, inside [begin, end). Keys and values are views into the map or the write set; they live
// until the ReadView moves on or is released. After that, Seek again.
//
// Storage errors are thrown as SqlError (ThrowStorageError).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/txn/write_set.h"
#include "storage/client/volume.h"

namespace sixfold::txn {

/// Turns what the volume says into the error the client sees.
[[noreturn]] void ThrowStorageError(const Status& status);

class MergedCursor {
 public:
  /// `changes` may be null. Versions of statements before `statement_limit` are seen.
  MergedCursor(storage::ReadView& view, const WriteSet* changes, uint32_t statement_limit,
               std::string_view begin, std::string_view end);

  void SeekForward(std::string_view target);
  /// To the last row with key < target; "" means the end.
  void SeekBackward(std::string_view target);
  void Next();
  void Prev();

  bool Valid() const { return valid_; }
  std::string_view key() const { return from_changes_ ? entry_->key : base_->row().key; }
  std::string_view value() const { return value_; }
  /// True where the row is the transaction's own and not yet committed.
  bool from_changes() const { return from_changes_; }

 private:
  void SettleForward();
  void SettleBackward();
  bool InRange(const WriteSet::Entry* entry) const;
  void SkipForward();
  void SkipBackward();
  void Use(const WriteSet::Version* version);
  void UseBase();

  const WriteSet* changes_;  // may be null
  uint32_t statement_limit_;
  std::string begin_, end_;
  std::unique_ptr<storage::RowCursor> base_;
  const WriteSet::Entry* entry_ = nullptr;  // next candidate of the write set
  bool valid_ = false;
  bool from_changes_ = false;
  std::string_view value_;
};

/// One key as a transaction sees it. False: no row.
bool MergedGet(storage::ReadView& view, const WriteSet* changes, uint32_t statement_limit,
               std::string_view key, std::string_view* value);

}  // namespace sixfold::txn
