// From flags and TOML to Options, and from mistakes to diagnostics. The only user of toml++.
#ifndef SOCKLOG_CONFIG_CONFIG_H_
#define SOCKLOG_CONFIG_CONFIG_H_

#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/option_table.h"
#include "socklog/options.h"
#include "socklog/status.h"
#include "socklog/thresholds.h"

namespace socklog {

// One use of a long flag on the command line: its name without dashes and its text ("" for a switch).
struct FlagUse {
  std::string name;
  std::string value;
};

// Applies, in this order: defaults, the file that --config names, the flags. A thresholds file named by either is loaded too and
// the shape of its windows and keys taken over; a flag or key that contradicts it is a mistake.
// Reports every mistake, not only the first. Returns whether there were errors (warnings are none).
bool BuildOptions(Command command, const std::vector<FlagUse>& flags, Options* options, ThresholdSet* thresholds, Diagnostics* diagnostics);

// Checks one file of any kind socklog reads (configuration, thresholds): syntax, unknown keys with the nearest known one, types, ranges,
// combinations, secrets that others may read, insecure transports. Never connects.
void CheckFile(const std::string& path, Diagnostics* diagnostics);

Result<ThresholdSet> LoadThresholds(const std::string& path);
// The TOML text; LoadThresholds of it gives the same values.
std::string FormatThresholds(const ThresholdSet& thresholds);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_CONFIG_H_
