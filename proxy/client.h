// A client that was accepted and is not delivered yet: the proxy's copy of its socket and what is
// needed to find it an instance. It has been sent nothing and nothing was read from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/unique_fd.h"

namespace sixfold::proxy {

struct Endpoint;

struct Client {
  UniqueFd fd;
  Endpoint* endpoint = nullptr;
  std::string address;             // "127.0.0.1:54321"; "localhost" for a Unix socket
  uint64_t deadline_ms = 0;        // monotonic: until then it waits for a target
  std::vector<std::string> tried;  // instances that did not take it in this round
  bool met_full_instance = false;  // one of them had max_connections already
};

}  // namespace sixfold::proxy
