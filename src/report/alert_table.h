// Alerts for people at a terminal.
#ifndef SOCKLOG_REPORT_ALERT_TABLE_H_
#define SOCKLOG_REPORT_ALERT_TABLE_H_

#include <cstddef>
#include <string>

#include "socklog/alert.h"

namespace socklog {

// Appends one row with its newline, e.g.
//   firing    2026-01-02 20:00:10 UTC  error_rate_by_url  /cart  42 % of 310  since 20:00:00  score 0.36 > 0.073
//   (t.toml 4f1c0a2b)
// The score of a ratio is what its samples prove at least, so it is what is compared; other values are their own score.
// `columns`: of the terminal, 0 if there is none; a long key is cut so that the row fits. Text that comes from the log
// is printable already.
void AppendAlertRow(const Alert& alert, bool color, std::size_t columns, std::string* out);

}  // namespace socklog

#endif  // SOCKLOG_REPORT_ALERT_TABLE_H_
