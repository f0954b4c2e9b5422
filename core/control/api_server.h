// The HTTP API: HTTP/1.1 with JSON bodies on a Unix socket (docs/formats/control-api.md).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/event_loop.h"
#include "core/base/status.h"

namespace sixfold::control {

struct ApiRequest {
  std::string method;  // "GET", "POST"
  std::string path;    // without the query
  std::string body;
};
/// Call it once, on the loop's thread; later calls and those after the client left do nothing.
using ApiReply = std::function<void(int http_status, const std::string& json)>;
using ApiHandler = std::function<void(const ApiRequest&, ApiReply)>;

class ApiServer {
 public:
  static StatusOr<std::unique_ptr<ApiServer>> Open(EventLoop& loop, const std::string& path,
                                                   ApiHandler handler);
  ~ApiServer();

 private:
  struct State;
  explicit ApiServer(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

struct ApiAnswer {
  int http_status = 0;
  std::string body;
};
/// For sixfoldctl: one request on a fresh connection, blocking.
StatusOr<ApiAnswer> CallApi(const std::string& socket, const ApiRequest& request,
                            uint64_t timeout_ms);

}  // namespace sixfold::control
