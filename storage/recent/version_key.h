// How keys lie in LMDB, whose keys end at 511 bytes.
//
//   plain key     user key of at most 490 bytes, as it is
//   bucket key    the first 490 bytes of longer user keys, then one zero byte (491 bytes: no plain
//                 key is that long). All user keys with those first 490 bytes live in its value.
//
// A bucket sorts right behind the plain key of its 490 bytes and before every greater plain key, so
// byte order of user keys is kept. A versioned key (recent, history) has 8 more bytes:
//   plain         big-endian ~LSN: the newest version of a key comes first
//   bucket        zeros; the versions are in the bucket
// and its table compares as KeyOrder::kVersioned.
//
// A bucket's value is a list of entries, ordered by suffix (and newest first where versioned):
//   u16 suffix bytes, u32 payload bytes, suffix, payload
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/ids.h"

namespace sixfold::storage {

inline constexpr size_t kMaxPlainKeyBytes = 490;
inline constexpr size_t kBucketKeyBytes = kMaxPlainKeyBytes + 1;
inline constexpr size_t kMaxUserKeyBytes = 16384;
inline constexpr size_t kVersionBytes = 8;

inline bool IsLongKey(std::string_view user_key) { return user_key.size() > kMaxPlainKeyBytes; }
inline bool IsBucketKey(std::string_view stored) { return stored.size() == kBucketKeyBytes; }

/// Builds stored keys without allocating.
class KeyBuffer {
 public:
  std::string_view view() const { return {bytes_, size_}; }

  /// The plain key, or the key of its bucket.
  void SetStored(std::string_view user_key) {
    size_ = 0;
    AppendStored(user_key);
  }
  /// … with a version behind it.
  void SetVersioned(std::string_view user_key, Lsn lsn) {
    SetStored(user_key);
    AppendVersion(IsLongKey(user_key) ? kMaxLsn : lsn);
  }
  /// From a key as stored, without its version.
  void SetRawVersioned(std::string_view stored, Lsn lsn) {
    DCHECK(stored.size() <= kBucketKeyBytes);
    std::memcpy(bytes_, stored.data(), stored.size());
    size_ = stored.size();
    AppendVersion(lsn);
  }
  void Append64(uint64_t value) {
    StoreFixed(bytes_ + size_, __builtin_bswap64(value));
    size_ += 8;
  }
  void AppendStored(std::string_view user_key) {
    if (!IsLongKey(user_key)) [[likely]] {
      std::memcpy(bytes_ + size_, user_key.data(), user_key.size());
      size_ += user_key.size();
      return;
    }
    CHECK_LE(user_key.size(), kMaxUserKeyBytes);
    std::memcpy(bytes_ + size_, user_key.data(), kMaxPlainKeyBytes);
    bytes_[size_ + kMaxPlainKeyBytes] = '\0';
    size_ += kBucketKeyBytes;
  }
  void AppendVersion(Lsn lsn) { Append64(~lsn.value()); }

 private:
  char bytes_[512];
  size_t size_ = 0;
};

inline Lsn VersionOf(std::string_view versioned) {
  return Lsn(~LoadBigEndian64(versioned.data() + versioned.size() - kVersionBytes));
}
inline std::string_view WithoutVersion(std::string_view versioned) {
  return versioned.substr(0, versioned.size() - kVersionBytes);
}
/// What a bucket keeps of a long key.
inline std::string_view SuffixOf(std::string_view user_key) {
  return user_key.substr(kMaxPlainKeyBytes);
}

struct BucketEntry {
  std::string_view suffix;
  std::string_view payload;
};

/// The entries of a bucket's value, in order. False when it is damaged.
bool ParseBucket(std::string_view value, std::vector<BucketEntry>* entries);
void AppendBucketEntry(std::string* out, std::string_view suffix, std::string_view payload);

}  // namespace sixfold::storage
