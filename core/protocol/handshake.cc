#include "core/protocol/handshake.h"

#include "core/base/check.h"
#include "core/protocol/output_buffer.h"
#include "core/protocol/wire_reader.h"

namespace sixfold::protocol {
namespace {

constexpr size_t kSslRequestBytes = 32;
constexpr size_t kMaxAttributes = 128;

// A malformed list is not worth refusing a client for: what was read before the damage is kept.
ConnectAttributes ParseAttributes(WireReader* in) {
  ConnectAttributes attributes;
  WireReader pairs(in->LenencString());
  while (pairs.ok() && !pairs.empty() && attributes.size() < kMaxAttributes) {
    const std::string_view key = pairs.LenencString();
    const std::string_view value = pairs.LenencString();
    if (!pairs.ok()) break;
    attributes.emplace_back(key, value);
  }
  return attributes;
}

std::string_view ParseAuthResponse(WireReader* in, Capabilities capabilities) {
  if (capabilities & capability::kPluginAuthLenencData) return in->LenencString();
  if (capabilities & capability::kSecureConnection) return in->Bytes(in->U8());
  return in->NulStringOrRest();
}

}  // namespace

void WriteGreeting(OutputBuffer* out, const Greeting& greeting) {
  CHECK_EQ(greeting.scramble.size(), kScrambleBytes);
  out->BeginPacket();
  out->PutU8(kProtocolVersion);
  out->PutNulString(greeting.server_version);
  out->PutU32(greeting.connection_id);
  out->PutNulString(greeting.scramble.substr(0, 8));
  out->PutU16(static_cast<uint16_t>(greeting.capabilities));
  out->PutU8(greeting.collation);
  out->PutU16(greeting.status);
  out->PutU16(static_cast<uint16_t>(greeting.capabilities >> 16));
  out->PutU8(kScrambleBytes + 1);
  out->PutZeros(10);
  out->PutNulString(greeting.scramble.substr(8));
  out->PutNulString(greeting.auth_plugin);
  out->EndPacket();
}

StatusOr<HandshakeResponse> ParseHandshakeResponse(std::string_view payload) {
  WireReader in(payload);
  HandshakeResponse response;
  response.capabilities = in.U32();
  if (!(response.capabilities & capability::kProtocol41)) {
    return InvalidArgument("the client does not speak protocol 4.1");
  }
  response.max_packet_bytes = in.U32();
  response.collation = in.U8();
  in.Bytes(23);
  if (!in.ok()) return InvalidArgument("the handshake response ends early");
  if (payload.size() == kSslRequestBytes && (response.capabilities & capability::kSsl)) {
    response.ssl_request = true;
    return response;
  }
  response.user = in.NulStringOrRest();
  if (!in.empty()) response.auth_response = ParseAuthResponse(&in, response.capabilities);
  if (in.ok() && !in.empty() && (response.capabilities & capability::kConnectWithDb)) {
    response.database = in.NulStringOrRest();
  }
  if (in.ok() && !in.empty() && (response.capabilities & capability::kPluginAuth)) {
    response.auth_plugin = in.NulStringOrRest();
  }
  if (!in.ok()) return InvalidArgument("the handshake response ends early");
  if (!in.empty() && (response.capabilities & capability::kConnectAttrs)) {
    response.attributes = ParseAttributes(&in);
  }
  return response;
}

StatusOr<ChangeUserRequest> ParseChangeUser(std::string_view body, Capabilities capabilities) {
  WireReader in(body);
  ChangeUserRequest request;
  request.user = in.NulString();
  request.auth_response =
      (capabilities & capability::kSecureConnection) ? in.Bytes(in.U8()) : in.NulString();
  request.database = in.NulStringOrRest();
  if (!in.ok()) return InvalidArgument("the change-user request ends early");
  if (in.remaining() >= 2) request.collation = in.U16();
  if (!in.empty() && (capabilities & capability::kPluginAuth)) {
    request.auth_plugin = in.NulStringOrRest();
  }
  if (!in.empty() && (capabilities & capability::kConnectAttrs)) {
    request.attributes = ParseAttributes(&in);
  }
  return request;
}

void WriteAuthSwitch(OutputBuffer* out, std::string_view plugin, std::string_view scramble) {
  out->BeginPacket();
  out->PutU8(0xfe);
  out->PutNulString(plugin);
  out->PutNulString(scramble);
  out->EndPacket();
}

void WriteAuthMoreData(OutputBuffer* out, std::string_view data) {
  out->BeginPacket();
  out->PutU8(0x01);
  out->PutBytes(data);
  out->EndPacket();
}

}  // namespace sixfold::protocol
