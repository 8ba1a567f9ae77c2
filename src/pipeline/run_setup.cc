#include "pipeline/run_setup.h"

#include <algorithm>
#include <limits>
#include <thread>
#include <utility>

#include "base/hash.h"
#include "base/log.h"
#include "base/snapshot.h"
#include "base/text.h"
#include "metrics/registry.h"
#include "window/window_aggregator.h"

namespace socklog {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const ThresholdEntry* FindEntry(const ThresholdSet* thresholds, std::string_view metric) {
  if (thresholds == nullptr) return nullptr;
  for (const ThresholdEntry& entry : thresholds->entries) {
    if (entry.metric == metric) return &entry;
  }
  return nullptr;
}

bool IsChosen(const Options& options, const ThresholdSet* thresholds, std::string_view metric) {
  const auto& named = options.analyze.metrics;
  if (!named.empty()) return std::find(named.begin(), named.end(), metric) != named.end();
  if (thresholds == nullptr) return true;
  return FindEntry(thresholds, metric) != nullptr || options.analyze.threshold.count(std::string(metric)) > 0;
}

ScoredMetric ScoredOf(const Options& options, const ThresholdSet* thresholds, const Metric& metric) {
  const auto given = options.analyze.min_samples.find(std::string(metric.name));
  if (given != options.analyze.min_samples.end()) return {&metric, given->second};
  const ThresholdEntry* entry = FindEntry(thresholds, metric.name);
  return {&metric, entry != nullptr ? entry->min_samples : metric.min_samples};
}

Threshold ThresholdOf(const Options& options, const ThresholdSet* thresholds, const Metric& metric) {
  Threshold threshold;
  const auto given = options.analyze.threshold.find(std::string(metric.name));
  if (given != options.analyze.threshold.end()) {
    threshold.value = given->second;
    const auto source = options.analyze.threshold_source.find(given->first);
    threshold.source = source != options.analyze.threshold_source.end() ? source->second : "--threshold";
  } else if (const ThresholdEntry* entry = FindEntry(thresholds, metric.name)) {
    threshold.value = entry->threshold;
    threshold.source = thresholds->source;
  } else {
    threshold.value = metric.default_threshold == kNoThreshold ? kInfinity : metric.default_threshold;
    threshold.source = "default";
  }
  threshold.clear = threshold.value * options.alert.clear;
  return threshold;
}

Status CheckMetricNames(const Options& options) {
  std::vector<std::string> names = options.analyze.metrics;
  for (const auto& [name, value] : options.analyze.threshold) names.push_back(name);
  for (const auto& [name, value] : options.analyze.min_samples) names.push_back(name);
  for (const std::string& name : names) {
    if (FindMetric(name) == nullptr)
      return Status::Usage("no metric is called '" + name + "'" + DidYouMean(name, MetricNames()));
  }
  return {};
}

// Then only the broker knows how many partitions there are.
bool HasTopic(const std::vector<Endpoint>& inputs) {
  return std::any_of(inputs.begin(), inputs.end(), [](const Endpoint& input) { return input.is_topic(); });
}

// Each is a partition.
std::uint64_t PossibleClients(const std::vector<Endpoint>& inputs, const ConnectionOptions& connection) {
  std::uint64_t clients = 0;
  for (const Endpoint& input : inputs) clients += input.listens() ? connection.max_clients : 0;
  return clients;
}

// What makes for so many open panes, and what to do about it.
std::string PanesRemedy(const WindowOptions& options, std::uint64_t partitions) {
  const std::string longer = options.slide == 0 ? "lengthen --window" : "lengthen --slide";
  const Micros few = 100 * options.slide_or_window();
  if (options.lateness > few)
    return "--lateness " + FormatDuration(options.lateness) + " keeps windows open for so long; shorten it, or " +
           longer;
  if (partitions > 1 && options.max_skew_or_default() > std::max(few, 2 * options.window + options.lateness))
    return "--max-skew " + FormatDuration(options.max_skew) + " lets inputs be so far ahead; shorten it, or " + longer;
  return options.window > few ? longer : "";
}

// Sets shape->max_keys so that the tables of so many partitions fit into --max-memory.
Status FitPartitions(const WindowOptions& options, std::uint64_t partitions, WindowShape* shape) {
  constexpr std::uint64_t kDefaultMaxKeys = 100'000;
  constexpr std::uint64_t kSmallestMaxKeys = 64;
  constexpr std::uint64_t kFewKeys = 10'000;  // a default that may surprise
  shape->max_keys = options.max_keys != 0 ? options.max_keys : kDefaultMaxKeys;
  std::uint64_t bound = WindowAggregator::MemoryBound(*shape, partitions);
  while (options.max_keys == 0 && bound > options.max_memory && shape->max_keys > kSmallestMaxKeys) {
    shape->max_keys = std::max(kSmallestMaxKeys, shape->max_keys * 9 / 10);
    bound = WindowAggregator::MemoryBound(*shape, partitions);
  }
  const std::string text =
      FormatThousands(bound >> 20) + " MiB for " + FormatCount(shape->max_keys, "key") + " a table";
  if (bound > options.max_memory) {
    const std::string too_much = "tables of keys may take " + text + ", more than --max-memory allows (" +
                                 FormatThousands(options.max_memory >> 20) + " MiB): ";
    const std::string remedy = PanesRemedy(options, partitions);
    if (!remedy.empty() && options.max_keys != 0)
      return Status::Usage(too_much + "lower --max-keys, or raise --max-memory; " + remedy);
    if (!remedy.empty()) return Status::Usage(too_much + remedy);
    if (shape->max_keys > kSmallestMaxKeys) return Status::Usage(too_much + "lower --max-keys, or raise --max-memory");
    return Status::Usage(too_much + "that is the least for " + FormatCount(partitions, "input") +
                         "; raise --max-memory to " + std::to_string((bound >> 20) + 1) +
                         "MiB, or read fewer inputs at once");
  }
  LogDetail("memory of tables is bounded by " + text);
  if (options.max_keys == 0 && partitions > 1 && shape->max_keys < kFewKeys)
    LogWarning(
        "with " + FormatThousands(partitions) + " inputs a table holds " + FormatThousands(shape->max_keys) +
        " keys, so that all fit into --max-memory (" + FormatThousands(options.max_memory >> 20) +
        " MiB); where a window has more, counts of rare keys are estimates: raise --max-memory, or set --max-keys");
  return {};
}

}  // namespace

Result<Judgement> MakeJudgement(const Options& options, const ThresholdSet* thresholds) {
  if (Status status = CheckMetricNames(options); !status.ok()) return status;
  Judgement judgement;
  for (const Metric* metric : AllMetrics()) {
    if (!IsChosen(options, thresholds, metric->name)) continue;
    judgement.metrics.push_back(ScoredOf(options, thresholds, *metric));
    judgement.thresholds.push_back(ThresholdOf(options, thresholds, *metric));
  }
  return judgement;
}

Result<ReadingSetup> MakeReading(const Options& options, const std::vector<ScoredMetric>& metrics) {
  ReadingSetup setup;
  for (const std::string& text : options.input.inputs) {
    Result<Endpoint> endpoint = ParseEndpoint(text);
    if (!endpoint.ok()) return endpoint.status();
    setup.inputs.push_back(std::move(*endpoint));
  }
  setup.shape.options = options.window;
  setup.shape.since = options.input.since;
  setup.shape.until = options.input.until;
  for (const ScoredMetric& scored : metrics) {
    const auto dimension = static_cast<std::size_t>(scored.metric->dimension);
    std::uint64_t& least = setup.shape.least_requests[dimension];
    std::uint8_t& outcomes = setup.shape.outcomes[dimension];
    const bool first = !std::exchange(setup.shape.dimensions[dimension], true);
    least = first ? scored.min_samples : std::min(least, scored.min_samples);
    outcomes = static_cast<std::uint8_t>((first ? 0 : outcomes) | OutcomesOf(*scored.metric));
  }
  if (!options.analyze.windows_to.empty()) setup.shape.least_requests = {};  // where the keys are told by number
  if (!HasTopic(setup.inputs)) {
    const auto others = static_cast<std::uint64_t>(std::count_if(
        setup.inputs.begin(), setup.inputs.end(), [](const Endpoint& input) { return !input.listens(); }));
    const std::uint64_t partitions = others + PossibleClients(setup.inputs, options.connection);
    if (Status status = FitPartitions(options.window, partitions, &setup.shape); !status.ok()) return status;
  }
  Result<std::unique_ptr<KeyRules>> rules =
      KeyRules::Make(options.keys, options.ignore, options.window.event_time, setup.shape.dimensions);
  if (!rules.ok()) return rules.status();
  setup.rules = std::move(*rules);
  FormatRequest request;
  request.options = options.format;
  request.fields = setup.rules->fields();
  request.user_header = options.keys.user_header();
  request.client_header = options.keys.client_header();
  Result<std::unique_ptr<LogFormat>> format = MakeLogFormat(request);
  if (!format.ok()) return format.status();
  setup.format = std::move(*format);
  return setup;
}

Status FitTopics(const Options& options, const Source& source, ReadingSetup* setup) {
  if (!HasTopic(setup->inputs)) return {};
  const std::uint64_t partitions = source.partition_count() + PossibleClients(setup->inputs, options.connection);
  return FitPartitions(options.window, partitions, &setup->shape);
}

std::string ShapeHash(const Options& options, const std::vector<ScoredMetric>& metrics) {
  SnapshotWriter shape;
  const WindowOptions& window = options.window;
  for (const Micros length :
       {window.window, window.slide_or_window(), window.lateness, window.max_ahead, window.max_gap})
    shape.I64(length);
  shape.U32(static_cast<std::uint32_t>(window.event_time));
  shape.U64(window.max_keys);
  shape.I64(options.input.since.value_or(kNoTime));
  shape.I64(options.input.until.value_or(kNoTime));
  for (const std::string& text : {options.format.log_format, options.format.envelope, options.format.tz,
                                  options.keys.user, options.keys.client}) {
    shape.String(text);
  }
  shape.U32(static_cast<std::uint32_t>(options.keys.ipv6_prefix));
  for (const UrlRule& rule : options.keys.url) {
    shape.String(rule.match);
    shape.String(rule.to);
  }
  const auto add_ranges = [&](const std::vector<StatusRange>& ranges) {
    shape.U64(ranges.size());
    for (const StatusRange& range : ranges) {
      shape.U32(static_cast<std::uint32_t>(range.first));
      shape.U32(static_cast<std::uint32_t>(range.last));
    }
  };
  add_ranges(options.keys.errors);
  for (const IgnoreRule& rule : options.ignore) {
    for (const std::string& text : {rule.url, rule.client, rule.agent}) shape.String(text);
    add_ranges(rule.status);
  }
  for (const ScoredMetric& scored : metrics) shape.String(scored.metric->name);
  return Hash128Hex(shape.bytes());
}

std::size_t ResolveJobs(const Options& options) {
  if (options.analyze.jobs > 0) return options.analyze.jobs;
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace socklog
