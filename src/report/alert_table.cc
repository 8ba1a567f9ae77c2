#include "report/alert_table.h"

#include <algorithm>

#include "alert/alert_sentence.h"
#include "base/text.h"

namespace socklog {
namespace {

constexpr std::size_t kStatusWidth = 10;
constexpr std::size_t kMetricWidth = 25;
constexpr std::size_t kKeyWidth = 26;

std::string Pad(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 2, width), ' ');
  return text;
}

std::string ValueText(const Alert& alert) {
  if (alert.samples == 0) return "no data";
  std::string text = FormatValue(*alert.metric, alert.value);
  if (alert.metric->kind == MetricKind::kRatio) text += " of " + FormatThousands(alert.samples);
  return text;
}

}  // namespace

void AppendAlertRow(const Alert& alert, bool color, std::string* out) {
  const bool firing = alert.status == AlertStatus::kFiring;
  std::string status = Pad(firing ? "firing" : "resolved", kStatusWidth);
  if (color) status = (firing ? "\x1b[1;31m" : "\x1b[32m") + status + "\x1b[0m";
  *out += "  " + status + FormatTimeForPeople(alert.window_end) + "  " +
          Pad(std::string(alert.metric->name), kMetricWidth) + Pad(alert.key, kKeyWidth);
  if (firing) {
    *out += Pad(ValueText(alert), 16) + "threshold " + FormatValue(*alert.metric, alert.threshold) + "  (" +
            alert.threshold_source + ")";
  } else {
    *out += Pad(ValueText(alert), 16) + "after " + FormatDuration(alert.ends_at - alert.starts_at);
  }
  *out += '\n';
}

}  // namespace socklog
