#include "test/sim/sim_disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "core/base/check.h"

namespace sixfold::sim {

namespace {

constexpr uint64_t kWriteMinNs = 50 * kUs;
constexpr uint64_t kWriteMaxNs = 400 * kUs;
constexpr uint64_t kSlowWriteNs = 30 * kMs;
constexpr uint64_t kTornBytes = 512;  // what a disk writes whole

Status Ended() { return Unavailable("the process is ending"); }

}  // namespace

class SimFile final : public File {
 public:
  SimFile(SimDisk& disk, std::shared_ptr<SimFileData> data) : disk_(disk), data_(std::move(data)) {}
  ~SimFile() override { *wanted_ = false; }

  void SubmitWrite(uint64_t offset, std::string_view bytes, Done done) override {
    CHECK_EQ(offset % kBlockBytes, 0u);
    CHECK_EQ(bytes.size() % kBlockBytes, 0u);
    CHECK_LE(offset + bytes.size(), data_->bytes);
    if (!disk_.Request().ok()) return;
    disk_.queued_.push_back(std::make_shared<SimDrives::Write>(SimDrives::Write{
        &disk_.process_, data_, offset, std::string(bytes), false, std::move(done), wanted_}));
  }

  Status WriteNow(uint64_t offset, std::string_view bytes) override {
    CHECK_EQ(offset % kBlockBytes, 0u);
    CHECK_EQ(bytes.size() % kBlockBytes, 0u);
    RETURN_IF_ERROR(disk_.Request());
    if (disk_.drives_.MountOf(data_->path).fails_writes)
      return ErrnoStatus(EIO, "write " + data_->path);
    SimDrives::Apply({nullptr, data_, offset, std::string(bytes), true, nullptr, nullptr});
    return OkStatus();
  }

  Status Read(uint64_t offset, size_t bytes, char* out) override {
    CHECK_EQ(offset % kBlockBytes, 0u);
    CHECK_EQ(bytes % kBlockBytes, 0u);
    if (offset + bytes > data_->bytes)
      return Status(StatusCode::kOutOfRange, "read past the end of " + data_->path);
    if (disk_.drives_.MountOf(data_->path).fails_reads)
      return ErrnoStatus(EIO, "read " + data_->path);
    std::memset(out, 0, bytes);
    for (auto block = data_->blocks.lower_bound(offset / kBlockBytes);
         block != data_->blocks.end() && block->first * kBlockBytes < offset + bytes; ++block) {
      std::memcpy(out + (block->first * kBlockBytes - offset), block->second.data(), kBlockBytes);
    }
    return OkStatus();
  }

  uint64_t size() const override { return data_->bytes; }

 private:
  SimDisk& disk_;
  std::shared_ptr<SimFileData> data_;
  std::shared_ptr<bool> wanted_ = std::make_shared<bool>(true);
};

// ---- the host's disks ----

SimDrives::Mount& SimDrives::AddMount(const std::string& folder) {
  std::filesystem::create_directories(folder);
  mounts_.push_back({folder});
  return mounts_.back();
}

SimDrives::Mount& SimDrives::MountOf(const std::string& path) {
  for (Mount& mount : mounts_) {
    if (path.starts_with(mount.folder + "/")) return mount;
  }
  CHECK(false, "{} is on no mount", path);
  return mounts_.front();
}

void SimDrives::Apply(const Write& write) {
  for (size_t at = 0; at < write.bytes.size(); at += kBlockBytes) {
    auto& block = write.file->blocks[(write.offset + at) / kBlockBytes];
    std::memcpy(block.data(), write.bytes.data() + at, kBlockBytes);
  }
}

/// Each block old, new, or a beginning of the new one over the old.
void SimDrives::ApplyTorn(const Write& write) {
  for (size_t at = 0; at < write.bytes.size(); at += kBlockBytes) {
    const uint64_t fate = world_.random().Uniform(4);
    if (fate == 0) continue;
    const size_t written =
        fate == 1 ? kTornBytes * world_.random().Uniform(kBlockBytes / kTornBytes) : kBlockBytes;
    if (written == 0) continue;
    auto& block = write.file->blocks[(write.offset + at) / kBlockBytes];
    std::memcpy(block.data(), write.bytes.data() + at, written);
  }
}

void SimDrives::ProcessEnded(const SimProcess& process) {
  std::erase_if(under_way_, [&](const auto& write) {
    if (write->process != &process) return false;
    if (world_.Chance(2)) Apply(*write);
    return true;
  });
}

void SimDrives::PowerLost() {
  for (const auto& write : under_way_) ApplyTorn(*write);
  under_way_.clear();
}

void SimDrives::Wipe(const Mount& mount) {
  std::erase_if(files_,
                [&](const auto& file) { return file.first.starts_with(mount.folder + "/"); });
  std::filesystem::remove_all(mount.folder);
  std::filesystem::create_directories(mount.folder);
}

bool SimDrives::Rot(const std::string& part) {
  std::vector<std::pair<SimFileData*, uint64_t>> candidates;
  for (const auto& [path, file] : files_) {
    if (path.find(part) == std::string::npos) continue;
    for (const auto& [number, block] : file->blocks) candidates.emplace_back(file.get(), number);
  }
  if (candidates.empty()) return false;
  const auto [file, number] = candidates[world_.random().Uniform(candidates.size())];
  file->blocks[number][world_.random().Uniform(kBlockBytes)] ^=
      static_cast<char>(1 << world_.random().Uniform(8));
  return true;
}

// ---- one process's access ----

Status SimDisk::Request() {
  if (process_.doomed()) return Ended();
  if (requests_left_ != UINT64_MAX && requests_left_-- == 0) {
    process_.Doom();
    return Ended();
  }
  return OkStatus();
}

StatusOr<std::unique_ptr<File>> SimDisk::Open(const std::string& path) {
  const auto found = drives_.files_.find(path);
  if (found == drives_.files_.end()) return ErrnoStatus(ENOENT, "open " + path);
  if (drives_.MountOf(path).fails_reads) return ErrnoStatus(EIO, "open " + path);
  return std::make_unique<SimFile>(*this, found->second);
}

StatusOr<std::unique_ptr<File>> SimDisk::CreateZeroed(const std::string& path, uint64_t bytes) {
  RETURN_IF_ERROR(Request());
  const SimDrives::Mount& mount = drives_.MountOf(path);
  if (mount.full) return ErrnoStatus(ENOSPC, "create " + path);
  if (mount.fails_writes) return ErrnoStatus(EIO, "create " + path);
  auto data = std::make_shared<SimFileData>();
  data->path = path;
  data->bytes = bytes;
  drives_.files_[path] = data;
  return std::make_unique<SimFile>(*this, std::move(data));
}

void SimDisk::CreateZeroedInBackground(const std::string& path, uint64_t bytes, OpenDone done) {
  const uint64_t delay_ns =
      process_.world().Between(kMs, 20 * kMs) * drives_.MountOf(path).slow_factor;
  process_.world().Schedule(&process_, delay_ns, [this, alive = alive_, path, bytes, done] {
    if (!*alive) return;
    auto file = CreateZeroed(path, bytes);
    if (!process_.doomed()) done(std::move(file));
  });
}

void SimDisk::Flush() {
  SimWorld& world = process_.world();
  while (!queued_.empty()) {
    auto write = std::move(queued_.front());
    queued_.pop_front();
    write->at_disk = true;
    drives_.under_way_.push_back(write);
    const uint64_t usual = world.Chance(200) ? world.Between(kWriteMaxNs, kSlowWriteNs)
                                             : world.Between(kWriteMinNs, kWriteMaxNs);
    world.Schedule(nullptr, usual * drives_.MountOf(write->file->path).slow_factor,
                   [this, drives = &drives_, write, alive = alive_] {
                     // Else the power went, or its process ended.
                     if (std::erase(drives->under_way_, write) == 0) return;
                     if (*alive) Done(write);
                   });
  }
}

/// The disk has it, or cannot; the process hears of it next.
void SimDisk::Done(const std::shared_ptr<SimDrives::Write>& write) {
  Status status;
  if (drives_.MountOf(write->file->path).fails_writes) {
    status = ErrnoStatus(EIO, "write " + write->file->path);
  } else {
    SimDrives::Apply(*write);
  }
  process_.world().Schedule(&process_, kUs, [this, write, status, alive = alive_] {
    if (!*alive) return;
    if (*write->wanted) write->done(status);
    if (*alive && after_) after_();
    if (*alive) Flush();
  });
}

StatusOr<std::vector<std::string>> SimDisk::List(const std::string& folder) {
  std::vector<std::string> names;
  const std::string prefix = folder + "/";
  for (auto file = drives_.files_.lower_bound(prefix);
       file != drives_.files_.end() && file->first.starts_with(prefix); ++file) {
    const std::string rest = file->first.substr(prefix.size());
    names.push_back(rest.substr(0, rest.find('/')));
  }
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    names.push_back(entry.path().filename().string());
  if (error && names.empty()) return ErrnoStatus(error.value(), "list " + folder);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool SimDisk::Exists(const std::string& path) {
  return drives_.files_.contains(path) || std::filesystem::exists(path);
}

Status SimDisk::MakeFolders(const std::string& path) {
  RETURN_IF_ERROR(Request());
  std::error_code error;
  std::filesystem::create_directories(path, error);
  return error ? ErrnoStatus(error.value(), "create folder " + path) : OkStatus();
}

Status SimDisk::Rename(const std::string& from, const std::string& to) {
  RETURN_IF_ERROR(Request());
  auto file = drives_.files_.extract(from);
  if (file.empty()) return ErrnoStatus(ENOENT, "rename " + from);
  file.mapped()->path = to;
  drives_.files_[to] = std::move(file.mapped());
  return OkStatus();
}

Status SimDisk::Remove(const std::string& path) {
  RETURN_IF_ERROR(Request());
  if (drives_.files_.erase(path) == 0) return ErrnoStatus(ENOENT, "remove " + path);
  return OkStatus();
}

}  // namespace sixfold::sim
