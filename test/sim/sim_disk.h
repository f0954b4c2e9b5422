// Simulated disks. The log and the superblock of a copy are files of 4 KiB blocks in memory; the
// folders around them are real ones, because LMDB's environments lie there too.
//
// A write is in the process until Flush(), then at the disk, then done. When the process dies those
// at the disk happen whole or not at all; when the power goes each of their blocks is as before, as
// asked for, or torn. What was done stays.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/disk.h"
#include "test/sim/sim_world.h"

namespace sixfold::sim {

struct SimFileData {
  std::string path;
  uint64_t bytes = 0;
  std::map<uint64_t, std::array<char, kBlockBytes>> blocks;  // missing: zeros
};

/// The disks of one host; outlives its processes.
class SimDrives {
 public:
  struct Mount {
    std::string folder;
    bool full = false;          // no new file
    bool fails_writes = false;  // EIO
    bool fails_reads = false;
    uint64_t slow_factor = 1;
  };

  explicit SimDrives(SimWorld& world) : world_(world) {}

  Mount& AddMount(const std::string& folder);
  std::vector<Mount>& mounts() { return mounts_; }
  void ProcessEnded(const SimProcess& process);
  void PowerLost();
  /// Everything on the mount is gone.
  void Wipe(const Mount& mount);
  /// Flips a bit of a block that is not zeros, of a file whose path contains `part`. False: none.
  bool Rot(const std::string& part);

 private:
  friend class SimDisk;
  friend class SimFile;
  struct Write {
    const SimProcess* process;
    std::shared_ptr<SimFileData> file;
    uint64_t offset;
    std::string bytes;
    bool at_disk = false;
    std::function<void(Status)> done;
    std::shared_ptr<bool> wanted;  // its File lives
  };
  Mount& MountOf(const std::string& path);
  static void Apply(const Write& write);
  void ApplyTorn(const Write& write);

  SimWorld& world_;
  std::vector<Mount> mounts_;
  std::map<std::string, std::shared_ptr<SimFileData>> files_;
  std::vector<std::shared_ptr<Write>> under_way_;
};

/// A process's access to them.
class SimDisk final : public Disk {
 public:
  SimDisk(SimDrives& drives, SimProcess& process) : drives_(drives), process_(process) {}
  ~SimDisk() override { *alive_ = false; }

  /// The process ends just before its n-th request from now on.
  void EndAtRequest(uint64_t number) { requests_left_ = number; }

  StatusOr<std::unique_ptr<File>> Open(const std::string& path) override;
  StatusOr<std::unique_ptr<File>> CreateZeroed(const std::string& path, uint64_t bytes) override;
  void CreateZeroedInBackground(const std::string& path, uint64_t bytes, OpenDone done) override;
  void Flush() override;
  void SetAfterCompletions(std::function<void()> after) override { after_ = std::move(after); }
  StatusOr<std::vector<std::string>> List(const std::string& folder) override;
  bool Exists(const std::string& path) override;
  Status MakeFolders(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Remove(const std::string& path) override;

 private:
  friend class SimFile;
  /// Not OK: the process ended here.
  Status Request();
  void Done(const std::shared_ptr<SimDrives::Write>& write);

  SimDrives& drives_;
  SimProcess& process_;
  uint64_t requests_left_ = UINT64_MAX;
  std::deque<std::shared_ptr<SimDrives::Write>> queued_;
  std::function<void()> after_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace sixfold::sim
