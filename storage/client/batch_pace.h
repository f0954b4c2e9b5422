// When the next batch of commits leaves. A batch costs each of the three daemons two writes and
// their wake-ups whatever is in it, so a few large ones are better than many small ones; but one
// commit alone should not wait for company.
//
//  1. With nothing under way a batch leaves at once.
//  2. Beside one that is under way another leaves once it would hold as many commits.
//  3. More than two are never under way: what waits meanwhile goes together.
#pragma once

#include <cstddef>

namespace sixfold::storage {

class BatchPace {
 public:
  /// `commits` wait while `under_way` batches are not durable yet.
  bool MayLeave(size_t under_way, size_t commits) const {
    if (under_way == 0) return true;
    return under_way < kUnderWayMax && commits >= newest_;
  }
  /// The batch that left last holds so many.
  void Left(size_t commits) { newest_ = commits; }

 private:
  static constexpr size_t kUnderWayMax = 2;

  size_t newest_ = 0;
};

}  // namespace sixfold::storage
