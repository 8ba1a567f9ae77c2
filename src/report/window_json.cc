#include "report/window_json.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"

namespace socklog {
namespace {

bool MoreAbnormal(const SeriesScore* a, const SeriesScore* b) {
  return a->score != b->score ? a->score > b->score : a->key < b->key;
}

bool ByMetric(const SeriesScore& a, const SeriesScore& b) { return a.metric < b.metric; }

// `judged` is in the order of metrics.
void WriteTop(const std::vector<SeriesScore>& judged, std::uint32_t metric, std::uint32_t top, JsonWriter* json) {
  SeriesScore wanted;
  wanted.metric = metric;
  const auto [first, end] = std::equal_range(judged.begin(), judged.end(), wanted, ByMetric);
  std::vector<const SeriesScore*> series;
  series.reserve(static_cast<std::size_t>(end - first));
  for (auto score = first; score != end; ++score) series.push_back(&*score);
  const auto shown = static_cast<std::ptrdiff_t>(std::min<std::size_t>(top, series.size()));
  std::partial_sort(series.begin(), series.begin() + shown, series.end(), MoreAbnormal);
  json->Key("top").BeginArray();
  for (std::ptrdiff_t i = 0; i < shown; ++i) {
    const SeriesScore& score = *series[static_cast<std::size_t>(i)];
    json->BeginObject();
    json->Key("key").String(score.key);
    json->Key("value").Double(score.value);
    json->Key("samples").Unsigned(score.samples);
    json->EndObject();
  }
  json->EndArray();
}

}  // namespace

void AppendWindowJson(const WindowReport& report, const Scorer& scorer, const std::vector<SeriesScore>& judged,
                      std::uint64_t alerting, std::uint32_t top, std::string* out) {
  JsonWriter json(out);
  json.BeginObject();
  json.Key("type").String(kWindowType);
  json.Key("window_start").String(FormatTime(report.start));
  json.Key("window_end").String(FormatTime(report.end));
  json.Key("windows").Unsigned(report.windows);
  json.Key("lines").Unsigned(report.total.requests);
  json.Key("alerting").Unsigned(alerting);
  json.Key("metrics").BeginObject();
  for (std::uint32_t index = 0; index < scorer.metrics().size(); ++index) {
    const Metric& metric = *scorer.metrics()[index].metric;
    json.Key(metric.name).BeginObject();
    if (metric.dimension == Dimension::kGlobal) {
      json.Key("value").Double(Round9(scorer.ValueOf(metric, report.total)));
      json.Key("samples").Unsigned(metric.denominator(report.total));
    } else {
      json.Key("keys").Unsigned(report.dimensions[static_cast<std::size_t>(metric.dimension)].keys.size());
      WriteTop(judged, index, top, &json);
    }
    json.EndObject();
  }
  json.EndObject();
  json.EndObject();
  out->push_back('\n');
}

}  // namespace socklog
