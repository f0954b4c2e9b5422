#include "storage/copy/group_map.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/checksum.h"
#include "core/base/unique_fd.h"

namespace sixfold::storage {
namespace {

constexpr uint32_t kGroupsMagic = 0x4d474653;  // "SFGM"
constexpr uint32_t kGroupsVersion = 1;
constexpr uint32_t kMaxGroups = 1 << 20;

}  // namespace

GroupMap GroupMap::Cut(const std::vector<std::string>& split_keys) {
  GroupMap map;
  map.groups_.push_back({GroupId(1), "", ""});
  for (const std::string& key : split_keys) {
    GroupRange& last = map.groups_.back();
    CHECK(key > last.begin, "split keys must ascend");
    last.end = key;
    GroupRange next{last.id + 1, key, ""};
    map.groups_.push_back(std::move(next));
  }
  return map;
}

size_t GroupMap::Search(std::string_view key) const {
  DCHECK(!groups_.empty());
  auto after =
      std::upper_bound(groups_.begin(), groups_.end(), key,
                       [](std::string_view k, const GroupRange& group) { return k < group.begin; });
  return static_cast<size_t>(after - groups_.begin()) - 1;
}

StatusOr<GroupMap> GroupMap::Load(const std::string& base_folder) {
  std::string path = base_folder + "/groups";
  ASSIGN_OR_RETURN(std::string bytes, ReadSmallFile(path));
  if (bytes.size() < 20) return Corrupt("{}: {} bytes", path, bytes.size());
  std::string_view body(bytes.data(), bytes.size() - 8);
  if (LoadFixed<uint64_t>(body.data() + body.size()) != Checksum64(body)) {
    return Corrupt("{}: its checksum does not fit", path);
  }
  ByteReader reader(body);
  if (reader.Fixed<uint32_t>() != kGroupsMagic) return Corrupt("{}: not a group map", path);
  uint32_t version = reader.Fixed<uint32_t>();
  if (version != kGroupsVersion) {
    return FailedPrecondition("{}: version {} is not known", path, version);
  }
  uint32_t count = reader.Fixed<uint32_t>();
  if (count == 0 || count > kMaxGroups) return Corrupt("{}: {} groups", path, count);
  GroupMap map;
  for (uint32_t i = 0; i < count; ++i) {
    GroupId id(reader.Fixed<uint64_t>());
    std::string begin(reader.LengthPrefixed());
    if (!reader.ok() || (i == 0) != begin.empty()) return Corrupt("{}: group {}", path, i);
    if (i > 0) {
      if (begin <= map.groups_.back().begin) return Corrupt("{}: group {}", path, i);
      map.groups_.back().end = begin;
    }
    map.groups_.push_back({id, std::move(begin), ""});
  }
  return map;
}

Status GroupMap::Store(const std::string& base_folder) const {
  std::string bytes;
  PutFixed(&bytes, kGroupsMagic);
  PutFixed(&bytes, kGroupsVersion);
  PutFixed(&bytes, static_cast<uint32_t>(groups_.size()));
  for (const GroupRange& group : groups_) {
    PutFixed(&bytes, group.id.value());
    PutLengthPrefixed(&bytes, group.begin);
  }
  PutFixed(&bytes, Checksum64(bytes));
  return ReplaceFile(base_folder + "/groups", bytes);
}

std::string GroupFolder(const std::string& base_folder, GroupId id) {
  return fmt::format("{}/pg-{}", base_folder, id);
}

Status ReplaceFile(const std::string& path, std::string_view bytes) {
  std::string beside = path + ".new";
  UniqueFd file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.valid()) return ErrnoStatus(errno, "create " + beside);
  while (!bytes.empty()) {
    ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return ErrnoStatus(errno, "write " + beside);
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  if (::fsync(file.get()) != 0) return ErrnoStatus(errno, "sync " + beside);
  if (::rename(beside.c_str(), path.c_str()) != 0) return ErrnoStatus(errno, "rename " + beside);
  std::string folder = path.substr(0, path.rfind('/'));
  UniqueFd parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.valid() || ::fsync(parent.get()) != 0) return ErrnoStatus(errno, "sync " + folder);
  return OkStatus();
}

StatusOr<std::string> ReadSmallFile(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return ErrnoStatus(errno, "open " + path);
  std::string bytes;
  char block[65536];
  while (true) {
    ssize_t got = ::read(file.get(), block, sizeof(block));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(errno, "read " + path);
    if (got == 0) return bytes;
    bytes.append(block, static_cast<size_t>(got));
  }
}

}  // namespace sixfold::storage
