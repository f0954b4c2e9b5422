// A batch: what is written to the log in one go, and what the writer sends to each daemon.
//
// It starts at a log position that is a multiple of 4 KiB and fills whole 4 KiB blocks:
//   0   8 magic "SXFBATCH"          64  u64 prev_checksum   the previous batch's checksum
//   8   u16 format version          72  u64 prev_end        where the previous batch ends
//  10   u16 flags (BatchFlags)      80  u64 vdl             durable LSN known to the writer when it
//  closed 12   u32 record_count            88  u64 payload_bytes   records, without header and
//  padding 16  16 volume id                 96  u64 sent_ns         writer's CLOCK_MONOTONIC (lag,
//  never correctness) 32   u64 epoch                  104  16 reserved, zero 40   u64 first_lsn
//  (position)   120  u64 checksum        XXH3 of bytes 0-119 and the payload 48   u64 end_lsn (next
//  position)128  records, then zeros up to end_lsn 56   u64 prev_lsn (position of the previous
//  batch)
//
// Invariants
//  1. end_lsn - first_lsn == 128 + payload_bytes rounded up to 4 KiB.
//  2. prev_end == first_lsn, except in a batch that opens an epoch: there prev_end < first_lsn and
//     the positions between are annulled for ever.
//  3. A batch is valid only where first_lsn equals the expected position and volume and chain
//     (prev_lsn, prev_checksum, prev_end) agree with the log in front of it.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/aligned_buffer.h"
#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/base/uuid.h"
#include "storage/log/record.h"

namespace sixfold::storage {

inline constexpr uint16_t kLogFormatVersion = 1;
inline constexpr size_t kBatchHeaderBytes = 128;
/// What is inside, so that nobody has to look: set by the writer.
enum BatchFlags : uint16_t {
  kBatchOpensEpoch = 1,  // the only record is an EpochOpening
  kBatchMembership = 2,  // a membership record
  kBatchParts = 4,       // parts of large transactions
  kBatchDrops = 8,       // dropped prefixes
};
/// Where the log of a new volume starts. Zero stays free to mean "nothing".
inline constexpr Lsn kFirstLogLsn{kBlockBytes};

struct BatchHeader {
  uint16_t version = kLogFormatVersion;
  uint16_t flags = 0;
  uint32_t record_count = 0;
  Uuid volume;
  Epoch epoch;
  Lsn first_lsn;
  Lsn end_lsn;
  Lsn prev_lsn;
  uint64_t prev_checksum = 0;
  Lsn prev_end;
  Lsn vdl;
  uint64_t payload_bytes = 0;
  uint64_t sent_ns = 0;
  uint64_t checksum = 0;

  bool opens_epoch() const { return flags & kBatchOpensEpoch; }
  uint64_t unpadded_bytes() const { return kBatchHeaderBytes + payload_bytes; }
  uint64_t padded_bytes() const { return RoundUpToBlock(unpadded_bytes()); }

  /// Reads and checks the fields' own sense (magic, version, sizes), not the checksum: enough to
  /// know how many bytes to read. FailedPrecondition for a format newer than this program.
  static StatusOr<BatchHeader> Decode(std::string_view bytes);
  /// Writes all fields but the checksum's.
  void EncodeTo(char* out) const;
};

/// A whole batch whose checksum was verified. Views into the bytes it was parsed from.
class BatchView {
 public:
  /// `bytes` starts with the batch and may go on past it.
  static StatusOr<BatchView> Parse(std::string_view bytes);
  /// Of bytes whose checksum was verified before.
  static BatchView Verified(const BatchHeader& header, std::string_view bytes);

  const BatchHeader& header() const { return header_; }
  /// Header and payload, without padding.
  std::string_view bytes() const { return bytes_; }
  std::string_view payload() const { return bytes_.substr(kBatchHeaderBytes); }

  /// Calls visit(const RecordView&) -> Status for each record in order; stops at the first error.
  template <typename Visit>
  Status ForEachRecord(Visit visit) const {
    std::string_view rest = payload();
    Lsn position = header_.first_lsn + kBatchHeaderBytes;
    while (!rest.empty()) {
      const size_t before = rest.size();
      auto record = RecordView::Parse(&rest, position);
      if (!record.ok()) return record.status();
      RETURN_IF_ERROR(visit(*record));
      position += before - rest.size();
    }
    return OkStatus();
  }

 private:
  BatchHeader header_;
  std::string_view bytes_;
};

/// Gathers records in an aligned buffer; Finish pads, fills in the header and its checksum.
class BatchBuilder {
 public:
  explicit BatchBuilder(Lsn first_lsn) { Start(first_lsn); }
  void Start(Lsn first_lsn);
  /// Copies an encoded record in; gives it its LSN.
  Lsn Append(std::string_view record);
  bool empty() const { return record_count_ == 0; }
  uint64_t unpadded_bytes() const { return buffer_.size(); }
  /// `header` says volume, epoch, flags, chain, VDL and time; sizes and checksum are set here and
  /// given back in it. The buffer then holds the whole batch, padded.
  AlignedBuffer Finish(BatchHeader* header);

 private:
  AlignedBuffer buffer_;
  Lsn first_lsn_;
  uint32_t record_count_ = 0;
};

}  // namespace sixfold::storage
