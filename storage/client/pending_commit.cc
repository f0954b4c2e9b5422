#include "storage/client/pending_commit.h"

#include <algorithm>

#include "core/base/check.h"

namespace sixfold::storage {

namespace {

size_t EncodedBytes(const Mutation& m) { return 11 + m.key.size() + m.value.size(); }

}  // namespace

size_t PendingCommit::bytes() const {
  size_t bytes = 0;
  for (const std::string& record : records) bytes += record.size();
  return bytes;
}

PendingCommit EncodeCommit(const CommitRequest& request, Epoch epoch, int64_t wall_us,
                           size_t part_bytes) {
  std::vector<Mutation> sorted = request.mutations;
  const auto by_key = [](const Mutation& a, const Mutation& b) { return a.key < b.key; };
  if (!std::is_sorted(sorted.begin(), sorted.end(), by_key))
    std::sort(sorted.begin(), sorted.end(), by_key);
  size_t bytes = 0;
  for (const Mutation& m : sorted) bytes += EncodedBytes(m);

  PendingCommit commit;
  commit.txn = request.txn;
  RecordHeader header{.txn = request.txn, .epoch = epoch, .wall_us = wall_us};
  if (request.changes_catalog) header.flags |= kChangesCatalog;
  if (!request.dropped_prefixes.empty()) commit.batch_flags |= kBatchDrops;
  if (bytes <= part_bytes) {
    commit.records.emplace_back();
    EncodeRecord(header, sorted, request.dropped_prefixes, &commit.records.back());
    return commit;
  }
  commit.batch_flags |= kBatchParts;
  header.flags |= kPart;
  for (size_t at = 0; at < sorted.size();) {
    size_t end = at;
    for (size_t part = 0; end < sorted.size() && (end == at || part < part_bytes); ++end)
      part += EncodedBytes(sorted[end]);
    const bool last = end == sorted.size();
    if (last) header.flags |= kLastPart;
    header.part = static_cast<uint32_t>(commit.records.size());
    commit.records.emplace_back();
    EncodeRecord(header, std::span(sorted).subspan(at, end - at),
                 last ? std::span<const std::string>(request.dropped_prefixes)
                      : std::span<const std::string>(),
                 &commit.records.back());
    at = end;
  }
  // A single huge mutation is a whole record after all.
  if (commit.records.size() == 1) {
    header.flags &= ~(kPart | kLastPart);
    commit.batch_flags &= ~kBatchParts;
    commit.records[0].clear();
    EncodeRecord(header, sorted, request.dropped_prefixes, &commit.records[0]);
  }
  return commit;
}

}  // namespace sixfold::storage
