// What compute links: the volume as one instance sees it.
//
// VolumeReader  one per process. Maps the shared memory and the copies of this instance's AZ and
//               tells how far they are. Thread-safe.
// ReadView      one per statement or cursor: reads the keyspace at one LSN straight from the memory
//               maps, no lock, no socket, no copy. One thread at a time.
// SnapshotHold  a registered snapshot: keeps the versions of an LSN readable for as long as it
// lives. VolumeWriter  one per writer process. Takes commit records, gives each its LSN, batches
// them to
//               the storage daemons and says when each is durable. Thread-safe.
//
// A view into a map lives until the ReadView it came from is moved on (Renew), ended or destroyed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "storage/log/mutation.h"

namespace sixfold::storage {

/// One version of one key, as stored.
struct RowView {
  std::string_view key;
  std::string_view value;
  Lsn lsn;  // of the commit that wrote it
};

/// Ordered iteration over live rows (no tombstones) of one ReadView inside [begin, end).
class RowCursor {
 public:
  virtual ~RowCursor() = default;
  /// To the first row with key >= target (forward) …
  virtual Status SeekForward(std::string_view target) = 0;
  /// … or the last row with key < target (backward; "" means the end of the range).
  virtual Status SeekBackward(std::string_view target) = 0;
  virtual Status Next() = 0;
  virtual Status Prev() = 0;
  virtual bool Valid() const = 0;
  /// Until the next call on this cursor or its view.
  virtual const RowView& row() const = 0;
};

class ReadView {
 public:
  virtual ~ReadView() = default;
  virtual Lsn lsn() const = 0;
  /// False: no live row. Errors: OutOfRange "snapshot too old", DataLoss, Unavailable (the AZ's
  /// copies are gone).
  virtual StatusOr<bool> Get(std::string_view key, RowView* row) = 0;
  /// Keys in [begin, end); an empty end means "to the last key". The cursor dies before its view.
  virtual std::unique_ptr<RowCursor> NewCursor(std::string_view begin, std::string_view end) = 0;
  /// Renews the LMDB read transactions and moves on to `lsn` (which may be the same). Ends every
  /// view handed out and invalidates every cursor position (Seek again).
  virtual Status Renew(Lsn lsn) = 0;
  /// Not OK: what was read since Renew may be wrong, a page of the maps could not be read. Asked
  /// before the statement that read it succeeds.
  virtual Status Verify() const { return OkStatus(); }
  /// Gives the LMDB read transactions back (before waiting for a client or a lock); Renew resumes.
  virtual void Release() = 0;
};

class SnapshotHold {
 public:
  virtual ~SnapshotHold() = default;
  virtual Lsn lsn() const = 0;
};

struct VolumeProgress {
  Epoch epoch;            // of the writer this AZ hears from
  Lsn durable;            // VDL known in this AZ
  Lsn applied;            // every durable record up to here is readable in this AZ
  Lsn catalog;            // LSN of the last catalog change known durable
  uint64_t heard_ns = 0;  // CLOCK_MONOTONIC of the writer's last sign of life as seen in this AZ
  uint64_t lag_us = 0;    // measured: writer's heartbeat time to it being readable here
};

class VolumeReader {
 public:
  virtual ~VolumeReader() = default;
  virtual VolumeProgress Progress() const = 0;
  /// Waits until everything up to `lsn` is readable here. False after the timeout.
  virtual bool WaitApplied(Lsn lsn, uint64_t timeout_us) = 0;
  /// Opens a view at `lsn` (<= applied). Never waits.
  virtual StatusOr<std::unique_ptr<ReadView>> OpenView(Lsn lsn) = 0;
  /// Registers a snapshot. Fails with OutOfRange when `lsn` is already below the floor.
  virtual StatusOr<std::unique_ptr<SnapshotHold>> Hold(Lsn lsn, ConnectionId owner) = 0;
};

struct CommitRequest {
  TxnId txn;
  bool changes_catalog = false;               // moves VolumeProgress::catalog
  std::vector<Mutation> mutations;            // unordered; sorted by key on the way
  std::vector<std::string> dropped_prefixes;  // key prefixes whose rows are dead from this LSN on
};

enum class CommitOutcome {
  kDurable,  // at the write quorum
  kRefused,  // never had an LSN; nothing of it will ever be seen (quorum away, fenced before
             // hand-over)
  kUnknown,  // had an LSN and was not decided in time, or this writer was fenced: close the client,
             // keep the locks
};

/// A commit that was told unknown, and is durable after all.
struct DecidedCommit {
  TxnId txn;
  Lsn lsn;
};

/// `lsn` is valid for kDurable (and, as a hint, kUnknown). Called once, on the writer's own thread:
/// must not block.
using CommitCallback = std::function<void(CommitOutcome outcome, Lsn lsn)>;

class VolumeWriter {
 public:
  virtual ~VolumeWriter() = default;
  /// Hands over a record. Thread-safe. Large ones are sent in parts.
  virtual void Commit(const CommitRequest& request, CommitCallback done) = 0;
  /// Commits told unknown that became durable since the last call. What is still unknown when this
  /// writer is fenced or closed is decided by the next epoch's opening. Thread-safe.
  virtual std::vector<DecidedCommit> TakeDecided() { return {}; }
  /// Ends of all records handed over and decided; what this writer announces.
  virtual Lsn durable() const = 0;
  virtual Epoch epoch() const = 0;
  /// False once a copy reported a newer epoch: this process must close its clients.
  virtual bool fenced() const = 0;
  /// False while fewer than the write quorum of copies answer: new commits would wait.
  virtual bool writable() const = 0;
};

struct VolumeOptions {
  std::string cluster_id;
  std::string az;           // this instance's
  std::string runtime_dir;  // data_dir of the cluster: sockets and shared-memory names
  std::vector<std::string> storage_sockets;  // one per AZ, "unix:/path"
  uint64_t refuse_after_ms = 10'000;         // a commit waiting for the quorum this long is refused
  uint64_t unknown_after_ms = 30'000;        // a commit with an LSN undecided this long is unknown
  size_t part_bytes = 1 << 20;               // a larger transaction is sent in parts
  size_t batch_bytes = 1 << 20;              // records that go together, unless one alone is larger
};

StatusOr<std::unique_ptr<VolumeReader>> OpenVolumeReader(const VolumeOptions& options);
/// Gets a new epoch promised, recovers the log (storage/quorum) and returns once the volume is open
/// for writing: the kept tail and the epoch-opening record are durable.
StatusOr<std::unique_ptr<VolumeWriter>> OpenVolumeWriter(const VolumeOptions& options);

}  // namespace sixfold::storage
