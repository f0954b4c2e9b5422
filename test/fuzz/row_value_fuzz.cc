// What pages of the base and of the recent layer hold: row values, buckets of long keys. Input: the
// length of a key, the key, the value.
#include "core/base/bytes.h"
#include "core/base/checksum.h"
#include "storage/copy/row_value.h"
#include "storage/recent/recent_cursor.h"
#include "storage/recent/version_key.h"
#include "test/fuzz/input.h"

namespace sixfold::storage {
namespace {

constexpr size_t kSummedFrom = 5;

void TryRow(std::string_view key, std::string value) {
  (void)DecodeRowValue(key, value);
  if (value.size() < kSummedFrom) return;
  const uint64_t seed = Checksum64(key) + static_cast<uint8_t>(value[0]);
  StoreFixed(value.data() + 1,
             static_cast<uint32_t>(Checksum64(std::string_view(value).substr(kSummedFrom), seed)));
  auto version = DecodeRowValue(key, value);
  if (version.ok()) (void)EncodeRowValue(key, *version);
}

}  // namespace
}  // namespace sixfold::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sixfold::storage;
  sixfold::fuzz::Input input(data, size);
  const std::string key(input.Bytes(input.Take<uint8_t>()));
  const std::string value(input.rest());
  TryRow(key, value);
  (void)DecodeRecentBucketPayload(value);
  std::vector<BucketEntry> entries;
  if (!ParseBucket(value, &entries)) return 0;
  for (const BucketEntry& entry : entries) {
    TryRow(entry.suffix, std::string(entry.payload));
    (void)DecodeRecentBucketPayload(entry.payload);
  }
  return 0;
}
