#include "config/thresholds_file.h"

#include <cmath>
#include <limits>
#include <set>

#include "base/text.h"
#include "config/config.h"
#include "config/rules.h"
#include "config/values.h"
#include "metrics/registry.h"

namespace socklog {
namespace {

using Kind = ConfigNode::Kind;

// Reads one table of the file: each key goes to its reader, what is left over is unknown.
class TableReader {
 public:
  // `table` may be null: then nothing is there.
  TableReader(const ConfigNode* table, std::string name, Diagnostics* diagnostics)
      : table_(table), name_(std::move(name)), diagnostics_(*diagnostics) {
    if (table_ != nullptr && table_->kind != Kind::kTable) {
      Error(table_->place, "expected a table, found " + std::string(KindName(table_->kind)));
      table_ = nullptr;
    }
  }

  // nullptr if the key is not there. `required`: that is an error.
  const ConfigNode* Take(std::string_view key, bool required) {
    known_.push_back(key);
    const ConfigNode* node = table_ == nullptr ? nullptr : table_->Find(key);
    if (node == nullptr && required && table_ != nullptr) {
      Error(table_->place, '\'' + std::string(key) + "' is missing" + (name_.empty() ? "" : " in [" + name_ + ']'));
    }
    return node;
  }

  // Takes a scalar of any of the kinds, and hands its text to `read`.
  template <typename Read>
  void Scalar(std::string_view key, bool required, std::initializer_list<Kind> kinds, Read read) {
    const ConfigNode* node = Take(key, required);
    if (node == nullptr) return;
    for (const Kind kind : kinds) {
      if (node->kind != kind) continue;
      const Status status = read(std::string_view(node->text));
      if (!status.ok()) Error(node->place, status.message());
      return;
    }
    Error(node->place,
          "expected " + std::string(KindName(*kinds.begin())) + ", found " + std::string(KindName(node->kind)));
  }

  void Finish() {
    if (table_ == nullptr) return;
    for (const ConfigNode& node : table_->children) {
      bool known = false;
      for (const std::string_view key : known_) known = known || key == node.key;
      if (known) continue;
      Error(node.key_place, "unknown key '" + node.key + '\'' + (name_.empty() ? "" : " in [" + name_ + ']') +
                                DidYouMean(node.key, known_));
    }
  }

  void Error(const Place& place, std::string what) { diagnostics_.Error(place, std::move(what)); }

 private:
  const ConfigNode* table_;
  std::string name_;
  Diagnostics& diagnostics_;
  std::vector<std::string_view> known_;
};

void ReadInterval(TableReader* reader, ThresholdSet* out) {
  const ConfigNode* node = reader->Take("holdout_ci", false);
  if (node == nullptr) return;
  double* ends[] = {&out->holdout_ci_low, &out->holdout_ci_high};
  Status status = NotA("holdout_ci", "an array of two shares");
  if (node->kind == Kind::kArray && node->children.size() == 2) {
    status = Status();
    for (std::size_t i = 0; i < 2 && status.ok(); ++i) status = ReadShare(node->children[i].text, false, ends[i]);
  }
  if (!status.ok()) reader->Error(node->place, status.message());
}

void ReadKeys(const ConfigNode* node, KeyOptions* out, Diagnostics* diagnostics) {
  TableReader reader(node, "made_with.keys", diagnostics);
  reader.Scalar("user", true, {Kind::kString},
                [&](auto text) { return ReadKeySource(text, "user|client", &out->user); });
  reader.Scalar("client", true, {Kind::kString},
                [&](auto text) { return ReadKeySource(text, "client", &out->client); });
  reader.Scalar("ipv6_prefix", true, {Kind::kInteger},
                [&](auto text) { return ReadCount(text, 1, 128, &out->ipv6_prefix); });
  if (const ConfigNode* rules = reader.Take("url", false)) ReadUrlRules(*rules, &out->url, diagnostics);
  reader.Finish();
}

void ReadMadeWith(const ConfigNode* node, ThresholdSet* out, Diagnostics* diagnostics) {
  TableReader reader(node, "made_with", diagnostics);
  const DurationRange whole = {.min = kSecond, .whole_seconds = true};
  reader.Scalar("window", true, {Kind::kString},
                [&](auto text) { return ReadDuration(text, whole, &out->window.window); });
  reader.Scalar("slide", true, {Kind::kString},
                [&](auto text) { return ReadDuration(text, whole, &out->window.slide); });
  reader.Scalar("lateness", true, {Kind::kString},
                [&](auto text) { return ReadDuration(text, {}, &out->window.lateness); });
  reader.Scalar("event_time", true, {Kind::kString},
                [&](auto text) { return ReadChoice(text, "start|end", &out->window.event_time); });
  reader.Scalar("errors", true, {Kind::kString, Kind::kInteger},
                [&](auto text) { return ReadStatusRanges(text, &out->keys.errors); });
  reader.Scalar("history", false, {Kind::kString}, [&](auto text) { return ReadText(text, &out->made_from); });
  const auto count = [](std::uint64_t* member) {
    return [=](auto text) { return ReadWhole(text, 0, kUnlimited, member); };
  };
  const auto share = [](double* member) { return [=](auto text) { return ReadShare(text, false, member); }; };
  const std::initializer_list<Kind> number = {Kind::kFloat, Kind::kInteger, Kind::kString};
  reader.Scalar("windows_judged", false, {Kind::kInteger}, count(&out->windows_judged));
  reader.Scalar("budget", false, number, share(&out->budget));
  reader.Scalar("holdout_windows", false, {Kind::kInteger}, count(&out->holdout_windows));
  out->holdout_alert_rate = std::numeric_limits<double>::quiet_NaN();
  reader.Scalar("holdout_alert_rate", false, number, share(&out->holdout_alert_rate));
  ReadInterval(&reader, out);
  ReadKeys(reader.Take("keys", true), &out->keys, diagnostics);
  reader.Finish();
  if (out->window.window % out->window.slide_or_window() != 0) {
    reader.Error(node->place, "the slide " + FormatDuration(out->window.slide) + " does not divide the window " +
                                  FormatDuration(out->window.window));
  }
}

// One table METRIC = value; `read` gets the entry of that metric, which only [threshold] makes.
template <typename Read>
void ReadPerMetric(const ConfigNode* table, const std::string& name, ThresholdSet* out, Diagnostics* diagnostics,
                   bool create, Read read) {
  if (table == nullptr) return;
  if (table->kind != Kind::kTable) {
    diagnostics->Error(table->place, "expected a table, [" + name + "], found " + std::string(KindName(table->kind)));
    return;
  }
  for (const ConfigNode& node : table->children) {
    const Status known = CheckMetricName(node.key);
    if (!known.ok()) {
      diagnostics->Error(node.key_place, known.message());
      continue;
    }
    ThresholdEntry* entry = nullptr;
    for (ThresholdEntry& candidate : out->entries) {
      if (candidate.metric == node.key) entry = &candidate;
    }
    if (entry == nullptr && create) {
      out->entries.push_back({.metric = node.key, .min_samples = FindMetric(node.key)->min_samples});
      entry = &out->entries.back();
    }
    if (entry == nullptr) {
      diagnostics->Error(node.key_place, '\'' + node.key + "' has no value in [threshold]");
      continue;
    }
    const bool number = node.kind == Kind::kInteger || node.kind == Kind::kFloat || node.kind == Kind::kString;
    const Status status = number ? read(std::string_view(node.text), entry)
                                 : Status::Usage("expected a number, found " + std::string(KindName(node.kind)));
    if (!status.ok()) diagnostics->Error(node.place, status.message());
  }
}

void ReadUncalibrated(const ConfigNode* node, ThresholdSet* out, Diagnostics* diagnostics) {
  if (node == nullptr) return;
  if (node->kind != Kind::kArray) {
    diagnostics->Error(node->place,
                       "expected an array of names of metrics, found " + std::string(KindName(node->kind)));
    return;
  }
  for (const ConfigNode& name : node->children) {
    bool found = false;
    for (ThresholdEntry& entry : out->entries) {
      if (entry.metric != name.text) continue;
      entry.calibrated = false;
      found = true;
    }
    if (!found) diagnostics->Error(name.place, '\'' + name.text + "' has no value in [threshold]");
  }
}

// The order of the registry, whatever that of the file.
void SortEntries(ThresholdSet* out) {
  std::vector<ThresholdEntry> sorted;
  for (const Metric* metric : AllMetrics()) {
    for (ThresholdEntry& entry : out->entries) {
      if (entry.metric == metric->name) sorted.push_back(std::move(entry));
    }
  }
  out->entries = std::move(sorted);
}

}  // namespace

void ReadThresholds(const ConfigNode& root, ThresholdSet* out, Diagnostics* diagnostics) {
  *out = ThresholdSet();
  TableReader reader(&root, "", diagnostics);
  reader.Scalar("type", true, {Kind::kString}, [](std::string_view text) -> Status {
    if (text == kThresholdsType) return {};
    return Status::Usage("this is no thresholds file of this version: its type is '" + std::string(text) + "', not '" +
                         std::string(kThresholdsType) + "'");
  });
  const ConfigNode* uncalibrated = reader.Take("uncalibrated", false);
  ReadMadeWith(reader.Take("made_with", true), out, diagnostics);
  ReadPerMetric(reader.Take("threshold", true), "threshold", out, diagnostics, true,
                [](auto text, ThresholdEntry* entry) { return ReadThreshold(entry->metric, text, &entry->threshold); });
  ReadPerMetric(reader.Take("min_samples", false), "min_samples", out, diagnostics, false,
                [](auto text, ThresholdEntry* entry) { return ReadCount(text, 1, kUnlimited, &entry->min_samples); });
  ReadPerMetric(
      reader.Take("judged_windows", false), "judged_windows", out, diagnostics, false,
      [](auto text, ThresholdEntry* entry) { return ReadCount(text, 0, kUnlimited, &entry->judged_windows); });
  ReadUncalibrated(uncalibrated, out, diagnostics);
  reader.Finish();
  SortEntries(out);
}

bool LoadThresholdsFile(const std::string& path, const Place& named_at, ThresholdSet* out, Diagnostics* diagnostics) {
  const Result<std::string> text = ReadConfigFile(path);
  if (!text.ok()) {
    diagnostics->Error(named_at, path + ' ' + text.status().message());
    return false;
  }
  Diagnostics found;
  ConfigNode root;
  if (ParseToml(path, text.value(), &root, &found)) {
    if (root.Find("type") == nullptr) {
      found.Error(Place{path}, "this is no thresholds file: it has no type = \"" + std::string(kThresholdsType) + '"');
    } else {
      ReadThresholds(root, out, &found);
    }
  }
  for (const Diagnostic& item : found.items()) diagnostics->Add(item.severity, item.place, item.what);
  out->source = SourceName(path, text.value());
  return !found.has_errors();
}

}  // namespace socklog
