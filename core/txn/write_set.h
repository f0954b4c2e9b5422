// WriteSet: the changes of one transaction, ordered by key, not yet committed.
//
// An entry holds its key's versions, newest first; each carries the number of the statement that
// made it. A scan of statement n sees versions of statements before n, checks see the newest.
// Undo() takes back every version pushed after a mark: entries stay, empty ones are skipped.
// Entries live in a skip list inside an arena: they never move, so cursors stay valid while the set
// grows.
//
// Memory: an arena that only grows until the transaction ends; more than the limit raises 1197.
// One thread at a time.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/arena.h"
#include "storage/client/volume.h"

namespace sixfold::txn {

inline constexpr uint32_t kSeeAllStatements = UINT32_MAX;

class WriteSet {
 public:
  struct Version {
    Version* older = nullptr;
    uint32_t statement = 0;
    storage::MutationKind kind = storage::MutationKind::kPut;
    std::string_view value;
  };
  static constexpr int kMaxHeight = 16;
  struct Entry {
    std::string_view key;
    Version* newest = nullptr;
    Entry* next[1];  // as many as the entry's height

    /// Newest version of a statement before `limit`; null: none.
    const Version* Visible(uint32_t limit) const {
      const Version* v = newest;
      while (v != nullptr && v->statement >= limit) v = v->older;
      return v;
    }
  };

  explicit WriteSet(uint64_t limit_bytes);
  WriteSet(const WriteSet&) = delete;
  WriteSet& operator=(const WriteSet&) = delete;

  bool empty() const { return undo_.empty(); }
  uint64_t bytes() const { return bytes_; }
  size_t changes() const { return undo_.size(); }

  /// Both strings are copied.
  void Put(std::string_view key, std::string_view value, uint32_t statement);
  void Delete(std::string_view key, uint32_t statement);
  void Max(std::string_view key, std::string_view value, uint32_t statement);
  /// Key prefixes that die with this commit.
  void DropPrefix(std::string_view prefix);

  size_t Mark() const { return undo_.size(); }
  void Undo(size_t mark);

  const Entry* Find(std::string_view key) const;
  /// First entry with key >= target; null: none.
  const Entry* LowerBound(std::string_view target) const;
  /// Last entry with key < target ("" means the end); null: none.
  const Entry* Before(std::string_view target) const;
  const Entry* First() const { return head_next_[0]; }
  static const Entry* Next(const Entry* entry) { return entry->next[0]; }

  /// Appends what is left of every entry. Views live as long as the set.
  void Collect(storage::CommitRequest* request) const;
  void Clear();

 private:
  struct Undone {
    Entry* entry;  // null: a dropped prefix
  };

  Entry* FindOrInsert(std::string_view key);
  void Push(Entry* entry, storage::MutationKind kind, std::string_view value, uint32_t statement);
  int RandomHeight();
  /// Fills `before[level]` with the link that leads to the first entry >= key.
  Entry** FindLinks(std::string_view key, Entry*** before);

  Arena arena_;
  uint64_t limit_bytes_;
  uint64_t bytes_ = 0;
  uint64_t seed_ = 0x9E3779B97F4A7C15ull;
  int height_ = 1;
  Entry* head_next_[kMaxHeight] = {};
  std::vector<Undone> undo_;
  std::vector<std::string> dropped_;
};

}  // namespace sixfold::txn
