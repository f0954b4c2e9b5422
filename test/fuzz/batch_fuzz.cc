// A batch of the log, as read from a segment or a connection: header, records, their mutations and
// payloads. Input: the batch. Its checksum is set right, or nothing behind it would ever be tried.
#include "core/base/checksum.h"
#include "storage/log/batch.h"
#include "storage/quorum/membership.h"
#include "storage/quorum/messages.h"

namespace sixfold::storage {
namespace {

Status WalkRecord(const RecordView& record) {
  if (record.kind() == RecordKind::kEpochOpening)
    return EpochOpening::Decode(record.payload()).status();
  if (record.kind() == RecordKind::kMembership)
    return Membership::Decode(record.payload()).status();
  MutationCursor mutations = record.mutations();
  Mutation mutation;
  uint64_t sum = 0;
  while (mutations.Next(&mutation)) sum += Checksum64(mutation.key) + Checksum64(mutation.value);
  if (record.dropped_count() == 0) return OkStatus();
  auto dropped = record.DroppedPrefixes();
  if (!dropped.ok()) return dropped.status();
  for (std::string_view prefix : *dropped) sum += Checksum64(prefix);
  return sum == 0 ? OkStatus() : Corrupt("looked at");
}

}  // namespace
}  // namespace sixfold::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sixfold;
  using namespace sixfold::storage;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  (void)AppendView::Decode(bytes);
  auto header = BatchHeader::Decode(bytes);
  if (!header.ok() || bytes.size() < header->unpadded_bytes()) {
    (void)BatchView::Parse(bytes);
    return 0;
  }
  const std::string_view whole = std::string_view(bytes).substr(0, header->unpadded_bytes());
  StoreFixed(bytes.data() + kBatchHeaderBytes - 8,
             Checksum64(whole.substr(kBatchHeaderBytes),
                        Checksum64(whole.substr(0, kBatchHeaderBytes - 8))));
  auto batch = BatchView::Parse(bytes);
  if (batch.ok()) {
    (void)batch->ForEachRecord([](const RecordView& record) {
      (void)WalkRecord(record);
      return OkStatus();
    });
  }
  return 0;
}
