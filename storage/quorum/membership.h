// Which copies make up the volume, and which sets of them are quorums.
//
// A change replaces one member at a time and takes two records: one that names the old and the new
// set (durable only at a write quorum of both), then one that settles on the new. While a change is
// under way every quorum is one of both sets. The version grows with each record; a higher one
// wins, and of two with one version that of the newer epoch: a record that was annulled stays in
// the superblocks that took it, and the next writer, which never heard of it, gave its version to
// another change.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"

namespace sixfold::storage {

inline constexpr size_t kCopies = 6;
inline constexpr size_t kWriteQuorum = 4;  // Vw
inline constexpr size_t kReadQuorum = 3;   // Vr
static_assert(kWriteQuorum + kReadQuorum > kCopies);
static_assert(2 * kWriteQuorum > kCopies);

struct Membership {
  uint64_t version = 0;
  Epoch epoch;  // of the writer that logged it; 0: founding
  std::vector<CopyId>
      members;               // by place: two of the first AZ, two of the second, two of the third
  std::vector<CopyId> next;  // not empty while a change is under way

  static Membership Founding(std::vector<CopyId> members);
  /// The record that starts replacing one member. FailedPrecondition while a change is under way.
  StatusOr<Membership> Replacing(CopyId lost, CopyId fresh) const;
  /// The record with which a writer goes on with a change that it only heard of: few copies may
  /// know of it.
  Membership LoggedAgain() const;
  /// The record that ends a change.
  StatusOr<Membership> Settled() const;

  bool NewerThan(const Membership& other) const;
  bool Contains(CopyId copy) const;
  bool IsWriteQuorum(const std::set<CopyId>& copies) const;
  bool IsReadQuorum(const std::set<CopyId>& copies) const;

  std::string Encode() const;
  static StatusOr<Membership> Decode(std::string_view bytes);
  bool operator==(const Membership&) const = default;
};

}  // namespace sixfold::storage
