#include "storage/recent/progress_page.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/base/check.h"
#include "core/base/unique_fd.h"

namespace sixfold::storage {
namespace {

constexpr int kSpins = 200;  // about 2 us of pauses: two cores have no time to burn

uint64_t NowMicros() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
}

void FutexWait(std::atomic<uint32_t>* word, uint32_t seen, uint64_t timeout_us) {
  timespec timeout{static_cast<time_t>(timeout_us / 1'000'000),
                   static_cast<long>(timeout_us % 1'000'000 * 1000)};
  syscall(SYS_futex, word, FUTEX_WAIT, seen, &timeout, nullptr, 0);
}

void StorePath(char* to, std::string_view path) {
  CHECK_LT(path.size(), ProgressPage::kPathBytes);
  std::memset(to, 0, ProgressPage::kPathBytes);
  std::memcpy(to, path.data(), path.size());
}

}  // namespace

StatusOr<SharedMapping> SharedMapping::Open(const std::string& path, size_t bytes, bool create) {
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0644));
  if (!file.valid()) {
    if (errno == ENOENT) return Unavailable("open {}: no storage daemon has made it", path);
    return ErrnoStatus(errno, "open " + path);
  }
  struct stat info;
  if (::fstat(file.get(), &info) != 0) return ErrnoStatus(errno, "stat " + path);
  if (static_cast<size_t>(info.st_size) < bytes) {
    if (!create) return Unavailable("open {}: not ready", path);
    if (::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes)) != 0) {
      return ResourceExhausted("create {}: no room for {} bytes", path, bytes);
    }
  }
  void* data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (data == MAP_FAILED) return ErrnoStatus(errno, "map " + path);
  SharedMapping mapping;
  mapping.data_ = data;
  mapping.bytes_ = bytes;
  return mapping;
}

SharedMapping::SharedMapping(SharedMapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(other.bytes_) {}

SharedMapping& SharedMapping::operator=(SharedMapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

SharedMapping::~SharedMapping() {
  if (data_ != nullptr) ::munmap(data_, bytes_);
}

namespace {

/// All but `generation`, which readers compare, and the daemon's name.
void ClearPage(ProgressPage& page, const Uuid& volume) {
  for (auto* number : {&page.applied, &page.durable, &page.catalog, &page.epoch, &page.heard_ns,
                       &page.lag_us, &page.drain_target, &page.floor, &page.covered_from}) {
    number->store(0);
  }
  std::memcpy(page.volume, volume.bytes.data(), sizeof(page.volume));
}

bool DaemonLives(const ProgressPage& page) {
  const uint64_t start = page.daemon_start.load();
  return start != 0 && start == ProcessStartTime(static_cast<int>(page.daemon_pid.load()));
}

}  // namespace

StatusOr<Progress> Progress::Create(const std::string& folder, const Uuid& volume) {
  ASSIGN_OR_RETURN(SharedMapping mapping,
                   SharedMapping::Open(folder + "/progress", sizeof(ProgressPage), true));
  Progress progress(std::move(mapping));
  ProgressPage& page = progress.page();
  if (page.magic.load() == 0) {
    page.version = ProgressPage::kVersion;
    page.magic.store(ProgressPage::kMagic);
  }
  if (page.magic.load() != ProgressPage::kMagic || page.version != ProgressPage::kVersion) {
    return FailedPrecondition("open {}/progress: of another version ({})", folder, page.version);
  }
  if (std::memcmp(page.volume, volume.bytes.data(), sizeof(page.volume)) != 0) {
    page.daemon_start.store(0);
    ClearPage(page, volume);
    progress.PublishPlaces("", "");
  }
  page.daemon_pid.store(static_cast<uint64_t>(::getpid()));
  page.daemon_start.store(ProcessStartTime(::getpid()));
  return progress;
}

StatusOr<Progress> Progress::Open(const std::string& folder) {
  ASSIGN_OR_RETURN(SharedMapping mapping,
                   SharedMapping::Open(folder + "/progress", sizeof(ProgressPage), false));
  Progress progress(std::move(mapping));
  ProgressPage& page = progress.page();
  if (page.magic.load() == 0) return Unavailable("open {}/progress: not ready", folder);
  if (page.magic.load() != ProgressPage::kMagic || page.version != ProgressPage::kVersion) {
    return FailedPrecondition("open {}/progress: of another version ({})", folder, page.version);
  }
  if (!DaemonLives(page)) return Unavailable("open {}/progress: its daemon is gone", folder);
  return progress;
}

void Progress::PublishApplied(Lsn applied, Lsn catalog) {
  ProgressPage& p = page();
  DCHECK(applied.value() >= p.applied.load());
  if (catalog.value() > p.catalog.load(std::memory_order_relaxed)) p.catalog.store(catalog.value());
  p.applied.store(applied.value());
  if (p.waiters.load() == 0) return;
  p.wake.fetch_add(1);
  syscall(SYS_futex, &p.wake, FUTEX_WAKE, INT32_MAX, nullptr, nullptr, 0);
}

bool Progress::WaitApplied(Lsn lsn, uint64_t timeout_us) const {
  ProgressPage& p = page();
  for (int spin = 0; spin < kSpins; ++spin) {
    if (p.applied.load(std::memory_order_acquire) >= lsn.value()) return true;
    __builtin_ia32_pause();
  }
  uint64_t deadline = NowMicros() + timeout_us;
  p.waiters.fetch_add(1);
  bool reached = false;
  while (true) {
    uint32_t seen = p.wake.load();
    if (p.applied.load() >= lsn.value()) {
      reached = true;
      break;
    }
    uint64_t now = NowMicros();
    if (now >= deadline) break;
    FutexWait(&p.wake, seen, deadline - now);
  }
  p.waiters.fetch_sub(1);
  return reached;
}

void Progress::PublishPlaces(std::string_view recent_folder, std::string_view base_folder) {
  ProgressPage& p = page();
  uint64_t before = p.generation.load();
  p.generation.store(before | 1);  // odd already: the daemon died in here
  StorePath(p.recent_folder, recent_folder);
  StorePath(p.base_folder, base_folder);
  p.generation.store((before | 1) + 1);
}

StatusOr<Progress::Places> Progress::ReadPlaces() const {
  ProgressPage& p = page();
  Places places;
  places.generation = p.generation.load();
  if (places.generation % 2 != 0 || places.generation == 0) {
    return Unavailable("the storage daemon is changing what it serves");
  }
  char text[ProgressPage::kPathBytes];
  std::memcpy(text, p.recent_folder, sizeof(text));
  places.recent_folder.assign(text, strnlen(text, sizeof(text)));
  std::memcpy(text, p.base_folder, sizeof(text));
  places.base_folder.assign(text, strnlen(text, sizeof(text)));
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (p.generation.load() != places.generation) {
    return Unavailable("the storage daemon is changing what it serves");
  }
  return places;
}

uint64_t ProcessStartTime(int pid) {
  char path[64];
  std::snprintf(path, sizeof(path), "/proc/%d/stat", pid);
  UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return 0;
  char text[1024];
  ssize_t got = ::read(file.get(), text, sizeof(text) - 1);
  if (got <= 0) return 0;
  text[got] = '\0';
  // The command name (field 2) may hold spaces and parentheses: fields count from its last ")".
  const char* at = std::strrchr(text, ')');
  if (at == nullptr) return 0;
  at += 2;
  for (int field = 3; field < 22; ++field) {
    at = std::strchr(at, ' ');
    if (at == nullptr) return 0;
    ++at;
  }
  return std::strtoull(at, nullptr, 10);
}

}  // namespace sixfold::storage
