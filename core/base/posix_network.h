// Network over Unix sockets and TCP on an EventLoop.
//
// Frame: u32 body length, u16 type, u16 zero, body. A length over kMaxBodyBytes closes.
#pragma once

#include "core/base/event_loop.h"
#include "core/base/network.h"

namespace sixfold {

class PosixNetwork final : public Network {
 public:
  static constexpr uint32_t kMaxBodyBytes = 1u << 31;

  explicit PosixNetwork(EventLoop& loop) : loop_(loop) {}
  StatusOr<std::unique_ptr<Listener>> Listen(const std::string& address,
                                             OnAccept on_accept) override;
  void Connect(const std::string& address, OnConnect on_connect) override;

 private:
  EventLoop& loop_;
};

}  // namespace sixfold
