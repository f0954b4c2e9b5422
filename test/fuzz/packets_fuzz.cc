// What a client may send before and after it is known: handshake, COM_CHANGE_USER, COM_QUERY,
// COM_STMT_EXECUTE, PROXY headers. Input: which, capabilities, a count, the bytes.
#include "core/protocol/execute_request.h"
#include "core/protocol/handshake.h"
#include "core/protocol/proxy_header.h"
#include "test/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sixfold::protocol;
  sixfold::fuzz::Input input(data, size);
  const auto which = input.Take<uint8_t>();
  const Capabilities capabilities = input.Take<uint32_t>();
  const size_t count = input.Take<uint8_t>();
  const std::string body(input.rest());
  std::string_view text;
  std::vector<ParameterType> types;
  ExecuteRequest request;
  switch (which % 5) {
    case 0:
      (void)ParseHandshakeResponse(body);
      break;
    case 1:
      (void)ParseChangeUser(body, capabilities);
      break;
    case 2:
      (void)ParseQueryBody(body, capabilities, &text);
      break;
    case 3:
      (void)ParseProxyHeader(body);
      break;
    default:
      (void)StatementIdOf(body);
      if (ParseExecute(body, count, capabilities, std::vector<bool>(count), &types, &request).ok())
        (void)ParseExecute(body, count, capabilities, std::vector<bool>(count, true), &types,
                           &request);
  }
  return 0;
}
