// Checks of settings that are right one by one and wrong together, or insecure.
#ifndef SOCKLOG_CONFIG_CHECKS_H_
#define SOCKLOG_CONFIG_CHECKS_H_

#include "config/diagnostics.h"
#include "config/settings.h"
#include "socklog/options.h"
#include "socklog/thresholds.h"

namespace socklog {

struct CheckScope {
  // A file alone is checked: inputs may still come from the command line, and insecure transports are warned of.
  bool file_only = false;
  bool touch_files = true;
};

// `options` as Settings::Apply left them, the shape of a thresholds file taken over.
void CheckCombinations(const Settings& settings, const Options& options, CheckScope scope, Diagnostics* diagnostics);

// Takes windows, keys, minimum samples and the list of metrics from the thresholds file. Settings that say otherwise
// are errors.
void TakeOverThresholds(const Settings& settings, const ThresholdSet& thresholds, Options* options,
                        Diagnostics* diagnostics);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_CHECKS_H_
