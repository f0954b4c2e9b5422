// What writers, daemons and peers say to each other; docs/formats/storage-protocol.md.
//
// Each is a plain struct with Encode and Decode. A batch travels without its padding. Bytes from
// the wire are input: Decode gives a Status and never trusts a length.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/base/uuid.h"
#include "storage/log/segment_log.h"
#include "storage/log/superblock.h"
#include "storage/quorum/membership.h"

namespace sixfold::storage {

inline constexpr uint16_t kStorageProtocolVersion = 1;

/// The newest LSN runs at most this far ahead of the durable one (L). An epoch opens this far above
/// the kept tail, so it is part of the format.
inline constexpr uint64_t kMaxAheadBytes = 64 << 20;

enum class MessageType : uint16_t {
  kHello = 1,
  kHelloReply = 2,
  kPromise = 3,
  kPromiseReply = 4,
  kAppend = 5,
  kAck = 6,
  kVdl = 7,
  kFetch = 8,
  kFetchReply = 9,
  kFetchBase = 10,
  kFetchBaseReply = 11,
  kFloor = 12,
};

/// First on every connection.
struct Hello {
  std::string cluster_id;
  std::string sender;  // for messages: "writer db-1", "storage az-b"
  std::string Encode() const;
  static StatusOr<Hello> Decode(std::string_view body);
};

/// One copy's state, as it knows itself.
struct CopyReport {
  CopyId copy;
  uint8_t place = 0;  // 0-5: whose successor it is, as an index into Membership::members
  CopyStanding standing = CopyStanding::kMember;
  bool accepted = false;   // of a promise: it was given
  bool uncertain = false;  // something at the tail's end may once have been acknowledged
  Epoch promised;
  LogTail tail;  // durable
  Lsn log_start;
  Lsn vdl;      // highest known durable on this copy's own chain
  Lsn applied;  // of its base
  Membership membership;
};

struct HelloReply {
  std::string error;  // not empty: refused
  Uuid volume;
  std::string az;
  std::vector<CopyReport> copies;
  std::string Encode() const;
  static StatusOr<HelloReply> Decode(std::string_view body);
};

struct Promise {
  Epoch epoch;
  Uuid writer;
  std::string Encode() const;
  static StatusOr<Promise> Decode(std::string_view body);
};

struct PromiseReply {
  Epoch epoch;
  std::vector<CopyReport> copies;
  std::string Encode() const;
  static StatusOr<PromiseReply> Decode(std::string_view body);
};

/// Append: u64 epoch of the sender, then one batch without padding. Decoded in place.
struct AppendView {
  Epoch epoch;
  std::string_view batch;
  static std::string EncodeHead(Epoch epoch);
  static StatusOr<AppendView> Decode(std::string_view body);
};

enum class AckState : uint8_t {
  kFollowing = 0,  // takes what is sent
  kGap = 1,        // the next batch it needs starts at `end`
  kFenced = 2,     // promised a newer epoch
  kFailed = 3,     // its disk failed
};

/// Cumulative: the copy holds, durably and chained to what this epoch sent, all below `end`.
struct CopyAck {
  CopyId copy;
  AckState state = AckState::kFollowing;
  Epoch promised;
  Lsn end;
};
struct Ack {
  Epoch epoch;
  std::vector<CopyAck> copies;
  std::string Encode() const;
  static StatusOr<Ack> Decode(std::string_view body);
};

/// The writer's sign of life.
struct VdlNotice {
  Epoch epoch;
  Lsn vdl;
  uint64_t sent_ns = 0;
  std::string Encode() const;
  static StatusOr<VdlNotice> Decode(std::string_view body);
};

/// Asks for the log from the batch that starts at or after `from`. Peers get only what is at or
/// below a VDL known to the daemon; `copy` (not zero) asks for that copy's log up to its tail,
/// which only the candidate that holds its promise of `epoch` gets.
struct Fetch {
  uint64_t tag = 0;
  Epoch epoch;
  CopyId copy;
  Lsn from;
  uint64_t max_bytes = 4 << 20;
  std::string Encode() const;
  static StatusOr<Fetch> Decode(std::string_view body);
};
enum class FetchResult : uint8_t { kOk = 0, kRecycled = 1, kRefused = 2, kFailed = 3 };
struct FetchReply {
  uint64_t tag = 0;
  FetchResult result = FetchResult::kOk;
  Lsn vdl;  // all batches given that end at or below it are durable
  Lsn log_start;
  std::string batches;
  std::string Encode() const;
  static StatusOr<FetchReply> Decode(std::string_view body);
};

/// Asks for rows of the base in key order after `after`: how a copy whose log was recycled is
/// built.
struct FetchBase {
  uint64_t tag = 0;
  uint64_t session = 0;  // zero: start one
  std::string after;
  uint64_t max_bytes = 4 << 20;
  std::string Encode() const;
  static StatusOr<FetchBase> Decode(std::string_view body);
};
struct FetchBaseReply {
  uint64_t tag = 0;
  FetchResult result = FetchResult::kOk;
  uint64_t session = 0;
  bool last = false;
  Lsn applied;       // what the image holds
  std::string part;  // storage/copy's own encoding
  std::string Encode() const;
  static StatusOr<FetchBaseReply> Decode(std::string_view body);
};

}  // namespace sixfold::storage
