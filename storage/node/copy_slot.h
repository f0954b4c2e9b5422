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

  bool serves() const {
    return !rebuilding && host != nullptr && base != nullptr && host->health().ok();
  }
  std::string base_folder() const { return folder + "/base"; }
};

}  // namespace sixfold::storage
