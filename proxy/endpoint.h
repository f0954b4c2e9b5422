// One endpoint: its listening socket and its counters. Accepts on the loop and passes each client
// on.
#pragma once

#include <functional>

#include "core/base/clock.h"
#include "core/base/cluster_config.h"
#include "core/base/event_loop.h"
#include "proxy/client.h"

namespace sixfold::proxy {

struct Endpoint {
  EndpointConfig config;
  int listener = -1;  // borrowed
  EventLoop::Watch accepting;
  EventLoop::Watch pause;
  uint64_t next_turn = 0;  // round robin
  uint64_t accepted = 0;
  uint64_t handed_over = 0;
  uint64_t relayed = 0;
  uint64_t failed = 0;  // waited in vain
};

/// Watches the listener. Out of descriptors, it pauses for a moment instead of spinning.
void StartAccepting(EventLoop& loop, const Clock& clock, const ClusterSettings& settings,
                    Endpoint* endpoint, std::function<void(Client)> admit);

}  // namespace sixfold::proxy
