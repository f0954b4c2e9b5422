// Channel: the bytes of one client connection. Reads into a PacketStream, writes an OutputBuffer,
// with compression and TLS between once they are started. The socket is non-blocking; the blocking
// calls wait with poll(), bracketed, and are for workers only. At any moment one thread uses a
// channel: its loop's driver, or the worker that runs the session.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/base/unique_fd.h"
#include "core/protocol/output_buffer.h"
#include "core/protocol/packet_stream.h"

struct ssl_ctx_st;

namespace sixfold::protocol {
class Compression;
class TlsSession;
}  // namespace sixfold::protocol

namespace sixfold::server {

class Channel {
 public:
  enum class ReadResult { kData, kWouldBlock, kClosed };

  Channel(UniqueFd socket, size_t max_payload);
  ~Channel();

  int fd() const { return socket_.get(); }
  protocol::PacketStream& in() { return in_; }
  protocol::OutputBuffer& out() { return out_; }

  /// One read().
  ReadResult Read();
  /// Writes what it can: false when the rest must wait for the socket. A broken socket drops the
  /// rest and sets broken().
  bool Flush();
  bool broken() const { return broken_; }
  bool wants_write() const { return !broken_ && (!out_.empty() || !wire_out_.empty()); }

  /// Writes everything, waiting. False: broken, or no progress for the timeout.
  bool FlushBlocking(uint64_t timeout_ms);
  /// The next whole payload, waiting; false: closed, broken or timed out.
  bool ReadPacketBlocking(std::string_view* payload, uint64_t timeout_ms);

  /// All bytes from here on are TLS; bytes already received belong to it.
  void StartTls(ssl_ctx_st* context);
  const protocol::TlsSession* tls() const { return tls_.get(); }
  /// All bytes from here on, both ways, are frames of the compressed protocol.
  void StartCompression();
  /// The other side has closed its end, whatever it sent before. Thread-safe.
  bool Abandoned() const;
  /// Ends both directions at once; the descriptor stays until destruction. Thread-safe.
  void Shutdown();

 private:
  ReadResult ReadLayered();
  Status Unwrap(std::string_view received);
  void Wrap();
  bool WriteSome(std::string_view bytes, size_t* written);
  bool WaitFor(short events, uint64_t timeout_ms);

  UniqueFd socket_;
  protocol::PacketStream in_;
  protocol::OutputBuffer out_;
  std::unique_ptr<protocol::TlsSession> tls_;
  std::unique_ptr<protocol::Compression> compression_;
  std::string wire_out_;  // what the layers made of out_
  size_t sent_ = 0;       // of the buffer being written
  bool broken_ = false;
};

}  // namespace sixfold::server
