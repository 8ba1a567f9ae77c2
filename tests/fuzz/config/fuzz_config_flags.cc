// Arbitrary flags, one "name=value" a line, given to each command.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/config.h"

namespace socklog {
namespace {

// Flags that name files to be read are left out.
bool ReadsFile(std::string_view name) {
  return name == "config" || name == "thresholds" || name == "tls-ca" || name == "tls-cert" || name == "tls-key";
}

std::vector<FlagUse> SplitFlags(std::string_view text) {
  std::vector<FlagUse> flags;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t equals = std::min(line.find('='), line.size());
    const std::string_view value = line.substr(std::min(equals + 1, line.size()));
    if (!ReadsFile(line.substr(0, equals))) flags.push_back({std::string(line.substr(0, equals)), std::string(value)});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return flags;
}

}  // namespace
}  // namespace socklog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace socklog;
  const std::vector<FlagUse> flags = SplitFlags(std::string_view(reinterpret_cast<const char*>(data), size));
  for (const Command command : {kCommandGenerate, kCommandAnalyze, kCommandThresholds, kCommandCheckConfig}) {
    Options options;
    ThresholdSet thresholds;
    Diagnostics diagnostics;
    const bool wrong = BuildOptions(command, flags, &options, &thresholds, &diagnostics);
    if (wrong != diagnostics.has_errors()) std::abort();
    if (!wrong && options.window.window % options.window.slide_or_window() != 0) std::abort();
  }
  return 0;
}
