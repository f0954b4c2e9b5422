#include "storage/log/superblock.h"

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/checksum.h"

namespace sixfold::storage {

namespace {

constexpr std::string_view kSuperblockMagic = "SXFSUPER";
constexpr size_t kSuperblockChecksumOffset = kBlockBytes - sizeof(uint64_t);

}  // namespace

std::string Superblock::Encode() const {
  CHECK_LE(cluster_id.size(), kSuperblockNameBytesMax);
  CHECK_LE(az.size(), kSuperblockNameBytesMax);
  CHECK_LE(membership.size(), kSuperblockMembershipBytesMax);
  std::string out(kSuperblockMagic);
  PutFixed(&out, kSuperblockVersion);
  PutFixed<uint16_t>(&out, 0);  // flags
  PutFixed<uint32_t>(&out, 0);  // reserved
  PutFixed(&out, sequence);
  out.append(volume.view());
  PutFixed(&out, copy.value());
  PutFixed(&out, promised.value());
  out.append(writer.view());
  PutFixed(&out, static_cast<uint8_t>(standing));
  PutLengthPrefixed(&out, cluster_id);
  PutLengthPrefixed(&out, az);
  PutLengthPrefixed(&out, membership);
  out.resize(kSuperblockChecksumOffset, '\0');
  PutFixed(&out, Checksum64(out));
  CHECK_EQ(out.size(), kBlockBytes);
  return out;
}

StatusOr<Superblock> Superblock::Decode(std::string_view slot) {
  if (slot.size() < kBlockBytes || !slot.starts_with(kSuperblockMagic))
    return Corrupt("no superblock");
  if (Checksum64(slot.substr(0, kSuperblockChecksumOffset)) !=
      LoadFixed<uint64_t>(slot.data() + kSuperblockChecksumOffset)) {
    return Corrupt("superblock fails its checksum");
  }
  ByteReader in(
      slot.substr(kSuperblockMagic.size(), kSuperblockChecksumOffset - kSuperblockMagic.size()));
  const auto version = in.Fixed<uint16_t>();
  if (version > kSuperblockVersion) {
    return FailedPrecondition("superblock has format {}, this program knows up to {}", version,
                              kSuperblockVersion);
  }
  in.Bytes(6);
  Superblock s;
  s.sequence = in.Fixed<uint64_t>();
  std::memcpy(s.volume.bytes.data(), in.Bytes(16).data(), 16);
  s.copy = CopyId(in.Fixed<uint64_t>());
  s.promised = Epoch(in.Fixed<uint64_t>());
  std::memcpy(s.writer.bytes.data(), in.Bytes(16).data(), 16);
  s.standing = static_cast<CopyStanding>(in.Fixed<uint8_t>());
  s.cluster_id = in.LengthPrefixed();
  s.az = in.LengthPrefixed();
  s.membership = in.LengthPrefixed();
  const bool fits = s.cluster_id.size() <= kSuperblockNameBytesMax &&
                    s.az.size() <= kSuperblockNameBytesMax &&
                    s.membership.size() <= kSuperblockMembershipBytesMax;
  if (!in.ok() || !fits) return Corrupt("superblock contradicts itself");
  return s;
}

StatusOr<std::unique_ptr<SuperblockFile>> SuperblockFile::Create(Disk& disk,
                                                                 const std::string& path,
                                                                 const Superblock& first) {
  // Under another name until its first slot is written: a crash leaves no empty superblock.
  const std::string partial = path + ".new";
  {
    ASSIGN_OR_RETURN(std::unique_ptr<File> file, disk.CreateZeroed(partial, 2 * kBlockBytes));
    RETURN_IF_ERROR(file->WriteNow(0, first.Encode()));
  }
  RETURN_IF_ERROR(disk.Rename(partial, path));
  return Open(disk, path);
}

StatusOr<std::unique_ptr<SuperblockFile>> SuperblockFile::Open(Disk& disk,
                                                               const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, disk.Open(path));
  AlignedBuffer both(2 * kBlockBytes);
  both.Resize(2 * kBlockBytes);
  RETURN_IF_ERROR(file->Read(0, both.size(), both.data()));
  std::unique_ptr<SuperblockFile> opened(new SuperblockFile(disk, std::move(file)));
  bool found = false;
  for (size_t slot = 0; slot < 2; ++slot) {
    auto superblock = Superblock::Decode(both.view().substr(slot * kBlockBytes, kBlockBytes));
    if (superblock.status().code() == StatusCode::kFailedPrecondition) {
      return WithContext(superblock.status(), fmt::format("{}: use a newer program", path));
    }
    if (!superblock.ok() || (found && superblock->sequence < opened->current_.sequence)) continue;
    opened->current_ = std::move(*superblock);
    found = true;
  }
  if (!found)
    return Corrupt("{}: no valid slot; move the copy's folder away and it is rebuilt", path);
  return opened;
}

void SuperblockFile::Write(Superblock next, Done done) {
  queue_.push_back({std::move(next), std::move(done)});
  if (queue_.size() == 1) StartNext();
}

void SuperblockFile::StartNext() {
  Superblock& next = queue_.front().superblock;
  CHECK(next.copy == current_.copy && next.volume == current_.volume);
  next.sequence = current_.sequence + 1;
  buffer_.Clear();
  buffer_.Append(next.Encode());
  file_->SubmitWrite((next.sequence % 2) * kBlockBytes, buffer_.view(), [this](Status status) {
    Queued finished = std::move(queue_.front());
    queue_.erase(queue_.begin());
    if (status.ok()) current_ = std::move(finished.superblock);
    if (!queue_.empty()) StartNext();
    finished.done(std::move(status));
  });
  disk_.Flush();
}

}  // namespace sixfold::storage
