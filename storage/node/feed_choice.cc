#include "storage/node/feed_choice.h"

#include <algorithm>

#include "storage/log/batch.h"

namespace sixfold::storage {

namespace {

/// A volume's first batch lies above LSN 0, where an empty base is.
bool LogMeets(const FeedSource& source, Lsn position) {
  return source.serves && source.log_start <= std::max(position, kFirstLogLsn);
}

}  // namespace

std::optional<size_t> ChooseFeed(std::span<const FeedSource> sources, Lsn position) {
  std::optional<size_t> best;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (!LogMeets(sources[i], position) || sources[i].applicable <= position) continue;
    if (!best.has_value() || sources[i].applicable > sources[*best].applicable) best = i;
  }
  return best;
}

std::optional<Lsn> ChooseSeat(std::span<const FeedSource> sources) {
  std::optional<Lsn> highest;
  for (const FeedSource& source : sources) {
    if (source.serves) highest = std::max(highest.value_or(Lsn()), source.base_applied);
  }
  std::optional<Lsn> seat = highest;
  for (const FeedSource& base : sources) {
    if (!base.serves || base.base_applied >= *seat) continue;
    const bool leads_up = std::any_of(sources.begin(), sources.end(), [&](const FeedSource& log) {
      return LogMeets(log, base.base_applied) && log.applicable >= *highest;
    });
    if (leads_up) seat = base.base_applied;
  }
  return seat;
}

std::optional<Lsn> ChooseReplay(std::span<const FeedSource> sources, Lsn covered_from,
                                Lsn applied) {
  std::optional<Lsn> lowest;
  if (applied == Lsn()) return lowest;
  for (const FeedSource& source : sources) {
    if (!source.serves || source.base_applied < covered_from || source.base_applied > applied)
      continue;
    lowest = std::min(lowest.value_or(kMaxLsn), source.base_applied);
  }
  return lowest;
}

}  // namespace sixfold::storage
