// An alert as a line of JSON; docs/alert.schema.json describes it.
#ifndef SOCKLOG_ALERT_ALERT_JSON_H_
#define SOCKLOG_ALERT_ALERT_JSON_H_

#include <string>

#include "socklog/alert.h"

namespace socklog {

inline constexpr const char* kAlertType = "socklog.alert.v1";

// Appends one line with its newline.
void AppendAlertJson(const Alert& alert, std::string* out);

}  // namespace socklog

#endif  // SOCKLOG_ALERT_ALERT_JSON_H_
