// SharedPlans: the plans of text statements that all sessions of an instance share, found by their
// keys (PlanCache makes them). A plan is immutable; whoever finds one executes a statement of its
// own over it. Plans check themselves whether their tables are still what they were planned for, so
// an outdated one is planned anew by its next user and replaced here.
//
// Bounded: kShards * kPlansPerShard plans, the least recently used of a shard goes first. What a
// session runs it keeps, so a lock here is taken once per session and text.
//
// Threads: all members thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/base/arena.h"
#include "core/exec/statement.h"

namespace sixfold::sql {
struct Statement;
}

namespace sixfold::server {

/// A text and its tree; plans point into both.
struct StatementSource {
  std::string text;
  Arena arena;
  const sql::Statement* tree = nullptr;
};

struct SharedPlan {
  std::shared_ptr<const StatementSource> source;
  std::unique_ptr<const exec::PreparedStatement> plan;  // never executed, only shared
};

class SharedPlans {
 public:
  static constexpr size_t kShards = 16;
  static constexpr size_t kPlansPerShard = 64;

  struct Answer {
    std::shared_ptr<const SharedPlan> plan;  // null: none
    bool seen_before = false;                // somebody asked for the key before
  };
  Answer Find(std::string_view key);
  /// Replaces what was there.
  void Put(std::string_view key, std::shared_ptr<const SharedPlan> plan);
  size_t size() const;

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const SharedPlan> plan;
  };
  using Entries = std::list<Entry>;
  struct Shard {
    mutable std::mutex mutex;
    // Guarded by mutex.
    Entries entries;  // most recently used first
    std::unordered_map<std::string_view, Entries::iterator> by_key;
    std::unordered_set<uint64_t> seen;  // hashes of keys
  };

  std::array<Shard, kShards> shards_;
};

}  // namespace sixfold::server
