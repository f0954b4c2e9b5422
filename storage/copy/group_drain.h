// One drain of one protection group: an LMDB write transaction that takes a stretch key by key.
// Destroyed unfinished it leaves no trace.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "storage/copy/base_group.h"
#include "storage/copy/row_value.h"

namespace sixfold::storage {

class GroupDrain {
 public:
  /// How much one drain removes at most; the rest waits for the next.
  static constexpr size_t kTrimEntries = 50'000;
  static constexpr size_t kDeadRows = 50'000;

  ~GroupDrain();
  GroupDrain(const GroupDrain&) = delete;
  GroupDrain& operator=(const GroupDrain&) = delete;

  /// `versions` ascend by LSN. Keys ascend from call to call.
  Status Take(std::string_view user_key, std::vector<StretchVersion>& versions);
  Status AddDead(const DroppedPrefix& dropped);
  /// Trims, stores the state and commits: durable when it returns.
  StatusOr<DrainResult> Finish();

 private:
  friend class BaseGroup;
  enum class Purpose { kDrain, kImport };
  GroupDrain(BaseGroup& group, LmdbWriteTxn txn, Purpose purpose, Lsn to,
             const DrainFloors& floors);
  Status OpenCursors();

  // A bucket of rows being rewritten: suffix -> row value. Written when the drain leaves it.
  struct RowBucket {
    std::string prefix;  // empty: none
    std::map<std::string, std::string, std::less<>> rows;
    std::map<std::string, std::vector<std::string>, std::less<>> history;  // newest first
    std::vector<std::string> tombstones;
    bool changed = false;
  };

  StatusOr<bool> ReadOld(std::string_view user_key, StoredVersion* old);
  Status WriteRow(std::string_view user_key, const StoredVersion& version);
  Status RemoveRow(std::string_view user_key);
  Status WriteHistory(std::string_view user_key, const std::vector<StoredVersion>& newest_first);
  Status NoteTombstone(std::string_view user_key);
  Status EnterBucket(std::string_view user_key);
  Status FlushBucket();
  bool Seen(Lsn from, Lsn until) const;

  Status TrimHistory();
  Status TrimTombstones();
  Status TrimDead();
  Status RemoveTombstone(std::string_view stored, std::string_view payload);

  BaseGroup& group_;
  LmdbWriteTxn txn_;
  Purpose purpose_;
  Lsn to_;
  Lsn floor_;
  DrainFloors floors_;
  MDB_cursor* rows_ = nullptr;
  bool row_found_ = false;    // rows_ stands on the key being taken
  std::string last_row_key_;  // the greatest key in rows: beyond it LMDB appends
  bool rows_empty_ = false;
  RowBucket bucket_;
  DrainResult result_;
};

}  // namespace sixfold::storage
