// Process-wide logging to standard error: "time level area: text". ERROR means a person must
// look. Log once, where a thing is handled.
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace sixfold::log {

enum class Level { kDebug, kInfo, kWarning, kError };

/// Names the program in every line ("compute db-1"). Call once, before other threads start.
void Init(std::string_view program, Level least);
/// "debug", "info", "warning", "error"; anything else is info.
Level LevelOf(std::string_view name);
bool Enabled(Level level);
/// Lines of any level go there instead of standard error; null: back again. For simulations, which
/// have one thread.
using Sink = void (*)(Level level, std::string_view text);
void Redirect(Sink sink);
void Write(Level level, std::string_view text);

template <typename... Args>
void Debug(fmt::format_string<Args...> text, Args&&... args) {
  if (Enabled(Level::kDebug)) Write(Level::kDebug, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void Info(fmt::format_string<Args...> text, Args&&... args) {
  Write(Level::kInfo, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void Warning(fmt::format_string<Args...> text, Args&&... args) {
  Write(Level::kWarning, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void Error(fmt::format_string<Args...> text, Args&&... args) {
  Write(Level::kError, fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace sixfold::log
