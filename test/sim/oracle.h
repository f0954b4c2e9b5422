// What the volume must hold: every transaction that was asked for, what became of it, and the
// checks of whatever a reader sees against that.
//
// The keyspace is cut into lanes. A transaction makes one step in one lane or two; the steps of a
// lane follow each other, each made from the rows the one before left. So from the number of the
// transaction that a lane names as its last, all its rows are known.
//
// Checked
//  - an acknowledged step is in every view at or above its LSN, and in what each later epoch goes
//  on
//    from; a refused one is nowhere
//  - a view holds whole transactions: all steps of one, or none, and their rows exactly
//  - two views at one LSN are equal, whoever reads them, wherever, whenever
//  - an epoch has one writer and begins above every LSN used before it
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "storage/client/volume.h"

namespace sixfold::sim {

using Rows = std::map<std::string, std::string>;

struct SimTxn;

struct LaneStep {
  SimTxn* txn = nullptr;
  size_t lane = 0;
  uint64_t number = 0;  // in its lane, from 1; 0: nothing was written yet
  const LaneStep* before = nullptr;
  Rows rows;  // of the lane, after it
};

struct SimTxn {
  enum class State { kAsked, kDurable, kRefused, kUnknown };
  uint64_t id = 0;
  State state = State::kAsked;
  Lsn lsn;
  uint64_t highest_id = 0;  // of this one and those its lanes' steps follow
  std::vector<LaneStep> steps;
};

/// All rows of a view, with the LSNs they carry.
struct ViewRows {
  Rows rows;
  std::map<std::string, Lsn> lsns;
};

class Oracle {
 public:
  explicit Oracle(size_t lanes);

  size_t lanes() const { return acked_.size(); }
  const LaneStep* origin(size_t lane) const { return &origins_.steps[lane]; }

  SimTxn& NewTxn();
  void OnOpened(Epoch epoch, const std::string& writer, Lsn durable);
  void OnOutcome(SimTxn& txn, Epoch epoch, storage::CommitOutcome outcome, Lsn lsn);
  /// Where each lane stands in a view; empty after a failure.
  std::vector<const LaneStep*> CheckView(const std::string& who, Lsn at, const ViewRows& view);
  void CheckForward(const std::string& what, Lsn before, Lsn after);

  void Fail(const std::string& what);
  bool failed() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }
  uint64_t durable() const { return durable_count_; }
  uint64_t views() const { return views_; }
  Lsn highest_acked() const { return highest_acked_; }

  static std::string Prefix(size_t lane);
  /// Keeps the highest transaction number (a kMax mutation).
  static constexpr std::string_view kHighestKey = "Z/highest";

 private:
  struct OpenEpoch {
    std::string writer;
    Lsn opened;  // zero: it has not told so
    Lsn acked;   // the highest
    Lsn used;    // … of any commit, whatever became of it
  };
  void CheckEpochs();
  const LaneStep* StepOf(const std::string& who, size_t lane, const ViewRows& view);
  void CheckFollows(const LaneStep& step, const LaneStep& acked);
  void CheckHoldsAcked(const std::string& who, const LaneStep& seen, Lsn at);

  SimTxn origins_;
  std::deque<SimTxn> txns_;
  std::vector<std::map<Lsn, const LaneStep*>> acked_;  // by lane
  std::map<Lsn, const SimTxn*> by_lsn_;
  std::map<Epoch, OpenEpoch> epochs_;
  std::map<Lsn, uint64_t> views_at_;  // hash of what was seen there first
  std::string failure_;
  uint64_t durable_count_ = 0;
  uint64_t views_ = 0;
  Lsn highest_acked_;
};

}  // namespace sixfold::sim
