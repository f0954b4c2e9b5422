#include "storage/recent/map_guard.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "core/base/check.h"

namespace sixfold::storage {

thread_local sigjmp_buf* map_guard_jump = nullptr;

namespace {

constexpr size_t kRanges = 8192;
constexpr uintptr_t kPageBytes = 4096;

struct RangeSlot {
  std::atomic<uintptr_t> begin = 0;  // 0: free; 1: being filled
  std::atomic<uintptr_t> end = 0;
  std::atomic<std::atomic<bool>*> faulted = nullptr;
};

RangeSlot range_slots[kRanges];
std::atomic<size_t> range_slots_used = 0;

RangeSlot* FindRange(uintptr_t address) {
  const size_t used = range_slots_used.load();
  for (size_t i = 0; i < used; ++i) {
    RangeSlot& slot = range_slots[i];
    const uintptr_t begin = slot.begin.load();
    if (begin > 1 && address >= begin && address < slot.end.load()) return &slot;
  }
  return nullptr;
}

void OnBusError(int number, siginfo_t* info, void*) {
  const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  RangeSlot* const range = FindRange(address);
  if (range != nullptr) {
    if (map_guard_jump != nullptr) siglongjmp(*map_guard_jump, 1);
    void* const page = reinterpret_cast<void*>(address & ~(kPageBytes - 1));
    std::atomic<bool>* const faulted = range->faulted.load();
    if (faulted != nullptr && ::mmap(page, kPageBytes, PROT_READ,
                                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page) {
      faulted->store(true);
      return;
    }
  }
  ::signal(number, SIG_DFL);  // the instruction is tried again, and ends the process
}

}  // namespace

void InstallMapGuard() {
  struct sigaction action = {};
  action.sa_sigaction = OnBusError;
  // The handler may be left by a jump: the signal must not stay blocked then.
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  CHECK_EQ(::sigaction(SIGBUS, &action, nullptr), 0);
}

void GuardedRange::Set(const void* begin, size_t bytes) {
  CHECK_EQ(slot_, SIZE_MAX);
  for (size_t i = 0; i < kRanges; ++i) {
    uintptr_t none = 0;
    if (range_slots[i].begin.load() != 0 || !range_slots[i].begin.compare_exchange_strong(none, 1))
      continue;
    slot_ = i;
    begin_ = begin;
    range_slots[i].faulted.store(&faulted_);
    range_slots[i].end.store(reinterpret_cast<uintptr_t>(begin) + bytes);
    range_slots[i].begin.store(reinterpret_cast<uintptr_t>(begin));
    size_t used = range_slots_used.load();
    while (used < i + 1 && !range_slots_used.compare_exchange_weak(used, i + 1)) {
    }
    return;
  }
}

void GuardedRange::SetToMapOf(const std::string& path) {
  struct stat info;
  char resolved[PATH_MAX];
  if (::stat(path.c_str(), &info) != 0 || ::realpath(path.c_str(), resolved) == nullptr) return;
  FILE* const maps = ::fopen("/proc/self/maps", "re");
  if (maps == nullptr) return;
  char line[PATH_MAX + 128];
  while (::fgets(line, sizeof(line), maps) != nullptr) {
    // begin-end permissions offset device inode path. Some file systems show another device there
    // than to stat(): inode and path name the file.
    uintptr_t begin = 0, end = 0;
    unsigned long inode = 0;
    int at = 0;
    if (::sscanf(line, "%lx-%lx %*s %*s %*s %lu %n", &begin, &end, &inode, &at) != 3) continue;
    std::string_view name(line + at);
    if (name.ends_with('\n')) name.remove_suffix(1);
    if (inode != info.st_ino || name != resolved) continue;
    Set(reinterpret_cast<const void*>(begin), end - begin);
    break;
  }
  ::fclose(maps);
}

void GuardedRange::Clear() {
  if (slot_ == SIZE_MAX) return;
  range_slots[slot_].faulted.store(nullptr);
  range_slots[slot_].end.store(0);
  range_slots[slot_].begin.store(0);
  slot_ = SIZE_MAX;
  begin_ = nullptr;
}

}  // namespace sixfold::storage
