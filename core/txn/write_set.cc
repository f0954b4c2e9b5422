#include "core/txn/write_set.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {

WriteSet::WriteSet(uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}

int WriteSet::RandomHeight() {
  // xorshift64; a fixed seed does no harm: heights need only be spread.
  seed_ ^= seed_ << 13;
  seed_ ^= seed_ >> 7;
  seed_ ^= seed_ << 17;
  int height = 1;
  for (uint64_t bits = seed_; height < kMaxHeight && (bits & 3) == 0; bits >>= 2) ++height;
  return height;
}

WriteSet::Entry** WriteSet::FindLinks(std::string_view key, Entry*** before) {
  Entry** links = head_next_;
  for (int level = height_ - 1; level >= 0; --level) {
    while (links[level] != nullptr && links[level]->key < key) links = links[level]->next;
    if (before != nullptr) before[level] = &links[level];
  }
  return &links[0];
}

WriteSet::Entry* WriteSet::FindOrInsert(std::string_view key) {
  Entry** before[kMaxHeight];
  Entry* found = *FindLinks(key, before);
  if (found != nullptr && found->key == key) return found;

  const int height = RandomHeight();
  for (; height_ < height; ++height_) before[height_] = &head_next_[height_];
  const size_t size = sizeof(Entry) + sizeof(Entry*) * static_cast<size_t>(height - 1);
  bytes_ += size + key.size();
  Entry* entry = new (arena_.Allocate(size, alignof(Entry))) Entry;
  entry->key = arena_.Copy(key);
  for (int level = 0; level < height; ++level) {
    entry->next[level] = *before[level];
    *before[level] = entry;
  }
  return entry;
}

void WriteSet::Push(Entry* entry, storage::MutationKind kind, std::string_view value,
                    uint32_t statement) {
  if (bytes_ + value.size() > limit_bytes_) throw MakeError(ErrorCode::kTransCacheFull);
  bytes_ += sizeof(Version) + value.size();
  Version* version = new (arena_.Allocate(sizeof(Version), alignof(Version))) Version;
  version->older = entry->newest;
  version->statement = statement;
  version->kind = kind;
  version->value = arena_.Copy(value);
  undo_.push_back({entry});
  entry->newest = version;
}

void WriteSet::Put(std::string_view key, std::string_view value, uint32_t statement) {
  Push(FindOrInsert(key), storage::MutationKind::kPut, value, statement);
}

void WriteSet::Delete(std::string_view key, uint32_t statement) {
  Push(FindOrInsert(key), storage::MutationKind::kDelete, {}, statement);
}

void WriteSet::Max(std::string_view key, std::string_view value, uint32_t statement) {
  Entry* entry = FindOrInsert(key);
  if (entry->newest != nullptr && entry->newest->kind == storage::MutationKind::kMax &&
      entry->newest->value >= value) {
    return;
  }
  Push(entry, storage::MutationKind::kMax, value, statement);
}

void WriteSet::DropPrefix(std::string_view prefix) {
  dropped_.emplace_back(prefix);
  undo_.push_back({nullptr});
}

void WriteSet::Undo(size_t mark) {
  CHECK_LE(mark, undo_.size());
  while (undo_.size() > mark) {
    if (Entry* entry = undo_.back().entry; entry != nullptr) {
      CHECK(entry->newest != nullptr);
      entry->newest = entry->newest->older;
    } else {
      dropped_.pop_back();
    }
    undo_.pop_back();
  }
}

const WriteSet::Entry* WriteSet::LowerBound(std::string_view target) const {
  return *const_cast<WriteSet*>(this)->FindLinks(target, nullptr);
}

const WriteSet::Entry* WriteSet::Find(std::string_view key) const {
  const Entry* entry = LowerBound(key);
  return entry != nullptr && entry->key == key ? entry : nullptr;
}

const WriteSet::Entry* WriteSet::Before(std::string_view target) const {
  const Entry* last = nullptr;
  Entry* const* links = head_next_;
  for (int level = height_ - 1; level >= 0; --level) {
    while (links[level] != nullptr && (target.empty() || links[level]->key < target)) {
      last = links[level];
      links = links[level]->next;
    }
  }
  return last;
}

void WriteSet::Collect(storage::CommitRequest* request) const {
  for (const Entry* entry = First(); entry != nullptr; entry = Next(entry)) {
    if (entry->newest == nullptr) continue;
    request->mutations.push_back({entry->newest->kind, entry->key, entry->newest->value});
  }
  request->dropped_prefixes = dropped_;
}

void WriteSet::Clear() {
  std::fill(std::begin(head_next_), std::end(head_next_), nullptr);
  height_ = 1;
  bytes_ = 0;
  undo_.clear();
  dropped_.clear();
  arena_.Reset();
}

}  // namespace sixfold::txn
