#include "test/sim/scenario.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/check.h"
#include "core/base/log.h"
#include "storage/copy/base_store.h"

namespace sixfold::sim {

namespace {

constexpr uint64_t kSuperviseNs = 50 * kMs;
constexpr uint64_t kComeTogetherNs = 120 * kSecond;
constexpr uint64_t kLastCommits = 5;

/// Log lines are part of the history. One world at a time.
SimWorld* logging_world = nullptr;
SimCluster* logging_cluster = nullptr;

void TakeLogLine(log::Level level, std::string_view text) {
  if (logging_world == nullptr || level == log::Level::kDebug) return;
  const SimProcess* const process = logging_world->running();
  if (process != nullptr && process->doomed()) return;
  const std::string line =
      logging_cluster == nullptr ? std::string(text) : logging_cluster->WithoutPaths(text);
  logging_world->Trace(fmt::format("  [{}] {}", process == nullptr ? "-" : process->name(), line));
}

}  // namespace

ClusterOptions Scenario::OptionsFor(Random& random) {
  ClusterOptions options;
  options.log.segment_bytes = (64 << 10) << random.Uniform(3);
  options.log.spare_segments = 1 + random.Uniform(2);
  options.log.max_spare_segments = 1 + random.Uniform(4);
  options.drain.interval_ms = 100 + random.Uniform(900);
  options.drain.bytes = (64 << 10) << random.Uniform(4);
  options.drain.age_min_ms = 50 + random.Uniform(300);
  options.drain.keep_log_bytes = (64 << 10) << random.Uniform(6);
  options.recent_bytes = (512 << 10) << random.Uniform(4);
  options.volume.refuse_after_ms = 500 + random.Uniform(3000);
  options.volume.unknown_after_ms = 1000 + random.Uniform(5000);
  options.volume.part_bytes = (2 << 10) << random.Uniform(4);
  options.volume.batch_bytes = (8 << 10) << random.Uniform(4);
  options.workload.think_ns = (2 + random.Uniform(30)) * kMs;
  options.workload.large_one_in = 10 + random.Uniform(40);
  options.lanes = 2 + random.Uniform(4);
  return options;
}

Scenario::Scenario(uint64_t seed, bool print) : world_(seed) {
  world_.set_print(print);
  logging_world = &world_;
  log::Redirect(TakeLogLine);
  const std::string root = fmt::format("/dev/shm/sixfold-simulated-{}", ::getpid());
  cluster_ = std::make_unique<SimCluster>(world_, OptionsFor(world_.random()), root);
  logging_cluster = cluster_.get();
  for (size_t fault = 0; fault < static_cast<size_t>(Fault::kCount); ++fault) {
    if (world_.Chance(2)) faults_.push_back(static_cast<Fault>(fault));
  }
  if (world_.Chance(3))
    cluster_->wires().SetWeather(world_.Between(3, 30), world_.Between(1, 100) * kMs);
}

Scenario::~Scenario() {
  *alive_ = false;
  logging_cluster = nullptr;
  cluster_.reset();
  logging_world = nullptr;
  log::Redirect(nullptr);
}

void Scenario::Later(uint64_t delay_ns, std::function<void()> what) {
  world_.Schedule(nullptr, delay_ns, [what = std::move(what), alive = alive_] {
    if (*alive) what();
  });
}

// ---- what a supervisor does ----

void Scenario::Supervise() {
  for (size_t n = 0; n < kHosts; ++n) {
    if (!plans_[n].powered) continue;
    if (cluster_->host(n).node == nullptr && world_.now_ns() >= plans_[n].node_from_ns)
      cluster_->StartNode(n);
    SuperviseInstances(n);
  }
  if (!striking_ || world_.Chance(20)) RestartFailedCopies();
  const auto all = cluster_->instances();
  const bool wanted = std::none_of(all.begin(), all.end(), [](SimInstance* instance) {
    return instance->promoted() && !instance->over();
  });
  if (wanted && !all.empty() && world_.now_ns() >= promote_from_ns_) {
    promote_from_ns_ = world_.now_ns() + world_.Between(100, 1500) * kMs;
    SimInstance* const chosen = all[world_.random().Uniform(all.size())];
    if (!chosen->promoted() && !chosen->process().paused()) chosen->Promote();
  }
  Later(kSuperviseNs, [this] { Supervise(); });
}

/// Those that were fenced, or could not open the volume, are started anew, sooner or later.
void Scenario::SuperviseInstances(size_t host) {
  auto& instances = cluster_->host(host).instances;
  for (size_t i = 0; i < instances.size(); ++i) {
    SimInstance& instance = *instances[i];
    if (!instance.over() || instance.process().paused() || !world_.Chance(4)) continue;
    cluster_->KillInstance(instance);
    break;
  }
  if (instances.empty()) cluster_->StartInstance(host);
}

/// An operator has looked after the disk and starts the daemon again.
void Scenario::RestartFailedCopies() {
  for (size_t n = 0; n < kHosts; ++n) {
    SimNode* const node = cluster_->host(n).node.get();
    if (node == nullptr || node->process().paused()) continue;
    if (node->StatusJson().find("\"failed\"") == std::string::npos) continue;
    const auto& mounts = cluster_->host(n).drives->mounts();
    if (std::any_of(mounts.begin(), mounts.end(),
                    [](const auto& mount) { return mount.fails_writes || mount.fails_reads; }))
      continue;
    cluster_->KillNode(n);
  }
}

// ---- faults ----

void Scenario::Strike() {
  if (!striking_) return;
  if (!faults_.empty()) Do(faults_[world_.random().Uniform(faults_.size())]);
  Later(world_.Between(20, 700) * kMs, [this] { Strike(); });
}

void Scenario::PowerOff(size_t host) {
  if (!plans_[host].powered) return;
  cluster_->PowerOff(host);
  plans_[host].powered = false;
  Later(world_.Between(50, 2000) * kMs, [this, host] { plans_[host].powered = true; });
}

void Scenario::CutSome() {
  const auto host = [&]() -> SimHost& {
    return cluster_->host(world_.random().Uniform(kHosts)).machine;
  };
  for (uint64_t left = world_.Between(1, 3); left > 0; --left) {
    SimHost& from = host();
    SimHost& to = host();
    cluster_->wires().Cut(from, to);
    if (world_.Chance(2)) cluster_->wires().Cut(to, from);
    world_.Trace(fmt::format("cut from {} to {}", from.name, to.name));
  }
  Later(world_.Between(20, 3000) * kMs, [this] { cluster_->wires().HealAll(); });
}

void Scenario::PauseFor(SimProcess& process, uint64_t longest_ns) {
  if (process.paused()) return;
  process.Pause();
  world_.Trace(process.name() + " is paused");
  // It may be gone by then.
  const uint64_t id = process.id();
  Later(world_.Between(kMs, longest_ns), [this, id] {
    for (size_t n = 0; n < kHosts; ++n) {
      SimNode* const node = cluster_->host(n).node.get();
      if (node != nullptr && node->process().id() == id) node->process().Resume();
    }
    for (SimInstance* instance : cluster_->instances()) {
      if (instance->process().id() == id) instance->process().Resume();
    }
  });
}

/// What acknowledged commits must survive: one AZ is away and so takes nothing, another one goes
/// for good with a copy of the third, whose other copy is slow.
void Scenario::LoseAzPlusOne(size_t n, size_t copy) {
  const bool forward = world_.Chance(2);
  const size_t away = (n + (forward ? 1 : 2)) % kHosts;
  const size_t goes = (n + (forward ? 2 : 1)) % kHosts;
  std::vector<SimDrives::Mount>& mounts = cluster_->host(n).drives->mounts();
  SimDrives::Mount& failing = mounts[copy];
  SimDrives::Mount& slow = mounts[1 - copy];
  slow.slow_factor = world_.Between(20, 200);
  const uint64_t strike_ms = world_.Between(100, 500);
  plans_[away].node_from_ns = world_.now_ns() + (strike_ms + world_.Between(0, 300)) * kMs;
  cluster_->KillNode(away);
  Later(strike_ms * kMs, [this, n, goes, &failing, &slow] {
    world_.Trace("a failing disk in " + cluster_->host(n).machine.name);
    failing.fails_writes = true;
    slow.slow_factor = 1;
    Later(world_.Between(500, 2000) * kMs, [&failing] { failing.fails_writes = false; });
    PowerOff(goes);
  });
}

void Scenario::Do(Fault fault) {
  const size_t n = world_.random().Uniform(kHosts);
  SimCluster::Host& host = cluster_->host(n);
  SimDrives::Mount& mount = host.drives->mounts()[world_.random().Uniform(2)];
  SimInstance* const writer = cluster_->Writer();
  switch (fault) {
    case Fault::kKillNode:
      plans_[n].node_from_ns = world_.now_ns() + world_.Between(1, 1500) * kMs;
      return cluster_->KillNode(n);
    case Fault::kEndNodeAtRequest:
      if (host.node != nullptr) host.node->disk().EndAtRequest(world_.random().Uniform(40));
      return;
    case Fault::kPowerOfOne:
      return PowerOff(n);
    case Fault::kPowerOfAll:
      if (!world_.Chance(3)) return;
      for (size_t each = 0; each < kHosts; ++each) PowerOff(each);
      return;
    case Fault::kCut:
      return CutSome();
    case Fault::kBreakConnections:
      for (uint64_t left = world_.Between(1, 5); left > 0; --left)
        (void)cluster_->wires().BreakOne();
      return world_.Trace("connections break");
    case Fault::kPauseNode:
      if (host.node != nullptr) PauseFor(host.node->process(), 3 * kSecond);
      return;
    case Fault::kPauseInstance:
      if (writer != nullptr) PauseFor(writer->process(), 4 * kSecond);
      return;
    case Fault::kSlowDisk:
      mount.slow_factor = world_.Between(2, 200);
      world_.Trace("a slow disk in " + host.machine.name);
      return Later(world_.Between(100, 2000) * kMs, [&mount] { mount.slow_factor = 1; });
    case Fault::kWrongClock:
      host.machine.wall_jump_us =
          static_cast<int64_t>(world_.Between(0, 200'000'000)) - 100'000'000;
      return world_.Trace("the clock jumps in " + host.machine.name);
    case Fault::kSecondCandidate: {
      SimInstance& candidate = cluster_->StartInstance(n);
      candidate.Promote();
      return;
    }
    case Fault::kKillWriter:
      if (writer != nullptr) cluster_->KillInstance(*writer);
      return;
    case Fault::kFullDisk:
      mount.full = true;
      world_.Trace("a full disk in " + host.machine.name);
      return Later(world_.Between(100, 2000) * kMs, [&mount] { mount.full = false; });
    case Fault::kFailingDisk:
      mount.fails_writes = true;
      mount.fails_reads = world_.Chance(2);
      world_.Trace("a failing disk in " + host.machine.name);
      return Later(world_.Between(10, 1000) * kMs,
                   [&mount] { mount.fails_writes = mount.fails_reads = false; });
    case Fault::kAzPlusOne:
      return LoseAzPlusOne(n, world_.random().Uniform(2));
    case Fault::kCount:
      break;
  }
  CHECK(false);
}

void Scenario::EndFaults() {
  striking_ = false;
  world_.Trace("no more faults");
  cluster_->wires().HealAll();
  cluster_->wires().SetWeather(100, 5 * kMs);
  for (size_t n = 0; n < kHosts; ++n) {
    plans_[n].powered = true;
    plans_[n].node_from_ns = 0;
    for (SimDrives::Mount& mount : cluster_->host(n).drives->mounts()) {
      mount.full = mount.fails_writes = mount.fails_reads = false;
      mount.slow_factor = 1;
    }
    SimNode* const node = cluster_->host(n).node.get();
    if (node == nullptr) continue;
    node->disk().EndAtRequest(UINT64_MAX);
    if (node->process().paused()) node->process().Resume();
  }
  for (SimInstance* instance : cluster_->instances()) {
    if (instance->process().paused()) instance->process().Resume();
  }
}

// ---- the course ----

Outcome Scenario::Run() {
  for (size_t n = 0; n < kHosts; ++n) cluster_->StartNode(n);
  Supervise();
  const uint64_t calm_ns = world_.Between(0, 2) * 500 * kMs;
  Later(calm_ns, [this] { Strike(); });
  const uint64_t until_ns = calm_ns + world_.Between(2, 6) * kSecond;
  const auto failed = [this] { return cluster_->oracle().failed(); };
  if (!world_.RunUntil(until_ns, failed)) {
    EndFaults();
    ComeTogether();
  }
  Outcome outcome;
  outcome.failure = cluster_->oracle().failure();
  outcome.hash = world_.hash();
  outcome.commits = cluster_->oracle().durable();
  outcome.views = cluster_->oracle().views();
  outcome.steps = world_.steps();
  outcome.simulated_ms = world_.now_ns() / kMs;
  return outcome;
}

bool Scenario::Until(uint64_t limit_ns, const std::string& what,
                     const std::function<bool()>& condition) {
  Oracle& oracle = cluster_->oracle();
  const auto over = [&] { return oracle.failed() || condition(); };
  if (!world_.RunUntil(world_.now_ns() + limit_ns, over)) {
    std::string states;
    for (size_t n = 0; n < kHosts; ++n) {
      const SimNode* const node = cluster_->host(n).node.get();
      states += "\n  " + (node == nullptr ? "down" : cluster_->WithoutPaths(node->StatusJson()));
    }
    for (SimInstance* instance : cluster_->instances()) {
      Workload* const workload = instance->workload();
      states +=
          fmt::format("\n  {}{}{}{}", instance->process().name(),
                      instance->promoted() ? " promoted" : "", instance->writes() ? " writes" : "",
                      workload == nullptr ? ""
                      : workload->idle()  ? " idle"
                                          : " commits");
    }
    oracle.Fail(fmt::format("{} within {} s:{}", what, limit_ns / kSecond, states));
  }
  return !oracle.failed();
}

bool Scenario::AllCopiesAt(Lsn lsn) {
  for (size_t n = 0; n < kHosts; ++n) {
    const SimNode* const node = cluster_->host(n).node.get();
    if (node == nullptr) return false;
    const auto status = nlohmann::json::parse(node->StatusJson());
    if (status["applied_lsn"] != lsn.value()) return false;
    for (const auto& copy : status["copies"]) {
      if (copy["state"] != "ok" || copy["base_lsn"] != lsn.value()) return false;
    }
  }
  return true;
}

/// Clients of the last writer commit, then stop; all copies hold all of it.
bool Scenario::Together() {
  SimInstance* const writer = cluster_->Writer();
  if (writer == nullptr || writer->workload() == nullptr) return false;
  Workload& workload = *writer->workload();
  if (workload.durable() < kLastCommits) return false;
  workload.Stop();
  return workload.idle() && AllCopiesAt(writer->writer().durable());
}

void Scenario::ComeTogether() {
  uint64_t looked_ns = 0;
  const auto seldom = [&](const std::function<bool()>& look) {
    return [this, look, &looked_ns] {
      if (world_.now_ns() < looked_ns + 20 * kMs) return false;
      looked_ns = world_.now_ns();
      return look();
    };
  };
  if (!Until(kComeTogetherNs, "copies do not come together", seldom([this] { return Together(); })))
    return;
  const Lsn durable = cluster_->Writer()->writer().durable();
  if (cluster_->oracle().highest_acked() > durable)
    cluster_->oracle().Fail("the last writer does not know all that was acknowledged");
  // The instances look once more.
  const uint64_t views = cluster_->oracle().views();
  if (!Until(10 * kSecond, "nobody reads",
             seldom([&] { return cluster_->oracle().views() >= views + kLastCommits; })))
    return;
  CompareBases(durable);
}

/// The comparison the daemons have: all rows of each copy at one LSN.
void Scenario::CompareBases(Lsn lsn) {
  for (size_t n = 0; n < kHosts; ++n) {
    cluster_->host(n).instances.clear();
    cluster_->KillNode(n);
  }
  uint64_t first = 0;
  for (size_t i = 0; i < 2 * kHosts; ++i) {
    const std::string folder = cluster_->CopyFolderOf(i / 2, i % 2) + "/base";
    auto base = storage::BaseStore::Open({.folder = folder, .volume = cluster_->volume()});
    if (!base.ok()) return cluster_->oracle().Fail(ToString(base.status()));
    const auto hash = (*base)->RangeHash(lsn);
    if (!hash.ok()) return cluster_->oracle().Fail(ToString(hash.status()));
    world_.Trace(fmt::format("copy {}: {:016x}", i, *hash));
    if (i == 0) first = *hash;
    if (*hash != first) cluster_->oracle().Fail(fmt::format("copies 0 and {} differ", i));
  }
}

}  // namespace sixfold::sim
