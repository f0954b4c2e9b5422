// Handing an accepted client socket from the proxy to a compute on the same host:
// D/run/<id>.handoff.sock, SOCK_SEQPACKET. The proxy connects once per instance and keeps the
// connection; hand-offs are told apart by id, so many are in flight at once
// (docs/formats/handoff.md).
//
//   proxy -> compute   HandoffMessage, fixed size, with exactly one descriptor: the client's
//   compute -> proxy   HandoffReply, once per message, in any order
//
// The proxy keeps its own descriptor of the client until the reply: accepted, it closes its own;
// refused, or the connection broken, or no reply in time, it gives the client to another target.
// Therefore a compute must not send a byte to the client before it has replied, and counts the
// session in its status page before it replies. A proxy that gives up waiting shuts the hand-off
// connection down, reads the replies already queued and offers the unanswered clients elsewhere; so
// a compute whose SendReply fails must drop that client's descriptor unused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/base/unique_fd.h"

namespace sixfold::topology {

using sixfold::ToString;  // of a Status

inline constexpr uint32_t kHandoffMagic = 0x36464f48;  // "HOF6"
inline constexpr uint16_t kHandoffVersion = 1;

enum class HandoffVerdict : uint16_t {
  kAccepted = 0,
  kNotReady = 1,    // starting, draining or fenced
  kTooMany = 2,     // max_connections of the instance reached
  kBadMessage = 3,  // unknown version or no descriptor
};
std::string_view ToString(HandoffVerdict verdict);

/// One client on its way.
struct Handoff {
  uint64_t id = 0;             // chosen by the proxy, distinct on its connection
  std::string endpoint;        // name of the endpoint it came by
  std::string client_address;  // "127.0.0.1:54321"; "localhost" for a Unix socket
  bool expects_writer =
      false;        // came by the cluster endpoint: a reader must refuse it with kNotReady
  UniqueFd client;  // received side only
};

/// Sends a client. Unavailable when the socket is full right now (try another target or later),
/// other errors mean the connection is broken. `handoff.client` is not used: the descriptor stays
/// the caller's.
Status SendClient(int socket, const Handoff& handoff, int client);
/// Receives the next client, nothing when none waits now; an error means the connection ended or
/// speaks nonsense: close it. The descriptor is close-on-exec; its flags (O_NONBLOCK) are the
/// sender's.
StatusOr<std::optional<Handoff>> ReceiveClient(int socket);

struct HandoffReply {
  uint64_t id = 0;
  HandoffVerdict verdict = HandoffVerdict::kAccepted;
};
Status SendReply(int socket, const HandoffReply& reply);
StatusOr<std::optional<HandoffReply>> ReceiveReply(int socket);

}  // namespace sixfold::topology
