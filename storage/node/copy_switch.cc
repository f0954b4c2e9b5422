#include "storage/node/copy_switch.h"

#include "core/base/check.h"
#include "core/base/log.h"
#include "storage/node/mounts.h"
#include "storage/node/peer_catch_up.h"
#include "storage/node/storage_node.h"

namespace sixfold::storage {

namespace {

constexpr uint64_t kLookMs = 500;

}  // namespace

CopySlot* CopySwitch::Find(CopyId copy) {
  for (const auto& slot : node_.slots_) {
    if (slot->id() == copy && copy != CopyId()) return slot.get();
  }
  return nullptr;
}

void CopySwitch::Detach(CopyId copy, Done done) {
  CopySlot* slot = Find(copy);
  if (slot == nullptr) return done(NotFound("AZ {} has no copy {}", node_.options_.az, copy));
  if (slot->detached()) return done(OkStatus());
  Order& order = orders_[slot->number];
  order.attach = false;
  order.waiting.push_back(std::move(done));
  Leave(*slot);
}

void CopySwitch::Attach(CopyId copy, Done done) {
  CopySlot* slot = Find(copy);
  if (slot == nullptr) return done(NotFound("AZ {} has no copy {}", node_.options_.az, copy));
  if (slot->detached()) return done(Open(*slot));
  if (!slot->out && slot->host->health().ok()) return done(OkStatus());
  // Its disk failed, or it is still leaving: what is open is closed first.
  Order& order = orders_[slot->number];
  order.attach = true;
  order.waiting.push_back(std::move(done));
  Leave(*slot);
}

void CopySwitch::Leave(CopySlot& slot) {
  if (!slot.out) {
    log::Info("copy {} at {} leaves", slot.id(), slot.folder);
    slot.out_id = slot.id();
    slot.out = true;
    node_.ServeOneBase();
    node_.Changed();
    node_.SendAcks();
  }
  CloseFiles(slot);
}

void CopySwitch::Tick() {
  for (const auto& slot : node_.slots_) {
    if (slot->out && !slot->detached()) CloseFiles(*slot);
  }
  const uint64_t now_ms = node_.seams_.clock.MonotonicMillis();
  if (now_ms < looked_ms_ + kLookMs) return;
  looked_ms_ = now_ms;
  for (const auto& slot : node_.slots_) LookForItsDisk(*slot);
}

/// Writes to files of a folder that was removed or unmounted may still succeed, into nowhere.
void CopySwitch::LookForItsDisk(CopySlot& slot) {
  if (slot.host == nullptr || slot.out || !slot.host->health().ok()) return;
  if (CopyHost::Exists(node_.seams_.disk, slot.folder)) return;
  slot.host->Fail(Unavailable("{} is gone; once its disk is back: sixfoldctl copy attach {}",
                              slot.folder, slot.id()));
}

/// Once no drain, no import and no write of its own uses them.
void CopySwitch::CloseFiles(CopySlot& slot) {
  Order& order = orders_[slot.number];
  if (order.closing || !slot.host->idle()) return;
  if (node_.drainer_ != nullptr && node_.drainer_->busy()) return;
  if (!node_.catch_up_->Leave(slot)) return;
  order.closing = true;
  if (node_.drainer_ == nullptr) {
    slot.base.reset();
    return Closed(slot);
  }
  // In turn with what else runs on the drain thread (a comparison).
  node_.drainer_->RunInBackground([&slot] { slot.base.reset(); }, [this, &slot] { Closed(slot); });
}

void CopySwitch::Closed(CopySlot& slot) {
  Order& order = orders_[slot.number];
  slot.host.reset();
  order.closing = false;
  log::Info("copy {} at {} is detached: its files are closed", slot.out_id, slot.folder);
  const Status status = order.attach ? Open(slot) : OkStatus();
  order.attach = false;
  for (const Done& done : std::exchange(order.waiting, {})) done(status);
}

Status CopySwitch::Open(CopySlot& slot) {
  CHECK(slot.detached());
  ASSIGN_OR_RETURN(const Uuid found, CheckMounts(node_.seams_.disk, node_.options_));
  if (!found.IsNil() && found != node_.volume_) {
    return FailedPrecondition("{} holds volume {}, but {} is expected", slot.folder,
                              found.ToString(), node_.volume_.ToString());
  }
  slot.rebuilding = false;
  if (CopyHost::Exists(node_.seams_.disk, slot.folder)) RETURN_IF_ERROR(node_.OpenSlot(slot));
  slot.out = false;
  node_.catch_up_->Enter(slot);
  // The writer asks for promises when it connects.
  node_.CloseWriters(Unavailable("a copy joined"));
  return OkStatus();
}

}  // namespace sixfold::storage
