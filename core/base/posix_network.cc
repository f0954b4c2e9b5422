#include "core/base/posix_network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/unique_fd.h"

namespace sixfold {

namespace {

constexpr size_t kFrameHeaderBytes = 8;
constexpr size_t kReadChunkBytes = 64 << 10;
constexpr size_t kReadBudgetBytes = 4 << 20;  // then other sockets get their turn

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  UniqueFd folder;  // a Unix path is reached through it, so that its length does not matter
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

Status ParseUnix(const std::string& path, SocketAddress* out) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  auto* address = reinterpret_cast<sockaddr_un*>(&out->storage);
  std::string reached = path;
  if (path.size() >= sizeof(address->sun_path)) {
    out->folder.Reset(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!out->folder.valid()) return ErrnoStatus(errno, fmt::format("open folder {}", folder));
    reached = fmt::format("/proc/self/fd/{}/{}", out->folder.get(), name);
    if (reached.size() >= sizeof(address->sun_path))
      return InvalidArgument("socket name {} is too long", name);
  }
  address->sun_family = AF_UNIX;
  std::memcpy(address->sun_path, reached.c_str(), reached.size() + 1);
  out->length = sizeof(*address);
  return OkStatus();
}

Status ParseTcp(const std::string& rest, SocketAddress* out) {
  const size_t colon = rest.rfind(':');
  if (colon == std::string::npos) return InvalidArgument("address tcp:{} lacks a port", rest);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(rest.substr(0, colon).c_str(), rest.substr(colon + 1).c_str(), &hints, &found);
  if (error != 0) return Unavailable("resolve {}: {}", rest, gai_strerror(error));
  std::memcpy(&out->storage, found->ai_addr, found->ai_addrlen);
  out->length = found->ai_addrlen;
  freeaddrinfo(found);
  return OkStatus();
}

StatusOr<SocketAddress> ParseSocketAddress(const std::string& text) {
  SocketAddress address;
  if (text.starts_with("unix:")) {
    RETURN_IF_ERROR(ParseUnix(text.substr(5), &address));
  } else if (text.starts_with("tcp:")) {
    RETURN_IF_ERROR(ParseTcp(text.substr(4), &address));
  } else {
    return InvalidArgument("address {} is neither unix:… nor tcp:…", text);
  }
  return address;
}

void SetSocketOptions(int fd, int family) {
  const int on = 1;
  if (family != AF_UNIX) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return;
  }
  const int buffer_bytes = 1 << 20;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof(buffer_bytes));
}

class PosixConnection final : public Connection {
 public:
  PosixConnection(EventLoop& loop, UniqueFd fd) : loop_(loop), fd_(std::move(fd)) {}
  ~PosixConnection() override {
    if (alive_ != nullptr) *alive_ = false;
  }

  void Start(OnMessage on_message, OnClose on_close) override {
    on_message_ = std::move(on_message);
    on_close_ = std::move(on_close);
    Watch();
  }

  void Send(uint16_t type, std::string_view head, std::string_view rest) override {
    if (broken_) return;
    const uint64_t length = head.size() + rest.size();
    CHECK_LE(length, uint64_t{PosixNetwork::kMaxBodyBytes});
    char frame[kFrameHeaderBytes] = {};
    StoreFixed(frame, static_cast<uint32_t>(length));
    StoreFixed(frame + 4, type);
    std::string_view parts[3] = {{frame, sizeof(frame)}, head, rest};
    if (unsent() == 0) WriteParts(parts);
    const bool was_empty = unsent() == 0;
    for (const std::string_view part : parts) out_.append(part);
    if (unsent() > 0 && was_empty && on_message_) Watch();
  }

  size_t queued_bytes() const override { return unsent(); }

 private:
  size_t unsent() const { return out_.size() - out_sent_; }

  void Watch() {
    if (broken_) return;
    const unsigned interest = EventLoop::kRead | (unsent() > 0 ? EventLoop::kWrite : 0u);
    watch_ = loop_.WatchFd(fd_.get(), interest, [this](unsigned ready) { OnReady(ready); });
  }

  /// Takes what the kernel accepts off the front of the parts.
  void WriteParts(std::string_view (&parts)[3]) {
    iovec vectors[3];
    for (int i = 0; i < 3; ++i) vectors[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
    msghdr message{};
    message.msg_iov = vectors;
    message.msg_iovlen = 3;
    ssize_t sent = sendmsg(fd_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno != EAGAIN && errno != EINTR) Break(ErrnoStatus(errno, "send"));
      return;
    }
    for (std::string_view& part : parts) {
      const size_t taken = std::min(part.size(), static_cast<size_t>(sent));
      part.remove_prefix(taken);
      sent -= static_cast<ssize_t>(taken);
    }
  }

  void FlushOut() {
    while (unsent() > 0) {
      const ssize_t n =
          send(fd_.get(), out_.data() + out_sent_, unsent(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0) {
        if (errno != EAGAIN && errno != EINTR) Break(ErrnoStatus(errno, "send"));
        break;
      }
      out_sent_ += static_cast<size_t>(n);
    }
    if (unsent() > 0) return;
    out_.clear();
    out_sent_ = 0;
    if (out_.capacity() > (1 << 20)) out_.shrink_to_fit();
    Watch();
  }

  void OnReady(unsigned ready) {
    auto alive = std::make_shared<bool>(true);
    alive_ = alive;
    if (ready & EventLoop::kWrite) FlushOut();
    if (*alive && (ready & EventLoop::kRead)) ReadSome(*alive);
    if (*alive) alive_ = nullptr;
  }

  void ReadSome(const bool& alive) {
    size_t budget = kReadBudgetBytes;
    while (alive && !broken_ && budget > 0) {
      if (in_.size() - in_filled_ < kReadChunkBytes)
        in_.resize(std::max(2 * in_.size(), in_filled_ + kReadChunkBytes));
      const size_t room = in_.size() - in_filled_;
      const ssize_t n = recv(fd_.get(), in_.data() + in_filled_, room, MSG_DONTWAIT);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (n <= 0)
        return Break(n == 0 ? Unavailable("closed by the other side")
                            : ErrnoStatus(errno, "receive"));
      in_filled_ += static_cast<size_t>(n);
      budget -= std::min(budget, static_cast<size_t>(n));
      Deliver(alive);
      if (static_cast<size_t>(n) < room) return;  // drained
    }
  }

  void Deliver(const bool& alive) {
    size_t at = 0;
    while (in_filled_ - at >= kFrameHeaderBytes) {
      const auto length = LoadFixed<uint32_t>(in_.data() + at);
      const auto type = LoadFixed<uint16_t>(in_.data() + at + 4);
      if (length > PosixNetwork::kMaxBodyBytes)
        return Break(Corrupt("message of {} bytes", length));
      if (in_filled_ - at - kFrameHeaderBytes < length) break;
      const std::string_view body(in_.data() + at + kFrameHeaderBytes, length);
      at += kFrameHeaderBytes + length;
      on_message_(type, body);
      if (!alive) return;
    }
    in_filled_ -= at;
    if (at > 0 && in_filled_ > 0) std::memmove(in_.data(), in_.data() + at, in_filled_);
    if (in_filled_ == 0 && in_.size() > (8 << 20)) std::vector<char>().swap(in_);
  }

  /// Tells on_close from the loop, never from inside Send.
  void Break(Status why) {
    if (broken_) return;
    broken_ = true;
    watch_ = loop_.After(0, [this, why = std::move(why)] {
      watch_.Cancel();
      fd_.Reset();
      const OnClose on_close = std::move(on_close_);  // it may destroy this connection
      if (on_close) on_close(why);
    });
  }

  EventLoop& loop_;
  UniqueFd fd_;
  OnMessage on_message_;
  OnClose on_close_;
  bool broken_ = false;
  std::vector<char> in_;
  size_t in_filled_ = 0;
  std::string out_;
  size_t out_sent_ = 0;
  std::shared_ptr<bool> alive_;
  EventLoop::Watch watch_;
};

class PosixListener final : public Listener {
 public:
  PosixListener(EventLoop& loop, UniqueFd fd, std::string address, Network::OnAccept on_accept)
      : loop_(loop),
        fd_(std::move(fd)),
        address_(std::move(address)),
        on_accept_(std::move(on_accept)) {
    watch_ = loop_.WatchFd(fd_.get(), EventLoop::kRead, [this](unsigned) { Accept(); });
  }
  std::string address() const override { return address_; }

 private:
  void Accept() {
    for (;;) {
      UniqueFd client(accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!client.valid()) return;
      SetSocketOptions(client.get(), address_.starts_with("unix:") ? AF_UNIX : AF_INET);
      on_accept_(std::make_unique<PosixConnection>(loop_, std::move(client)));
    }
  }

  EventLoop& loop_;
  UniqueFd fd_;
  std::string address_;
  Network::OnAccept on_accept_;
  EventLoop::Watch watch_;
};

std::string BoundTcpAddress(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);
  getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length);
  char host[INET6_ADDRSTRLEN] = {};
  char port[8] = {};
  getnameinfo(reinterpret_cast<sockaddr*>(&storage), length, host, sizeof(host), port, sizeof(port),
              NI_NUMERICHOST | NI_NUMERICSERV);
  return fmt::format("tcp:{}:{}", host, port);
}

}  // namespace

StatusOr<std::unique_ptr<Listener>> PosixNetwork::Listen(const std::string& text,
                                                         OnAccept on_accept) {
  ASSIGN_OR_RETURN(SocketAddress address, ParseSocketAddress(text));
  UniqueFd fd(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return ErrnoStatus(errno, "create a socket");
  const int on = 1;
  if (address.family() == AF_UNIX) {
    unlink(text.substr(5).c_str());
  } else {
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  }
  if (bind(fd.get(), address.get(), address.length) != 0 || listen(fd.get(), 128) != 0) {
    return ErrnoStatus(errno, fmt::format("listen on {}", text));
  }
  std::string bound = address.family() == AF_UNIX ? text : BoundTcpAddress(fd.get());
  return std::make_unique<PosixListener>(loop_, std::move(fd), std::move(bound),
                                         std::move(on_accept));
}

void PosixNetwork::Connect(const std::string& text, OnConnect on_connect) {
  auto connect_now = [&]() -> StatusOr<UniqueFd> {
    ASSIGN_OR_RETURN(SocketAddress address, ParseSocketAddress(text));
    UniqueFd fd(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.valid()) return ErrnoStatus(errno, "create a socket");
    SetSocketOptions(fd.get(), address.family());
    if (connect(fd.get(), address.get(), address.length) != 0 && errno != EINPROGRESS) {
      return ErrnoStatus(errno, fmt::format("connect to {}", text));
    }
    return fd;
  };
  // Held by the callback that runs once, whichever event brings it.
  struct Attempt {
    StatusOr<UniqueFd> fd;
    OnConnect on_connect;
    EventLoop::Watch watch;
  };
  auto attempt = std::make_shared<Attempt>(Attempt{connect_now(), std::move(on_connect), {}});
  auto finish = [this, attempt, text](unsigned) {
    EventLoop::Watch watch = std::move(attempt->watch);
    if (attempt->fd.ok()) {
      int error = 0;
      socklen_t length = sizeof(error);
      getsockopt(attempt->fd->get(), SOL_SOCKET, SO_ERROR, &error, &length);
      if (error != 0) attempt->fd = ErrnoStatus(error, fmt::format("connect to {}", text));
    }
    if (!attempt->fd.ok()) return attempt->on_connect(attempt->fd.status());
    attempt->on_connect(std::make_unique<PosixConnection>(loop_, std::move(*attempt->fd)));
  };
  if (attempt->fd.ok()) {
    attempt->watch = loop_.WatchFd(attempt->fd->get(), EventLoop::kWrite, finish);
  } else {
    attempt->watch = loop_.After(0, [finish] { finish(0); });
  }
}

}  // namespace sixfold
