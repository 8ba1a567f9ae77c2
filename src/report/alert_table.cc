#include "report/alert_table.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "alert/alert_sentence.h"
#include "base/text.h"

namespace socklog {
namespace {

constexpr std::size_t kStatusWidth = 10;
constexpr std::size_t kMetricWidth = 25;
constexpr std::size_t kKeyWidth = 26;
constexpr std::size_t kValueWidth = 16;

bool StartsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), StartsCharacter));
}

std::string Pad(std::string text, std::size_t width) {
  const std::size_t characters = Characters(text);
  text.append(std::max(characters + 2, width) - characters, ' ');
  return text;
}

// The first characters of a text, the last of them an ellipsis where that is not all.
std::string Cut(const std::string& text, std::size_t characters) {
  if (Characters(text) <= characters) return text;
  std::size_t end = 0;
  for (std::size_t kept = 0; kept < characters; ++end) {
    if (StartsCharacter(text[end])) ++kept;
  }
  return text.substr(0, end - 1) + "…";
}

std::string ValueText(const Alert& alert) {
  if (alert.samples == 0) return "no data";
  std::string text = FormatValue(*alert.metric, alert.value);
  if (alert.metric->kind == MetricKind::kRatio) text += " of " + FormatThousands(alert.samples);
  return text;
}

// With the date only where it is not that of the row.
std::string SinceText(const Alert& alert) {
  const std::string start = FormatTimeForPeople(alert.starts_at);
  const std::string row = FormatTimeForPeople(alert.window_end);
  const std::size_t time = start.find(' ') + 1;
  return "since " + (start.compare(0, time, row, 0, time) == 0 ? start.substr(time) : start);
}

// Of two shares, in percent: three significant digits, or as many as tell the two apart.
std::string Comparison(double score, double threshold) {
  std::array<char, 64> a;
  std::array<char, 64> b;
  for (int digits = 3; digits <= 9; ++digits) {
    std::snprintf(a.data(), a.size(), "%.*g %%", digits, 100 * score);
    std::snprintf(b.data(), b.size(), "%.*g %%", digits, 100 * threshold);
    if (std::string_view(a.data()) != b.data()) break;
  }
  return "score " + std::string(a.data()) + " > " + b.data();
}

std::string WhyText(const Alert& alert) {
  if (alert.status == AlertStatus::kResolved) return "after " + FormatDuration(alert.ends_at - alert.starts_at);
  const std::string limit = alert.metric->kind == MetricKind::kRatio
                                ? Comparison(alert.score, alert.threshold)
                                : "threshold " + FormatValue(*alert.metric, alert.threshold);
  return limit + "  (" + alert.threshold_source + ")";
}

}  // namespace

void AppendAlertRow(const Alert& alert, bool color, std::size_t columns, std::string* out) {
  const bool firing = alert.status == AlertStatus::kFiring;
  const std::string status = Pad(firing ? "firing" : "resolved", kStatusWidth);
  const std::string when = FormatTimeForPeople(alert.window_end) + " UTC  ";
  const std::string metric = Pad(std::string(alert.metric->name), kMetricWidth);
  const std::string rest = Pad(ValueText(alert), kValueWidth) + SinceText(alert) + "  " + WhyText(alert);
  const std::size_t taken = 2 + status.size() + when.size() + metric.size() + Characters(rest) + 2;
  const std::size_t room =
      columns == 0 ? alert.key.size() : std::max(kKeyWidth - 2, columns - std::min(columns, taken));
  *out += "  ";
  *out += color ? (firing ? "\x1b[1;31m" : "\x1b[32m") + status + "\x1b[0m" : status;
  *out += when + metric + Pad(Cut(alert.key, room), kKeyWidth) + rest + '\n';
}

}  // namespace socklog
