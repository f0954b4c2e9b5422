// Brings this AZ's copies what they lack from the daemons of the other AZs (or from the sibling
// copy): log that is durable already, and a whole base for a copy that came with an empty disk or
// whose log no longer meets anybody's.
//
// A copy lacks log when it heard of a VDL above what it holds and the writer does not bring it.
// One request at a time a copy. Home thread; a base is written on the drain thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/network.h"
#include "storage/node/copy_slot.h"
#include "storage/quorum/messages.h"

namespace sixfold::storage {

class StorageNode;

class PeerCatchUp {
 public:
  explicit PeerCatchUp(StorageNode& node);
  ~PeerCatchUp();

  /// Lets go of a copy that is taken out; false: a part of a base is being written, ask again.
  bool Leave(CopySlot& slot);
  /// A copy came back, or an empty folder where one is to be built.
  void Enter(CopySlot& slot);

  /// Every 50 ms or so.
  void Tick();

 private:
  struct Peer;
  struct Need;

  void KeepConnected(Peer& peer);
  void OnPeerMessage(Peer& peer, uint16_t type, std::string_view body);
  Peer* Choose(Lsn from);
  void Look(CopySlot& slot);
  void AskForLog(CopySlot& slot, Need& need);
  void OnLog(CopySlot& slot, Need& need, const FetchReply& reply);
  bool TakeFromSibling(CopySlot& slot);
  void TakeBatches(CopySlot& slot, std::string_view batches, Lsn vdl);
  void Adopt(CopySlot& slot);
  void AskForBase(CopySlot& slot, Need& need);
  void OnBasePart(CopySlot& slot, Need& need, const FetchBaseReply& reply);
  void FinishBase(CopySlot& slot, Need& need);

  StorageNode& node_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<std::unique_ptr<Need>> needs_;  // by slot
  uint64_t next_tag_ = 1;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace sixfold::storage
