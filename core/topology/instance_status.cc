#include "core/topology/instance_status.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/base/check.h"
#include "core/base/unique_fd.h"

namespace sixfold::topology {
namespace {

void CopyName(char* to, size_t size, std::string_view from) {
  const size_t count = std::min(from.size(), size - 1);
  std::memcpy(to, from.data(), count);
  to[count] = 0;
}

std::string_view NameIn(const char* from, size_t size) { return {from, ::strnlen(from, size)}; }

}  // namespace

std::string_view ToString(InstanceRole role) {
  return role == InstanceRole::kWriter ? "writer" : "reader";
}

std::string_view ToString(InstanceState state) {
  switch (state) {
    case InstanceState::kStarting:
      return "starting";
    case InstanceState::kReady:
      return "ready";
    case InstanceState::kDraining:
      return "draining";
    case InstanceState::kFenced:
      return "fenced";
  }
  return "unknown";
}

uint64_t ProcessStartTime(uint64_t pid) {
  const UniqueFd fd(::open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC));
  char text[1024];
  const ssize_t count = fd.valid() ? ::read(fd.get(), text, sizeof(text) - 1) : 0;
  if (count <= 0) return 0;
  text[count] = 0;
  // The command name (field 2) may hold anything, so count fields after its closing parenthesis.
  const char* at = std::strrchr(text, ')');
  if (at == nullptr) return 0;
  char state = 0;
  unsigned long long start = 0;
  const int fields = std::sscanf(
      at + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
      &state, &start);
  return fields == 2 && state != 'Z' && state != 'X' ? start : 0;
}

bool ProcessAlive(uint64_t pid, uint64_t start_time) {
  return pid != 0 && start_time != 0 && ProcessStartTime(pid) == start_time;
}

StatusOr<std::unique_ptr<InstanceStatusWriter>> InstanceStatusWriter::Create(
    const std::string& path, std::string_view instance, std::string_view address) {
  const std::string temporary = fmt::format("{}.{}", path, ::getpid());
  const UniqueFd fd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd.valid()) return ErrnoStatus(errno, "create status page " + temporary);
  // Allocated, not only sized: a full disk must be an error here and not SIGBUS later.
  if (const int error = ::posix_fallocate(fd.get(), 0, sizeof(InstanceStatusPage)); error != 0)
    return ErrnoStatus(error, "allocate status page " + temporary);
  void* memory =
      ::mmap(nullptr, sizeof(InstanceStatusPage), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED) return ErrnoStatus(errno, "map status page " + temporary);
  auto* page = static_cast<InstanceStatusPage*>(memory);
  page->magic = kInstanceStatusMagic;
  page->version = kInstanceStatusVersion;
  CopyName(page->instance, sizeof(page->instance), instance);
  CopyName(page->address, sizeof(page->address), address);
  page->pid.store(static_cast<uint64_t>(::getpid()));
  page->start_time.store(ProcessStartTime(static_cast<uint64_t>(::getpid())));
  std::unique_ptr<InstanceStatusWriter> writer(new InstanceStatusWriter(page));
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    return ErrnoStatus(errno, "put status page " + path);
  return writer;
}

InstanceStatusWriter::~InstanceStatusWriter() { ::munmap(page_, sizeof(*page_)); }

int InstanceStatusWriter::FindOrAddEndpoint(std::string_view name) {
  const auto find = [&]() -> int {
    for (size_t i = 0;
         i < kMaxStatusEndpoints && page_->endpoints[i].used.load(std::memory_order_acquire) != 0;
         ++i)
      if (NameIn(page_->endpoints[i].name, sizeof(page_->endpoints[i].name)) == name)
        return static_cast<int>(i);
    return -1;
  };
  if (const int found = find(); found >= 0) return found;
  std::lock_guard lock(adding_);
  if (const int found = find(); found >= 0) return found;
  for (size_t i = 0; i < kMaxStatusEndpoints; ++i) {
    EndpointSessions& entry = page_->endpoints[i];
    if (entry.used.load(std::memory_order_acquire) != 0) continue;
    CopyName(entry.name, sizeof(entry.name), name);
    entry.used.store(1, std::memory_order_release);
    return static_cast<int>(i);
  }
  return -1;
}

int InstanceStatusWriter::BeginSession(std::string_view endpoint) {
  page_->sessions.fetch_add(1);
  const int index = endpoint.empty() ? -1 : FindOrAddEndpoint(endpoint);
  if (index >= 0) page_->endpoints[index].sessions.fetch_add(1);
  return index;
}

void InstanceStatusWriter::EndSession(int endpoint_index) {
  CHECK_LT(endpoint_index, static_cast<int>(kMaxStatusEndpoints));
  CHECK_GT(page_->sessions.fetch_sub(1), 0u);
  if (endpoint_index >= 0) CHECK_GT(page_->endpoints[endpoint_index].sessions.fetch_sub(1), 0u);
}

uint32_t InstanceStatus::SessionsOf(std::string_view endpoint) const {
  for (const auto& [name, count] : endpoints)
    if (name == endpoint) return count;
  return 0;
}

InstanceStatusReader::~InstanceStatusReader() { Unmap(); }
InstanceStatusReader::InstanceStatusReader(InstanceStatusReader&& other) noexcept
    : path_(std::move(other.path_)),
      page_(std::exchange(other.page_, nullptr)),
      inode_(other.inode_) {}

void InstanceStatusReader::Unmap() {
  if (page_ != nullptr) ::munmap(const_cast<InstanceStatusPage*>(page_), sizeof(*page_));
  page_ = nullptr;
}

Status InstanceStatusReader::Remap() {
  Unmap();
  const UniqueFd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid())
    return errno == ENOENT ? NotFound("no status page {}", path_)
                           : ErrnoStatus(errno, "open " + path_);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return ErrnoStatus(errno, "stat " + path_);
  if (info.st_size != static_cast<off_t>(sizeof(InstanceStatusPage)))
    return Corrupt("status page {}: {} bytes, expected {}", path_, info.st_size,
                   sizeof(InstanceStatusPage));
  void* memory = ::mmap(nullptr, sizeof(InstanceStatusPage), PROT_READ, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED) return ErrnoStatus(errno, "map " + path_);
  page_ = static_cast<const InstanceStatusPage*>(memory);
  inode_ = info.st_ino;
  if (page_->magic == kInstanceStatusMagic && page_->version == kInstanceStatusVersion)
    return OkStatus();
  Unmap();
  return Corrupt("status page {}: not of version {}", path_, kInstanceStatusVersion);
}

StatusOr<InstanceStatus> InstanceStatusReader::Read() {
  struct stat info {};
  if (::stat(path_.c_str(), &info) != 0) {
    Unmap();
    return NotFound("no status page {}", path_);
  }
  if (page_ == nullptr || info.st_ino != inode_) RETURN_IF_ERROR(Remap());
  InstanceStatus status;
  status.instance = NameIn(page_->instance, sizeof(page_->instance));
  status.address = NameIn(page_->address, sizeof(page_->address));
  status.pid = page_->pid.load();
  status.start_time = page_->start_time.load();
  status.role = page_->role.load() == 1 ? InstanceRole::kWriter : InstanceRole::kReader;
  status.state = static_cast<InstanceState>(std::min<uint32_t>(page_->state.load(), 3));
  status.epoch = page_->epoch.load();
  status.sessions = page_->sessions.load();
  status.busy = page_->busy.load();
  status.worker_progress = page_->worker_progress.load();
  status.confirmed_handoffs = page_->confirmed_handoffs.load();
  status.replica_lag_us = page_->replica_lag_us.load();
  status.durable_lsn = page_->durable_lsn.load();
  status.applied_lsn = page_->applied_lsn.load();
  status.updated_ns = page_->updated_ns.load();
  for (const EndpointSessions& entry : page_->endpoints) {
    if (entry.used.load(std::memory_order_acquire) == 0) break;
    status.endpoints.emplace_back(NameIn(entry.name, sizeof(entry.name)), entry.sessions.load());
  }
  return status;
}

}  // namespace sixfold::topology
