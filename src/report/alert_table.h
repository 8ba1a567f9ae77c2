// Alerts and the end of a run, for people at a terminal.
#ifndef SOCKLOG_REPORT_ALERT_TABLE_H_
#define SOCKLOG_REPORT_ALERT_TABLE_H_

#include <string>

#include "socklog/alert.h"

namespace socklog {

// Appends one row with its newline, e.g.
//   firing    2026-01-02 20:00:10  error_rate_by_url  /cart  42 % of 310  threshold 7.3 %  (t.toml 4f1c0a2b)
// Text that comes from the log is printable already.
void AppendAlertRow(const Alert& alert, bool color, std::string* out);

}  // namespace socklog

#endif  // SOCKLOG_REPORT_ALERT_TABLE_H_
