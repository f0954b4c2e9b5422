#include "core/server/channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "core/base/blocking.h"
#include "core/base/check.h"
#include "core/protocol/compression.h"
#include "core/protocol/tls_session.h"

namespace sixfold::server {
namespace {

constexpr size_t kReadBytes = 4 * 1024;
constexpr size_t kLayeredReadBytes = 16 * 1024;

}  // namespace

Channel::Channel(UniqueFd socket, size_t max_payload)
    : socket_(std::move(socket)), in_(max_payload) {}

Channel::~Channel() = default;

Channel::ReadResult Channel::Read() {
  if (tls_ != nullptr || compression_ != nullptr) return ReadLayered();
  size_t room;
  char* to = in_.Room(kReadBytes, &room);
  const ssize_t count = ::recv(fd(), to, room, 0);
  if (count > 0) {
    in_.Filled(static_cast<size_t>(count));
    return ReadResult::kData;
  }
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return ReadResult::kWouldBlock;
  return ReadResult::kClosed;
}

Channel::ReadResult Channel::ReadLayered() {
  char bytes[kLayeredReadBytes];
  const ssize_t count = ::recv(fd(), bytes, sizeof(bytes), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return ReadResult::kWouldBlock;
  if (count <= 0) return ReadResult::kClosed;
  const Status status = Unwrap({bytes, static_cast<size_t>(count)});
  // Handshake bytes and alerts go out even when the session ends here.
  if (!wire_out_.empty()) Flush();
  return status.ok() ? ReadResult::kData : ReadResult::kClosed;
}

Status Channel::Unwrap(std::string_view received) {
  if (compression_ == nullptr) return tls_->Receive(received, &in_, &wire_out_);
  if (tls_ == nullptr) return compression_->Receive(received, &in_);
  protocol::PacketStream frames(0);
  RETURN_IF_ERROR(tls_->Receive(received, &frames, &wire_out_));
  return compression_->Receive(frames.TakeRest(), &in_);
}

// Moves what is to be sent through the layers; the handshake of TLS must be over.
void Channel::Wrap() {
  if (out_.empty() || (tls_ != nullptr && !tls_->established())) return;
  std::string framed;
  std::string* const frames = tls_ == nullptr ? &wire_out_ : &framed;
  if (compression_ != nullptr) compression_->Send(out_.view(), frames);
  const std::string_view plain = compression_ != nullptr ? std::string_view(framed) : out_.view();
  if (tls_ != nullptr && !tls_->Send(plain, &wire_out_).ok()) broken_ = true;
  out_.Clear();
}

bool Channel::WriteSome(std::string_view bytes, size_t* written) {
  while (*written < bytes.size()) {
    const ssize_t count =
        ::send(fd(), bytes.data() + *written, bytes.size() - *written, MSG_NOSIGNAL);
    if (count > 0) {
      *written += static_cast<size_t>(count);
    } else if (count < 0 && errno == EINTR) {
      continue;
    } else if (count < 0 && errno == EAGAIN) {
      return false;
    } else {
      broken_ = true;
      return true;
    }
  }
  return true;
}

bool Channel::Flush() {
  if (broken_) {
    out_.Clear();
    return true;
  }
  if (tls_ == nullptr && compression_ == nullptr) {
    if (!WriteSome(out_.view(), &sent_)) return false;
    sent_ = 0;
    out_.Clear();
    return true;
  }
  Wrap();
  if (!WriteSome(wire_out_, &sent_)) return false;
  sent_ = 0;
  wire_out_.clear();
  return true;
}

bool Channel::WaitFor(short events, uint64_t timeout_ms) {
  BlockingScope waiting;
  pollfd entry{fd(), events, 0};
  for (;;) {
    const int ready =
        ::poll(&entry, 1, static_cast<int>(std::min<uint64_t>(timeout_ms, INT32_MAX)));
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0;
  }
}

bool Channel::FlushBlocking(uint64_t timeout_ms) {
  while (!Flush()) {
    if (!WaitFor(POLLOUT, timeout_ms)) {
      broken_ = true;
      return false;
    }
  }
  return !broken_;
}

bool Channel::ReadPacketBlocking(std::string_view* payload, uint64_t timeout_ms) {
  for (;;) {
    const auto result = in_.Next(payload);
    if (result == protocol::PacketStream::Result::kPacket) return true;
    if (result != protocol::PacketStream::Result::kNeedMore) break;
    const ReadResult read = Read();
    if (read == ReadResult::kClosed) break;
    if (read == ReadResult::kWouldBlock && !WaitFor(POLLIN, timeout_ms)) break;
  }
  broken_ = true;
  return false;
}

void Channel::StartTls(ssl_ctx_st* context) {
  CHECK(tls_ == nullptr);
  CHECK(out_.empty());
  tls_ = protocol::TlsSession::Accept(context);
  const std::string early = in_.TakeRest();
  if (early.empty()) return;
  if (!tls_->Receive(early, &in_, &wire_out_).ok()) broken_ = true;
  if (!wire_out_.empty()) Flush();
}

void Channel::StartCompression() {
  CHECK(compression_ == nullptr);
  if (tls_ != nullptr) {
    Wrap();
  } else {
    wire_out_.assign(out_.view().substr(sent_));
    sent_ = 0;
    out_.Clear();
  }
  compression_ = std::make_unique<protocol::Compression>();
  const std::string early = in_.TakeRest();
  if (!early.empty() && !compression_->Receive(early, &in_).ok()) broken_ = true;
}

bool Channel::Abandoned() const {
  pollfd asked{fd(), POLLRDHUP, 0};
  return ::poll(&asked, 1, 0) > 0 && (asked.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void Channel::Shutdown() { ::shutdown(fd(), SHUT_RDWR); }

}  // namespace sixfold::server
