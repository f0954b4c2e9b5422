#include "core/control/api_server.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <sys/socket.h>

#include <set>

#include "core/base/unique_fd.h"
#include "core/topology/unix_socket.h"

namespace sixfold::control {
namespace {

constexpr size_t kMaxBodyBytes = 1 << 20;
constexpr int kRequestTimeoutS = 30;

std::string MethodName(evhttp_request* request) {
  switch (evhttp_request_get_command(request)) {
    case EVHTTP_REQ_GET:
      return "GET";
    case EVHTTP_REQ_POST:
      return "POST";
    case EVHTTP_REQ_PUT:
      return "PUT";
    case EVHTTP_REQ_DELETE:
      return "DELETE";
    default:
      return "OTHER";
  }
}

/// A request that is not answered yet; null once its client left or it is answered.
struct OpenRequest {
  evhttp_request* request = nullptr;
};

void ForgetRequest(evhttp_connection*, void* argument) {
  static_cast<OpenRequest*>(argument)->request = nullptr;
}

void SendAnswer(OpenRequest* open, int http_status, const std::string& json) {
  evhttp_request* const request = std::exchange(open->request, nullptr);
  if (request == nullptr) return;
  evhttp_connection_set_closecb(evhttp_request_get_connection(request), nullptr, nullptr);
  evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", "application/json");
  evbuffer* const body = evbuffer_new();
  evbuffer_add(body, json.data(), json.size());
  evhttp_send_reply(request, http_status, nullptr, body);
  evbuffer_free(body);
}

}  // namespace

struct ApiServer::State {
  ApiHandler handler;
  evhttp* http = nullptr;
  std::set<std::shared_ptr<OpenRequest>> open;

  ~State() {
    // First, so that late replies find nothing to answer.
    for (const auto& request : open) {
      if (request->request != nullptr)
        evhttp_connection_set_closecb(evhttp_request_get_connection(request->request), nullptr,
                                      nullptr);
      request->request = nullptr;
    }
    if (http != nullptr) evhttp_free(http);
  }

  static void OnRequest(evhttp_request* raw, void* argument) {
    auto* state = static_cast<State*>(argument);
    std::erase_if(state->open, [](const auto& request) { return request->request == nullptr; });
    auto open = std::make_shared<OpenRequest>(OpenRequest{raw});
    state->open.insert(open);
    evhttp_connection_set_closecb(evhttp_request_get_connection(raw), ForgetRequest, open.get());
    ApiRequest request;
    request.method = MethodName(raw);
    const evhttp_uri* uri = evhttp_request_get_evhttp_uri(raw);
    const char* path = uri != nullptr ? evhttp_uri_get_path(uri) : nullptr;
    request.path = path != nullptr ? path : "/";
    evbuffer* const input = evhttp_request_get_input_buffer(raw);
    request.body.resize(evbuffer_get_length(input));
    evbuffer_remove(input, request.body.data(), request.body.size());
    state->handler(request, [open](int http_status, const std::string& json) {
      SendAnswer(open.get(), http_status, json);
    });
  }
};

ApiServer::ApiServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
ApiServer::~ApiServer() = default;

StatusOr<std::unique_ptr<ApiServer>> ApiServer::Open(EventLoop& loop, const std::string& path,
                                                     ApiHandler handler) {
  ASSIGN_OR_RETURN(UniqueFd socket, topology::ListenUnix(path, SOCK_STREAM));
  auto state = std::make_unique<State>();
  state->handler = std::move(handler);
  state->http = evhttp_new(loop.base());
  if (state->http == nullptr || evhttp_accept_socket(state->http, socket.get()) != 0)
    return Internal("serve HTTP on {}", path);
  socket.Release();  // evhttp's now
  evhttp_set_max_body_size(state->http, kMaxBodyBytes);
  evhttp_set_timeout(state->http, kRequestTimeoutS);
  evhttp_set_gencb(state->http, State::OnRequest, state.get());
  return std::unique_ptr<ApiServer>(new ApiServer(std::move(state)));
}

}  // namespace sixfold::control
