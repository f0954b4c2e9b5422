#include "core/server/control_requests.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/base/event_loop.h"
#include "core/base/log.h"
#include "core/server/bootstrap.h"
#include "core/server/instance.h"
#include "core/server/persisted_variables.h"
#include "core/server/server.h"

namespace sixfold::server {
namespace {

using nlohmann::json;

std::string Failure(std::string_view error) { return json{{"ok", false}, {"error", error}}.dump(); }

}  // namespace

ControlRequests::~ControlRequests() { promotion_.Join(); }

void ControlRequests::Serve(const std::string& request, Reply reply) {
  const json parsed = json::parse(request, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object() || !parsed.contains("cmd") || !parsed["cmd"].is_string()) {
    return reply(Failure("expected an object with \"cmd\""));
  }
  const std::string command = parsed["cmd"];
  if (command == "status") return reply(Status());
  if (command == "promote") return Promote(std::move(reply));
  if (command == "demote" || command == "shutdown") return EndProcess(std::move(reply));
  reply(Failure(fmt::format("unknown command \"{}\"", command)));
}

std::string ControlRequests::Status() const {
  Instance& instance = server_.instance();
  const storage::VolumeProgress progress = instance.Progress();
  const bool fenced = instance.fenced();
  return json{{"ok", true},
              {"id", instance.id()},
              {"az", instance.az()},
              {"pid", ::getpid()},
              {"role", instance.is_writer() ? "writer" : "reader"},
              {"state", fenced ? "fenced" : "ready"},
              {"epoch", progress.epoch.value()},
              {"durable_lsn", progress.durable.value()},
              {"applied_lsn", progress.applied.value()},
              {"replica_lag_us", instance.is_writer() ? 0 : instance.LagMicros()},
              {"sessions", server_.connection_count()}}
      .dump();
}

void ControlRequests::Promote(Reply reply) {
  if (promoting_) return reply(Failure("a promotion is under way"));
  promotion_.Join();
  promoting_ = true;
  promotion_ = BackgroundThread([this, reply = std::move(reply)] {
    sixfold::Status status = server_.instance().Promote();
    if (status.ok()) status = BootstrapCatalog(server_);
    if (status.ok()) server_.persisted().Load();
    std::string answer;
    if (status.ok()) {
      answer = json{{"ok", true}, {"epoch", server_.instance().WriterEpoch().value()}}.dump();
    } else {
      log::Error("promotion failed: {}", ToString(status));
      answer = Failure(ToString(status));
    }
    loop_.Post([this, reply, answer] {
      promoting_ = false;
      // Who asked looks at the page next: it must not find the reader that this was.
      server_.PublishStatus();
      reply(answer);
    });
  });
}

void ControlRequests::EndProcess(Reply reply) {
  reply(json{{"ok", true}}.dump());
  // After the reply had a turn of the loop to leave.
  loop_.Post([this] { server_.RequestStop(); });
}

}  // namespace sixfold::server
