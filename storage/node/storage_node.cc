#include "storage/node/storage_node.h"

#include "core/base/check.h"
#include "core/base/log.h"
#include "core/base/sim_hooks.h"
#include "core/topology/control_socket.h"
#include "storage/node/copy_switch.h"
#include "storage/node/drain_thread.h"
#include "storage/node/mounts.h"
#include "storage/node/node_session.h"
#include "storage/node/peer_catch_up.h"
#include "storage/node/status_json.h"

namespace sixfold::storage {

namespace {

constexpr uint64_t kTickUs = 50'000;
constexpr uint64_t kWatchMs = 500;

}  // namespace

StorageNode::StorageNode(const Seams& seams, const NodeOptions& options)
    : seams_(seams), options_(options), read_watch_(seams.clock, options.read_hold_max_ms) {}

StorageNode::~StorageNode() {
  *alive_ = false;
  seams_.disk.SetAfterCompletions(nullptr);
  drainer_.reset();  // its thread uses what follows
}

StatusOr<std::unique_ptr<StorageNode>> StorageNode::Open(const Seams& seams,
                                                         const NodeOptions& options) {
  CHECK_EQ(options.copy_folders.size(), 2u);
  std::unique_ptr<StorageNode> node(new StorageNode(seams, options));
  ASSIGN_OR_RETURN(node->volume_, CheckMounts(seams.disk, options));
  RETURN_IF_ERROR(node->OpenSlots());
  if (!node->volume_.IsNil()) RETURN_IF_ERROR(node->StartVolume());
  seams.disk.SetAfterCompletions([raw = node.get()] {
    raw->SendAcks();
    raw->AdvanceRecent();
  });
  node->catch_up_ = std::make_unique<PeerCatchUp>(*node);
  node->switch_ = std::make_unique<CopySwitch>(*node);
  RETURN_IF_ERROR(node->Listen());
  node->tick_ = seams.loop.Every(kTickUs, [raw = node.get()] { raw->Tick(); });
  return node;
}

Status StorageNode::OpenSlots() {
  for (uint32_t n = 0; n < options_.copy_folders.size(); ++n) {
    auto slot = std::make_unique<CopySlot>();
    slot->number = n;
    slot->folder = options_.copy_folders[n];
    if (!CopyHost::Exists(seams_.disk, slot->folder) && options_.create) {
      std::vector<CopyId> founding;
      for (uint64_t id = 1; id <= kCopies; ++id) founding.emplace_back(id);
      const CopyId id(2 * options_.az_index + n + 1);
      RETURN_IF_ERROR(
          CopyHost::Format(seams_.disk, slot->folder, {volume_, options_.cluster_id, options_.az},
                           id, CopyStanding::kMember, Membership::Founding(std::move(founding))));
      log::Info("formatted copy {} at {}", id, slot->folder);
    }
    if (CopyHost::Exists(seams_.disk, slot->folder)) RETURN_IF_ERROR(OpenSlot(*slot));
    slots_.push_back(std::move(slot));
  }
  return OkStatus();
}

Status StorageNode::OpenSlot(CopySlot& slot) {
  auto base = BaseStore::Open({.folder = slot.base_folder(), .volume = volume_});
  slot.rebuilding = base.status().code() == StatusCode::kDataLoss;
  if (!base.ok() && !slot.rebuilding) return base.status();
  const Lsn applied = base.ok() ? (*base)->applied_lsn() : Lsn();
  std::optional<Lsn> needed_from;
  if (applied != Lsn()) needed_from = applied;
  ASSIGN_OR_RETURN(slot.host, CopyHost::Open(seams_.disk, slot.folder, options_.log, needed_from,
                                             [this] { Changed(); }));
  // A log that went on from a base that is gone (a rebuild was cut short as it began).
  slot.rebuilding |= !needed_from.has_value() && slot.host->log().start() > kFirstLogLsn;
  if (slot.rebuilding) SIM_MARK("half a base is found");
  slot.host->set_place(static_cast<uint8_t>(2 * options_.az_index + slot.number));
  if (base.ok() && !slot.rebuilding) slot.base = std::move(*base);
  if (slot.host->state().standing() == CopyStanding::kRebuilding && applied == Lsn())
    slot.rebuilding = true;
  log::Info("copy {} at {}: log {}-{}, durable up to {} for sure, base up to {}{}",
            slot.host->state().copy(), slot.folder, slot.host->log().start(),
            slot.host->state().tail().end, slot.host->state().vdl(), applied,
            slot.host->state().uncertain() ? ", something damaged behind its end" : "");
  return OkStatus();
}

/// Once the volume's id is known: at once, or when a peer told an AZ that lost both disks.
Status StorageNode::StartVolume() {
  RecentOptions options;
  options.folder = RecentFolder(options_.cluster_id, options_.data_dir, options_.az);
  options.volume = volume_;
  options.full_bytes = options_.recent_bytes;
  ASSIGN_OR_RETURN(auto recent, RecentLayer::Open(options));
  recent->set_base_lookup([this](std::string_view key, std::string* value) -> StatusOr<bool> {
    if (served_ == nullptr || served_->base == nullptr) return Unavailable("no base is served");
    return served_->base->GetNewest(key, value);
  });
  ASSIGN_OR_RETURN(feeder_, RecentFeeder::Open(std::move(recent), Sources()));
  auto worker =
      seams_.make_worker ? seams_.make_worker() : std::make_unique<DrainThread>(seams_.loop);
  DrainOptions drain = options_.drain;
  drain.phase_ms = drain.interval_ms * options_.az_index / (options_.peers.size() + 1);
  drainer_ = std::make_unique<Drainer>(seams_.loop, seams_.clock, std::move(worker), *feeder_,
                                       slots_, drain);
  for (const auto& slot : slots_) {
    if (slot->host != nullptr)
      NoteWriter(slot->host->state().promised(), slot->host->state().applicable(), 0);
  }
  feeder_->recent().progress().page().heard_ns.store(0);  // no writer was heard yet
  ServeOneBase();
  AdvanceRecent();
  return OkStatus();
}

Status StorageNode::Listen() {
  ASSIGN_OR_RETURN(listener_, seams_.network.Listen(options_.address,
                                                    [this](std::unique_ptr<Connection> connection) {
                                                      OnAccept(std::move(connection));
                                                    }));
  if (options_.control_socket.empty()) return OkStatus();
  CHECK(seams_.sockets != nullptr);
  ASSIGN_OR_RETURN(control_, topology::ControlServer::Open(
                                 *seams_.sockets, options_.control_socket,
                                 [this](const std::string& request, topology::ControlReply reply) {
                                   AnswerControl(request, std::move(reply));
                                 }));
  return OkStatus();
}

void StorageNode::Tick() {
  switch_->Tick();
  if (feeder_ == nullptr) {
    catch_up_->Tick();
    return;
  }
  ReseatRecent();
  ServeOneBase();
  PublishFloor();
  AdvanceRecent();
  // Before the drains: a rebuild begins between two of them, and a copy far behind, which it is
  // for, makes each tick begin one.
  catch_up_->Tick();
  drainer_->Tick(LogPin());
  WatchReaders();
  SendAcks();
  for (const auto& slot : slots_) {
    if (slot->host != nullptr) slot->host->log().Retry();
  }
  seams_.disk.Flush();
}

void StorageNode::ServeOneBase() {
  if (served_ != nullptr && served_->serves()) return;
  served_ = nullptr;
  for (const auto& slot : slots_) {
    // A base that starts where the recent layer no longer reaches would leave a hole.
    if (!slot->serves() || slot->base->applied_lsn() < feeder_->recent().covered_from()) continue;
    served_ = slot.get();
    PublishFloor();
    feeder_->recent().ServeBase(slot->base->folder());
    return;
  }
}

/// Readers are told before they could meet what it no longer has, and read elsewhere.
void StorageNode::PublishFloor() {
  if (served_ == nullptr || served_->base == nullptr) return;
  feeder_->recent().progress().page().floor.store(served_->base->floor().value());
}

void StorageNode::WatchReaders() {
  const uint64_t now_ms = seams_.clock.MonotonicMillis();
  if (now_ms < watched_ms_ + kWatchMs) return;
  watched_ms_ = now_ms;
  const std::shared_ptr<LmdbEnv> recent = feeder_->recent().env();
  std::vector<LmdbEnv*> envs = {recent.get()};
  for (const auto& slot : slots_) {
    if (!slot->serves()) continue;
    const std::vector<LmdbEnv*> groups = slot->base->envs();
    envs.insert(envs.end(), groups.begin(), groups.end());
  }
  read_watch_.Look(envs);
}

std::array<FeedSource, 2> StorageNode::Sources() const {
  std::array<FeedSource, 2> sources;
  for (const auto& slot : slots_) {
    if (!slot->serves()) continue;
    sources[slot->number] = {true, slot->host->log().start(), slot->host->state().applicable(),
                             slot->base->applied_lsn()};
  }
  return sources;
}

/// Once no log leads on from where the recent layer stands and another base is further.
void StorageNode::ReseatRecent() {
  if (feeder_ == nullptr || drainer_->busy() || feeder_->amid_round()) return;
  const auto sources = Sources();
  if (ChooseFeed(sources, feeder_->position()).has_value()) return;
  const auto seat = ChooseSeat(sources);
  if (!seat.has_value() || *seat <= feeder_->position()) return;
  // After a restart the log was to be read again from a base that is behind; it is gone.
  if (*seat <= feeder_->recent().applied()) return feeder_->GoOnFrom(*seat);
  served_ = nullptr;
  for (const auto& slot : slots_) {
    if (slot->serves() && slot->base->applied_lsn() >= *seat) served_ = slot.get();
  }
  CHECK(served_ != nullptr);
  SIM_MARK("the recent layer starts over from a rebuilt base");
  log::Info("the recent layer goes on from the base rebuilt up to {}, it stood at {}", *seat,
            feeder_->position());
  PublishFloor();
  const Status status = feeder_->Reset(*seat, served_->base->folder());
  if (!status.ok()) log::Error("recent layer: {}", ToString(status));
}

void StorageNode::AdvanceRecent() {
  if (feeder_ == nullptr) return;
  const auto feed = ChooseFeed(Sources(), feeder_->position());
  if (!feed.has_value() && !feeder_->amid_round()) return;
  auto more = feeder_->Advance(feed.has_value() ? slots_[*feed]->host.get() : nullptr);
  if (!more.ok()) {
    log::Error("apply: {}", ToString(more.status()));
    return;
  }
  if (feeder_->recent().applied() >= heard_vdl_ && heard_sent_ns_ != 0) {
    const uint64_t now = seams_.clock.MonotonicNanos();
    feeder_->recent().progress().page().lag_us.store(
        now > heard_sent_ns_ ? (now - heard_sent_ns_) / 1000 : 0);
    heard_sent_ns_ = 0;
  }
  if (!*more || advance_posted_) return;
  advance_posted_ = true;
  seams_.loop.Post([this, alive = alive_] {
    if (!*alive) return;
    advance_posted_ = false;
    AdvanceRecent();
  });
}

void StorageNode::NoteWriter(Epoch epoch, Lsn vdl, uint64_t sent_ns) {
  if (epoch < heard_epoch_) return;
  heard_epoch_ = epoch;
  heard_vdl_ = std::max(heard_vdl_, vdl);
  heard_sent_ns_ = sent_ns;
  if (feeder_ == nullptr) return;
  ProgressPage& page = feeder_->recent().progress().page();
  page.epoch.store(epoch.value());
  page.durable.store(std::max(page.durable.load(), heard_vdl_.value()));  // also after a restart
  page.heard_ns.store(seams_.clock.MonotonicNanos());
}

void StorageNode::AnswerControl(const std::string& request, topology::ControlReply reply) {
  const std::string command = ControlCommand(request);
  if (command == "status") return reply(StatusJson());
  if (command == "attach" || command == "detach")
    return AnswerSwitch(request, command == "attach", std::move(reply));
  if (drainer_ == nullptr) return reply(R"({"error":"no copy yet"})");
  if (command == "drain") {
    drainer_->DrainSoon();
    return reply("{}");
  }
  if (command == "hash") return AnswerHash(std::move(reply));
  reply(R"({"error":"unknown command; known: status, drain, hash, detach, attach"})");
}

void StorageNode::AnswerSwitch(const std::string& request, bool attach,
                               topology::ControlReply reply) {
  const CopyId copy = ControlCopy(request);
  const auto done = [reply = std::move(reply)](const Status& status) {
    reply(EncodeOutcome(status));
  };
  attach ? switch_->Attach(copy, done) : switch_->Detach(copy, done);
}

/// Reads the whole base of each copy, between drains.
void StorageNode::AnswerHash(topology::ControlReply reply) {
  auto hashes = std::make_shared<std::vector<CopyHash>>();
  drainer_->RunInBackground(
      [this, hashes] {
        for (const auto& slot : slots_) {
          if (!slot->serves()) continue;
          const Lsn at = slot->base->applied_lsn();
          hashes->push_back({slot->host->state().copy(), at, slot->base->RangeHash(at)});
        }
      },
      [hashes, reply = std::move(reply)] { reply(EncodeCopyHashes(*hashes)); });
}

std::string StorageNode::StatusJson() const {
  NodeStatus status;
  status.az = options_.az;
  status.volume = volume_;
  status.epoch = heard_epoch_;
  status.vdl = heard_vdl_;
  if (feeder_ != nullptr) {
    status.recent_applied = feeder_->recent().applied();
    status.recent_bytes = feeder_->recent().bytes();
  }
  for (const auto& slot : slots_) status.slots.push_back(slot.get());
  return EncodeNodeStatus(status);
}

}  // namespace sixfold::storage
