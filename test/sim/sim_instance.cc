// A simulated database instance: reads views and checks them, holds snapshots and looks again, and
// runs the workload while it is the writer.
#include <fmt/format.h>

#include "core/base/check.h"
#include "test/sim/sim_cluster.h"

namespace sixfold::sim {

namespace {

constexpr uint64_t kTurnUs = 12'000;
constexpr size_t kHeldMax = 4;

}  // namespace

SimInstance::SimInstance(SimCluster& cluster, size_t host, const std::string& name)
    : cluster_(cluster),
      host_(host),
      process_(cluster.world(), cluster.host(host).machine, name),
      network_(cluster.wires(), process_) {
  process_.on_doom = [&cluster, this] { cluster.KillInstance(*this); };
  turn_ = process_.loop().Every(kTurnUs, [this] { Turn(); });
}

SimInstance::~SimInstance() {
  process_.Silence();
  workload_.reset();
  writer_.reset();
  held_.clear();
}

void SimInstance::Promote() {
  CHECK(writer_ == nullptr);
  cluster_.world().Trace(
      fmt::format("{} in {} is promoted", process_.name(), cluster_.host(host_).machine.name));
  writer_ = storage::QuorumWriter::OpenOn(
      {process_.loop(), process_.clock(), process_.random(), network_},
      cluster_.VolumeOptionsOf(host_), [this](const Status& status) {
        opened_ = status.ok();
        gave_up_ = !status.ok();
        cluster_.world().Trace(fmt::format(
            "{}: {}", process_.name(),
            status.ok() ? fmt::format("epoch {} open at {}", writer_->epoch(), writer_->durable())
                        : "gives up: " + ToString(status)));
        if (opened_)
          cluster_.oracle().OnOpened(writer_->epoch(), process_.name(), writer_->durable());
      });
}

bool SimInstance::HaveReader() {
  if (reader_ != nullptr) return true;
  // Where no daemon ran since the host was booted there is nothing to map.
  if (cluster_.host(host_).nodes_started == 0 || cluster_.host(host_).node == nullptr) return false;
  auto reader =
      storage::MappedVolumeReader::Open({cluster_.RecentFolderOf(host_)}, process_.clock());
  if (!reader.ok()) return false;
  reader_ = std::move(*reader);
  return true;
}

void SimInstance::Turn() {
  if (!HaveReader()) return;
  const storage::VolumeProgress progress = reader_->Progress();
  Oracle& oracle = cluster_.oracle();
  // Nothing is readable here for as long as both bases are being rebuilt.
  lost_ |= progress.applied == Lsn();
  if (lost_ && progress.applied < seen_applied_) return;
  lost_ = false;
  oracle.CheckForward(process_.name() + ": what is readable", seen_applied_, progress.applied);
  oracle.CheckForward(process_.name() + ": what is durable", seen_durable_, progress.durable);
  seen_applied_ = progress.applied;
  seen_durable_ = progress.durable;
  if (opened_ && workload_ == nullptr) BeginWorkload();
  LookAtHeld();
  if (process_.random().Uniform(4) == 0) LookAround();
}

StatusOr<ViewRows> SimInstance::ReadAt(Lsn at) {
  ASSIGN_OR_RETURN(auto view, reader_->OpenView(at));
  const auto cursor = view->NewCursor("", "");
  ViewRows rows;
  RETURN_IF_ERROR(cursor->SeekForward(""));
  while (cursor->Valid()) {
    const storage::RowView& row = cursor->row();
    rows.rows.emplace(row.key, row.value);
    rows.lsns.emplace(row.key, row.lsn);
    RETURN_IF_ERROR(cursor->Next());
  }
  RETURN_IF_ERROR(view->Verify());
  return rows;
}

bool SimInstance::LookAt(Lsn at, std::vector<const LaneStep*>* heads) {
  auto rows = ReadAt(at);
  if (!rows.ok()) return false;
  const auto& page = reader_->Progress();
  *heads = cluster_.oracle().CheckView(
      fmt::format("{} (applied {}, durable {})", process_.name(), page.applied, page.durable), at,
      *rows);
  return !heads->empty();
}

void SimInstance::LookAround() {
  if (seen_applied_ == Lsn()) return;
  std::vector<const LaneStep*> heads;
  if (!LookAt(seen_applied_, &heads) || held_.size() >= kHeldMax) return;
  auto hold = reader_->Hold(seen_applied_, ConnectionId(1));
  if (!hold.ok()) return;
  held_.push_back(
      {std::move(*hold), cluster_.world().now_ns() + process_.random().Uniform(2 * kSecond)});
}

void SimInstance::LookAtHeld() {
  const uint64_t now_ns = cluster_.world().now_ns();
  std::erase_if(held_, [&](const Held& held) { return held.until_ns <= now_ns; });
  for (const Held& held : held_) {
    if (process_.random().Uniform(8) != 0) continue;
    std::vector<const LaneStep*> heads;
    (void)LookAt(held.hold->lsn(), &heads);
  }
}

/// The clients of a new writer begin with what it found.
void SimInstance::BeginWorkload() {
  const Lsn at = writer_->durable();
  if (seen_applied_ < at) return;
  std::vector<const LaneStep*> heads;
  if (!LookAt(seen_applied_, &heads)) return;
  workload_ = std::make_unique<Workload>(process_, *writer_, cluster_.oracle(), std::move(heads),
                                         cluster_.options().workload);
}

}  // namespace sixfold::sim
