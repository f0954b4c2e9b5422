#include "storage/recent/version_key.h"

namespace sixfold::storage {

bool ParseBucket(std::string_view value, std::vector<BucketEntry>* entries) {
  entries->clear();
  ByteReader reader(value);
  while (!reader.empty()) {
    auto suffix_bytes = reader.Fixed<uint16_t>();
    auto payload_bytes = reader.Fixed<uint32_t>();
    BucketEntry entry;
    entry.suffix = reader.Bytes(suffix_bytes);
    entry.payload = reader.Bytes(payload_bytes);
    if (!reader.ok()) return false;
    if (!entries->empty() && entry.suffix < entries->back().suffix) return false;
    entries->push_back(entry);
  }
  return reader.ok();
}

void AppendBucketEntry(std::string* out, std::string_view suffix, std::string_view payload) {
  CHECK_LE(suffix.size(), kMaxUserKeyBytes);
  CHECK_LE(payload.size(), size_t{UINT32_MAX});
  PutFixed(out, static_cast<uint16_t>(suffix.size()));
  PutFixed(out, static_cast<uint32_t>(payload.size()));
  out->append(suffix);
  out->append(payload);
}

}  // namespace sixfold::storage
