// A disk in memory whose writes finish at Flush(), for what reads files that are not right.
#pragma once

#include <map>
#include <memory>

#include "core/base/disk.h"

namespace sixfold::fuzz {

class MemoryDisk final : public Disk {
 public:
  std::map<std::string, std::shared_ptr<std::string>>& files() { return files_; }

  StatusOr<std::unique_ptr<File>> Open(const std::string& path) override {
    const auto found = files_.find(path);
    if (found == files_.end()) return NotFound("{}", path);
    return std::unique_ptr<File>(new MemoryFile(*this, found->second));
  }
  StatusOr<std::unique_ptr<File>> CreateZeroed(const std::string& path, uint64_t bytes) override {
    files_[path] = std::make_shared<std::string>(bytes, '\0');
    return Open(path);
  }
  void CreateZeroedInBackground(const std::string& path, uint64_t bytes, OpenDone done) override {
    due_.push_back(
        [this, path, bytes, done = std::move(done)] { done(CreateZeroed(path, bytes)); });
  }
  void Flush() override {
    while (!due_.empty()) {
      std::vector<std::function<void()>> due;
      due.swap(due_);
      for (const auto& finish : due) finish();
    }
  }
  void SetAfterCompletions(std::function<void()>) override {}
  StatusOr<std::vector<std::string>> List(const std::string& folder) override {
    std::vector<std::string> names;
    for (const auto& [path, bytes] : files_) {
      if (path.starts_with(folder + "/")) names.push_back(path.substr(folder.size() + 1));
    }
    return names;
  }
  bool Exists(const std::string& path) override { return files_.contains(path); }
  Status MakeFolders(const std::string&) override { return OkStatus(); }
  Status Rename(const std::string& from, const std::string& to) override {
    files_[to] = files_[from];
    files_.erase(from);
    return OkStatus();
  }
  Status Remove(const std::string& path) override {
    files_.erase(path);
    return OkStatus();
  }

 private:
  class MemoryFile final : public File {
   public:
    MemoryFile(MemoryDisk& disk, std::shared_ptr<std::string> bytes)
        : disk_(disk), bytes_(std::move(bytes)) {}
    void SubmitWrite(uint64_t offset, std::string_view bytes, Done done) override {
      const Status status = WriteNow(offset, bytes);
      disk_.due_.push_back([status, done = std::move(done)] { done(status); });
    }
    Status WriteNow(uint64_t offset, std::string_view bytes) override {
      if (offset > bytes_->size() || bytes.size() > bytes_->size() - offset)
        return Unavailable("write past the end");
      bytes_->replace(offset, bytes.size(), bytes);
      return OkStatus();
    }
    Status Read(uint64_t offset, size_t bytes, char* out) override {
      if (offset > bytes_->size() || bytes > bytes_->size() - offset)
        return Unavailable("read past the end");
      std::memcpy(out, bytes_->data() + offset, bytes);
      return OkStatus();
    }
    uint64_t size() const override { return bytes_->size(); }

   private:
    MemoryDisk& disk_;
    std::shared_ptr<std::string> bytes_;
  };

  std::map<std::string, std::shared_ptr<std::string>> files_;
  std::vector<std::function<void()>> due_;
};

}  // namespace sixfold::fuzz
