// What the storage daemons say of themselves, asked over and over on fresh connections with a short
// limit: the last answer of each AZ, and whether it still answers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/cluster_config.h"
#include "core/base/event_loop.h"
#include "core/topology/control_socket.h"

namespace sixfold::control {

struct CopyStatus {
  uint64_t id = 0;
  std::string az;
  std::string path;
  std::string state;
  uint64_t durable_lsn = 0;
  uint64_t applied_lsn = 0;
};

struct StorageStatus {
  std::string az;
  std::string volume_id;
  uint64_t epoch = 0;
  uint64_t vdl = 0;
  uint64_t bytes = 0;
  std::vector<CopyStatus> copies;
};
StatusOr<StorageStatus> ParseStorageStatus(std::string_view json);

class StorageMonitor {
 public:
  StorageMonitor(EventLoop& loop, const Clock& clock, const ClusterConfig& config);

  /// Asks every AZ that is not being asked right now: often while one does not answer, else seldom.
  void Poll();
  /// Asks all now; `done` runs once all answered or failed, or after a short while.
  void Refresh(std::function<void()> done);
  /// The AZ's process ended: what it said is past.
  void Forget(size_t az_index);
  bool answers(size_t az_index) const { return azs_[az_index].answers; }
  bool AllAnswer() const;
  /// The last answer, also of one that answers no more.
  const std::optional<StorageStatus>& last(size_t az_index) const { return azs_[az_index].last; }
  const std::string& error(size_t az_index) const { return azs_[az_index].error; }

 private:
  void Ask(size_t az_index);
  void SettleRefresh();
  void EndRefresh();

  struct Az {
    topology::PendingCall call;
    uint64_t asked_ms = 0;
    bool answers = false;
    std::optional<StorageStatus> last;
    std::string error;
  };

  EventLoop& loop_;
  const Clock& clock_;
  const ClusterConfig& config_;
  std::vector<Az> azs_;
  std::vector<std::function<void()>> refreshed_;
  EventLoop::Watch refresh_limit_;
};

}  // namespace sixfold::control
