// Disk over Linux: O_DIRECT|O_DSYNC through io_uring. Where the file system refuses O_DIRECT the
// page cache is used; where io_uring is missing or refuses, writes become pwrite + fdatasync.
//
// One background thread writes new files full of zeros; nothing else leaves the home thread.
#pragma once

#include "core/base/disk.h"
#include "core/base/event_loop.h"

namespace sixfold {

class PosixDisk final : public Disk {
 public:
  /// `use_io_uring` false takes the fallback from the start (tests).
  explicit PosixDisk(EventLoop& loop, bool use_io_uring = true);
  ~PosixDisk() override;

  StatusOr<std::unique_ptr<File>> Open(const std::string& path) override;
  StatusOr<std::unique_ptr<File>> CreateZeroed(const std::string& path, uint64_t bytes) override;
  void CreateZeroedInBackground(const std::string& path, uint64_t bytes, OpenDone done) override;
  void Flush() override;
  void SetAfterCompletions(std::function<void()> after) override;
  StatusOr<std::vector<std::string>> List(const std::string& folder) override;
  bool Exists(const std::string& path) override;
  Status MakeFolders(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Remove(const std::string& path) override;

  /// Writes queued or under way.
  size_t pending_writes() const;

 private:
  struct Handle;
  struct Operation;
  class Ring;
  class ZeroWriter;
  class PosixFile;

  EventLoop& loop_;
  std::unique_ptr<Ring> ring_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // expires with the disk
  std::unique_ptr<ZeroWriter> zero_writer_;
};

}  // namespace sixfold
