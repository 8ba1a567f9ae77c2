#include "cli/format_check.h"

#include "format/format.h"

namespace socklog {

Status CheckLogFormat(Command command, const Options& options) {
  if (command == kCommandGenerate) {
    const auto writer = MakeLogWriter(options.format);
    return writer.ok() ? Status() : writer.status();
  }
  FormatRequest request;
  request.options = options.format;
  request.fields = kFieldTime | kFieldStatus | kFieldTarget | kFieldHost | kFieldClient | kFieldUser;
  request.user_header = options.keys.user_header();
  request.client_header = options.keys.client_header();
  if (!request.user_header.empty()) request.fields |= kFieldUserHeader;
  if (!request.client_header.empty()) request.fields |= kFieldClientHeader;
  if (options.window.event_time == EventTime::kEnd) request.fields |= kFieldDuration;
  const auto format = MakeLogFormat(request);
  return format.ok() ? Status() : format.status();
}

}  // namespace socklog
