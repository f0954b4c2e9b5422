// The simulated world: one queue of events over simulated time, and the processes they belong to.
//
// Events run in order of their time; what falls on one instant runs in an order drawn from the
// seed. Killing a process throws its events away; those of a paused one wait until it goes on.
// Nothing here knows of wall time or of real randomness: the same seed gives the same history, and
// hash() tells whether it did.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/task_loop.h"

namespace sixfold::sim {

inline constexpr uint64_t kUs = 1'000;
inline constexpr uint64_t kMs = 1'000'000;
inline constexpr uint64_t kSecond = 1'000'000'000;

class SimWorld;

/// A machine: its processes share one monotonic clock and one wall clock.
struct SimHost {
  std::string name;
  uint64_t boot_ns = 0;      // what the monotonic clock shows at simulated time 0
  int64_t wall_jump_us = 0;  // by which the wall clock is wrong
};

/// One run of a program. Killed once, never started again: a restart is another process.
class SimProcess {
 public:
  SimProcess(SimWorld& world, SimHost& host, std::string name);
  /// Destroy what runs in it first.
  ~SimProcess();

  const std::string& name() const { return name_; }
  SimHost& host() const { return host_; }
  SimWorld& world() const { return world_; }
  bool paused() const { return paused_; }
  void Pause() { paused_ = true; }
  void Resume();
  /// Ends it, between two requests to a disk inside one callback: from here on nothing it asks for
  /// happens, and it is killed once the callback returns.
  void Doom();
  bool doomed() const { return doomed_; }
  /// It is being killed: what its objects still say while they go is heard by nobody.
  void Silence() { doomed_ = true; }
  uint64_t id() const { return id_; }

  TaskLoop& loop() { return *loop_; }
  const Clock& clock() const { return *clock_; }
  Random& random() { return random_; }

  /// What ends it, called once it is doomed, outside its callbacks.
  std::function<void()> on_doom;

 private:
  friend class SimWorld;
  SimWorld& world_;
  SimHost& host_;
  std::string name_;
  uint64_t id_;
  bool paused_ = false;
  bool doomed_ = false;
  SeededRandom random_;
  std::unique_ptr<TaskLoop> loop_;
  std::unique_ptr<Clock> clock_;
  std::deque<std::function<void()>> late_;  // came while it was paused
};

class SimWorld {
 public:
  /// Names an event in the queue.
  using Key = std::tuple<uint64_t, uint64_t, uint64_t>;  // time, draw, number

  explicit SimWorld(uint64_t seed) : random_(seed) {}

  uint64_t now_ns() const { return now_ns_; }
  /// Of the world's own chances: delays, faults.
  Random& random() { return random_; }
  bool Chance(uint64_t one_in) { return random_.Uniform(one_in) == 0; }
  uint64_t Between(uint64_t least, uint64_t most) {
    return least + random_.Uniform(most - least + 1);
  }

  /// Runs the callback as `process` (null: as the world itself, which nobody kills). `in_order`:
  /// those of one instant run in the order they were asked for.
  Key Schedule(SimProcess* process, uint64_t delay_ns, std::function<void()> callback,
               bool in_order = false);
  void Cancel(const Key& key) { events_.erase(key); }
  /// Throws away what waits for the process.
  void Forget(const SimProcess& process);

  /// Until `until_ns`, the condition or nothing is left to do. True where the condition held.
  bool RunUntil(uint64_t until_ns, const std::function<bool()>& condition);
  uint64_t steps() const { return steps_; }
  /// Whose callback runs; null: the world's own.
  const SimProcess* running() const { return running_; }

  /// One line of the history: kept among the last ones, counted in the hash, printed when told so.
  void Trace(const std::string& line);
  uint64_t hash() const { return hash_; }
  const std::deque<std::string>& last_lines() const { return lines_; }
  void set_print(bool print) { print_ = print; }

 private:
  struct Event {
    SimProcess* process;
    std::function<void()> callback;
  };
  void RunOne(Event event);
  void BuryDoomed();

  friend class SimProcess;
  SeededRandom random_;
  uint64_t now_ns_ = 0;
  uint64_t numbers_ = 0;
  uint64_t steps_ = 0;
  const SimProcess* running_ = nullptr;
  std::map<Key, Event> events_;
  std::vector<SimProcess*> doomed_;
  uint64_t next_process_ = 1;
  uint64_t hash_ = 0;
  bool print_ = false;
  std::deque<std::string> lines_;
};

}  // namespace sixfold::sim
