// The storage daemon of one AZ: two copies of the volume, their recent layer, and everybody who
// talks to them.
//
//   writer  --append, VDL-->  both copies' logs  --acks-->  writer
//   durable batches --> recent layer --> (Drainer) --> bases
//   peers and candidates fetch log and base from here; this daemon fetches what it lacks
//   (PeerCatchUp)
//
// One batch comes in once and serves both copies. All on one home thread, but for drains. The
// quorum logic is CopyState's; this class moves bytes and tells it what happened.
//
// When the recent layer is full, acknowledgements are held back, and with them the writer.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/background_worker.h"
#include "core/base/clock.h"
#include "core/base/disk.h"
#include "core/base/network.h"
#include "core/base/random.h"
#include "core/base/task_loop.h"
#include "storage/node/copy_slot.h"
#include "storage/node/drainer.h"
#include "storage/node/read_watch.h"
#include "storage/node/recent_feeder.h"

namespace sixfold {
class EventLoop;
}

namespace sixfold::topology {
class ControlServer;
}

namespace sixfold::storage {

struct NodeOptions {
  std::string cluster_id;
  std::string az;
  uint32_t az_index = 0;  // in the YAML: founding copies are 2*index+1 and 2*index+2
  std::string data_dir;
  std::string address;                    // "unix:/…/storage-az-a.sock"
  std::string control_socket;             // "" for none
  std::vector<std::string> mounts;        // checked; copy n lies under mounts[n % size]
  std::vector<std::string> copy_folders;  // of copies 0 and 1
  std::vector<std::string> peers;         // addresses of the other AZs' daemons
  bool create = false;                    // format empty mounts as founding copies …
  Uuid volume;  // … of this volume; else nil: whatever the superblocks say
  bool allow_network_filesystem = false;
  SegmentLogOptions log;
  DrainOptions drain;
  uint64_t recent_bytes = 512 << 20;
  uint64_t read_hold_max_ms = 3'600'000;  // then the process that holds it is killed
};

class PeerCatchUp;
class CopySwitch;

class StorageNode {
 public:
  struct Seams {
    TaskLoop& loop;
    Disk& disk;
    Network& network;
    const Clock& clock;
    Random& random;
    EventLoop* sockets = nullptr;  // watches the control socket where there is one
    /// For drains. Empty: a thread of its own.
    std::function<std::unique_ptr<BackgroundWorker>()> make_worker = {};
  };

  /// Checks the mounts, opens (or formats) the copies and listens. Touches nothing when it fails.
  static StatusOr<std::unique_ptr<StorageNode>> Open(const Seams& seams,
                                                     const NodeOptions& options);
  ~StorageNode();

  /// What `status` on the control socket answers.
  std::string StatusJson() const;
  std::string address() const { return listener_->address(); }

 private:
  friend class PeerCatchUp;
  friend class CopySwitch;
  struct Session;

  StorageNode(const Seams& seams, const NodeOptions& options);
  Status OpenSlots();
  Status OpenSlot(CopySlot& slot);
  Status StartVolume();
  Status Listen();
  void Tick();

  // Messages.
  void OnAccept(std::unique_ptr<Connection> connection);
  void OnMessage(Session& session, uint16_t type, std::string_view body);
  Status Dispatch(Session& session, uint16_t type, std::string_view body);
  Status OnHello(Session& session, std::string_view body);
  Status OnPromise(Session& session, std::string_view body);
  Status OnAppend(Session& session, std::string_view body);
  Status OnVdl(Session& session, std::string_view body);
  Status OnFetch(Session& session, std::string_view body);
  Status OnFetchBase(Session& session, std::string_view body);
  void CloseSession(Session& session, const Status& why);

  // What follows from progress of the copies.
  void Changed() { ack_due_ = true; }
  void SendAcks();
  void AdvanceRecent();
  void ServeOneBase();
  void PublishFloor();
  void WatchReaders();
  void ReseatRecent();
  std::array<FeedSource, 2> Sources() const;
  void CloseWriters(const Status& why);
  Lsn LogPin() const;
  void Pin(Session& session, Lsn from);
  void AnswerControl(const std::string& request, std::function<void(std::string)> reply);
  void AnswerSwitch(const std::string& request, bool attach,
                    std::function<void(std::string)> reply);
  void AnswerHash(std::function<void(std::string)> reply);
  void NoteWriter(Epoch epoch, Lsn vdl, uint64_t sent_ns);

  Seams seams_;
  NodeOptions options_;
  Uuid volume_;
  std::vector<std::unique_ptr<CopySlot>> slots_;
  std::unique_ptr<RecentFeeder> feeder_;
  std::unique_ptr<Drainer> drainer_;
  std::unique_ptr<PeerCatchUp> catch_up_;
  std::unique_ptr<CopySwitch> switch_;
  ReadWatch read_watch_;
  uint64_t watched_ms_ = 0;
  std::unique_ptr<topology::ControlServer> control_;
  std::unique_ptr<Listener> listener_;
  std::vector<std::unique_ptr<Session>> sessions_;
  Session* writer_ = nullptr;  // the session acks go to
  bool ack_due_ = false;
  bool advance_posted_ = false;
  Epoch heard_epoch_;
  Lsn heard_vdl_;
  uint64_t heard_sent_ns_ = 0;
  const CopySlot* served_ = nullptr;
  TaskLoop::Timer tick_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace sixfold::storage
