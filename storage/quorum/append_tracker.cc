#include "storage/quorum/append_tracker.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/sim_hooks.h"

namespace sixfold::storage {

namespace {

/// The position the quorum's slowest needed member has reached.
Lsn ReachedByQuorum(const std::vector<CopyId>& members, const std::map<CopyId, Lsn>& acks) {
  std::vector<Lsn> reached;
  reached.reserve(members.size());
  for (CopyId member : members) {
    const auto ack = acks.find(member);
    reached.push_back(ack == acks.end() ? Lsn() : ack->second);
  }
  if (reached.size() < kWriteQuorum) return Lsn();
  std::sort(reached.begin(), reached.end(), std::greater<>());
  return reached[(SIM_BROKEN(kSmallWriteQuorum) ? kReadQuorum : kWriteQuorum) - 1];
}

}  // namespace

AppendTracker::AppendTracker(const Membership& membership, Lsn opened)
    : membership_(membership), vdl_(opened), sent_(opened) {}

void AppendTracker::OnSent(Lsn end) {
  CHECK_GT(end, sent_);
  CHECK_LE(end - vdl_, kMaxAheadBytes);
  sent_ = end;
}

bool AppendTracker::OnAck(CopyId copy, Lsn end) {
  if (end > sent_) return false;  // nobody can hold what was not sent: a damaged message
  Lsn& ack = acks_[copy];
  if (end <= ack) return false;
  ack = end;
  return Recount();
}

bool AppendTracker::SetMembership(const Membership& membership) {
  CHECK(membership.NewerThan(membership_));
  membership_ = membership;
  return Recount();
}

bool AppendTracker::Recount() {
  Lsn reached = ReachedByQuorum(membership_.members, acks_);
  if (!membership_.next.empty())
    reached = std::min(reached, ReachedByQuorum(membership_.next, acks_));
  if (reached <= vdl_) return false;
  vdl_ = reached;
  return true;
}

}  // namespace sixfold::storage
