// Ends processes that hold an LMDB read transaction of this AZ too long: pages freed since cannot
// be used again, and the recent layer in memory would grow without end.
//
// A transaction counts from the moment it is no longer the newest. A process that is stopped
// (SIGSTOP, a debugger) is given kStoppedMaxMs, any other the limit. It is killed through its pidfd
// after a second look; its slots are freed once it is dead. The slot of a living process is never
// taken away: it may read from the pages at any moment. Home thread only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/clock.h"
#include "storage/recent/lmdb_env.h"

namespace sixfold::storage {

class ReadWatch {
 public:
  static constexpr uint64_t kStoppedMaxMs = 10'000;

  ReadWatch(const Clock& clock, uint64_t held_max_ms) : clock_(clock), held_max_ms_(held_max_ms) {}

  /// Every second or so, with the environments that others read.
  void Look(const std::vector<LmdbEnv*>& envs);

 private:
  using Key = std::tuple<std::string, LmdbReader>;  // folder
  void LookAt(LmdbEnv& env, uint64_t now_ms);
  bool TooLong(int pid, uint64_t held_ms, std::string* why) const;
  void End(LmdbEnv& env, const LmdbReader& reader, const std::string& why);

  const Clock& clock_;
  uint64_t held_max_ms_;
  std::map<Key, uint64_t> since_ms_;
  std::map<Key, uint64_t> still_;  // of the look under way
};

}  // namespace sixfold::storage
