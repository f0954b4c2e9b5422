#include "proxy/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "core/base/log.h"

namespace sixfold::proxy {
namespace {

constexpr int kAcceptsPerTurn = 64;  // so that one busy endpoint does not starve the loop
constexpr uint64_t kPauseUs = 100'000;

std::string PeerName(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
    return fmt::format("{}:{}", text, ntohs(v4.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
    return fmt::format("[{}]:{}", text, ntohs(v6.sin6_port));
  }
  return "localhost";
}

}  // namespace

void StartAccepting(EventLoop& loop, const Clock& clock, const ClusterSettings& settings,
                    Endpoint* endpoint, std::function<void(Client)> admit) {
  const auto accept = [&loop, &clock, &settings, endpoint, admit](unsigned) {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      sockaddr_storage address{};
      socklen_t length = sizeof(address);
      UniqueFd fd(::accept4(endpoint->listener, reinterpret_cast<sockaddr*>(&address), &length,
                            SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!fd.valid()) {
        if (errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS) return;
        log::Error("endpoint {}: accept: {}", endpoint->config.name, std::strerror(errno));
        endpoint->accepting.Cancel();
        endpoint->pause = loop.After(kPauseUs, [&loop, &clock, &settings, endpoint, admit] {
          StartAccepting(loop, clock, settings, endpoint, admit);
        });
        return;
      }
      ++endpoint->accepted;
      Client client;
      client.fd = std::move(fd);
      client.endpoint = endpoint;
      client.address = PeerName(address);
      client.deadline_ms = clock.MonotonicMillis() + settings.wait_for_writer_ms;
      admit(std::move(client));
    }
  };
  endpoint->accepting = loop.WatchFd(endpoint->listener, EventLoop::kRead, accept);
}

}  // namespace sixfold::proxy
