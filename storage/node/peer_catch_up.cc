#include "storage/node/peer_catch_up.h"

#include "core/base/check.h"
#include "core/base/log.h"
#include "core/base/sim_hooks.h"
#include "storage/node/storage_node.h"

namespace sixfold::storage {

namespace {

constexpr uint64_t kReconnectMs = 500;
constexpr uint64_t kAnswerTimeoutMs = 10'000;
constexpr int kPatienceTicks = 2;  // the writer brings most of it by itself

uint16_t PeerCode(MessageType type) { return static_cast<uint16_t>(type); }

}  // namespace

struct PeerCatchUp::Peer {
  std::string address;
  std::unique_ptr<Connection> connection;
  bool connecting = false;
  uint64_t retry_at_ms = 0;
  bool greeted = false;
  HelloReply hello;
};

/// What a slot is waiting for.
struct PeerCatchUp::Need {
  CopySlot* slot = nullptr;
  Lsn seen;  // acknowledged() at the last tick
  int ticks_stuck = 0;
  uint64_t tag = 0;  // of the request under way; 0: none
  Peer* asked = nullptr;
  uint64_t asked_at_ms = 0;
  size_t next_peer = 0;
  // A base under way:
  bool wants_base = false;
  uint64_t session = 0;
  bool importing = false;  // a job runs on the drain thread
  std::unique_ptr<BaseImport> import;
  Lsn image;
  Status import_status;
};

PeerCatchUp::PeerCatchUp(StorageNode& node) : node_(node) {
  for (const std::string& address : node_.options_.peers) {
    peers_.push_back(std::make_unique<Peer>());
    peers_.back()->address = address;
  }
  for (const auto& slot : node_.slots_) {
    needs_.push_back(std::make_unique<Need>());
    needs_.back()->slot = slot.get();
    needs_.back()->wants_base = slot->host == nullptr || slot->rebuilding;
  }
}

PeerCatchUp::~PeerCatchUp() { *alive_ = false; }

bool PeerCatchUp::Leave(CopySlot& slot) {
  Need& need = *needs_[slot.number];
  if (need.importing) return false;
  need.tag = need.session = 0;
  need.import.reset();
  need.wants_base = false;
  need.ticks_stuck = 0;
  return true;
}

void PeerCatchUp::Enter(CopySlot& slot) {
  needs_[slot.number]->wants_base = slot.host == nullptr || slot.rebuilding;
}

void PeerCatchUp::Tick() {
  bool wanted = false;
  for (const auto& need : needs_) {
    Look(*need->slot);
    wanted |= need->wants_base || need->ticks_stuck >= kPatienceTicks;
  }
  if (!wanted) return;
  for (const auto& peer : peers_) KeepConnected(*peer);
  const uint64_t now_ms = node_.seams_.clock.MonotonicMillis();
  for (const auto& need : needs_) {
    if (need->tag != 0 && now_ms - need->asked_at_ms > kAnswerTimeoutMs)
      need->tag = need->session = 0;
    if (need->tag != 0 || need->importing || need->slot->out) continue;
    if (need->wants_base) {
      AskForBase(*need->slot, *need);
    } else if (need->ticks_stuck >= kPatienceTicks && !TakeFromSibling(*need->slot)) {
      AskForLog(*need->slot, *need);
    }
  }
}

void PeerCatchUp::Look(CopySlot& slot) {
  Need& need = *needs_[slot.number];
  if (!slot.takes_part() || need.wants_base || !slot.host->health().ok()) {
    need.ticks_stuck = 0;
    return;
  }
  CopyState& state = slot.host->state();
  const bool lacks = state.acknowledged() < std::max(state.vdl_heard(), node_.heard_vdl_);
  const bool moves = state.acknowledged() != need.seen || state.writes_under_way();
  need.seen = state.acknowledged();
  if (!lacks) {
    need.ticks_stuck = 0;
  } else if (!moves) {
    ++need.ticks_stuck;
  }
}

void PeerCatchUp::KeepConnected(Peer& peer) {
  const uint64_t now_ms = node_.seams_.clock.MonotonicMillis();
  if (peer.connection != nullptr || peer.connecting || now_ms < peer.retry_at_ms) return;
  peer.connecting = true;
  node_.seams_.network.Connect(peer.address, [this, &peer, alive = alive_](auto made) {
    if (!*alive) return;
    peer.connecting = false;
    peer.retry_at_ms = node_.seams_.clock.MonotonicMillis() + kReconnectMs;
    if (!made.ok()) return;
    peer.connection = std::move(*made);
    peer.connection->Start(
        [this, &peer](uint16_t type, std::string_view body) { OnPeerMessage(peer, type, body); },
        [this, &peer](const Status&) {
          peer.connection.reset();
          peer.greeted = false;
          for (const auto& need : needs_) {
            if (need->asked == &peer) need->tag = need->session = 0;
          }
        });
    const Hello hello{node_.options_.cluster_id, fmt::format("storage {}", node_.options_.az)};
    peer.connection->Send(PeerCode(MessageType::kHello), hello.Encode());
  });
}

void PeerCatchUp::OnPeerMessage(Peer& peer, uint16_t type, std::string_view body) {
  switch (static_cast<MessageType>(type)) {
    case MessageType::kHelloReply: {
      auto reply = HelloReply::Decode(body);
      if (!reply.ok() || !reply->error.empty() ||
          (!node_.volume_.IsNil() && reply->volume != node_.volume_)) {
        log::Warning("peer {}: {}", peer.address,
                     !reply.ok()            ? ToString(reply.status())
                     : reply->error.empty() ? "holds volume " + reply->volume.ToString()
                                            : reply->error);
        return;
      }
      peer.hello = std::move(*reply);
      peer.greeted = true;
      return;
    }
    case MessageType::kFetchReply: {
      auto reply = FetchReply::Decode(body);
      if (!reply.ok()) return log::Warning("peer {}: {}", peer.address, ToString(reply.status()));
      for (const auto& need : needs_) {
        if (need->tag == reply->tag && need->asked == &peer)
          return OnLog(*need->slot, *need, *reply);
      }
      return;
    }
    case MessageType::kFetchBaseReply: {
      auto reply = FetchBaseReply::Decode(body);
      if (!reply.ok()) return log::Warning("peer {}: {}", peer.address, ToString(reply.status()));
      for (const auto& need : needs_) {
        if (need->tag == reply->tag && need->asked == &peer)
          return OnBasePart(*need->slot, *need, *reply);
      }
      return;
    }
    default:
      return log::Warning("peer {}: unexpected message {}", peer.address, type);
  }
}

/// The other copy of this AZ is the nearest peer.
bool PeerCatchUp::TakeFromSibling(CopySlot& slot) {
  const Lsn from = slot.host->state().applicable();
  for (const auto& other : node_.slots_) {
    if (other.get() == &slot || !other->serves()) continue;
    const Lsn vdl = other->host->state().applicable();
    if (vdl <= from || other->host->log().start() > from) continue;
    std::string batches;
    const Status status = other->host->log().Read(from, vdl, 4 << 20, &batches);
    if (!status.ok()) {
      log::Warning("read of the sibling's log: {}", ToString(status));
      continue;
    }
    if (batches.empty()) continue;
    SIM_MARK("log from the sibling");
    TakeBatches(slot, batches, vdl);
    return true;
  }
  return false;
}

void PeerCatchUp::AskForLog(CopySlot& slot, Need& need) {
  for (size_t i = 0; i < peers_.size(); ++i) {
    Peer& peer = *peers_[need.next_peer++ % peers_.size()];
    if (!peer.greeted) continue;
    need.tag = next_tag_++;
    need.asked = &peer;
    need.asked_at_ms = node_.seams_.clock.MonotonicMillis();
    Fetch fetch;
    fetch.tag = need.tag;
    fetch.from = slot.host->state().applicable();
    peer.connection->Send(PeerCode(MessageType::kFetch), fetch.Encode());
    return;
  }
}

void PeerCatchUp::OnLog(CopySlot& slot, Need& need, const FetchReply& reply) {
  need.tag = 0;
  if (slot.host == nullptr) return;
  if (reply.result == FetchResult::kRecycled) {
    log::Info(
        "copy {}: peers recycled the log it lacks (they start at {}, it ends at {}); rebuilding "
        "from a base",
        slot.host->state().copy(), reply.log_start, slot.host->state().applicable());
    SIM_MARK("peers recycled the log that is missing");
    need.wants_base = true;
    return;
  }
  if (reply.result != FetchResult::kOk || reply.batches.empty()) return;
  const Lsn before = slot.host->state().tail().end;
  TakeBatches(slot, reply.batches, reply.vdl);
  // The next piece at once, while this one is being written.
  if (slot.host->state().tail().end > before) need.ticks_stuck = kPatienceTicks;
}

void PeerCatchUp::TakeBatches(CopySlot& slot, std::string_view batches, Lsn vdl) {
  while (!batches.empty()) {
    auto view = BatchView::Parse(batches);
    if (!view.ok()) return log::Warning("log from a peer: {}", ToString(view.status()));
    batches.remove_prefix(view->bytes().size());
    auto padded = std::make_shared<AlignedBuffer>(view->header().padded_bytes());
    padded->Append(view->bytes());
    padded->PadToBlock();
    const auto verdict = slot.host->OnPeerBatch({view->header(), std::move(padded)}, vdl);
    if (verdict > CopyState::AppendVerdict::kDuplicate) break;
  }
  node_.seams_.disk.Flush();
  node_.Changed();
}

/// An empty disk becomes a copy with an id of its own that counts in no quorum.
void PeerCatchUp::Adopt(CopySlot& slot) {
  for (const auto& peer : peers_) {
    if (!peer->greeted || peer->hello.copies.empty()) continue;
    const Membership* newest = &peer->hello.copies[0].membership;
    for (const CopyReport& report : peer->hello.copies) {
      if (report.membership.NewerThan(*newest)) newest = &report.membership;
    }
    if (node_.volume_.IsNil()) node_.volume_ = peer->hello.volume;
    const CopyId id(1000 + node_.seams_.random.Next64() % (uint64_t{1} << 40));
    const Status formatted =
        CopyHost::Format(node_.seams_.disk, slot.folder,
                         {node_.volume_, node_.options_.cluster_id, node_.options_.az}, id,
                         CopyStanding::kRebuilding, *newest);
    if (!formatted.ok()) return log::Error("new copy at {}: {}", slot.folder, ToString(formatted));
    const Status opened = node_.OpenSlot(slot);
    if (!opened.ok()) return log::Error("new copy at {}: {}", slot.folder, ToString(opened));
    slot.base.reset();
    slot.rebuilding = true;
    log::Info("empty disk at {}: copy {} is being rebuilt", slot.folder, id);
    // The writer asks for promises when it connects.
    node_.CloseWriters(Unavailable("a copy joined"));
    return;
  }
}

void PeerCatchUp::AskForBase(CopySlot& slot, Need& need) {
  if (slot.host == nullptr) Adopt(slot);
  if (slot.host == nullptr || node_.drainer_ == nullptr) {
    if (slot.host != nullptr && node_.feeder_ == nullptr) {
      const Status started = node_.StartVolume();
      if (!started.ok()) log::Error("start: {}", ToString(started));
    }
    return;
  }
  if (!slot.rebuilding) {
    // Its base is about to be thrown away; nobody may read it or drain into it.
    if (node_.drainer_->busy()) return;
    slot.rebuilding = true;
    node_.ServeOneBase();
  }
  if (need.session != 0 && need.asked == nullptr) need.session = 0;
  Peer* peer = need.session != 0 ? need.asked : nullptr;
  for (size_t i = 0; peer == nullptr && i < peers_.size(); ++i) {
    Peer* candidate = peers_[need.next_peer++ % peers_.size()].get();
    if (candidate->greeted) peer = candidate;
  }
  if (peer == nullptr || peer->connection == nullptr) return;
  if (need.session == 0) need.import.reset();
  need.tag = next_tag_++;
  need.asked = peer;
  need.asked_at_ms = node_.seams_.clock.MonotonicMillis();
  FetchBase fetch;
  fetch.tag = need.tag;
  fetch.session = need.session;
  fetch.max_bytes = 1 << 20;
  peer->connection->Send(PeerCode(MessageType::kFetchBase), fetch.Encode());
}

void PeerCatchUp::OnBasePart(CopySlot& slot, Need& need, const FetchBaseReply& reply) {
  need.tag = 0;
  if (reply.result != FetchResult::kOk) {
    need.session = 0;
    return;
  }
  // What this copy once acknowledged must be in the image: its log is about to be thrown away.
  if (reply.applied < std::max(slot.host->state().durable(), slot.host->base_applied()) &&
      reply.session != need.session) {
    SIM_MARK("an image older than what was acknowledged");
    need.session = 0;
    return;
  }
  need.session = reply.session;
  need.image = reply.applied;
  need.importing = true;
  slot.base.reset();
  const BaseOptions options{.folder = slot.base_folder(), .volume = node_.volume_};
  node_.drainer_->RunInBackground(
      [&slot, &need, options, part = reply.part, last = reply.last] {
        if (need.import == nullptr) {
          auto begun = BaseImport::Begin(options, need.image);
          need.import_status = begun.status();
          if (begun.ok()) need.import = std::move(*begun);
        }
        if (need.import_status.ok() && !part.empty()) need.import_status = need.import->Add(part);
        if (!need.import_status.ok() || !last) return;
        auto base = need.import->Finish();
        need.import_status = base.status();
        if (base.ok()) slot.base = std::move(*base);
        need.import.reset();
      },
      [this, &slot, &need, last = reply.last, alive = alive_] {
        if (!*alive) return;
        need.importing = false;
        if (!need.import_status.ok()) {
          log::Error("rebuild of {}: {}", slot.folder, ToString(need.import_status));
          need.session = 0;
          need.import.reset();
        } else if (slot.out) {
          need.session = 0;  // taken out meanwhile: half of a base is left on its disk
          need.import.reset();
        } else if (last) {
          FinishBase(slot, need);
        } else {
          AskForBase(slot, need);
        }
      });
}

void PeerCatchUp::FinishBase(CopySlot& slot, Need& need) {
  log::Info("copy {}: base rebuilt up to {}", slot.host->state().copy(), need.image);
  slot.host->OnRebuilt(need.image);
  slot.rebuilding = false;
  need.wants_base = false;
  need.session = 0;
  need.ticks_stuck = kPatienceTicks;
  SIM_MARK("a base is rebuilt");
  node_.ReseatRecent();
  node_.Changed();
}

}  // namespace sixfold::storage
