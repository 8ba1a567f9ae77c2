// From a parsed file and flags to Options: what BuildOptions and CheckFile share.
#ifndef SOCKLOG_CONFIG_BUILD_H_
#define SOCKLOG_CONFIG_BUILD_H_

#include "config/checks.h"
#include "config/settings.h"
#include "socklog/options.h"
#include "socklog/thresholds.h"

namespace socklog {

// Fills *options from the settings: values, rules, --host and --port, the thresholds file; then checks how they go
// together.
void BuildFromSettings(const Settings& settings, CheckScope scope, Options* options, ThresholdSet* thresholds,
                       Diagnostics* diagnostics);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_BUILD_H_
