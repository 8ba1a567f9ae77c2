#include "cli/format_check.h"

#include <string>

#include "format/format.h"

namespace socklog {
namespace {

// The NAME of "header:NAME", else empty.
std::string HeaderName(const std::string& source) {
  const std::size_t colon = source.find(':');
  return colon == std::string::npos ? "" : source.substr(colon + 1);
}

}  // namespace

Status CheckLogFormat(Command command, const Options& options) {
  if (command == kCommandGenerate) {
    const auto writer = MakeLogWriter(options.format);
    return writer.ok() ? Status() : writer.status();
  }
  FormatRequest request;
  request.options = options.format;
  request.fields = kFieldTime | kFieldStatus | kFieldTarget | kFieldHost | kFieldClient | kFieldUser;
  request.user_header = HeaderName(options.keys.user);
  request.client_header = HeaderName(options.keys.client);
  if (!request.user_header.empty()) request.fields |= kFieldUserHeader;
  if (!request.client_header.empty()) request.fields |= kFieldClientHeader;
  if (options.window.event_time == EventTime::kEnd) request.fields |= kFieldDuration;
  const auto format = MakeLogFormat(request);
  return format.ok() ? Status() : format.status();
}

}  // namespace socklog
