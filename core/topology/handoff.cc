#include "core/topology/handoff.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace sixfold::topology {
namespace {

/// On the wire as in memory; little-endian.
struct HandoffMessage {
  uint32_t magic;
  uint16_t version;
  uint16_t flags;  // bit 0: expects_writer
  uint64_t id;
  char endpoint[64];
  char client_address[128];
};
static_assert(sizeof(HandoffMessage) == 208);
constexpr uint16_t kExpectsWriter = 1;

struct HandoffReplyMessage {
  uint32_t magic;
  uint16_t version;
  uint16_t verdict;
  uint64_t id;
};
static_assert(sizeof(HandoffReplyMessage) == 16);

void PutText(char* to, size_t size, std::string_view from) {
  std::memcpy(to, from.data(), std::min(from.size(), size - 1));
}

Status SendFailed(std::string_view what) {
  if (errno == EAGAIN || errno == ENOBUFS) return Unavailable("{}: the socket is full", what);
  return Aborted("{}: {}", what, std::strerror(errno));
}

}  // namespace

std::string_view ToString(HandoffVerdict verdict) {
  switch (verdict) {
    case HandoffVerdict::kAccepted:
      return "accepted";
    case HandoffVerdict::kNotReady:
      return "not ready";
    case HandoffVerdict::kTooMany:
      return "too many connections";
    case HandoffVerdict::kBadMessage:
      return "bad message";
  }
  return "unknown";
}

Status SendClient(int socket, const Handoff& handoff, int client) {
  HandoffMessage message{};
  message.magic = kHandoffMagic;
  message.version = kHandoffVersion;
  message.flags = handoff.expects_writer ? kExpectsWriter : 0;
  message.id = handoff.id;
  PutText(message.endpoint, sizeof(message.endpoint), handoff.endpoint);
  PutText(message.client_address, sizeof(message.client_address), handoff.client_address);

  iovec part{&message, sizeof(message)};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof(control);
  cmsghdr* rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(rights), &client, sizeof(client));
  while (::sendmsg(socket, &header, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    if (errno != EINTR) return SendFailed("hand a client over");
  return OkStatus();
}

StatusOr<std::optional<Handoff>> ReceiveClient(int socket) {
  HandoffMessage message{};
  iovec part{&message, sizeof(message)};
  alignas(cmsghdr) char control[CMSG_SPACE(4 * sizeof(int))];
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof(control);
  ssize_t count;
  while ((count = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT)) < 0) {
    if (errno == EAGAIN) return std::nullopt;
    if (errno != EINTR) return Aborted("receive a client: {}", std::strerror(errno));
  }
  // Own every descriptor that came before judging anything, so that none can leak.
  std::vector<UniqueFd> received;
  for (cmsghdr* rights = CMSG_FIRSTHDR(&header); rights != nullptr;
       rights = CMSG_NXTHDR(&header, rights)) {
    if (rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS) continue;
    for (size_t at = 0; at + sizeof(int) <= rights->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(rights) + at, sizeof(fd));
      received.emplace_back(fd);
    }
  }
  if (count == 0) return Aborted("receive a client: the proxy closed the connection");
  if (count != sizeof(message) || message.magic != kHandoffMagic ||
      message.version != kHandoffVersion)
    return InvalidArgument("receive a client: not a hand-off message of version {}",
                           kHandoffVersion);
  if (received.size() != 1)
    return InvalidArgument("receive a client: {} descriptors instead of one", received.size());
  Handoff handoff;
  handoff.id = message.id;
  handoff.endpoint.assign(message.endpoint, ::strnlen(message.endpoint, sizeof(message.endpoint)));
  handoff.client_address.assign(message.client_address,
                                ::strnlen(message.client_address, sizeof(message.client_address)));
  handoff.expects_writer = (message.flags & kExpectsWriter) != 0;
  handoff.client = std::move(received[0]);
  return std::optional<Handoff>(std::move(handoff));
}

Status SendReply(int socket, const HandoffReply& reply) {
  const HandoffReplyMessage message{kHandoffMagic, kHandoffVersion,
                                    static_cast<uint16_t>(reply.verdict), reply.id};
  while (::send(socket, &message, sizeof(message), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    if (errno != EINTR) return SendFailed("confirm a hand-off");
  return OkStatus();
}

StatusOr<std::optional<HandoffReply>> ReceiveReply(int socket) {
  HandoffReplyMessage message{};
  ssize_t count;
  while ((count = ::recv(socket, &message, sizeof(message), MSG_DONTWAIT)) < 0) {
    if (errno == EAGAIN) return std::nullopt;
    if (errno != EINTR) return Aborted("receive a confirmation: {}", std::strerror(errno));
  }
  if (count == 0) return Aborted("receive a confirmation: the instance closed the connection");
  if (count != sizeof(message) || message.magic != kHandoffMagic ||
      message.version != kHandoffVersion)
    return InvalidArgument("receive a confirmation: not a hand-off reply of version {}",
                           kHandoffVersion);
  const auto verdict = static_cast<HandoffVerdict>(std::min<uint16_t>(message.verdict, 3));
  return std::optional<HandoffReply>(HandoffReply{message.id, verdict});
}

}  // namespace sixfold::topology
