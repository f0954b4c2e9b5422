// A copy's superblock: what the copy vouches for beside its log.
//
// File "superblock", 8 KiB: two slots of 4 KiB, written in turn (slot = sequence % 2) with
// O_DIRECT|O_DSYNC, always before the reply they vouch for. The valid slot with the higher sequence
// counts, so a torn write leaves the one before. Layout of a slot: docs/formats/superblock.md.
//
// Advanced by: promised/writer by a promise, membership by a membership record in the log, standing
// by creation and admission. Nothing in it may ever be lost once replied.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/disk.h"
#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/base/uuid.h"

namespace sixfold::storage {

inline constexpr uint16_t kSuperblockVersion = 1;
inline constexpr size_t kSuperblockNameBytesMax = 255;
inline constexpr size_t kSuperblockMembershipBytesMax = 2048;

enum class CopyStanding : uint8_t {
  kMember = 1,      // counts in quorums (as the membership says)
  kRebuilding = 2,  // came with an empty disk: counts in none until rebuilt and admitted
};

struct Superblock {
  uint64_t sequence = 0;
  Uuid volume;
  CopyId copy;
  CopyStanding standing = CopyStanding::kMember;
  Epoch promised;
  Uuid writer;  // whom it was promised to
  std::string cluster_id;
  std::string az;
  std::string membership;  // encoded Membership (storage/quorum)

  /// 4 KiB.
  std::string Encode() const;
  /// FailedPrecondition for a newer format.
  static StatusOr<Superblock> Decode(std::string_view slot);
};

class SuperblockFile {
 public:
  using Done = std::function<void(Status)>;

  static StatusOr<std::unique_ptr<SuperblockFile>> Create(Disk& disk, const std::string& path,
                                                          const Superblock& first);
  /// DataLoss when no slot is valid.
  static StatusOr<std::unique_ptr<SuperblockFile>> Open(Disk& disk, const std::string& path);

  const Superblock& current() const { return current_; }
  /// Makes `next` current and durable; its sequence is set here. One at a time: later ones queue.
  void Write(Superblock next, Done done);

 private:
  SuperblockFile(Disk& disk, std::unique_ptr<File> file) : disk_(disk), file_(std::move(file)) {}
  void StartNext();

  struct Queued {
    Superblock superblock;
    Done done;
  };
  Disk& disk_;
  std::unique_ptr<File> file_;
  AlignedBuffer buffer_;
  Superblock current_;
  std::vector<Queued> queue_;  // the front is under way
};

}  // namespace sixfold::storage
