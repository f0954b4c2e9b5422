// VolumeWriter over three storage daemons.
//
//   Commit()  any thread: encodes, queues, wakes the writer's thread
//   writer's thread: closes batches, sends each once to every daemon, counts acknowledgements,
//   calls back. One thread, one loop; nothing of the state below is touched elsewhere but what is
//   atomic.
//
// A commit is, in this order: waiting (no LSN; may be refused), in flight (has one; durable, or
// unknown), decided. A batch is closed when none is undecided: a
// lone commit leaves at once, under load whatever came meanwhile leaves together (batch_pace.h).
// Sent batches are kept until they are durable and for a while after, for daemons that come back;
// what is older they fetch from each other.
//
// Bounds: LSNs run at most kMaxAheadBytes ahead of the VDL; then commits wait.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>

#include "core/base/clock.h"
#include "core/base/network.h"
#include "core/base/random.h"
#include "core/base/task_loop.h"
#include "storage/client/daemon_link.h"
#include "storage/client/pending_commit.h"
#include "storage/client/volume_opener.h"
#include "storage/quorum/append_tracker.h"

namespace sixfold::storage {

class QuorumWriter final : public VolumeWriter, public DaemonLink::Owner {
 public:
  /// Told once how opening ended.
  using OpenedCallback = std::function<void(Status)>;
  struct Seams {
    TaskLoop& loop;
    const Clock& clock;
    Random& random;
    Network& network;
  };

  /// With a thread, a loop and a network of its own. Blocks until the volume is open for writing.
  static StatusOr<std::unique_ptr<QuorumWriter>> Open(const VolumeOptions& options);
  /// On the home thread of the caller's loop, which outlives it; `opened` is called there, never
  /// inside this call. Not OK: it is of no use any more; destroy it, but not inside the callback.
  static std::unique_ptr<QuorumWriter> OpenOn(const Seams& seams, const VolumeOptions& options,
                                              const OpenedCallback& opened);
  ~QuorumWriter() override;

  void Commit(const CommitRequest& request, CommitCallback done) override;
  std::vector<DecidedCommit> TakeDecided() override;
  Lsn durable() const override { return Lsn(durable_.load(std::memory_order_acquire)); }
  Epoch epoch() const override { return epoch_; }
  bool fenced() const override { return fenced_.load(std::memory_order_acquire); }
  bool writable() const override { return writable_.load(std::memory_order_acquire); }

 private:
  struct Home;

  struct InFlight {
    TxnId txn;
    Lsn lsn;
    uint64_t since_ms;
    CommitCallback done;  // empty: told unknown already
  };

  QuorumWriter(const VolumeOptions& options, std::unique_ptr<Home> home);
  QuorumWriter(const VolumeOptions& options, const Seams& seams);
  void Start(const OpenedCallback& opened);
  void StopLoop();
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
  bool IsBatchFull() const;
  void CloseOne();
  void SendBatch(BatchBuilder& builder, uint16_t flags);
  void SendMembership(Membership membership);
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
  std::unique_ptr<Home> home_;  // its own thread and loop; null where it lives on another's
  TaskLoop& loop_;
  const Clock& clock_;
  Random& random_;
  Network& network_;
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
  Lsn announced_;                   // VDL sent to everybody
  Lsn membership_end_;              // of the membership record under way
  bool vdl_due_ = false;
  std::unique_ptr<TaskLoop::OneShot> vdl_timer_;
  TaskLoop::Timer tick_;

  std::atomic<uint64_t> durable_{0};
  std::atomic<bool> fenced_{false};
  std::atomic<bool> writable_{false};

  std::mutex mutex_;
  std::vector<PendingCommit> queued_;   // guarded by mutex_
  bool closed_ = false;                 // guarded by mutex_
  std::vector<DecidedCommit> decided_;  // guarded by mutex_; durable after they were told unknown
};

}  // namespace sixfold::storage
