#include "storage/node/read_watch.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "core/base/log.h"
#include "core/base/unique_fd.h"

namespace sixfold::storage {

namespace {

/// 'R', 'S', 'T' (stopped), … as /proc/<pid>/stat has it; 0 where there is no such process.
char ProcessState(int pid) {
  char path[64], text[512];
  std::snprintf(path, sizeof(path), "/proc/%d/stat", pid);
  FILE* const file = ::fopen(path, "re");
  if (file == nullptr) return 0;
  const size_t got = ::fread(text, 1, sizeof(text) - 1, file);
  ::fclose(file);
  text[got] = '\0';
  const char* const behind_name = std::strrchr(text, ')');
  return behind_name != nullptr && behind_name[1] == ' ' ? behind_name[2] : 0;
}

}  // namespace

void ReadWatch::Look(const std::vector<LmdbEnv*>& envs) {
  const uint64_t now_ms = clock_.MonotonicMillis();
  still_.clear();
  for (LmdbEnv* env : envs) LookAt(*env, now_ms);
  since_ms_.swap(still_);
}

void ReadWatch::LookAt(LmdbEnv& env, uint64_t now_ms) {
  for (const LmdbReader& reader : env.Readers()) {
    // Its own reads (a peer's rebuild, a comparison) end with the connection they are for.
    if (reader.pid == ::getpid() || reader.txn_id >= env.last_txn_id()) continue;
    const Key key{env.folder(), reader};
    const auto known = since_ms_.find(key);
    const uint64_t since_ms = known != since_ms_.end() ? known->second : now_ms;
    still_[key] = since_ms;
    std::string why;
    if (TooLong(reader.pid, now_ms - since_ms, &why)) End(env, reader, why);
  }
}

bool ReadWatch::TooLong(int pid, uint64_t held_ms, std::string* why) const {
  if (held_ms < std::min(held_max_ms_, kStoppedMaxMs)) return false;
  const char state = ProcessState(pid);
  const bool stopped = state == 'T' || state == 't';
  if (!stopped && held_ms < held_max_ms_) return false;
  *why = fmt::format("for {} s{}", held_ms / 1000, stopped ? ", stopped" : "");
  return true;
}

void ReadWatch::End(LmdbEnv& env, const LmdbReader& reader, const std::string& why) {
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, reader.pid, 0)));
  // From here on the descriptor names the process. Its number may have been given anew just before:
  // then the slot was a dead one's, and goes.
  env.ClearDeadReaders();
  const std::vector<LmdbReader> readers = env.Readers();
  const bool still = std::find(readers.begin(), readers.end(), reader) != readers.end();
  if (!process.valid() || !still) return;
  log::Warning("process {} holds a read of {} {}: killed, what was freed since cannot be used",
               reader.pid, env.folder(), why);
  (void)::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
}

}  // namespace sixfold::storage
