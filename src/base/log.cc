#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/text.h"

namespace socklog {
namespace {

std::shared_ptr<spdlog::logger> MakeLogger(bool color) {
  const auto mode = color ? spdlog::color_mode::always : spdlog::color_mode::never;
  auto made = std::make_shared<spdlog::logger>("socklog", std::make_shared<spdlog::sinks::stderr_color_sink_mt>(mode));
  made->set_pattern(color ? "%^socklog:%$ %v" : "socklog: %v");
  return made;
}

std::shared_ptr<spdlog::logger>& Logger() {
  static std::shared_ptr<spdlog::logger> logger = MakeLogger(false);
  return logger;
}

void Write(spdlog::level::level_enum level, std::string_view prefix, std::string_view message) {
  if (!Logger()->should_log(level)) return;
  std::string line(prefix);
  AppendTerminalSafe(message, &line);
  Logger()->log(level, line);
}

}  // namespace

void InitLog(int verbosity, bool color) {
  std::shared_ptr<spdlog::logger> made = MakeLogger(color);
  made->set_level(verbosity <= -2  ? spdlog::level::off
                  : verbosity < 0  ? spdlog::level::warn
                  : verbosity == 0 ? spdlog::level::info
                                   : spdlog::level::debug);
  Logger() = std::move(made);
}

void LogWarning(std::string_view message) { Write(spdlog::level::warn, "warning: ", message); }

void LogWarningOnce(std::string_view message) {
  static std::mutex mutex;
  static std::set<std::string, std::less<>> told;
  {
    const std::lock_guard lock(mutex);
    if (!told.emplace(message).second) return;
  }
  LogWarning(message);
}

void LogNote(std::string_view message) { Write(spdlog::level::info, "", message); }
void LogDetail(std::string_view message) { Write(spdlog::level::debug, "", message); }

}  // namespace socklog
