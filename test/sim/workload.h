// What an instance's clients do while it is the writer: transactions over the oracle's lanes, each
// lane with one at a time. All kinds keep something: a bank its sum (also across lanes), a ring its
// cycle, a unique key its owner, a counter its direction; large transactions come in parts.
#pragma once

#include <memory>
#include <vector>

#include "storage/client/volume.h"
#include "test/sim/oracle.h"
#include "test/sim/sim_world.h"

namespace sixfold::sim {

struct WorkloadOptions {
  uint64_t think_ns = 10 * kMs;  // up to so long between two transactions of a lane
  uint64_t large_one_in = 20;
  size_t large_bytes = 24 << 10;
};

class Workload {
 public:
  /// `heads`: where each lane stands.
  Workload(SimProcess& process, storage::VolumeWriter& writer, Oracle& oracle,
           std::vector<const LaneStep*> heads, const WorkloadOptions& options);

  /// Begins nothing new.
  void Stop() { stopped_ = true; }
  bool idle() const;
  /// Commits that were told durable here.
  uint64_t durable() const { return durable_; }

 private:
  struct Lane {
    const LaneStep* head = nullptr;
    SimTxn* under_way = nullptr;  // or unknown
    TaskLoop::Timer next;
  };
  void Think(size_t lane);
  void Run(size_t lane);
  void Change(size_t lane, Rows* rows, uint64_t number);
  void Transfer(size_t from, size_t to, Rows* from_rows, Rows* to_rows);
  void Write(SimTxn& txn);
  void Finished(SimTxn& txn, storage::CommitOutcome outcome, Lsn lsn);
  void LookForDecided();

  SimProcess& process_;
  storage::VolumeWriter& writer_;
  Oracle& oracle_;
  WorkloadOptions options_;
  std::vector<Lane> lanes_;
  bool stopped_ = false;
  uint64_t durable_ = 0;
  TaskLoop::Timer decided_;
  std::shared_ptr<bool> alive_;

 public:
  ~Workload() { *alive_ = false; }
};

}  // namespace sixfold::sim
