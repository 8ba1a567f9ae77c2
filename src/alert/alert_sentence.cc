#include "alert/alert_sentence.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "base/text.h"

namespace socklog {
namespace {

// Three significant digits at least, and no more than a reader needs: 0.0042, 7.3, 42, 1204.
std::string FormatShort(double value) {
  std::array<char, 64> buffer;
  const double magnitude = std::fabs(value);
  const int decimals = magnitude >= 100 || value == std::floor(value) ? 0
                       : magnitude >= 1                               ? 1
                       : magnitude >= 0.1                             ? 2
                       : magnitude >= 0.01                            ? 3
                                                                      : 4;
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  std::string text(buffer.data(), static_cast<std::size_t>(size));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

// "between 10:00:00 and 10:00:10 UTC"; with the date where the window is a day or longer.
std::string Between(Micros start, Micros end) {
  const bool short_window = end - start < kDay;
  const std::string from = FormatTimeForPeople(start);
  const std::string to = FormatTimeForPeople(end);
  const std::size_t cut = short_window ? from.find(' ') + 1 : 0;
  return "between " + from.substr(cut) + " and " + to.substr(cut) + " UTC";
}

std::string WhatHappened(const Alert& alert) {
  const Metric& metric = *alert.metric;
  const std::string event(metric.event);
  if (metric.kind == MetricKind::kRatio) {
    return FormatValue(metric, alert.value) + " of " + FormatCount(alert.samples, "request") + " " + event;
  }
  const std::string number = FormatShort(alert.value);
  return number + (number == "1" ? " request " : " requests ") + event;
}

}  // namespace

std::string FormatValue(const Metric& metric, double value) {
  if (std::isnan(value)) return "no data";
  switch (metric.kind) {
    case MetricKind::kRatio:
      return FormatShort(100 * value) + " %";
    case MetricKind::kCount:
      return FormatShort(value);
    case MetricKind::kRate:
      return FormatShort(value) + "/s";
  }
  return {};
}

std::string AlertSentence(const Alert& alert) {
  std::string text = alert.key.empty() ? "" : alert.key + ": ";
  if (alert.status == AlertStatus::kFiring) {
    return text + WhatHappened(alert) + " " + Between(alert.window_start, alert.window_end) + ", threshold " +
           FormatValue(*alert.metric, alert.threshold);
  }
  text += "resolved after " + FormatDuration(alert.ends_at - alert.starts_at) + ": ";
  if (alert.samples == 0) return text + "no or too few requests " + Between(alert.window_start, alert.window_end);
  return text + WhatHappened(alert) + " " + Between(alert.window_start, alert.window_end);
}

}  // namespace socklog
