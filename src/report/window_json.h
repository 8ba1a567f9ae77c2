// A closed window as a line of JSON; docs/window.schema.json describes it.
#ifndef SOCKLOG_REPORT_WINDOW_JSON_H_
#define SOCKLOG_REPORT_WINDOW_JSON_H_

#include <cstdint>
#include <string>
#include <vector>

#include "detect/scorer.h"
#include "socklog/window.h"

namespace socklog {

inline constexpr const char* kWindowType = "socklog.window.v1";

// Appends one line with its newline. `judged`: what the scorer said of this window; `alerting`: series over their
// thresholds; `top`: how many keys of a keyed metric are shown, the highest scores first, then by key.
void AppendWindowJson(const WindowReport& report, const Scorer& scorer, const std::vector<SeriesScore>& judged,
                      std::uint64_t alerting, std::uint32_t top, std::string* out);

}  // namespace socklog

#endif  // SOCKLOG_REPORT_WINDOW_JSON_H_
