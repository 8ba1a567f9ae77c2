#include "config/build.h"

#include "base/endpoint.h"
#include "config/config.h"
#include "config/rules.h"
#include "config/thresholds_file.h"

namespace socklog {
namespace {

// --host and --port name one more endpoint, where at least one of them is given.
void AddHostAndPort(Command command, Options* options) {
  const std::string& host = options->connection.host;
  if (host.empty() && options->connection.port == 0) return;
  const std::uint16_t port = options->connection.port == 0 ? std::uint16_t{9999} : options->connection.port;
  const bool listen = command == kCommandGenerate;
  const std::string endpoint =
      FormatSocketEndpoint(listen ? "tcp-listen" : "tcp", host.empty() ? "localhost" : host, port);
  (listen ? options->generate.to : options->input.inputs).push_back(endpoint);
}

// The file that --config names, if it does and it is one. Errors go to *diagnostics.
bool LoadConfig(const std::vector<FlagUse>& flags, Options* options, ConfigNode* root, Diagnostics* diagnostics) {
  for (const FlagUse& flag : flags) {
    if (flag.name == "config") options->common.config = flag.value;
  }
  const std::string& path = options->common.config;
  if (path.empty()) return false;
  const Result<std::string> text = ReadConfigFile(path);
  if (!text.ok()) {
    diagnostics->Error(Place{"--config"}, path + ' ' + text.status().message());
    return false;
  }
  options->common.config_source = SourceName(path, text.value());
  if (!ParseToml(path, text.value(), root, diagnostics)) return false;
  if (const ConfigNode* type = root->Find("type"); type != nullptr && type->text == kThresholdsType) {
    diagnostics->Error(Place{"--config"}, path + " is a thresholds file: give it with --thresholds");
    return false;
  }
  return true;
}

// Later layers come later, so the last one that names a metric is where its threshold is from.
void RecordThresholdSources(const Settings& settings, Options* options) {
  for (const Setting& setting : settings.all()) {
    if (setting.row->name != "threshold") continue;
    const std::string metric = setting.text.substr(0, setting.text.find('='));
    options->analyze.threshold_source[metric] =
        setting.layer == Layer::kFlag ? "--threshold" : options->common.config_source;
  }
}

}  // namespace

void BuildFromSettings(const Settings& settings, CheckScope scope, Options* options, ThresholdSet* thresholds,
                       Diagnostics* diagnostics) {
  Diagnostics found;
  settings.Apply(options, &found);
  RecordThresholdSources(settings, options);
  if (settings.rules().url != nullptr) ReadUrlRules(*settings.rules().url, &options->keys.url, &found);
  if (settings.rules().ignore != nullptr) ReadIgnoreRules(*settings.rules().ignore, &options->ignore, &found);
  AddHostAndPort(settings.command(), options);
  // Thresholds are of all that there is: a group's offsets are those of the work of others.
  if (std::string& offset = options->connection.kafka.offset;
      settings.command() == kCommandThresholds && offset.empty())
    offset = "beginning";
  const std::string& file = options->analyze.thresholds;
  if (settings.command() == kCommandAnalyze && !file.empty() && scope.touch_files &&
      LoadThresholdsFile(file, settings.PlaceOf("thresholds"), thresholds, &found)) {
    TakeOverThresholds(settings, *thresholds, options, &found);
  }
  CheckCombinations(settings, *options, scope, &found);
  for (const Diagnostic& item : found.items()) diagnostics->Add(item.severity, item.place, item.what);
}

bool BuildOptions(Command command, const std::vector<FlagUse>& flags, Options* options, ThresholdSet* thresholds,
                  Diagnostics* diagnostics) {
  ConfigNode root;
  Settings settings(command);
  Diagnostics found;
  if (LoadConfig(flags, options, &root, &found)) settings.AddFile(root, &found);
  settings.AddFlags(flags, &found);
  if (command == kCommandCheckConfig) {
    settings.Apply(options, &found);
  } else {
    BuildFromSettings(settings, {}, options, thresholds, &found);
  }
  diagnostics->AddInOrder(found);
  return found.has_errors();
}

}  // namespace socklog
