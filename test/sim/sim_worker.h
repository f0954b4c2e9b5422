// The drain thread of a simulated process: a job runs whole at some later instant, and its owner
// hears of it later still, so that crashes fall before, between and behind.
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "core/base/background_worker.h"
#include "test/sim/sim_world.h"

namespace sixfold::sim {

class SimWorker final : public BackgroundWorker {
 public:
  explicit SimWorker(SimProcess& process) : process_(process) {}

  void Run(std::function<void()> job, std::function<void()> done) override {
    jobs_.push_back({std::move(job), std::move(done)});
    if (jobs_.size() == 1) Next();
  }

 private:
  struct Job {
    std::function<void()> run;
    std::function<void()> done;
  };
  void Next() {
    SimWorld& world = process_.world();
    next_ = process_.loop().After(world.Between(1'000, 30'000), [this] {
      jobs_.front().run();
      told_ = process_.loop().After(process_.world().Between(1, 5'000), [this] { Told(); });
    });
  }
  void Told() {
    const std::function<void()> done = std::move(jobs_.front().done);
    jobs_.pop_front();
    if (!jobs_.empty()) Next();
    done();
  }

  SimProcess& process_;
  std::deque<Job> jobs_;
  TaskLoop::Timer next_;
  TaskLoop::Timer told_;
};

}  // namespace sixfold::sim
