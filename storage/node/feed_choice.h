// Which copy of an AZ feeds its recent layer, and from which base the layer starts over when none
// can. Pure.
//
// Rule: the layer covers everything above the applied LSN of the base it is read with. So it is fed
// only from a log that starts at or below where it stands; where no log does and a base is further
// (it was rebuilt from a peer), the layer starts over from that base. It never goes back.
#pragma once

#include <optional>
#include <span>

#include "core/base/ids.h"

namespace sixfold::storage {

/// What the choice needs to know of one copy.
struct FeedSource {
  bool serves = false;  // healthy, with a base, not being rebuilt
  Lsn log_start;        // its log can be read from here …
  Lsn applicable;       // … and may be applied up to here
  Lsn base_applied;     // its base holds all up to here
};

/// The copy to go on with from `position`: of those whose logs have no hole there, the one that
/// reaches furthest. Nothing: no copy leads on.
std::optional<size_t> ChooseFeed(std::span<const FeedSource> sources, Lsn position);

/// Where a fresh layer starts: the lowest base from which a log leads up to the highest one, so
/// that as many copies as possible drain from it. Nothing: no copy serves.
std::optional<Lsn> ChooseSeat(std::span<const FeedSource> sources);

/// Where a layer that survived, covering (covered_from, applied], is replayed from: the lowest base
/// it can be read with. Nothing: it is of no use.
std::optional<Lsn> ChooseReplay(std::span<const FeedSource> sources, Lsn covered_from, Lsn applied);

}  // namespace sixfold::storage
