// The thresholds file. FormatThresholds is in config.h; this is for the module itself.
#ifndef SOCKLOG_CONFIG_THRESHOLDS_FILE_H_
#define SOCKLOG_CONFIG_THRESHOLDS_FILE_H_

#include <string>
#include <string_view>

#include "config/diagnostics.h"
#include "config/toml_document.h"
#include "socklog/thresholds.h"

namespace socklog {

inline constexpr std::string_view kThresholdsType = "socklog.thresholds.v1";

// Takes a parsed file apart. Every mistake is reported; *out is complete if there is no new error.
void ReadThresholds(const ConfigNode& root, ThresholdSet* out, Diagnostics* diagnostics);

// Reads, parses and takes apart the file at `path`, and fills in `source`. False if there was an error; if the file
// cannot be read, the error is at `named_at`, where the user named it.
bool LoadThresholdsFile(const std::string& path, const Place& named_at, ThresholdSet* out, Diagnostics* diagnostics);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_THRESHOLDS_FILE_H_
