#include "core/base/posix_disk.h"

#include <fcntl.h>
#include <liburing.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

#include "core/base/check.h"
#include "core/base/unique_fd.h"

namespace sixfold {

namespace {

constexpr unsigned kRingEntries = 256;
// Finished writes wake the loop once, through the eventfd, instead of interrupting its wait first.
constexpr unsigned kRingFlags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
constexpr size_t kZeroChunkBytes = 1 << 20;

struct NetworkFileSystem {
  unsigned long magic;
  const char* name;
};
constexpr NetworkFileSystem kNetworkFileSystems[] = {
    {0x6969, "NFS"},        {0x517b, "SMB"},      {0xff534d42, "CIFS"},  {0xfe534d42, "SMB2"},
    {0x65735546, "FUSE"},   {0x00c36400, "Ceph"}, {0x5346414f, "AFS"},   {0x01021997, "9P"},
    {0x0bd00bd0, "Lustre"}, {0x47504653, "GPFS"}, {0x7461636f, "OCFS2"}, {0x01161970, "GFS2"},
};

std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status SyncFolder(const std::string& folder) {
  const UniqueFd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return ErrnoStatus(errno, fmt::format("open folder {}", folder));
  if (fsync(fd.get()) != 0) return ErrnoStatus(errno, fmt::format("sync folder {}", folder));
  return OkStatus();
}

Status WriteFully(int fd, uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus(errno, "write");
    bytes.remove_prefix(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
  return OkStatus();
}

/// Writes beside the final name first: a crash leaves no half-zeroed file under it.
Status WriteZeroFile(const std::string& path, uint64_t bytes) {
  const std::string partial = path + ".partial";
  {
    UniqueFd fd(open(partial.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_DIRECT, 0640));
    if (!fd.valid())
      fd.Reset(open(partial.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0640));
    if (!fd.valid()) return ErrnoStatus(errno, fmt::format("create {}", partial));
    if (posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes)) == ENOSPC) {
      unlink(partial.c_str());
      return ErrnoStatus(ENOSPC, fmt::format("create {} of {} bytes", path, bytes));
    }
    AlignedBuffer zeros(std::min<uint64_t>(kZeroChunkBytes, bytes));
    std::memset(zeros.data(), 0, zeros.capacity());
    for (uint64_t at = 0; at < bytes; at += zeros.capacity()) {
      const size_t part = std::min<uint64_t>(zeros.capacity(), bytes - at);
      RETURN_IF_ERROR(WithContext(WriteFully(fd.get(), at, {zeros.data(), part}), path));
    }
    if (fsync(fd.get()) != 0) return ErrnoStatus(errno, fmt::format("sync {}", partial));
  }
  if (rename(partial.c_str(), path.c_str()) != 0)
    return ErrnoStatus(errno, fmt::format("rename {}", partial));
  return SyncFolder(ParentOf(path));
}

}  // namespace

Status CheckLocalWritableFolder(const std::string& folder) {
  struct stat info;
  if (stat(folder.c_str(), &info) != 0) {
    return ErrnoStatus(
        errno, fmt::format("mount {}: create the folder or correct the path in the YAML", folder));
  }
  if (!S_ISDIR(info.st_mode))
    return FailedPrecondition("mount {} is not a folder; correct the path in the YAML", folder);
  struct statfs fs;
  if (statfs(folder.c_str(), &fs) != 0) return ErrnoStatus(errno, fmt::format("statfs {}", folder));
  for (const auto& refused : kNetworkFileSystems) {
    if (static_cast<unsigned long>(fs.f_type & 0xffffffff) != refused.magic) continue;
    return FailedPrecondition(
        "mount {} is on {}, a network file system; copies need a local one (ext4, xfs): mount a "
        "local disk there",
        folder, refused.name);
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return ErrnoStatus(
        errno, fmt::format("mount {} is not writable; give this user write permission", folder));
  }
  return OkStatus();
}

struct PosixDisk::Handle {
  std::string path;
  UniqueFd fd;
  bool synchronous = false;  // the kernel refused direct writes here: pwrite + fdatasync
  bool file_alive = true;
};

struct PosixDisk::Operation {
  std::shared_ptr<Handle> handle;
  uint64_t offset = 0;
  std::string_view bytes;
  File::Done done;
};

/// The io_uring of one home thread; without one, writes are done in Flush.
class PosixDisk::Ring {
 public:
  Ring(EventLoop& loop, bool use_io_uring) : loop_(loop) {
    deferred_ = use_io_uring && io_uring_queue_init(kRingEntries, &ring_, kRingFlags) == 0;
    usable_ = deferred_ ||  // before Linux 6.1
              (use_io_uring && io_uring_queue_init(kRingEntries, &ring_, 0) == 0);
    wakeup_.Reset(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    CHECK(wakeup_.valid());
    if (usable_) CHECK_EQ(io_uring_register_eventfd(&ring_, wakeup_.get()), 0);
    watch_ = loop_.WatchFd(wakeup_.get(), EventLoop::kRead, [this](unsigned) { OnWakeup(); });
  }
  ~Ring() {
    watch_.Cancel();
    if (!usable_) return;
    while (under_way_ > 0) {
      io_uring_cqe* cqe = nullptr;
      const int waited = io_uring_wait_cqe(&ring_, &cqe);
      if (waited == -EINTR) continue;
      CHECK_EQ(waited, 0);  // -EEXIST: by another thread than its home
      delete static_cast<Operation*>(io_uring_cqe_get_data(cqe));
      io_uring_cqe_seen(&ring_, cqe);
      --under_way_;
    }
    io_uring_queue_exit(&ring_);
  }

  void Submit(std::unique_ptr<Operation> operation) { queued_.push_back(std::move(operation)); }
  void set_after(std::function<void()> after) { after_ = std::move(after); }
  size_t pending() const { return queued_.size() + under_way_ + finished_.size(); }

  void Flush() {
    if (queued_.empty()) return;
    while (!queued_.empty()) {
      if (!usable_ || queued_.front()->handle->synchronous) {
        WriteNow(std::move(queued_.front()));
      } else if (io_uring_sqe* sqe =
                     under_way_ < kRingEntries ? io_uring_get_sqe(&ring_) : nullptr) {
        Operation* op = queued_.front().release();
        io_uring_prep_write(sqe, op->handle->fd.get(), op->bytes.data(),
                            static_cast<unsigned>(op->bytes.size()), op->offset);
        io_uring_sqe_set_data(sqe, op);
        ++under_way_;
      } else {
        break;  // the rest goes when completions make room
      }
      queued_.pop_front();
    }
    if (usable_) io_uring_submit(&ring_);
  }

 private:
  void OnWakeup() {
    uint64_t count;
    (void)!read(wakeup_.get(), &count, sizeof(count));
    if (deferred_) io_uring_get_events(&ring_);
    std::vector<std::pair<std::unique_ptr<Operation>, Status>> finished;
    finished.swap(finished_);
    io_uring_cqe* cqe = nullptr;
    while (usable_ && io_uring_peek_cqe(&ring_, &cqe) == 0) {
      std::unique_ptr<Operation> op(static_cast<Operation*>(io_uring_cqe_get_data(cqe)));
      const int result = cqe->res;
      io_uring_cqe_seen(&ring_, cqe);
      --under_way_;
      Complete(std::move(op), result, &finished);
    }
    for (auto& [op, status] : finished) {
      if (op->handle->file_alive) op->done(std::move(status));
    }
    if (after_ && !finished.empty()) after_();
    Flush();
  }

  void Complete(std::unique_ptr<Operation> op, int result,
                std::vector<std::pair<std::unique_ptr<Operation>, Status>>* finished) {
    if (result == static_cast<int>(op->bytes.size())) {
      finished->emplace_back(std::move(op), OkStatus());
    } else if (result == -EINVAL || result == -EOPNOTSUPP) {
      op->handle->synchronous = true;
      queued_.push_back(std::move(op));
    } else if (result >= 0 || result == -EINTR || result == -EAGAIN) {
      queued_.push_back(
          std::move(op));  // short: once more, whole; the same bytes at the same place
    } else {
      Status status = ErrnoStatus(-result, fmt::format("write {}", op->handle->path));
      finished->emplace_back(std::move(op), std::move(status));
    }
  }

  void WriteNow(std::unique_ptr<Operation> op) {
    Status status = WriteFully(op->handle->fd.get(), op->offset, op->bytes);
    if (status.ok() && fdatasync(op->handle->fd.get()) != 0)
      status = ErrnoStatus(errno, "fdatasync");
    if (!status.ok()) status = WithContext(status, op->handle->path);
    finished_.emplace_back(std::move(op), std::move(status));
    const uint64_t one = 1;
    (void)!write(wakeup_.get(), &one, sizeof(one));
  }

  EventLoop& loop_;
  bool usable_ = false;
  bool deferred_ = false;
  io_uring ring_{};
  UniqueFd wakeup_;
  EventLoop::Watch watch_;
  std::deque<std::unique_ptr<Operation>> queued_;
  std::vector<std::pair<std::unique_ptr<Operation>, Status>> finished_;  // of WriteNow
  size_t under_way_ = 0;
  std::function<void()> after_;
};

class PosixDisk::ZeroWriter {
 public:
  explicit ZeroWriter(EventLoop& loop) : loop_(loop), thread_([this] { Run(); }) {}
  ~ZeroWriter() {
    {
      std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  void Add(std::string path, uint64_t bytes, std::function<void(Status)> done) {
    {
      std::lock_guard lock(mutex_);
      jobs_.push_back({std::move(path), bytes, std::move(done)});
    }
    changed_.notify_all();
  }

 private:
  struct Job {
    std::string path;
    uint64_t bytes;
    std::function<void(Status)> done;
  };

  void Run() {
    for (;;) {
      Job job;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
        if (stop_) return;
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      Status status = WriteZeroFile(job.path, job.bytes);
      loop_.Post([done = std::move(job.done), status = std::move(status)] { done(status); });
    }
  }

  EventLoop& loop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;  // guarded by mutex_
  bool stop_ = false;     // guarded by mutex_
  std::thread thread_;
};

class PosixDisk::PosixFile final : public File {
 public:
  PosixFile(Ring& ring, std::shared_ptr<Handle> handle, uint64_t size)
      : ring_(ring), handle_(std::move(handle)), size_(size) {}
  ~PosixFile() override { handle_->file_alive = false; }

  void SubmitWrite(uint64_t offset, std::string_view bytes, Done done) override {
    CHECK_EQ(offset % kBlockBytes, 0u);
    CHECK_EQ(bytes.size() % kBlockBytes, 0u);
    CHECK_EQ(reinterpret_cast<uintptr_t>(bytes.data()) % kBlockBytes, 0u);
    auto op = std::make_unique<Operation>();
    op->handle = handle_;
    op->offset = offset;
    op->bytes = bytes;
    op->done = std::move(done);
    ring_.Submit(std::move(op));
  }

  Status WriteNow(uint64_t offset, std::string_view bytes) override {
    AlignedBuffer aligned;
    aligned.Append(bytes);
    RETURN_IF_ERROR(
        WithContext(WriteFully(handle_->fd.get(), offset, aligned.view()), handle_->path));
    if (fdatasync(handle_->fd.get()) != 0)
      return ErrnoStatus(errno, fmt::format("sync {}", handle_->path));
    return OkStatus();
  }

  Status Read(uint64_t offset, size_t bytes, char* out) override {
    size_t got = 0;
    while (got < bytes) {
      const ssize_t n =
          pread(handle_->fd.get(), out + got, bytes - got, static_cast<off_t>(offset + got));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return ErrnoStatus(errno, fmt::format("read {}", handle_->path));
      if (n == 0)
        return Status(StatusCode::kOutOfRange,
                      fmt::format("read past the end of {}", handle_->path));
      got += static_cast<size_t>(n);
    }
    return OkStatus();
  }

  uint64_t size() const override { return size_; }

 private:
  Ring& ring_;
  std::shared_ptr<Handle> handle_;
  uint64_t size_;
};

PosixDisk::PosixDisk(EventLoop& loop, bool use_io_uring)
    : loop_(loop),
      ring_(std::make_unique<Ring>(loop, use_io_uring)),
      zero_writer_(std::make_unique<ZeroWriter>(loop)) {}
PosixDisk::~PosixDisk() = default;

StatusOr<std::unique_ptr<File>> PosixDisk::Open(const std::string& path) {
  auto handle = std::make_shared<Handle>();
  handle->path = path;
  handle->fd.Reset(open(path.c_str(), O_RDWR | O_CLOEXEC | O_DIRECT | O_DSYNC));
  if (!handle->fd.valid() && errno == EINVAL) {
    handle->fd.Reset(open(path.c_str(), O_RDWR | O_CLOEXEC));
    handle->synchronous = true;
  }
  if (!handle->fd.valid()) return ErrnoStatus(errno, fmt::format("open {}", path));
  struct stat info;
  if (fstat(handle->fd.get(), &info) != 0) return ErrnoStatus(errno, fmt::format("stat {}", path));
  return std::make_unique<PosixFile>(*ring_, std::move(handle),
                                     static_cast<uint64_t>(info.st_size));
}

StatusOr<std::unique_ptr<File>> PosixDisk::CreateZeroed(const std::string& path, uint64_t bytes) {
  RETURN_IF_ERROR(WriteZeroFile(path, bytes));
  return Open(path);
}

void PosixDisk::CreateZeroedInBackground(const std::string& path, uint64_t bytes, OpenDone done) {
  // Posted to the loop, the answer may come after the disk is gone.
  zero_writer_->Add(
      path, bytes,
      [this, alive = std::weak_ptr<bool>(alive_), path, done = std::move(done)](Status status) {
        if (alive.expired()) return;
        done(status.ok() ? Open(path) : StatusOr<std::unique_ptr<File>>(std::move(status)));
      });
}

void PosixDisk::Flush() { ring_->Flush(); }
void PosixDisk::SetAfterCompletions(std::function<void()> after) {
  ring_->set_after(std::move(after));
}
size_t PosixDisk::pending_writes() const { return ring_->pending(); }

StatusOr<std::vector<std::string>> PosixDisk::List(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    names.push_back(entry.path().filename().string());
  }
  if (error) return ErrnoStatus(error.value(), fmt::format("list {}", folder));
  std::sort(names.begin(), names.end());
  return names;
}

bool PosixDisk::Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

Status PosixDisk::MakeFolders(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return ErrnoStatus(error.value(), fmt::format("create folder {}", path));
  return SyncFolder(ParentOf(path));
}

Status PosixDisk::Rename(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0)
    return ErrnoStatus(errno, fmt::format("rename {} to {}", from, to));
  return SyncFolder(ParentOf(to));
}

Status PosixDisk::Remove(const std::string& path) {
  if (unlink(path.c_str()) != 0) return ErrnoStatus(errno, fmt::format("remove {}", path));
  return SyncFolder(ParentOf(path));
}

}  // namespace sixfold
