// Accumulators: the running state of one aggregate over one group (or one window frame).
#pragma once

#include "core/exec/plan_names.h"
#include "core/plan/bind/block.h"
#include "core/plan/execution.h"

namespace sixfold::exec {

class Accumulator {
 public:
  virtual ~Accumulator() = default;
  virtual void Reset() = 0;
  /// The aggregate's arguments for one row, then GROUP_CONCAT's sort keys. The values need not
  /// outlive the call.
  virtual void Add(const types::Value* args) = 0;
  /// NULL where MySQL says so for no rows. The value lives in `arena`, or as long as the
  /// accumulator.
  virtual types::Value Result(Arena* arena) = 0;
};

/// In `arena`. DISTINCT is part of it.
Accumulator* NewAccumulator(const Aggregate& aggregate, Execution& execution, Arena* arena);
/// How many values Add() reads.
inline size_t AccumulatorInputs(const Aggregate& aggregate) {
  return aggregate.args.size() + aggregate.order_by.size();
}

}  // namespace sixfold::exec
