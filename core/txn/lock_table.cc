#include "core/txn/lock_table.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "core/base/blocking.h"
#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/txn/keyspace.h"

namespace sixfold::txn {
namespace {

/// How often a waiter looks whether it was killed.
constexpr uint64_t kKillPollMs = 20;

bool Conflict(LockMode a, LockMode b) {
  if (a == LockMode::kNone || b == LockMode::kNone) return false;
  if (a == LockMode::kExclusive || b == LockMode::kExclusive) return true;
  return (a == LockMode::kShared && b == LockMode::kIntendExclusive) ||
         (a == LockMode::kIntendExclusive && b == LockMode::kShared);
}

bool Covers(LockMode held, LockMode wanted) {
  return held == LockMode::kExclusive || held == wanted ||
         (wanted == LockMode::kIntendShared && held != LockMode::kNone);
}

/// The weakest mode that covers both.
LockMode Join(LockMode a, LockMode b) {
  if (Covers(a, b)) return a;
  return Covers(b, a) ? b : LockMode::kExclusive;
}

}  // namespace

struct LockTable::RecordLock {
  LockOwner* owner;
  LockMode mode;
  IndexLocks* index;
  Queues::iterator queue;
  RecordLock* next_in_queue;
  RecordLock* next_of_owner;
  RecordLock* prev_of_owner;
};

/// (low, high) or, when closed, (low, high]. mode kNone: gap only.
struct LockTable::RangeLock {
  LockOwner* owner;
  IndexLocks* index;
  std::string low;
  std::string high;
  bool closed;
  LockMode mode;
  std::list<std::unique_ptr<RangeLock>>::iterator self;

  bool InGap(std::string_view key) const {
    return (low.empty() || low < key) && (high.empty() || key < high || (closed && key == high));
  }
  bool HasRecord(std::string_view key) const { return mode != LockMode::kNone && InGap(key); }
};

struct LockTable::IndexLocks {
  Queues queues;
  std::list<std::unique_ptr<RangeLock>> ranges;
  std::list<Request*> waiters;  // oldest first
};

struct LockTable::Request {
  enum class Kind : uint8_t { kRecord, kInsert, kNextKey, kGap };
  enum class State : uint8_t { kNew, kWaiting, kGranted, kVictim };

  Kind kind;
  LockOwner* owner;
  IndexLocks* index;
  std::string_view prefix;
  std::string_view low;  // kNextKey, kGap
  std::string_view key;  // the record, or the interval's upper end
  LockMode mode;
  State state = State::kNew;

  bool WantsRecord() const { return kind != Kind::kGap; }
  bool IsRange() const { return kind == Kind::kNextKey || kind == Kind::kGap; }
};

LockOwner::~LockOwner() { DCHECK(records_ == nullptr && ranges_.empty() && waiting_ == nullptr); }

LockTable::LockTable(Clock& clock) : clock_(clock) {}

LockTable::~LockTable() {
  for (auto& [prefix, index] : indexes_) {
    DCHECK(index->queues.empty() && index->ranges.empty() && index->waiters.empty());
  }
}

LockTable::IndexLocks& LockTable::IndexOf(std::string_view prefix) {
  auto it = indexes_.find(prefix);
  if (it == indexes_.end()) {
    it = indexes_.emplace(std::string(prefix), std::make_unique<IndexLocks>()).first;
  }
  return *it->second;
}

LockOutcome LockTable::LockRecord(LockOwner& owner, std::string_view key, LockMode mode,
                                  const LockPatience& patience) {
  CHECK(mode != LockMode::kNone);
  Request request{Request::Kind::kRecord, &owner, nullptr, IndexPrefixOf(key), {}, key, mode};
  return Acquire(request, patience);
}

LockOutcome LockTable::LockInsert(LockOwner& owner, std::string_view key,
                                  const LockPatience& patience) {
  Request request{Request::Kind::kInsert, &owner, nullptr, IndexPrefixOf(key), {}, key,
                  LockMode::kExclusive};
  return Acquire(request, patience);
}

LockOutcome LockTable::LockNextKey(LockOwner& owner, std::string_view index_prefix,
                                   std::string_view low, std::string_view high, LockMode mode,
                                   const LockPatience& patience) {
  CHECK(mode != LockMode::kNone && !high.empty());
  Request request{Request::Kind::kNextKey, &owner, nullptr, index_prefix, low, high, mode};
  return Acquire(request, patience);
}

LockOutcome LockTable::LockGap(LockOwner& owner, std::string_view index_prefix,
                               std::string_view low, std::string_view high, LockMode mode,
                               const LockPatience& patience) {
  Request request{Request::Kind::kGap, &owner, nullptr, index_prefix, low, high, mode};
  return Acquire(request, patience);
}

LockOutcome LockTable::Acquire(Request& request, const LockPatience& patience) {
  request.owner->touched_ = true;
  std::unique_lock<std::mutex> lock(mutex_);
  request.index = &IndexOf(request.prefix);
  if (HeldAlready(request)) return LockOutcome::kAlreadyHeld;
  if (!Blocked(request)) {
    Grant(request);
    return LockOutcome::kGranted;
  }
  if (patience.wait != LockWait::kWait || patience.timeout_ms == 0) {
    return patience.wait == LockWait::kWait ? LockOutcome::kTimeout : LockOutcome::kUnavailable;
  }
  return Wait(lock, request, patience);
}

LockOutcome LockTable::Wait(std::unique_lock<std::mutex>& lock, Request& request,
                            const LockPatience& patience) {
  waits_.fetch_add(1, std::memory_order_relaxed);
  request.state = Request::State::kWaiting;
  request.index->waiters.push_back(&request);
  request.owner->waiting_ = &request;
  if (request.owner->table_locks_ != nullptr) {
    request.owner->table_locks_->in_front_ = request.owner;
  }
  BreakDeadlocks(request);

  lock.unlock();
  if (patience.waiter != nullptr) patience.waiter->BeforeWait();
  BlockingScope blocking;
  const uint64_t deadline_ms = clock_.MonotonicMillis() + patience.timeout_ms;
  if (patience.waiting != nullptr) patience.waiting->store(true, std::memory_order_relaxed);
  lock.lock();
  LockOutcome outcome = LockOutcome::kWaited;
  while (request.state == Request::State::kWaiting) {
    const uint64_t now_ms = clock_.MonotonicMillis();
    if (patience.killed != nullptr && patience.killed->load(std::memory_order_relaxed) != 0) {
      outcome = LockOutcome::kKilled;
      break;
    }
    if (now_ms >= deadline_ms) {
      outcome = LockOutcome::kTimeout;
      break;
    }
    request.owner->wake_.wait_for(
        lock, std::chrono::milliseconds(std::min(deadline_ms - now_ms, kKillPollMs)));
  }
  if (patience.waiting != nullptr) patience.waiting->store(false, std::memory_order_relaxed);
  request.owner->waiting_ = nullptr;
  if (request.owner->table_locks_ != nullptr) request.owner->table_locks_->in_front_ = nullptr;
  if (request.state == Request::State::kGranted) return LockOutcome::kWaited;
  if (request.state == Request::State::kVictim) outcome = LockOutcome::kDeadlock;
  request.index->waiters.remove(&request);
  // Those who queued behind this request may go on.
  GrantWaiters(*request.index);
  return outcome;
}

bool LockTable::HeldAlready(const Request& request) const {
  if (request.kind == Request::Kind::kInsert) return false;  // its gap must be looked at
  for (const RangeLock* range : request.owner->ranges_) {
    if (range->index != request.index) continue;
    if (!request.IsRange()) {
      if (range->HasRecord(request.key) && Covers(range->mode, request.mode)) return true;
      continue;
    }
    const bool low_in = range->low.empty() || (!request.low.empty() && range->low <= request.low);
    const bool high_in =
        range->high.empty() ||
        (!request.key.empty() &&
         (request.key < range->high ||
          (request.key == range->high && (range->closed || request.kind == Request::Kind::kGap))));
    if (low_in && high_in &&
        (request.mode == LockMode::kNone || Covers(range->mode, request.mode))) {
      return true;
    }
  }
  if (request.IsRange()) return false;
  const auto queue = request.index->queues.find(request.key);
  if (queue == request.index->queues.end()) return false;
  for (const RecordLock* l = queue->second; l != nullptr; l = l->next_in_queue) {
    if (l->owner == request.owner) return Covers(l->mode, request.mode);
  }
  return false;
}

/// Calls visit(owner) for whoever stands in the request's way until it returns true.
template <typename Visit>
bool LockTable::AnyBlocker(const Request& request, Visit visit) const {
  const IndexLocks& index = *request.index;
  bool holds_record = false;  // in a mode that covers the request's
  const auto visit_queue = [&](const RecordLock* l) {
    for (; l != nullptr; l = l->next_in_queue) {
      if (l->owner == request.owner)
        holds_record |= Covers(l->mode, request.mode);
      else if (Conflict(l->mode, request.mode) && visit(l->owner))
        return true;
    }
    return false;
  };
  if (request.WantsRecord()) {
    if (const auto queue = index.queues.find(request.key); queue != index.queues.end()) {
      if (visit_queue(queue->second)) return true;
    }
  }
  if (request.IsRange() && request.mode != LockMode::kNone) {
    auto it = request.low.empty() ? index.queues.begin() : index.queues.upper_bound(request.low);
    for (; it != index.queues.end() &&
           (request.key.empty() || std::string_view(it->first) < request.key);
         ++it) {
      for (const RecordLock* l = it->second; l != nullptr; l = l->next_in_queue) {
        if (l->owner != request.owner && Conflict(l->mode, request.mode) && visit(l->owner)) {
          return true;
        }
      }
    }
  }
  for (const auto& range : index.ranges) {
    if (range->owner == request.owner) {
      holds_record |= request.WantsRecord() && range->HasRecord(request.key) &&
                      Covers(range->mode, request.mode);
      continue;
    }
    const bool blocks = request.WantsRecord() &&
                        ((range->HasRecord(request.key) && Conflict(range->mode, request.mode)) ||
                         (request.kind == Request::Kind::kInsert && range->InGap(request.key)));
    if (blocks && visit(range->owner)) return true;
  }
  if (!request.WantsRecord() || holds_record) return false;
  for (const Request* ahead : index.waiters) {
    if (ahead == &request) break;
    if (ahead->owner == request.owner || !ahead->WantsRecord()) continue;
    if (ahead->state != Request::State::kWaiting || ahead->key != request.key) continue;
    if (Conflict(ahead->mode, request.mode) && visit(ahead->owner)) return true;
  }
  return false;
}

bool LockTable::Blocked(const Request& request) const {
  return AnyBlocker(request, [](LockOwner*) { return true; });
}

void LockTable::Grant(Request& request) {
  switch (request.kind) {
    case Request::Kind::kRecord:
    case Request::Kind::kInsert:
      AddRecord(*request.owner, *request.index, request.key, request.mode);
      break;
    case Request::Kind::kNextKey:
      AddRange(*request.owner, *request.index, request.low, request.key, true, request.mode);
      break;
    case Request::Kind::kGap:
      AddRange(*request.owner, *request.index, request.low, request.key, false, request.mode);
      break;
  }
  request.state = Request::State::kGranted;
}

void LockTable::AddRecord(LockOwner& owner, IndexLocks& index, std::string_view key,
                          LockMode mode) {
  auto queue = index.queues.lower_bound(key);
  if (queue == index.queues.end() || queue->first != key) {
    queue = index.queues.emplace_hint(queue, std::string(key), nullptr);
  }
  for (RecordLock* l = queue->second; l != nullptr; l = l->next_in_queue) {
    if (l->owner != &owner) continue;
    l->mode = Join(l->mode, mode);
    return;
  }
  RecordLock* l =
      new RecordLock{&owner, mode, &index, queue, queue->second, owner.records_, nullptr};
  if (owner.records_ != nullptr) owner.records_->prev_of_owner = l;
  owner.records_ = l;
  ++owner.record_count_;
  queue->second = l;
}

void LockTable::AddRange(LockOwner& owner, IndexLocks& index, std::string_view low,
                         std::string_view high, bool closed, LockMode mode) {
  for (RangeLock* range : owner.ranges_) {
    if (range->index != &index || range->mode != mode) continue;
    // Going up: the new interval starts where this one ends with its record.
    if (range->closed && !low.empty() && range->high == low) {
      range->high = high;
      range->closed = closed;
      return;
    }
    // Going down: the new one ends with the record this one starts after.
    if (closed && !range->low.empty() && range->low == high) {
      range->low = low;
      return;
    }
  }
  index.ranges.push_back(std::make_unique<RangeLock>(
      RangeLock{&owner, &index, std::string(low), std::string(high), closed, mode, {}}));
  index.ranges.back()->self = std::prev(index.ranges.end());
  owner.ranges_.push_back(index.ranges.back().get());
}

void LockTable::RemoveRecord(RecordLock* lock) {
  RecordLock** link = &lock->queue->second;
  while (*link != lock) link = &(*link)->next_in_queue;
  *link = lock->next_in_queue;
  if (lock->queue->second == nullptr) lock->index->queues.erase(lock->queue);

  LockOwner& owner = *lock->owner;
  if (lock->prev_of_owner != nullptr)
    lock->prev_of_owner->next_of_owner = lock->next_of_owner;
  else
    owner.records_ = lock->next_of_owner;
  if (lock->next_of_owner != nullptr) lock->next_of_owner->prev_of_owner = lock->prev_of_owner;
  --owner.record_count_;
  delete lock;
}

void LockTable::GrantWaiters(IndexLocks& index) {
  for (auto it = index.waiters.begin(); it != index.waiters.end();) {
    Request& request = **it;
    if (request.state == Request::State::kWaiting && !Blocked(request)) {
      it = index.waiters.erase(it);
      Grant(request);
      request.owner->wake_.notify_all();
    } else {
      ++it;
    }
  }
}

void LockTable::BreakDeadlocks(Request& request) {
  while (request.state == Request::State::kWaiting) {
    std::vector<LockOwner*> path{request.owner};
    std::vector<LockOwner*> visited;
    if (!FindCycle(request.owner, request.owner, &path, &visited)) return;
    deadlocks_.fetch_add(1, std::memory_order_relaxed);
    const auto weight = [](const LockOwner* o) {
      return o->weight_.load(std::memory_order_relaxed) + o->record_count_ + o->ranges_.size();
    };
    LockOwner* victim = request.owner;
    for (LockOwner* o : path) {
      if (weight(o) < weight(victim)) victim = o;
    }
    CHECK(victim->waiting_ != nullptr);
    victim->waiting_->state = Request::State::kVictim;
    victim->wake_.notify_all();
  }
}

bool LockTable::FindCycle(LockOwner* from, LockOwner* target, std::vector<LockOwner*>* path,
                          std::vector<LockOwner*>* visited) const {
  const Request* request = from->waiting_;
  if (request == nullptr || request->state != Request::State::kWaiting) return false;
  return AnyBlocker(*request, [&](LockOwner* blocker) {
    if (blocker->in_front_ != nullptr) blocker = blocker->in_front_;
    if (blocker == target) return true;
    if (std::find(visited->begin(), visited->end(), blocker) != visited->end()) return false;
    visited->push_back(blocker);
    path->push_back(blocker);
    if (FindCycle(blocker, target, path, visited)) return true;
    path->pop_back();
    return false;
  });
}

void LockTable::UnlockRecord(LockOwner& owner, std::string_view key) {
  std::lock_guard<std::mutex> lock(mutex_);
  IndexLocks& index = IndexOf(IndexPrefixOf(key));
  const auto queue = index.queues.find(key);
  if (queue == index.queues.end()) return;
  for (RecordLock* l = queue->second; l != nullptr; l = l->next_in_queue) {
    if (l->owner != &owner) continue;
    RemoveRecord(l);
    if (!index.waiters.empty()) GrantWaiters(index);
    return;
  }
}

void LockTable::ReleaseAll(LockOwner& owner) {
  if (!owner.touched_) return;
  std::lock_guard<std::mutex> lock(mutex_);
  CHECK(owner.waiting_ == nullptr);
  std::vector<IndexLocks*> waited;
  const auto note = [&waited](IndexLocks* index) {
    if (!index->waiters.empty() && std::find(waited.begin(), waited.end(), index) == waited.end()) {
      waited.push_back(index);
    }
  };
  while (owner.records_ != nullptr) {
    note(owner.records_->index);
    RemoveRecord(owner.records_);
  }
  for (RangeLock* range : owner.ranges_) {
    note(range->index);
    range->index->ranges.erase(range->self);
  }
  owner.ranges_.clear();
  owner.touched_ = false;
  for (IndexLocks* index : waited) GrantWaiters(*index);
}

size_t LockTable::held_locks() const {
  std::lock_guard<std::mutex> lock(mutex_);
  size_t count = 0;
  for (const auto& [prefix, index] : indexes_) {
    for (const auto& [key, queue] : index->queues) {
      for (const RecordLock* l = queue; l != nullptr; l = l->next_in_queue) ++count;
    }
    count += index->ranges.size();
  }
  return count;
}

bool LockTable::HoldsRecord(LockOwner& owner, std::string_view key, LockMode mode) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto index = indexes_.find(IndexPrefixOf(key));
  if (index == indexes_.end()) return false;
  Request request{Request::Kind::kRecord, &owner, index->second.get(), {}, {}, key, mode};
  return HeldAlready(request);
}

size_t LockTable::waiting() const {
  std::lock_guard<std::mutex> lock(mutex_);
  size_t count = 0;
  for (const auto& [prefix, index] : indexes_) count += index->waiters.size();
  return count;
}

}  // namespace sixfold::txn
