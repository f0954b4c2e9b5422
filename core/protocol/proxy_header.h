// The PROXY protocol v2 header a relay puts before the client's bytes, to name the client.
// Reference: haproxy, doc/proxy-protocol.txt, 2.2.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace sixfold::protocol {

struct ProxyHeader {
  bool local = false;   // sent by the relay itself (health check): no client named
  std::string address;  // "10.0.0.1"; empty for Unix sockets and unknown families
  uint16_t port = 0;
  size_t header_bytes = 0;  // the client's bytes start here
};

/// The most bytes a header accepted here may have.
inline constexpr size_t kMaxProxyHeaderBytes = 536;

/// True when the bytes are (a beginning of) a header; a client's own first packet never is.
bool StartsLikeProxyHeader(std::string_view bytes);
/// Unavailable: more bytes are needed. InvalidArgument: broken.
StatusOr<ProxyHeader> ParseProxyHeader(std::string_view bytes);
/// For a relay: `address` in text, IPv4 or IPv6; anything else gives a LOCAL header.
std::string EncodeProxyHeader(std::string_view address, uint16_t port);

}  // namespace sixfold::protocol
