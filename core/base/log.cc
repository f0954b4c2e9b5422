#include "core/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace sixfold::log {
namespace {

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

Sink redirected = nullptr;

}  // namespace

void Init(std::string_view program, Level least) {
  auto logger = spdlog::stderr_logger_mt(std::string(program));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ [%n] %v");
  logger->set_level(ToSpdlog(least));
  spdlog::set_default_logger(std::move(logger));
}

Level LevelOf(std::string_view name) {
  if (name == "debug") return Level::kDebug;
  if (name == "warning") return Level::kWarning;
  if (name == "error") return Level::kError;
  return Level::kInfo;
}

bool Enabled(Level level) { return redirected != nullptr || spdlog::should_log(ToSpdlog(level)); }

void Redirect(Sink sink) { redirected = sink; }

void Write(Level level, std::string_view text) {
  if (redirected != nullptr) return redirected(level, text);
  spdlog::log(ToSpdlog(level), "{}", text);
}

}  // namespace sixfold::log
