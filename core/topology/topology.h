// The topology record: who is the writer, who reads, and in which state each instance is. sixfoldd
// writes it to D/run/topology (JSON, one object, docs/formats/topology.md); proxy, computes and
// sixfoldctl read it there and are told of changes by inotify.
//
// Invariants
// 1. A record has at most one writer: there is one field for it, and a record whose instances say
//    otherwise is not parsed.
// 2. Records are ordered by (epoch, revision). A lower one never replaces a higher one, in the file
//    or in any process's view: Supersedes() is the only merge rule.
// 3. A writer is named only with the epoch it opened the volume with; before a new one is promoted
// a
//    record without writer (same epoch, next revision) is published: demote before promote.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/event_loop.h"
#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/base/unique_fd.h"

namespace sixfold::topology {

using sixfold::ToString;  // of a Status

enum class MemberState : uint8_t {
  kDown = 0,      // no process, or one that does not answer yet
  kUp = 1,        // ready for clients
  kDraining = 2,  // takes no new clients
};
std::string_view ToString(MemberState state);

struct Member {
  std::string id;
  std::string az;
  uint32_t tier = 0;
  MemberState state = MemberState::kDown;
  bool local = true;          // on this host: hand-off is possible
  std::string mysql_address;  // "unix:/path" or "host:port", for relays
  uint64_t pid = 0;           // of a local one
  uint64_t start_time = 0;

  bool operator==(const Member&) const = default;
};

struct Topology {
  std::string cluster;
  Epoch epoch;            // of the volume, as opened by the writer named last
  uint64_t revision = 0;  // counts changes within an epoch
  std::string writer;     // id of the writer; empty while there is none
  std::vector<Member> members;

  const Member* Find(std::string_view id) const;
  bool Supersedes(const Topology& older) const {
    return epoch != older.epoch ? epoch > older.epoch : revision > older.revision;
  }
  bool operator==(const Topology&) const = default;
};

std::string EncodeTopology(const Topology& topology);
StatusOr<Topology> ParseTopology(std::string_view text);

/// Replaces the file atomically, unless it holds a record at least as new (FailedPrecondition).
Status WriteTopology(const std::string& path, const Topology& topology);
/// NotFound when there is no file yet.
StatusOr<Topology> ReadTopology(const std::string& path);

/// Follows the file on a loop: `changed` runs with each superseding record, the first one included,
/// possibly before Start() returns. What cannot be read leaves the last known record alone.
class TopologyWatcher {
 public:
  TopologyWatcher(EventLoop& loop, std::string path, std::function<void(const Topology&)> changed);
  Status Start();
  const Topology& current() const { return current_; }

 private:
  void Check();

  EventLoop& loop_;
  std::string path_;
  std::function<void(const Topology&)> changed_;
  UniqueFd inotify_;
  EventLoop::Watch readable_;
  EventLoop::Watch periodic_;  // a second look, should an event ever be missed
  Topology current_;
};

}  // namespace sixfold::topology
