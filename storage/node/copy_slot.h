// A place of an AZ where a copy lives: its folder, and the copy with its base once there is one.
#pragma once

#include <memory>
#include <string>

#include "storage/copy/base_store.h"
#include "storage/node/copy_host.h"

namespace sixfold::storage {

struct CopySlot {
  uint32_t number = 0;  // 0 or 1 in its AZ
  std::string folder;
  std::unique_ptr<CopyHost> host;          // null while an empty disk waits for its rebuild
  std::unique_ptr<BaseStore> base;         // while it is being rebuilt: the drain thread's
  AckState answer = AckState::kFollowing;  // to the last append
  bool rebuilding = false;
  bool out = false;  // detached, or on the way there (CopySwitch) …
  CopyId out_id;     // … with this id

  CopyId id() const { return out ? out_id : host != nullptr ? host->state().copy() : CopyId(); }
  bool detached() const { return out && host == nullptr; }
  /// Batches and promises are for it.
  bool takes_part() const { return host != nullptr && !out; }
  bool serves() const {
    return !rebuilding && !out && host != nullptr && base != nullptr && host->health().ok();
  }
  std::string base_folder() const { return folder + "/base"; }
};

}  // namespace sixfold::storage
