#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/base/clock.h"
#include "core/base/unique_fd.h"
#include "core/control/api_server.h"
#include "core/topology/unix_socket.h"

namespace sixfold::control {

StatusOr<ApiAnswer> CallApi(const std::string& socket, const ApiRequest& request,
                            uint64_t timeout_ms) {
  ASSIGN_OR_RETURN(const UniqueFd fd, topology::ConnectUnix(socket, SOCK_STREAM));
  // HTTP/1.0: the answer ends with the connection, so there is nothing to parse but its status
  // line.
  const std::string text = fmt::format(
      "{} {} HTTP/1.0\r\nHost: sixfold\r\nContent-Type: application/json\r\nContent-Length: "
      "{}\r\n\r\n{}",
      request.method, request.path, request.body.size(), request.body);
  if (::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
    return ErrnoStatus(errno, "send to " + socket);
  const SystemClock clock;
  const uint64_t deadline_ms = clock.MonotonicMillis() + timeout_ms;
  std::string answer;
  char buffer[16384];
  while (true) {
    const uint64_t now_ms = clock.MonotonicMillis();
    if (now_ms >= deadline_ms)
      return DeadlineExceeded("{}: no answer within {} ms", socket, timeout_ms);
    pollfd waiting{fd.get(), POLLIN, 0};
    ::poll(&waiting, 1, static_cast<int>(std::min<uint64_t>(deadline_ms - now_ms, 1000)));
    const ssize_t count = ::recv(fd.get(), buffer, sizeof(buffer), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count < 0) return ErrnoStatus(errno, "receive from " + socket);
    if (count == 0) break;
    answer.append(buffer, static_cast<size_t>(count));
  }
  ApiAnswer parsed;
  const size_t body = answer.find("\r\n\r\n");
  if (std::sscanf(answer.c_str(), "HTTP/1.%*d %d", &parsed.http_status) != 1 ||
      body == std::string::npos)
    return Unavailable("{}: closed without an answer", socket);
  parsed.body = answer.substr(body + 4);
  return parsed;
}

}  // namespace sixfold::control
