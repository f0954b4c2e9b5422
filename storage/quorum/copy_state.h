// One copy's side of the protocol: what it promises, what it appends, what it may acknowledge and
// what it may apply. Pure: no I/O, no clock, no threads. The daemon (or the simulator) tells it
// what came in and what reached the disk, and does what the verdicts say.
//
// Positions, each never above the next where it says so:
//   applicable() = min(known VDL, acknowledged())     what the copy may apply
//   acknowledged() = min(verified, durable)           what it tells the writer
//   verified   end of what is known to be the log of the current epoch: sent or confirmed by its
//              writer, or durable by a VDL. A tail left by an older epoch is durable, not verified.
//   durable    end of the gapless prefix on disk
//   tail       end of what was accepted, on disk or under way
//
// Rules
//  1. An append of an epoch below the promised one, or below that of the tail, is refused.
//  2. An epoch is promised to one writer only; the promise is on disk before the reply, and no
//     append of an older epoch is accepted from the moment the promise is asked for.
//  3. Only what chains to the tail is appended, and only an epoch-opening batch follows one of
//  another
//     epoch. A tail is cut only by what the current epoch's writer sends, and never at or below
//     what is verified, or by what a peer vouches for as durable, and never what is known durable.
#pragma once

#include <deque>

#include "core/base/sim_hooks.h"
#include "storage/log/segment_log.h"
#include "storage/quorum/messages.h"

namespace sixfold::storage {

class CopyState {
 public:
  struct Found {  // at startup, from superblock and log
    CopyId copy;
    CopyStanding standing = CopyStanding::kMember;
    Epoch promised;
    Uuid writer;
    Membership membership;
    LogTail tail;
    std::deque<BatchEntry> index;
    Lsn log_start;
    Lsn vdl;
    bool damaged = false;
  };
  explicit CopyState(const Found& found);

  enum class PromiseVerdict {
    kPersist,  // write epoch and writer to the superblock once no write is under way, then
               // PromisePersisted()
    kHeld,     // given to this writer already: reply
    kRefused,  // a newer one, or the same to another writer: reply
  };
  PromiseVerdict OnPromise(Epoch epoch, const Uuid& writer);
  void PromisePersisted(Epoch epoch);

  enum class AppendVerdict {
    kAppend,              // write it; it is the tail now
    kTruncateThenAppend,  // cut the log at header.prev_end, then write it
    kDuplicate,           // held already: acknowledge
    kGap,                 // something is missing in front of it
    kFenced,
    kUnpromised,  // of an epoch not promised here yet
    kDiverged,    // contradicts what this copy knows to be durable: a bug or rot; refused
  };
  /// A batch from the writer (or candidate) of `sender`.
  AppendVerdict OnAppend(Epoch sender, const BatchHeader& header);
  /// A batch from a peer, which vouches that all up to `vdl` is durable. Then every later epoch has
  /// it, so what stands against it came from a writer that was overtaken, whoever it is promised
  /// to.
  AppendVerdict OnPeerBatch(const BatchHeader& header, Lsn vdl);
  /// The write of the batch at `first` of `epoch` finished. Unknown ones (cut meanwhile) are
  /// ignored.
  void OnWritten(Lsn first, Epoch epoch);
  /// The writer of `epoch` says all up to `vdl` is durable.
  void OnVdl(Epoch epoch, Lsn vdl);
  /// The base was replaced by a peer's image up to `tail.end`; the log goes on from there.
  void OnRebuilt(const LogTail& tail);
  void set_membership(const Membership& membership) { membership_ = membership; }
  void set_standing(CopyStanding standing) { standing_ = standing; }
  void set_log_start(Lsn start) { log_start_ = start; }

  CopyId copy() const { return copy_; }
  CopyStanding standing() const { return standing_; }
  Epoch promised() const { return promised_; }
  const Uuid& writer() const { return writer_; }
  const Membership& membership() const { return membership_; }
  const LogTail& tail() const { return tail_; }
  Lsn durable() const { return durable_; }
  Lsn verified() const { return verified_; }
  Lsn vdl() const { return vdl_; }
  /// The highest VDL heard of, which may lie above what this copy has.
  Lsn vdl_heard() const { return vdl_heard_; }
  Lsn acknowledged() const {
    return SIM_BROKEN(kAckBeforeDisk) ? verified_ : std::min(verified_, durable_);
  }
  Lsn applicable() const {
    return SIM_BROKEN(kAppliedAhead) ? acknowledged() : std::min(vdl_, acknowledged());
  }
  /// How far its log may be read out: to peers only what is known durable in the current epoch, all
  /// else comes from the writer; to the candidate it promised `epoch` to all that is on disk.
  Lsn given_to_peers() const { return applicable(); }
  Lsn given_to_candidate(Epoch epoch) const { return epoch == promised_ ? durable_ : Lsn(); }
  bool writes_under_way() const { return durable_ != tail_.end; }
  bool uncertain() const { return damaged_; }
  CopyReport Report() const;

 private:
  struct Open {  // above the VDL
    BatchEntry entry;
    bool written = false;
  };
  AppendVerdict Place(const BatchHeader& header, Lsn firm);
  void Push(const BatchHeader& header);
  void LearnVdl(Lsn vdl);
  void AdvanceDurable();
  bool MatchesHeld(const BatchHeader& header) const;

  CopyId copy_;
  CopyStanding standing_;
  Epoch promised_;
  Epoch asked_;  // promised, or being persisted
  Uuid writer_;
  Membership membership_;
  LogTail anchor_;  // the chain at or below the VDL, where open_ starts
  std::deque<Open> open_;
  LogTail tail_;
  Lsn durable_;
  Lsn verified_;
  Lsn vdl_;  // <= verified
  Lsn vdl_heard_;
  Lsn log_start_;
  bool damaged_;
};

}  // namespace sixfold::storage
