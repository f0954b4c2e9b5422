// A candidate's way to an open epoch: from promises to the durable epoch-opening record. Pure.
//
//   kCollect  promises of `epoch` come in; needs a write quorum
//   kShip     a log was chosen; copies behind it are brought up
//   kOpen     a write quorum holds the chosen log: send them the epoch-opening batch
//   kDone     … which is at a write quorum: the kept tail is durable, the volume open
//   kRestart  a newer membership or epoch was met: start over with membership() and above_epoch()
//   kFailed   status() says why
//
// Rules (design: the quorum)
//  1. Nothing is chosen before a write quorum promised.
//  2. Kept is the log whose last batch has the highest epoch, then the longest; one holder is
//  enough.
//  3. A copy with damage at its tail does not count in the read quorum that vouches for the end of
//     the kept log, unless every reachable copy, at least a write quorum, answered.
//  4. The kept log may not end below a VDL any of them knows.
//  5. Open only when the opening batch itself is at a write quorum.
#pragma once

#include <map>
#include <set>

#include "core/base/sim_hooks.h"
#include "storage/quorum/messages.h"

namespace sixfold::storage {

class RecoverySession {
 public:
  enum class Step { kCollect, kShip, kOpen, kDone, kRestart, kFailed };

  RecoverySession(const Membership& membership, Epoch epoch);

  /// A reply to the promise asked for.
  void OnPromise(const CopyReport& report);
  /// Moves on from kCollect when the promises suffice. `all_answered`: no copy that can be reached
  /// has yet to answer.
  void Choose(bool all_answered);
  /// In kShip and kOpen: a copy acknowledged up to `end` in this epoch.
  void OnAck(CopyId copy, Lsn end);
  /// The epoch-opening batch was made.
  void OnOpening(Lsn end);

  Step step() const { return step_; }
  const Status& status() const { return status_; }
  Epoch epoch() const { return epoch_; }
  const Membership& membership() const { return membership_; }
  Epoch above_epoch() const { return above_epoch_; }
  size_t promises() const { return promised_.size(); }
  bool has_quorum() const;

  // From kShip on:
  const LogTail& kept() const { return kept_; }
  /// A copy that holds all of it.
  CopyId source() const { return source_; }
  /// Where shipping to a copy must start, and to whom; empty when all that promised are there.
  struct Behind {
    CopyId copy;
    Lsn from;
  };
  std::vector<Behind> behind() const;
  /// The epoch-opening batch's position: nothing in (kept end, it] is ever used. Candidates that
  /// keep the same log open at different ones: an opening that never reached its quorum may be left
  /// over on a copy, and no position is used twice. (An opening batch is one block.)
  Lsn opening_lsn() const {
    if (SIM_BROKEN(kPositionsUsedTwice)) return kept_.end;
    return kept_.end + kMaxAheadBytes + epoch_.value() * kBlockBytes;
  }

 private:
  void Fail(Status status);
  void CheckBroughtUp();

  Membership membership_;
  Epoch epoch_;
  Epoch above_epoch_;
  Step step_ = Step::kCollect;
  Status status_;
  std::map<CopyId, CopyReport> promised_;
  LogTail kept_;
  CopyId source_;
  std::set<CopyId> at_kept_;
  Lsn opening_end_;
  std::set<CopyId> at_opening_;
};

}  // namespace sixfold::storage
