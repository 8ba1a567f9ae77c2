// analyze --list-metrics.
#ifndef SOCKLOG_CLI_LIST_METRICS_H_
#define SOCKLOG_CLI_LIST_METRICS_H_

#include <string>

namespace socklog {

// A table for people: name, unit, default threshold, least samples, help.
std::string ListMetricsAsText();
// One object a line: name, help, unit, dimension, kind, default_threshold (null: none), min_samples.
std::string ListMetricsAsJson();

}  // namespace socklog

#endif  // SOCKLOG_CLI_LIST_METRICS_H_
