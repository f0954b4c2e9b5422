// The thread that drains, imports and compares the bases of an AZ's copies: one job after the
// other. Its reads and writes come last at the disk, after the log's.
#pragma once

#include <memory>

#include "core/base/background_worker.h"
#include "core/base/task_loop.h"

namespace sixfold::storage {

class DrainThread final : public BackgroundWorker {
 public:
  explicit DrainThread(TaskLoop& home);
  ~DrainThread() override;
  void Run(std::function<void()> job, std::function<void()> done) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sixfold::storage
