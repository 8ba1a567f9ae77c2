// An alert as a sentence.
#ifndef SOCKLOG_ALERT_ALERT_SENTENCE_H_
#define SOCKLOG_ALERT_ALERT_SENTENCE_H_

#include <string>

#include "socklog/alert.h"

namespace socklog {

// "/cart: 42 % of 310 requests failed between 10:00:00 and 10:00:10 UTC, threshold 7 %". Reads everything of `alert`
// but summary.
std::string AlertSentence(const Alert& alert);

// A metric's value for people: "42 %", "57", "312.5/s"; "no data" for NaN.
std::string FormatValue(const Metric& metric, double value);

}  // namespace socklog

#endif  // SOCKLOG_ALERT_ALERT_SENTENCE_H_
