#include "core/protocol/proxy_header.h"

#include <arpa/inet.h>

#include "core/base/bytes.h"

namespace sixfold::protocol {
namespace {

constexpr std::string_view kProxySignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kFixedBytes = 16;
constexpr uint8_t kVersionLocal = 0x20;
constexpr uint8_t kVersionProxy = 0x21;
constexpr uint8_t kTcp4 = 0x11;
constexpr uint8_t kTcp6 = 0x21;

uint16_t LoadBig16(std::string_view bytes) {
  return __builtin_bswap16(LoadFixed<uint16_t>(bytes.data()));
}

void PutBig16(std::string* out, uint16_t value) { PutFixed(out, __builtin_bswap16(value)); }

std::string AddressText(int family, std::string_view bytes) {
  char text[INET6_ADDRSTRLEN] = {};
  return inet_ntop(family, bytes.data(), text, sizeof(text)) != nullptr ? text : "";
}

}  // namespace

bool StartsLikeProxyHeader(std::string_view bytes) {
  const size_t compared = std::min(bytes.size(), kProxySignature.size());
  return compared > 0 && bytes.substr(0, compared) == kProxySignature.substr(0, compared);
}

StatusOr<ProxyHeader> ParseProxyHeader(std::string_view bytes) {
  if (bytes.size() < kFixedBytes) {
    if (!bytes.empty() && !StartsLikeProxyHeader(bytes)) return InvalidArgument("no PROXY header");
    return Unavailable("PROXY header incomplete");
  }
  if (!StartsLikeProxyHeader(bytes)) return InvalidArgument("no PROXY header");
  const auto version = static_cast<uint8_t>(bytes[12]);
  const auto family = static_cast<uint8_t>(bytes[13]);
  const size_t length = LoadBig16(bytes.substr(14, 2));
  if (version != kVersionLocal && version != kVersionProxy) {
    return InvalidArgument("PROXY header version {:#x}", version);
  }
  if (kFixedBytes + length > kMaxProxyHeaderBytes) {
    return InvalidArgument("PROXY header of {} bytes", length);
  }
  if (bytes.size() < kFixedBytes + length) return Unavailable("PROXY header incomplete");
  const std::string_view body = bytes.substr(kFixedBytes, length);
  ProxyHeader header;
  header.local = version == kVersionLocal;
  header.header_bytes = kFixedBytes + length;
  if (header.local) return header;
  if (family == kTcp4) {
    if (length < 12) return InvalidArgument("PROXY header: short IPv4 addresses");
    header.address = AddressText(AF_INET, body);
    header.port = LoadBig16(body.substr(8, 2));
  } else if (family == kTcp6) {
    if (length < 36) return InvalidArgument("PROXY header: short IPv6 addresses");
    header.address = AddressText(AF_INET6, body);
    header.port = LoadBig16(body.substr(32, 2));
  }
  return header;
}

std::string EncodeProxyHeader(std::string_view address, uint16_t port) {
  const std::string text(address);
  std::string out(kProxySignature);
  char raw[16];
  const bool v4 = inet_pton(AF_INET, text.c_str(), raw) == 1;
  const bool v6 = !v4 && inet_pton(AF_INET6, text.c_str(), raw) == 1;
  if (!v4 && !v6) {
    out.push_back(static_cast<char>(kVersionLocal));
    out.push_back(0);
    PutBig16(&out, 0);
    return out;
  }
  const size_t size = v4 ? 4 : 16;
  out.push_back(static_cast<char>(kVersionProxy));
  out.push_back(static_cast<char>(v4 ? kTcp4 : kTcp6));
  PutBig16(&out, static_cast<uint16_t>(2 * size + 4));
  out.append(raw, size);
  out.append(size, '\0');  // the address dialled is of no interest
  PutBig16(&out, port);
  PutBig16(&out, 0);
  return out;
}

}  // namespace sixfold::protocol
