#include "core/server/worker_pool.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "core/base/event_loop.h"

namespace sixfold::server {
namespace {

// Runs a function on a worker and notes where it ended.
class TestTask final : public Task {
 public:
  explicit TestTask(std::function<void()> body) : body_(std::move(body)) {}
  void Run() override { body_(); }
  void Finished() override {
    std::lock_guard lock(mutex_);
    finished_on_ = std::this_thread::get_id();
    ++finished_;
    changed_.notify_all();
  }
  void WaitFinished(int times) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return finished_ >= times; });
  }
  std::thread::id finished_on() {
    std::lock_guard lock(mutex_);
    return finished_on_;
  }

 private:
  std::function<void()> body_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int finished_ = 0;
  std::thread::id finished_on_;
};

class Gate {
 public:
  void Open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class Workers : public ::testing::Test {
 protected:
  void Queue(LoopSlot& slot, Task* task) {
    slot.events().Post([this, &slot, task] { pool_.Ready(slot, task); });
  }

  std::atomic<uint64_t> progress_{0};
  std::atomic<uint32_t> busy_{0};
  WorkerPool pool_{1, WorkerGauges{&progress_, &busy_}};
};

TEST_F(Workers, RunsWhatIsReady) {
  pool_.Start();
  int runs = 0;
  TestTask task([&] { ++runs; });
  for (int i = 1; i <= 100; ++i) {
    Queue(pool_.slot(0), &task);
    task.WaitFinished(i);
  }
  EXPECT_EQ(runs, 100);
  EXPECT_EQ(progress_.load(), 100u);
  EXPECT_EQ(busy_.load(), 0u);
  EXPECT_EQ(pool_.threads(), 1u);
}

TEST_F(Workers, ABlockedTaskGivesItsLoopAway) {
  pool_.Start();
  Gate gate;
  TestTask blocked([&] {
    BlockingScope waiting;
    gate.Wait();
  });
  TestTask other([] {});
  Queue(pool_.slot(0), &blocked);
  Queue(pool_.slot(0), &other);
  other.WaitFinished(1);
  EXPECT_EQ(pool_.threads(), 2u);
  // A known wait is no hang.
  EXPECT_EQ(busy_.load(), 0u);
  gate.Open();
  blocked.WaitFinished(1);
}

// Whether the first task's end was seen to by the thread that still ran the second.
TEST_F(Workers, AnswersDoNotWaitForALongTask) {
  pool_.Start();
  for (const bool blocks : {false, true}) {
    // A busy machine may let the watcher be first now and then.
    bool by_the_long_one = false;
    for (int round = 1; round <= 1000 && !by_the_long_one; ++round) {
      TestTask short_task([] {});
      TestTask long_task([&] {
        std::optional<BlockingScope> waiting;
        if (blocks) {
          waiting.emplace();
        } else {
          NoteLongWork();
        }
        short_task.WaitFinished(1);
        by_the_long_one = short_task.finished_on() == std::this_thread::get_id();
      });
      pool_.slot(0).events().Post([&] {
        pool_.Ready(pool_.slot(0), &short_task);
        pool_.Ready(pool_.slot(0), &long_task);
      });
      long_task.WaitFinished(1);
    }
    EXPECT_TRUE(by_the_long_one) << blocks;
  }
}

TEST_F(Workers, AStalledTaskLosesItsLoop) {
  pool_.Start();
  Gate gate;
  TestTask stalled([&] { gate.Wait(); });  // as a page fault: nothing is bracketed
  TestTask other([] {});
  Queue(pool_.slot(0), &stalled);
  Queue(pool_.slot(0), &other);
  other.WaitFinished(1);
  EXPECT_EQ(busy_.load(), 1u);
  gate.Open();
  stalled.WaitFinished(1);
}

TEST_F(Workers, ManyWaitersWakeEachOther) {
  pool_.Start();
  constexpr int kTasks = 50;
  std::atomic<int> arrived{0};
  Gate gate;
  std::vector<std::unique_ptr<TestTask>> tasks;
  for (int i = 0; i < kTasks; ++i) {
    tasks.push_back(std::make_unique<TestTask>([&] {
      if (++arrived == kTasks) gate.Open();
      BlockingScope waiting;
      BlockingScope nested;
      gate.Wait();
    }));
    Queue(pool_.slot(0), tasks.back().get());
  }
  for (auto& task : tasks) task->WaitFinished(1);
  EXPECT_EQ(arrived.load(), kTasks);
}

TEST_F(Workers, ATaskThatRequeuesItselfLetsTheLoopTurn) {
  pool_.Start();
  std::atomic<bool> stop{false};
  struct Endless final : Task {
    Endless(WorkerPool& p, std::atomic<bool>& s) : pool(p), stop(s) {}
    void Run() override {}
    void Finished() override {
      if (!stop.load()) pool.Ready(pool.slot(0), this);
      done.store(stop.load());
    }
    WorkerPool& pool;
    std::atomic<bool>& stop;
    std::atomic<bool> done{false};
  } endless(pool_, stop);
  Queue(pool_.slot(0), &endless);
  TestTask other([] {});
  Queue(pool_.slot(0), &other);
  other.WaitFinished(1);
  stop.store(true);
  while (!endless.done.load()) std::this_thread::yield();
}

}  // namespace
}  // namespace sixfold::server
