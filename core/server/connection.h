// Connection: one client from accept to close. Its loop moves bytes and notices packets; a worker
// runs one packet at a time (Run), first those of the login, then commands.
//
//   greeting sent --> kResponse --(SSL request: TLS starts)--> kResponse
//                        | handshake response
//                        v
//                     kExchange (password plugins) --> kCommand <--(COM_CHANGE_USER)--> kExchange
//   any state --> closing_ --> destroyed at its loop
//
// Between Run() and its Finished(), and while a commit is outstanding (parked_), the loop leaves
// the session alone: readable sockets are only unwatched then. Everything but Run(), Kill() and
// CommitDone() happens at the loop.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/event_loop.h"
#include "core/base/ids.h"
#include "core/server/channel.h"
#include "core/server/worker_pool.h"

namespace sixfold::protocol {
class ServerAuth;
struct HandshakeResponse;
}  // namespace sixfold::protocol

namespace sixfold::server {

class CommandRunner;
class Server;
class Session;

/// Where a client came from.
struct ClientOrigin {
  std::string endpoint;        // name of the endpoint; empty: this instance's own socket
  std::string address;         // "10.0.0.1:4711"; "localhost" for a Unix socket
  bool local_socket = false;   // passwords may travel in clear
  bool accepts_proxy = false;  // a PROXY v2 header may come first
  int endpoint_index = -1;     // in the status page
};

enum class KillKind : int { kNone = 0, kQuery = 1, kConnection = 2 };

class Connection final : public Task {
 public:
  Connection(Server& server, LoopSlot& slot, ConnectionId id, UniqueFd socket, ClientOrigin origin);
  ~Connection() override;

  /// At the loop: greets the client and listens.
  void Start();
  /// Instead of Start(): 1040 and the end.
  void RefuseTooMany();
  void Run() override;
  void Finished() override;

  /// From any thread: interrupts the statement, or ends the connection.
  void Kill(KillKind kind);
  /// From any thread: the outcome of a commit for which the session is parked.
  void CommitDone();

  /// At the loop, regularly: ends it when it has been idle for longer than its timeout, and a
  /// statement that waits for a client that has left.
  void CheckIdle(uint64_t now_ms);
  void CloseSoon();

  ConnectionId id() const { return id_; }
  LoopSlot& slot() { return slot_; }
  Channel& channel() { return channel_; }
  Session& session() { return *session_; }
  const Session& session() const { return *session_; }
  CommandRunner& commands() { return *commands_; }
  const ClientOrigin& origin() const { return origin_; }
  bool logged_in() const { return logged_in_.load(std::memory_order_relaxed); }

 private:
  enum class Phase { kResponse, kExchange, kCommand };

  void OnReadable();
  void OnWritable();
  void NoticePacket();
  void PauseReading();
  void ResumeReading();
  bool TakeProxyHeader();
  void Close();

  void RunResponse(std::string_view payload);
  void BeginExchange(std::string_view plugin, std::string_view response, std::string_view user,
                     std::string_view database, uint16_t collation);
  void ContinueExchange(std::string_view payload);
  void FinishExchange(bool allowed);
  void ChangeUser(std::string_view body);
  void Fail(uint16_t number, std::string_view sqlstate, std::string_view message);
  bool Secure() const;

  Server& server_;
  LoopSlot& slot_;
  const ConnectionId id_;
  ClientOrigin origin_;
  Channel channel_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<CommandRunner> commands_;

  Phase phase_ = Phase::kResponse;
  std::string challenge_;
  std::unique_ptr<protocol::ServerAuth> auth_;
  std::string pending_database_;
  bool proxy_header_possible_ = false;
  std::atomic<bool> logged_in_{false};

  EventLoop::Watch readable_;
  EventLoop::Watch writable_;
  bool reading_ = false;
  bool queued_ = false;  // Ready() until Finished()
  bool parked_ = false;  // a commit is outstanding
  bool commit_arrived_ = false;
  bool closing_ = false;
  uint64_t last_active_ms_ = 0;
};

}  // namespace sixfold::server
