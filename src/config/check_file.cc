// check-config's work on one file.
#include <algorithm>
#include <set>
#include <utility>

#include "config/build.h"
#include "config/check_streams.h"
#include "config/config.h"
#include "config/thresholds_file.h"

namespace socklog {
namespace {

using Kind = ConfigNode::Kind;

// Keys with a value; of an array of tables each table counts.
std::size_t CountSettings(const ConfigNode& node) {
  const bool tables = !node.children.empty() && node.children.front().kind == Kind::kTable;
  if (node.kind == Kind::kArray && tables) return node.children.size();
  if (node.kind != Kind::kTable) return 1;
  std::size_t count = 0;
  for (const ConfigNode& child : node.children) count += CountSettings(child);
  return count;
}

void CheckFormat(const Settings& settings, const Options& options, const CheckHooks& hooks, Diagnostics* diagnostics) {
  if (!hooks.check_format) return;
  for (const std::string_view name : {"log-format", "envelope", "tz"}) {
    if (settings.Find(name) == nullptr) continue;
    const Status status = hooks.check_format(settings.command(), options);
    if (!status.ok()) diagnostics->Error(settings.PlaceOf(name), status.message());
    return;
  }
}

// Properties first without the file, so that the mistake has its place.
void CheckKafkaSettings(const Settings& settings, const Options& options, const CheckHooks& hooks,
                        Diagnostics* diagnostics) {
  if (!hooks.check_kafka || !hooks.touch_files) return;
  std::vector<NamedEndpoint> topics = ListEndpoints(settings, options);
  std::erase_if(topics, [](const NamedEndpoint& endpoint) { return !endpoint.use.text.starts_with("kafka://"); });
  const KafkaOptions& kafka = options.connection.kafka;
  if (topics.empty() && kafka.properties.empty() && kafka.config.empty()) return;
  ConnectionOptions without_file = options.connection;
  without_file.kafka.config.clear();
  std::vector<std::string> ignored;
  Status status = hooks.check_kafka(without_file, {}, &ignored);
  if (!status.ok()) return diagnostics->Error(settings.PlaceOf("kafka-property"), status.message());
  status = hooks.check_kafka(options.connection, {}, &ignored);
  if (!status.ok()) return diagnostics->Error(settings.PlaceOf("kafka-config"), status.message());
  for (const NamedEndpoint& topic : topics) {
    std::vector<std::string> warnings;
    status = hooks.check_kafka(options.connection, {topic.use}, &warnings);
    if (!status.ok()) return diagnostics->Error(topic.place, status.message());
    for (const std::string& warning : warnings) diagnostics->Warning(topic.place, warning);
  }
}

constexpr Command kJobCommands[] = {kCommandGenerate, kCommandAnalyze, kCommandThresholds};

// A section says that the file is for its command; without any it is for all of them.
bool IsFor(const ConfigNode& root, Command command) {
  const auto has_section = [&root](Command c) { return root.Find(CommandName(c)) != nullptr; };
  return has_section(command) || std::none_of(std::begin(kJobCommands), std::end(kJobCommands), has_section);
}

// As `socklog COMMAND --config FILE` would, each command that has a section there.
void CheckConfiguration(const ConfigNode& root, const CheckHooks& hooks, std::vector<NamedEndpoint>* endpoints,
                        Diagnostics* diagnostics) {
  std::set<std::pair<EndpointRole, std::string>> listed;  // inputs are shared by commands
  for (const Command command : kJobCommands) {
    Settings settings(command);
    settings.AddFile(root, diagnostics);
    Options options;
    ThresholdSet thresholds;
    BuildFromSettings(settings, {.file_only = true, .touch_files = hooks.touch_files}, &options, &thresholds,
                      diagnostics);
    CheckFormat(settings, options, hooks, diagnostics);
    CheckKafkaSettings(settings, options, hooks, diagnostics);
    if (!IsFor(root, command)) continue;
    for (NamedEndpoint& endpoint : ListEndpoints(settings, options)) {
      if (listed.emplace(endpoint.use.role, endpoint.use.text).second) endpoints->push_back(std::move(endpoint));
    }
  }
}

}  // namespace

FileSummary CheckText(const std::string& name, std::string_view text, const CheckHooks& hooks,
                      Diagnostics* diagnostics) {
  FileSummary summary;
  Diagnostics found;
  ConfigNode root;
  if (ParseToml(name, text, &root, &found)) {
    if (root.Find("type") != nullptr) {
      ThresholdSet thresholds;
      ReadThresholds(root, &thresholds, &found);
      summary = {FileSummary::Kind::kThresholds, thresholds.entries.size(), {}};
    } else {
      summary = {FileSummary::Kind::kConfiguration, CountSettings(root), {}};
      CheckConfiguration(root, hooks, &summary.endpoints, &found);
    }
  }
  diagnostics->AddInOrder(found);
  return summary;
}

FileSummary CheckFile(const std::string& path, const CheckHooks& hooks, Diagnostics* diagnostics) {
  const Result<std::string> text = ReadConfigFile(path);
  if (text.ok()) return CheckText(path, text.value(), hooks, diagnostics);
  diagnostics->Error(Place{path}, text.status().message());
  return {};
}

}  // namespace socklog
