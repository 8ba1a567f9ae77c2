// The rows of the option table, by subject. Only option_table.cc puts them together.
#ifndef SOCKLOG_CONFIG_OPTION_ROWS_H_
#define SOCKLOG_CONFIG_OPTION_ROWS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/option_table.h"

namespace socklog {

inline constexpr std::uint32_t kReaders = kCommandAnalyze | kCommandThresholds;
inline constexpr std::uint32_t kJobs = kReaders | kCommandGenerate;
inline constexpr std::uint32_t kEveryCommand = kJobs | kCommandCheckConfig;

std::vector<OptionRow> GenerateRows();    // what traffic is made
std::vector<OptionRow> InputRows();       // which lines are read, and how
std::vector<OptionRow> WindowRows();      // windows, partitions, keys, memory
std::vector<OptionRow> DetectionRows();   // metrics, thresholds, alerts, calibration
std::vector<OptionRow> OutputRows();      // streams, files, state
std::vector<OptionRow> ConnectionRows();  // sockets, TLS
std::vector<OptionRow> KafkaRows();       // brokers
std::vector<OptionRow> GeneralRows();     // every command's, and check-config's own

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_OPTION_ROWS_H_
