#include "core/server/shared_plans.h"

#include "core/base/checksum.h"

namespace sixfold::server {
namespace {

constexpr size_t kMostSeen = 1024;  // of a shard; then it forgets them all

}  // namespace

SharedPlans::Answer SharedPlans::Find(std::string_view key) {
  const uint64_t hash = Checksum64(key);
  Shard& shard = shards_[hash % kShards];
  std::lock_guard lock(shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found != shard.by_key.end()) {
    shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
    return {found->second->plan, true};
  }
  if (shard.seen.size() >= kMostSeen) shard.seen.clear();
  return {nullptr, !shard.seen.insert(hash).second};
}

void SharedPlans::Put(std::string_view key, std::shared_ptr<const SharedPlan> plan) {
  Shard& shard = shards_[Checksum64(key) % kShards];
  std::shared_ptr<const SharedPlan> gone;  // freed without the lock
  std::lock_guard lock(shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found != shard.by_key.end()) {
    gone = std::exchange(found->second->plan, std::move(plan));
    return;
  }
  if (shard.entries.size() == kPlansPerShard) {
    gone = std::move(shard.entries.back().plan);
    shard.by_key.erase(shard.entries.back().key);
    shard.entries.pop_back();
  }
  shard.entries.push_front({std::string(key), std::move(plan)});
  shard.by_key.emplace(shard.entries.front().key, shard.entries.begin());
}

size_t SharedPlans::size() const {
  size_t size = 0;
  for (const Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    size += shard.entries.size();
  }
  return size;
}

}  // namespace sixfold::server
