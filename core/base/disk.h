// The seam to disks: what storage needs of a file system, so that a simulation can put its own
// under the same code. One Disk belongs to one home thread; callbacks run on it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/aligned_buffer.h"
#include "core/base/status.h"

namespace sixfold {

/// A file of whole 4 KiB blocks. Destroying it with writes under way is allowed: they finish, and
/// their callbacks are not called.
class File {
 public:
  using Done = std::function<void(Status)>;

  virtual ~File() = default;
  /// Queues a write; offset, size and address are multiples of 4 KiB and `bytes` stays until
  /// `done`. Durable once done(Ok) is called, which is never inside this call. Writes of different
  /// ranges may finish in any order.
  virtual void SubmitWrite(uint64_t offset, std::string_view bytes, Done done) = 0;
  /// Writes a multiple of 4 KiB durably and blocks meanwhile; `bytes` need not be aligned.
  virtual Status WriteNow(uint64_t offset, std::string_view bytes) = 0;
  /// Blocks. `bytes` and `out` are aligned. OutOfRange past the end.
  virtual Status Read(uint64_t offset, size_t bytes, char* out) = 0;
  virtual uint64_t size() const = 0;
};

class Disk {
 public:
  using OpenDone = std::function<void(StatusOr<std::unique_ptr<File>>)>;

  virtual ~Disk() = default;
  virtual StatusOr<std::unique_ptr<File>> Open(const std::string& path) = 0;
  /// A new file written full of zeros, durable with its directory entry. Blocks.
  virtual StatusOr<std::unique_ptr<File>> CreateZeroed(const std::string& path, uint64_t bytes) = 0;
  /// The same in the background.
  virtual void CreateZeroedInBackground(const std::string& path, uint64_t bytes, OpenDone done) = 0;
  /// Hands the queued writes to the kernel, all in one call.
  virtual void Flush() = 0;
  /// Called after each round of callbacks: whoever answers several finished writes with one message
  /// does it here.
  virtual void SetAfterCompletions(std::function<void()> after) = 0;

  /// Names in the folder, sorted.
  virtual StatusOr<std::vector<std::string>> List(const std::string& folder) = 0;
  virtual bool Exists(const std::string& path) = 0;
  virtual Status MakeFolders(const std::string& path) = 0;
  /// Rename and Remove are durable when they return.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  virtual Status Remove(const std::string& path) = 0;
};

/// OK when the folder exists, is writable and lies on a local file system; else a message that
/// names the folder and what to do. Changes nothing.
Status CheckLocalWritableFolder(const std::string& folder);

}  // namespace sixfold
