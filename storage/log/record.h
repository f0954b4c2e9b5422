// A record: what one transaction (or one part of a large one) adds to the volume's log.
//
// Layout (little-endian; docs/formats/log.md):
//   0  u32 length      of the whole record
//   4  u8  kind        RecordKind
//   5  u8  version     kRecordVersion
//   6  u16 flags       RecordFlags
//   8  u64 txn
//  16  u64 epoch       of the writer that made it
//  24  i64 wall_us     microseconds since 1970 UTC when it was handed over
//  32  u32 part        0, 1, 2 … of a large transaction; 0 for a whole one
//  36  u32 mutation_count
//  40  u32 dropped_count
//  44  u32 reserved, zero
//  48  mutations: u8 kind, varint key length, varint value length, key, value; sorted by key, one a
//  key
//      dropped key prefixes: varint length, bytes
//      (kinds other than kCommit: counts are zero and the rest is their own payload)
//
// The LSN of a record is the log position just past its last byte, so "everything <= S" is "every
// record whose LSN <= S", and the end of a batch covers every record of it. A record does not
// carry its LSN: it follows from where the batch lies.
//
// Parts of a large transaction (kPart) are parked by txn until the record with kLastPart is
// durable; all of it then takes that record's LSN. An epoch-opening record annuls all parked parts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/status.h"
#include "storage/log/mutation.h"

namespace sixfold::storage {

enum class RecordKind : uint8_t { kCommit = 1, kEpochOpening = 2, kMembership = 3 };

enum RecordFlags : uint16_t {
  kChangesCatalog = 1,  // moves the catalog LSN
  kPart = 2,            // of a large transaction
  kLastPart = 4,        // … and its last one (set together with kPart)
};

inline constexpr uint8_t kRecordVersion = 1;
inline constexpr size_t kRecordHeaderBytes = 48;

struct RecordHeader {
  RecordKind kind = RecordKind::kCommit;
  uint16_t flags = 0;
  TxnId txn;
  Epoch epoch;
  int64_t wall_us = 0;
  uint32_t part = 0;
};

/// Appends the record to *out. Mutations must be sorted by key, one a key.
void EncodeRecord(const RecordHeader& header, std::span<const Mutation> mutations,
                  std::span<const std::string> dropped_prefixes, std::string* out);
/// A record of another kind than kCommit.
void EncodeControlRecord(const RecordHeader& header, std::string_view payload, std::string* out);

/// An EpochOpening's payload: LSNs in (kept_end, new_start] are annulled, and open parts too.
struct EpochOpening {
  Lsn kept_end;
  Lsn new_start;
  std::string writer;  // uuid, 16 bytes

  std::string Encode() const;
  static StatusOr<EpochOpening> Decode(std::string_view payload);
};

/// Walks the mutations of one record. Views point into the record.
class MutationCursor {
 public:
  MutationCursor() : rest_({}) {}
  MutationCursor(std::string_view bytes, uint32_t count) : rest_(bytes), left_(count) {}
  /// False at the end, and on damage (then ok() is false).
  bool Next(Mutation* mutation);
  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_.rest(); }

 private:
  ByteReader rest_;
  uint32_t left_ = 0;
  bool ok_ = true;
};

/// One record inside a batch; views into it.
class RecordView {
 public:
  /// Takes one record off the front of *input. `start` is its log position.
  static StatusOr<RecordView> Parse(std::string_view* input, Lsn start);

  const RecordHeader& header() const { return header_; }
  RecordKind kind() const { return header_.kind; }
  bool changes_catalog() const { return header_.flags & kChangesCatalog; }
  bool is_part() const { return header_.flags & kPart; }
  bool is_last_part() const { return header_.flags & kLastPart; }
  /// Position just past the record.
  Lsn lsn() const { return lsn_; }
  uint32_t mutation_count() const { return mutation_count_; }
  uint32_t dropped_count() const { return dropped_count_; }
  MutationCursor mutations() const { return MutationCursor(body_, mutation_count_); }
  /// Walks the mutations to get past them; call it only when dropped_count() > 0.
  StatusOr<std::vector<std::string_view>> DroppedPrefixes() const;
  /// Of kinds other than kCommit.
  std::string_view payload() const { return body_; }
  /// The whole record, encoded.
  std::string_view bytes() const { return bytes_; }

 private:
  RecordHeader header_;
  Lsn lsn_;
  uint32_t mutation_count_ = 0;
  uint32_t dropped_count_ = 0;
  std::string_view body_;
  std::string_view bytes_;
};

}  // namespace sixfold::storage
