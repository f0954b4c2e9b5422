// The log of one copy: batches in zero-written segment files, from start() to tail().end.
//
// A segment is a file of fixed size (a larger one when a single batch needs it): one 4 KiB header
// {magic, version, volume, start LSN, checksum}, then batches; the batch at LSN p lies at offset
// 4096 + (p - start). A segment is left when the next batch does not fit, or opens an epoch. Files
// "segment-<n>"; which part of the log a file holds says its header alone.
//
// Invariants
//  1. The batches of the index chain gaplessly, except where an epoch-opening batch annuls a range.
//  2. A file is reused only for higher LSNs, after RecycleBefore() said that nobody needs its own.
//  3. An acknowledged block is not rewritten: appends go to fresh positions only, except that the
//     same batch may be written again after a crash.
//  4. Truncation is in memory; it becomes durable with the first batch of a newer epoch behind it.
//  Until
//     then a restart may find the old tail again, and whoever cut it cuts it again.
//
// Threads: the disk's home thread. Durable when a callback of Append says so.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/disk.h"
#include "storage/log/batch.h"

namespace sixfold::storage {

struct SegmentLogOptions {
  uint64_t segment_bytes = 32 << 20;
  size_t spare_segments = 1;      // kept ready ahead of need
  size_t max_spare_segments = 8;  // more than that are deleted after recycling
};

/// Where a batch of the log is and what it chains by.
struct BatchEntry {
  Lsn prev_end;  // where the one before ends: at `first`, lower where an epoch opened
  Lsn first;
  Lsn end;
  Epoch epoch;
  uint64_t checksum = 0;
};

/// The end of a log: what the next batch must chain to. Of an empty log: end is where it starts.
struct LogTail {
  Lsn end = kFirstLogLsn;
  Epoch epoch;   // of the last batch
  Lsn last_lsn;  // position of the last batch
  uint64_t last_checksum = 0;

  bool Accepts(const BatchHeader& next) const {
    if (next.prev_end != end) return false;
    return last_lsn == Lsn() || (next.prev_lsn == last_lsn && next.prev_checksum == last_checksum);
  }
  bool operator==(const LogTail&) const = default;
};

class SegmentLog {
 public:
  using Done = std::function<void(Status)>;

  ~SegmentLog() { *alive_ = false; }

  /// Scans what is there. `needed_from`: the log below is not missed (the base holds it). Nothing:
  /// there is no base, it is to be rebuilt; what was acknowledged is kept, wherever it starts.
  static StatusOr<std::unique_ptr<SegmentLog>> Open(Disk& disk, const std::string& folder,
                                                    const Uuid& volume,
                                                    const SegmentLogOptions& options,
                                                    std::optional<Lsn> needed_from);

  /// From here on the log can still be read.
  Lsn start() const { return index_.empty() ? tail_.end : index_.front().prev_end; }
  /// Batches accepted so far, durable or not.
  const LogTail& tail() const { return tail_; }
  const std::deque<BatchEntry>& index() const { return index_; }
  /// The scan met something at the tail's end that may once have been an acknowledged batch.
  bool damaged_at_tail() const { return damaged_at_tail_; }
  /// Highest VDL named by a batch of the log.
  Lsn vdl_seen() const { return vdl_seen_; }
  /// The batch in question was brought by somebody else, or shown never to have been durable.
  void ClearDamage() { damaged_at_tail_ = false; }

  /// Appends a batch that chains to the tail (CHECKed). The buffer is shared so that both copies of
  /// a daemon write the same bytes. Call disk.Flush() afterwards.
  void Append(std::shared_ptr<const AlignedBuffer> padded, const BatchHeader& header, Done done);
  /// Drops batches from `end` on; `end` is the end of a batch of the index (or start()).
  void TruncateTo(Lsn end);
  /// Empties the log and lets it continue at `tail` (after a rebuild from a peer's base).
  void RestartAt(const LogTail& tail);
  /// Whole batches, unpadded and in a row, from the one that starts at or after `from`, none ending
  /// past `limit`; at least one where there is one, then up to max_bytes. OutOfRange below start().
  Status Read(Lsn from, Lsn limit, size_t max_bytes, std::string* out);
  /// Frees segments that hold only LSNs below `lsn`.
  void RecycleBefore(Lsn lsn);

  /// Tries again to get a file ready where that failed (a full disk).
  void Retry() {
    RunWaiting();
    OrderSpare();
  }

  uint64_t bytes_on_disk() const;
  size_t writes_waiting() const { return waiting_.size(); }
  const std::string& folder() const { return folder_; }

 private:
  struct Segment {
    std::string path;
    std::unique_ptr<File> file;
    Lsn start;
    uint64_t capacity() const { return file->size() - kBlockBytes; }
  };
  struct Waiting {
    std::shared_ptr<const AlignedBuffer> padded;
    Lsn first;
    bool opens_epoch;
    Done done;
  };
  class Scanner;

  SegmentLog(Disk& disk, std::string folder, const Uuid& volume, const SegmentLogOptions& options)
      : disk_(disk), folder_(std::move(folder)), volume_(volume), options_(options) {}
  std::string NewPath();
  void WriteBatch(Waiting write);
  bool FitsCurrent(const Waiting& write) const;
  bool StartSegment(const Waiting& write);
  /// `needed`: no file at hand is large enough.
  void OrderSpare(bool needed = false);
  /// Says once that no file can be made, and once that it can again.
  void NoteRoom(const Status& made);
  void RunWaiting();
  void DropSegmentsFrom(Lsn lsn);
  Segment* SegmentOf(Lsn lsn);

  Disk& disk_;
  std::string folder_;
  Uuid volume_;
  SegmentLogOptions options_;
  std::map<Lsn, Segment> segments_;  // by start
  std::vector<Segment> spares_;
  std::deque<BatchEntry> index_;
  std::deque<Waiting> waiting_;  // for a segment to be ready
  LogTail tail_;
  Lsn vdl_seen_;
  bool damaged_at_tail_ = false;
  bool spare_ordered_ = false;
  bool no_room_ = false;  // said so: the disk is full, or fails
  uint64_t next_number_ = 1;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace sixfold::storage
