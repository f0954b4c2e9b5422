// Takes single copies of this AZ out and back in while the other one goes on: by an operator's
// word, or because a disk is gone.
//
//   serving --detach--> leaving --nothing uses its files--> detached --attach--> serving
//   serving --disk gone or failing--> failed --attach (or detach)--> as above
//
// A copy that leaves acknowledges nothing from that moment on and serves neither reads nor peers.
// Detached means that all its files are closed: its disk may be unmounted or replaced. It stays a
// member; attached again it catches up, and where the folder is empty a new copy is rebuilt there.
// A restart of the daemon attaches what it finds. Home thread only.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "storage/node/copy_slot.h"

namespace sixfold::storage {

class StorageNode;

class CopySwitch {
 public:
  explicit CopySwitch(StorageNode& node) : node_(node) {}

  /// The reply's status: OK once done.
  using Done = std::function<void(Status)>;
  void Detach(CopyId copy, Done done);
  void Attach(CopyId copy, Done done);
  /// Every 50 ms or so.
  void Tick();

 private:
  struct Order {
    bool attach = false;  // once detached
    bool closing = false;
    std::vector<Done> waiting;
  };
  CopySlot* Find(CopyId copy);
  void Leave(CopySlot& slot);
  void CloseFiles(CopySlot& slot);
  void Closed(CopySlot& slot);
  Status Open(CopySlot& slot);
  void LookForItsDisk(CopySlot& slot);

  StorageNode& node_;
  std::array<Order, 2> orders_;  // by slot
  uint64_t looked_ms_ = 0;
};

}  // namespace sixfold::storage
