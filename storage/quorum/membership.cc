#include "storage/quorum/membership.h"

#include <algorithm>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/sim_hooks.h"

namespace sixfold::storage {

namespace {

constexpr uint16_t kMembershipVersion = 2;  // 1 had no epoch

bool HasAtLeast(const std::vector<CopyId>& members, const std::set<CopyId>& copies, size_t quorum) {
  const auto in = [&](CopyId member) { return copies.contains(member); };
  return static_cast<size_t>(std::count_if(members.begin(), members.end(), in)) >= quorum;
}

void PutCopies(std::string* out, const std::vector<CopyId>& copies) {
  PutVarint(out, copies.size());
  for (CopyId copy : copies) PutFixed(out, copy.value());
}

std::vector<CopyId> TakeCopies(ByteReader& in) {
  std::vector<CopyId> copies;
  const uint64_t count = in.Varint();
  for (uint64_t i = 0; i < count && i <= kCopies && in.ok(); ++i)
    copies.emplace_back(in.Fixed<uint64_t>());
  return copies;
}

}  // namespace

Membership Membership::Founding(std::vector<CopyId> members) {
  CHECK_EQ(members.size(), kCopies);
  return {.version = 1, .members = std::move(members)};
}

StatusOr<Membership> Membership::Replacing(CopyId lost, CopyId fresh) const {
  if (!next.empty()) return FailedPrecondition("a membership change is under way already");
  if (Contains(fresh)) return FailedPrecondition("copy {} is a member already", fresh);
  Membership changed = *this;
  ++changed.version;
  changed.next = members;
  const auto slot = std::find(changed.next.begin(), changed.next.end(), lost);
  if (slot == changed.next.end()) return NotFound("copy {} is not a member", lost);
  *slot = fresh;
  return changed;
}

Membership Membership::LoggedAgain() const {
  Membership again = *this;
  ++again.version;
  return again;
}

StatusOr<Membership> Membership::Settled() const {
  if (next.empty()) return FailedPrecondition("no membership change is under way");
  return Membership{.version = version + 1, .epoch = epoch, .members = next};
}

bool Membership::NewerThan(const Membership& other) const {
  return version != other.version ? version > other.version : epoch > other.epoch;
}

bool Membership::Contains(CopyId copy) const {
  return std::find(members.begin(), members.end(), copy) != members.end() ||
         std::find(next.begin(), next.end(), copy) != next.end();
}

bool Membership::IsWriteQuorum(const std::set<CopyId>& copies) const {
  const size_t quorum = SIM_BROKEN(kSmallWriteQuorum) ? kReadQuorum : kWriteQuorum;
  return HasAtLeast(members, copies, quorum) && (next.empty() || HasAtLeast(next, copies, quorum));
}

bool Membership::IsReadQuorum(const std::set<CopyId>& copies) const {
  return HasAtLeast(members, copies, kReadQuorum) &&
         (next.empty() || HasAtLeast(next, copies, kReadQuorum));
}

std::string Membership::Encode() const {
  std::string out;
  PutFixed(&out, kMembershipVersion);
  PutFixed(&out, version);
  PutFixed(&out, epoch.value());
  PutCopies(&out, members);
  PutCopies(&out, next);
  return out;
}

StatusOr<Membership> Membership::Decode(std::string_view bytes) {
  ByteReader in(bytes);
  const auto format = in.Fixed<uint16_t>();
  if (in.ok() && format > kMembershipVersion)
    return FailedPrecondition("membership record of a newer format");
  Membership membership;
  membership.version = in.Fixed<uint64_t>();
  if (format > 1) membership.epoch = Epoch(in.Fixed<uint64_t>());
  membership.members = TakeCopies(in);
  membership.next = TakeCopies(in);
  const bool sane =
      membership.members.size() <= kCopies &&
      (membership.next.empty() || membership.next.size() == membership.members.size());
  if (!in.ok() || !sane) return Corrupt("damaged membership record");
  return membership;
}

}  // namespace sixfold::storage
