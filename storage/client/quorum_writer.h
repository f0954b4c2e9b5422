// VolumeWriter over three storage daemons.
//
//   Commit()  any thread: encodes, queues, wakes the writer's thread
//   writer's thread: closes batches, sends each once to every daemon, counts acknowledgements,
//   calls back. One thread, one loop; nothing of the state below is touched elsewhere but what is
//   atomic.
//
// A commit is, in this order: waiting (no LSN; may be refused), in flight (has one; durable, or
// unknown), decided. A batch is closed when fewer than kBatchesInFlight are undecided: a lone
// commit leaves at once, under load whatever came meanwhile leaves together. Sent batches are kept
// until they are durable and for a while after, for daemons that come back; what is older they
// fetch from each other.
//
// Bounds: LSNs run at most kMaxAheadBytes ahead of the VDL; then commits wait.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>

#include "core/base/background_thread.h"
#include "core/base/clock.h"
#include "core/base/posix_network.h"
#include "core/base/precise_timer.h"
#include "core/base/random.h"
#include "storage/client/batch_pace.h"
#include "storage/client/daemon_link.h"
#include "storage/client/pending_commit.h"
#include "storage/client/volume_opener.h"
#include "storage/quorum/append_tracker.h"

namespace sixfold::storage {

class QuorumWriter final : public VolumeWriter, public DaemonLink::Owner {
 public:
  /// Blocks until the volume is open for writing.
  static StatusOr<std::unique_ptr<QuorumWriter>> Open(const VolumeOptions& options);
  ~QuorumWriter() override;

  void Commit(const CommitRequest& request, CommitCallback done) override;
  std::vector<DecidedCommit> TakeDecided() override;
  Lsn durable() const override { return Lsn(durable_.load(std::memory_order_acquire)); }
  Epoch epoch() const override { return epoch_; }
  bool fenced() const override { return fenced_.load(std::memory_order_acquire); }
  bool writable() const override { return writable_.load(std::memory_order_acquire); }

 private:
  /// Told once how opening ended.
  using OpenedCallback = std::function<void(Status)>;

  struct InFlight {
    TxnId txn;
    Lsn lsn;
    uint64_t since_ms;
    CommitCallback done;  // empty: told unknown already
  };

  explicit QuorumWriter(const VolumeOptions& options);
  void Start(const OpenedCallback& opened);
  void OnOpened(StatusOr<VolumeOpener::Opened> opened, const OpenedCallback& result);

  // DaemonLink::Owner
  void OnLinkChanged(DaemonLink& link) override;
  void OnAck(DaemonLink& link, const Ack& ack) override;
  void OnFetchReply(DaemonLink& link, const FetchReply& reply) override;

  /// False and the commit left alone: closed. *first: the writer's thread must be woken.
  bool Enqueue(PendingCommit& commit, bool* first);
  void TakeQueued();
  void CloseBatches();
  bool MayCloseBatch() const;
  void CloseOne();
  void SendBatch(BatchBuilder& builder, uint16_t flags);
  void SendMembership(const Membership& membership);
  void Pump(DaemonLink& link);
  void JoinStream(DaemonLink& link);
  bool Rewind(DaemonLink& link, Lsn from);
  void OnDurable();
  void DecideInFlight();
  void ForgetOldBatches();
  void SendVdl(DaemonLink& link);
  void SendVdlSoon();
  void SendDueVdl();
  void Tick();
  void RefuseAndGiveUp(uint64_t now_ms);
  void Fence(Epoch by);
  void UpdateWritable();
  void LookForNewcomers();

  VolumeOptions options_;
  SystemClock clock_;
  SystemRandom random_;
  EventLoop loop_;
  PosixNetwork network_;
  std::vector<std::unique_ptr<DaemonLink>> links_;
  std::unique_ptr<VolumeOpener> opener_;

  Uuid volume_;
  Epoch epoch_;
  std::optional<AppendTracker> tracker_;
  LogTail tail_;                // of what was sent
  std::deque<SentBatch> kept_;  // a gapless stretch of the log up to tail_
  size_t kept_bytes_ = 0;
  std::deque<PendingCommit> waiting_;
  std::deque<InFlight> in_flight_;  // by LSN
  uint64_t progress_ms_ = 0;        // when the VDL moved last, or the first open batch left
  std::deque<Lsn> open_batches_;    // ends of batches above the VDL
  BatchPace pace_;
  Lsn announced_;       // VDL sent to everybody
  Lsn membership_end_;  // of the membership record under way
  bool vdl_due_ = false;
  PreciseTimer vdl_timer_;
  EventLoop::Watch tick_;

  std::atomic<uint64_t> durable_{0};
  std::atomic<bool> fenced_{false};
  std::atomic<bool> writable_{false};

  std::mutex mutex_;
  std::vector<PendingCommit> queued_;   // guarded by mutex_
  bool closed_ = false;                 // guarded by mutex_
  std::vector<DecidedCommit> decided_;  // guarded by mutex_; durable after they were told unknown

  BackgroundThread thread_;
};

}  // namespace sixfold::storage
