// What a calibration found, as a page.
#ifndef SOCKLOG_REPORT_THRESHOLDS_HTML_H_
#define SOCKLOG_REPORT_THRESHOLDS_HTML_H_

#include <string>

#include "socklog/thresholds.h"

namespace socklog {

// A complete HTML page without scripts or outside resources. Text from configuration is escaped.
std::string ThresholdsHtml(const ThresholdSet& thresholds);

}  // namespace socklog

#endif  // SOCKLOG_REPORT_THRESHOLDS_HTML_H_
