// The writer's account of acknowledgements: from cumulative acks of copies to the VDL. Pure.
//
// Invariants: an ack never goes back; the VDL never goes back and never passes what was sent; a
// copy that is no member counts in nothing.
#pragma once

#include <map>

#include "core/base/ids.h"
#include "storage/quorum/membership.h"
#include "storage/quorum/messages.h"

namespace sixfold::storage {

class AppendTracker {
 public:
  /// `opened`: all up to it is durable (the epoch-opening batch's end).
  AppendTracker(const Membership& membership, Lsn opened);

  void OnSent(Lsn end);
  /// Bytes of log that may still be sent: LSNs run at most kMaxAheadBytes ahead of the VDL, which
  /// is what the next epoch's opening annuls.
  uint64_t room() const { return kMaxAheadBytes - (sent_ - vdl_); }
  /// True when the VDL moved. Acks end at batch ends, so the VDL always is a commit boundary.
  bool OnAck(CopyId copy, Lsn end);
  /// From now on durability means a write quorum of this membership (both sets of a change).
  bool SetMembership(const Membership& membership);

  Lsn vdl() const { return vdl_; }
  Lsn sent() const { return sent_; }
  const Membership& membership() const { return membership_; }

 private:
  bool Recount();

  Membership membership_;
  std::map<CopyId, Lsn> acks_;
  Lsn vdl_;
  Lsn sent_;
};

}  // namespace sixfold::storage
