// A row version as the base stores it (tables rows and history, and entries of their buckets):
//
//   0  u8  flags     1 tombstone, 2 has `previous`; the upper four bits are the format, 0
//   1  u32 checksum  low half of XXH3-64 over what follows it, seeded by flags and the XXH3 of the
//                    user key: a value under a wrong key is found too
//   5  u64 LSN       of the commit that wrote it
//  13  u64 previous  (only with flag 2) drain LSN of the history group that holds older versions
//  ..  the value
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/status.h"

namespace sixfold::storage {

struct StoredVersion {
  std::string_view value;
  Lsn lsn;
  Lsn previous;  // 0: there is nothing older
  bool tombstone = false;
};

/// Bytes EncodeRowValue writes.
size_t RowValueBytes(const StoredVersion& version);
void EncodeRowValue(std::string_view user_key, const StoredVersion& version, char* to);
std::string EncodeRowValue(std::string_view user_key, const StoredVersion& version);
/// DataLoss when the checksum does not fit.
StatusOr<StoredVersion> DecodeRowValue(std::string_view user_key, std::string_view bytes);

}  // namespace sixfold::storage
