#include "report/window_json.h"

#include <algorithm>

#include "metrics/registry.h"
#include "support/catch.h"

namespace socklog::testing {
namespace {

constexpr Micros kWindow = 10 * kSecond;

Cell Requests(std::uint64_t requests, std::uint64_t errors) {
  Cell cell;
  cell.requests = requests;
  cell.errors = errors;
  return cell;
}

std::string Json(const WindowReport& report, const Scorer& scorer, std::uint64_t alerting, std::uint32_t top) {
  std::vector<SeriesScore> judged;
  scorer.Score(report, &judged);
  std::string text;
  AppendWindowJson(report, scorer, judged, alerting, top, &text);
  return text;
}

WindowReport ReportOf(std::vector<KeyedCell> urls) {
  WindowReport report;
  report.end = kWindow;
  for (const KeyedCell& url : urls) report.total += url.cell;
  report.dimensions[static_cast<std::size_t>(Dimension::kUrl)].keys = std::move(urls);
  return report;
}

}  // namespace

TEST_CASE("a closed window") {
  const Scorer scorer(
      {{FindMetric("error_rate"), 20}, {FindMetric("request_rate"), 1}, {FindMetric("error_rate_by_url"), 20}},
      kWindow);
  const WindowReport report =
      ReportOf({{"/b", Requests(20, 10), 0}, {"/rare", Requests(19, 19), 0}, {"/a\"", Requests(60, 20), 0}});
  CHECK(
      Json(report, scorer, 2, 10) ==
      R"({"type":"socklog.window.v1","window_start":"1970-01-01T00:00:00Z","window_end":"1970-01-01T00:00:10Z","windows":1,"lines":99,)"
      R"("alerting":2,"metrics":{"error_rate":{"value":0.494949495,"samples":99},"request_rate":{"value":9.9,"samples":99},)"
      R"("error_rate_by_url":{"keys":3,"top":[{"key":"/b","value":0.5,"samples":20},{"key":"/a\"","value":0.333333333,"samples":60}]}}})"
      "\n");
}

TEST_CASE("an empty window, and a gap") {
  const Scorer scorer(
      {{FindMetric("error_rate"), 20}, {FindMetric("request_rate"), 1}, {FindMetric("error_rate_by_url"), 20}},
      kWindow);
  WindowReport gap;
  gap.start = kWindow;
  gap.end = 31'536'000 * kSecond;
  gap.windows = 3'153'599;
  CHECK(
      Json(gap, scorer, 0, 10) ==
      R"({"type":"socklog.window.v1","window_start":"1970-01-01T00:00:10Z","window_end":"1971-01-01T00:00:00Z","windows":3153599,"lines":0,)"
      R"("alerting":0,"metrics":{"error_rate":{"value":null,"samples":0},"request_rate":{"value":0,"samples":0},)"
      R"("error_rate_by_url":{"keys":0,"top":[]}}})"
      "\n");
}

TEST_CASE("a global value is shown below the minimum of samples, too") {
  const Scorer scorer({{FindMetric("error_rate"), 20}}, kWindow);
  CHECK(Json(ReportOf({{"/", Requests(4, 1), 0}}), scorer, 0, 10).find(R"("error_rate":{"value":0.25,"samples":4})") !=
        std::string::npos);
}

TEST_CASE("the most abnormal keys first, then by key; so many and no more; whatever their order before") {
  const Scorer scorer({{FindMetric("error_rate_by_url"), 1}}, kWindow);
  // By score, not by value: 300 of 400 proves more than 4 of 4.
  std::vector<KeyedCell> keys = {
      {"/d", Requests(4, 4), 0}, {"/c", Requests(10, 0), 0}, {"/b", Requests(10, 0), 0}, {"/a", Requests(400, 300), 0}};
  const auto by_key = [](const KeyedCell& a, const KeyedCell& b) { return a.key < b.key; };
  std::sort(keys.begin(), keys.end(), by_key);
  do {
    const std::string all = Json(ReportOf(keys), scorer, 0, 10);
    std::vector<std::size_t> places;
    for (const char* key : {"\"/a\"", "\"/d\"", "\"/b\"", "\"/c\""}) places.push_back(all.find(key));
    REQUIRE(std::is_sorted(places.begin(), places.end()));
    REQUIRE(places.back() != std::string::npos);
    const std::string two = Json(ReportOf(keys), scorer, 0, 2);
    REQUIRE(two.find("\"/d\"") != std::string::npos);
    REQUIRE(two.find("\"/b\"") == std::string::npos);
    REQUIRE(two.find("\"keys\":4") != std::string::npos);
  } while (std::next_permutation(keys.begin(), keys.end(), by_key));
  CHECK(Json(ReportOf(keys), scorer, 0, 0).find("\"top\":[]") != std::string::npos);
}

}  // namespace socklog::testing
