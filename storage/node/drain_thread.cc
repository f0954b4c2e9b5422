#include "storage/node/drain_thread.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace sixfold::storage {

namespace {

/// What the calling thread reads and writes waits for others, the log above all, where the disk's
/// scheduler knows priorities (mq-deadline, bfq). A drain has seconds, a commit has not; the
/// scheduler lets nobody starve.
void ReadAndWriteLast() {
  constexpr int kThisThread = 0, kWhoProcess = 1, kClassShift = 13, kIdleClass = 3;
  (void)syscall(SYS_ioprio_set, kWhoProcess, kThisThread, kIdleClass << kClassShift);
}

}  // namespace

struct DrainThread::State {
  struct Job {
    std::function<void()> run;
    std::function<void()> done;
  };

  explicit State(TaskLoop& home) : loop(home), worker([this] { Loop(); }) {}
  ~State() {
    {
      std::lock_guard lock(mutex);
      stop = true;
    }
    changed.notify_all();
    worker.join();
  }
  void Loop() {
    ReadAndWriteLast();
    for (;;) {
      Job job;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return stop || !jobs.empty(); });
        if (stop) return;
        job = std::move(jobs.front());
        jobs.pop_front();
      }
      job.run();
      loop.Post(std::move(job.done));
    }
  }

  TaskLoop& loop;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Job> jobs;  // guarded by mutex
  bool stop = false;     // guarded by mutex
  std::thread worker;
};

DrainThread::DrainThread(TaskLoop& home) : state_(std::make_unique<State>(home)) {}

DrainThread::~DrainThread() = default;

void DrainThread::Run(std::function<void()> job, std::function<void()> done) {
  {
    std::lock_guard lock(state_->mutex);
    state_->jobs.push_back({std::move(job), std::move(done)});
  }
  state_->changed.notify_all();
}

}  // namespace sixfold::storage
