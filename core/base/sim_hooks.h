// What only the simulator's build (-DSIXFOLD_SIM) has; in every other one these are nothing.
//
// SIM_MARK("name")  at a rare branch of a function that is not inline: over its standard seeds the
//                   simulator must have been there.
// SIM_BROKEN(name)  true while the canary of this name is switched on: the rule beside it is left
//                   out, and the simulator must notice.
#pragma once

#if defined(SIXFOLD_SIM)

namespace sixfold::sim {

enum class Canary {
  kNone,
  kSmallWriteQuorum,    // durable at three copies of six
  kFencingSkipped,      // a copy takes appends of epochs older than it promised
  kAckBeforeDisk,       // a copy acknowledges what is not on its disk yet
  kEpochForTwo,         // a copy promises one epoch to two writers
  kShortestTailKept,    // recovery keeps the oldest tail instead of the newest
  kOpenedEarly,         // an epoch is opened before a write quorum holds the kept tail
  kPositionsUsedTwice,  // an epoch opens right behind the kept tail
  kAnnulmentLost,       // parts of a large transaction outlive the epoch that began it
  kAppliedAhead,        // a copy applies what it does not know to be durable
  kHistoryLost,         // a drain keeps no old versions for registered snapshots
  kRowLost,             // a drain leaves a row out
  kTrimmedEarly,        // the recent layer loses what one of two bases lacks
  kCount,
};

/// The one that is switched on.
inline Canary canary = Canary::kNone;

/// All marks of the program lie in one section of it, so that those never reached are known too.
struct Mark {
  const char* name;
  unsigned long reached;
};

}  // namespace sixfold::sim

#define SIM_BROKEN(name) (::sixfold::sim::canary == ::sixfold::sim::Canary::name)
#define SIM_MARK(text)                                                                            \
  do {                                                                                            \
    static ::sixfold::sim::Mark sim_mark __attribute__((section("sim_marks"), used)) = {text, 0}; \
    ++sim_mark.reached;                                                                           \
  } while (false)

#else

#define SIM_BROKEN(name) false
#define SIM_MARK(text) ((void)0)

#endif
