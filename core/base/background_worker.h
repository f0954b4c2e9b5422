// The seam to a thread for what would hold up a loop: jobs run one after the other beside the home
// thread. A simulation runs them on the only thread there is, at a later simulated time.
#pragma once

#include <functional>

namespace sixfold {

class BackgroundWorker {
 public:
  /// The job under way is waited for; those behind it are forgotten.
  virtual ~BackgroundWorker() = default;
  /// Runs `job` in turn, then `done` at home. Home thread only.
  virtual void Run(std::function<void()> job, std::function<void()> done) = 0;
};

}  // namespace sixfold
