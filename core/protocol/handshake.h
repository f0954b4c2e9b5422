// The packets of a connection's start: the server's greeting (handshake v10), the client's
// response, SSL request, COM_CHANGE_USER, and the authentication exchange. Reading and writing
// only; who may enter is decided in server_auth.h. All input is hostile: a parser gives a Status,
// never a crash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "core/protocol/constants.h"

namespace sixfold::protocol {

class OutputBuffer;

struct Greeting {
  std::string_view server_version;
  uint32_t connection_id = 0;
  std::string_view scramble;  // kScrambleBytes bytes, none of them 0
  Capabilities capabilities = 0;
  uint8_t collation = 255;
  uint16_t status = 0;
  std::string_view auth_plugin;
};

using ConnectAttributes = std::vector<std::pair<std::string, std::string>>;

struct HandshakeResponse {
  Capabilities capabilities = 0;
  uint32_t max_packet_bytes = 0;
  uint16_t collation = 0;
  bool ssl_request = false;  // a 32-byte SSL request: only the four fields above are set
  std::string user;
  std::string auth_response;
  std::string database;
  std::string auth_plugin;
  ConnectAttributes attributes;
};

struct ChangeUserRequest {
  std::string user;
  std::string auth_response;
  std::string database;
  uint16_t collation = 0;
  std::string auth_plugin;
  ConnectAttributes attributes;
};

void WriteGreeting(OutputBuffer* out, const Greeting& greeting);
StatusOr<HandshakeResponse> ParseHandshakeResponse(std::string_view payload);
/// Without the command byte. `capabilities` are those agreed at the connection's start.
StatusOr<ChangeUserRequest> ParseChangeUser(std::string_view body, Capabilities capabilities);

void WriteAuthSwitch(OutputBuffer* out, std::string_view plugin, std::string_view scramble);
void WriteAuthMoreData(OutputBuffer* out, std::string_view data);

}  // namespace sixfold::protocol
