// Which protection group holds which key. A group is a key range with one LMDB environment per
// copy; ranges are disjoint and cover all keys. File `groups` in the base folder
// (docs/formats/base.md):
//   u32 magic "SFGM", u32 version, u32 count, then per group u64 id, varint-prefixed first key,
//   then u64 XXH3 of all before.
// It is replaced whole (written beside, fsynced, renamed).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"

namespace sixfold::storage {

struct GroupRange {
  GroupId id;
  std::string begin;  // "" for the first
  std::string end;    // "" for the last: no end
};

class GroupMap {
 public:
  GroupMap() = default;
  /// Groups cut at `split_keys` (ascending, none empty).
  static GroupMap Cut(const std::vector<std::string>& split_keys);
  static StatusOr<GroupMap> Load(const std::string& base_folder);
  Status Store(const std::string& base_folder) const;

  size_t size() const { return groups_.size(); }
  const GroupRange& group(size_t index) const { return groups_[index]; }
  /// Index of the group that holds `key`.
  size_t IndexOf(std::string_view key) const {
    if (groups_.size() == 1) [[likely]]
      return 0;
    return Search(key);
  }

 private:
  size_t Search(std::string_view key) const;
  std::vector<GroupRange> groups_;
};

/// The folder of a group's environment.
std::string GroupFolder(const std::string& base_folder, GroupId id);

/// Writes a small file so that it is there whole or not at all after any crash.
Status ReplaceFile(const std::string& path, std::string_view bytes);
StatusOr<std::string> ReadSmallFile(const std::string& path);

}  // namespace sixfold::storage
