// From flags and TOML to Options, and from mistakes to diagnostics. The only user of toml++.
#ifndef SOCKLOG_CONFIG_CONFIG_H_
#define SOCKLOG_CONFIG_CONFIG_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/option_table.h"
#include "socklog/endpoint_use.h"
#include "socklog/options.h"
#include "socklog/status.h"
#include "socklog/thresholds.h"

namespace socklog {

// One use of a long flag on the command line: its name without dashes and its text ("" for a switch).
struct FlagUse {
  std::string name;
  std::string value;
};

// Applies, in this order: defaults, the file that --config names, the flags. A thresholds file named by either is
// loaded too and the shape of its windows and keys taken over; a flag or key that contradicts it is a mistake. Reports
// every mistake, not only the first. Returns whether there were errors (warnings are none).
bool BuildOptions(Command command, const std::vector<FlagUse>& flags, Options* options, ThresholdSet* thresholds,
                  Diagnostics* diagnostics);

// An endpoint and the place that names it.
struct NamedEndpoint {
  Place place;
  EndpointUse use;
};

// What CheckFile found, whether or not it was right.
struct FileSummary {
  enum class Kind { kUnknown, kConfiguration, kThresholds };
  Kind kind = Kind::kUnknown;
  std::size_t settings = 0;              // keys of a configuration, metrics of a thresholds file
  std::vector<NamedEndpoint> endpoints;  // each once for each use; neither stdin nor stdout
};

struct CheckHooks {
  // Checks what config may not know: whether the log format of a command's options is one. Null: not checked.
  std::function<Status(Command, const Options&)> check_format = {};
  // The same for the properties of Kafka, and the endpoints of a command. Null: not checked.
  std::function<Status(const ConnectionOptions&, const std::vector<EndpointUse>&, std::vector<std::string>*)>
      check_kafka = {};
  // False: the file system is left alone (certificates, keys, a thresholds file that is named), for fuzzing.
  bool touch_files = true;
};

// The topic of a consumer group's state, on the brokers of the first topic that is read. Empty: there is none, without
// --group or such an input, or with --state.
std::string GroupStateTopic(const Options& options);

// Checks one file of any kind socklog reads (configuration, thresholds): syntax, unknown keys with the nearest known
// one, types, ranges, combinations, secrets that others may read, insecure transports. The sections of all commands are
// checked. Never connects. The diagnostics are in the order of their places.
FileSummary CheckFile(const std::string& path, const CheckHooks& hooks, Diagnostics* diagnostics);
// The same for text that was read already; `name` stands for the file in the diagnostics.
FileSummary CheckText(const std::string& name, std::string_view text, const CheckHooks& hooks,
                      Diagnostics* diagnostics);

// The text of a thresholds file; BuildOptions reads the same values from it. An entry without a threshold
// (kNoThreshold) is left out: its metric is then not judged, as it would not be without the file.
std::string FormatThresholds(const ThresholdSet& thresholds);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_CONFIG_H_
