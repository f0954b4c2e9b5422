#include "storage/copy/row_value.h"

#include <cstring>

#include "core/base/bytes.h"
#include "core/base/checksum.h"

namespace sixfold::storage {
namespace {

constexpr uint8_t kTombstone = 1;
constexpr uint8_t kHasPrevious = 2;
constexpr uint8_t kKnownFlags = kTombstone | kHasPrevious;
constexpr size_t kSummedFrom = 5;
constexpr size_t kHeaderBytes = 13;

uint32_t RowChecksum(std::string_view user_key, uint8_t flags, std::string_view summed) {
  return static_cast<uint32_t>(Checksum64(summed, Checksum64(user_key) + flags));
}

}  // namespace

size_t RowValueBytes(const StoredVersion& version) {
  return kHeaderBytes + (version.previous == Lsn(0) ? 0 : 8) + version.value.size();
}

void EncodeRowValue(std::string_view user_key, const StoredVersion& version, char* to) {
  uint8_t flags = version.tombstone ? kTombstone : 0;
  if (version.previous != Lsn(0)) flags |= kHasPrevious;
  to[0] = static_cast<char>(flags);
  StoreFixed(to + 5, version.lsn.value());
  size_t at = kHeaderBytes;
  if (version.previous != Lsn(0)) {
    StoreFixed(to + at, version.previous.value());
    at += 8;
  }
  if (!version.value.empty()) std::memcpy(to + at, version.value.data(), version.value.size());
  at += version.value.size();
  StoreFixed(to + 1, RowChecksum(user_key, flags, {to + kSummedFrom, at - kSummedFrom}));
}

std::string EncodeRowValue(std::string_view user_key, const StoredVersion& version) {
  std::string bytes(RowValueBytes(version), '\0');
  EncodeRowValue(user_key, version, bytes.data());
  return bytes;
}

StatusOr<StoredVersion> DecodeRowValue(std::string_view user_key, std::string_view bytes) {
  size_t header = kHeaderBytes;
  uint8_t flags = bytes.empty() ? 0xff : static_cast<uint8_t>(bytes[0]);
  if ((flags & ~kKnownFlags) != 0) return Corrupt("row {}: unknown format", ToHex(user_key));
  if ((flags & kHasPrevious) != 0) header += 8;
  if (bytes.size() < header) return Corrupt("row {}: {} bytes", ToHex(user_key), bytes.size());
  if (LoadFixed<uint32_t>(bytes.data() + 1) !=
      RowChecksum(user_key, flags, bytes.substr(kSummedFrom))) {
    return Corrupt("row {}: its checksum does not fit", ToHex(user_key));
  }
  StoredVersion version;
  version.tombstone = (flags & kTombstone) != 0;
  version.lsn = Lsn(LoadFixed<uint64_t>(bytes.data() + 5));
  if ((flags & kHasPrevious) != 0) {
    version.previous = Lsn(LoadFixed<uint64_t>(bytes.data() + kHeaderBytes));
  }
  version.value = bytes.substr(header);
  return version;
}

}  // namespace sixfold::storage
