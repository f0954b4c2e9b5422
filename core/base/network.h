// The seam to the network: connections that carry whole messages, so that a simulation can put its
// own under the same code. One home thread; callbacks run on it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace sixfold {

class Connection {
 public:
  /// `body` lives until the callback returns. The callback may destroy the connection.
  using OnMessage = std::function<void(uint16_t type, std::string_view body)>;
  using OnClose = std::function<void(const Status& why)>;

  /// Closes without calling back.
  virtual ~Connection() = default;
  /// Messages are delivered from here on. `on_close` is called once, when the other side is gone
  /// or broke the framing; never inside Send.
  virtual void Start(OnMessage on_message, OnClose on_close) = 0;
  /// Sends one message whose body is `head` and `rest` in a row; never blocks, keeps what the
  /// kernel does not take (queued_bytes()). Silently dropped once the connection is broken.
  virtual void Send(uint16_t type, std::string_view head, std::string_view rest = {}) = 0;
  virtual size_t queued_bytes() const = 0;
};

class Listener {
 public:
  virtual ~Listener() = default;
  /// As bound: the port chosen for port 0.
  virtual std::string address() const = 0;
};

class Network {
 public:
  using OnAccept = std::function<void(std::unique_ptr<Connection>)>;
  using OnConnect = std::function<void(StatusOr<std::unique_ptr<Connection>>)>;

  virtual ~Network() = default;
  /// "unix:/path" or "tcp:host:port".
  virtual StatusOr<std::unique_ptr<Listener>> Listen(const std::string& address,
                                                     OnAccept on_accept) = 0;
  /// Calls back once, never inside this call.
  virtual void Connect(const std::string& address, OnConnect on_connect) = 0;
};

}  // namespace sixfold
