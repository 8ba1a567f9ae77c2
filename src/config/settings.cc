#include "config/settings.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "config/file_keys.h"
#include "config/values.h"

namespace socklog {
namespace {

using Kind = ConfigNode::Kind;

// Whether a value of that TOML type can stand for the option's value.
bool Fits(ValueKind value, Kind kind) {
  switch (value) {
    case ValueKind::kSwitch:
      return kind == Kind::kBoolean;
    case ValueKind::kNumber:
    case ValueKind::kRatio:
      return kind == Kind::kString || kind == Kind::kInteger || kind == Kind::kFloat;
    case ValueKind::kDuration:
    case ValueKind::kBytes:
      return kind == Kind::kString || kind == Kind::kInteger;
    case ValueKind::kTime:
      return kind == Kind::kString || kind == Kind::kTime;
    default:
      return kind == Kind::kString;
  }
}

std::string Expected(ValueKind value) {
  switch (value) {
    case ValueKind::kSwitch:
      return "true or false";
    case ValueKind::kNumber:
      return "a number";
    case ValueKind::kRatio:
      return "a share such as 0.2 or \"20%\"";
    case ValueKind::kDuration:
      return "a length of time such as \"10s\"";
    case ValueKind::kBytes:
      return "a size such as \"1GiB\"";
    case ValueKind::kTime:
      return "a time such as 2026-01-31T12:00:00Z";
    default:
      return "a string";
  }
}

// Each use adds to the option, so a later layer must replace an earlier one as a whole.
bool Accumulates(const OptionRow& row) { return (row.repeatable && row.map_key == MapKey::kNone) || row.list; }

// Once, although each command meets the key.
void ReportUnknownKey(std::string_view section, const ConfigNode& node, Diagnostics* diagnostics) {
  if (diagnostics->HasErrorAt(node.key_place)) return;
  diagnostics->Error(node.key_place,
                     diagnostics->crowded() ? "unknown key '" + node.key + "'" : ExplainUnknownKey(section, node.key));
}

}  // namespace

void Settings::AddFile(const ConfigNode& root, Diagnostics* diagnostics) {
  AddLevel(root, Layer::kTop, diagnostics);
  const ConfigNode* section = root.Find(CommandName(command_));
  if (section != nullptr && section->kind == Kind::kTable) AddLevel(*section, Layer::kSection, diagnostics);
}

void Settings::AddLevel(const ConfigNode& table, Layer layer, Diagnostics* diagnostics) {
  const bool has_keys = layer == Layer::kTop || command_ != kCommandGenerate;
  for (const ConfigNode& node : table.children) {
    if (layer == Layer::kTop && IsSection(node.key) && node.kind == Kind::kTable) continue;
    if (IsGroup(node.key) && has_keys) {
      AddGroup(node, layer, diagnostics);
    } else if (node.key == "ignore" && has_keys) {
      rules_.ignore = &node;
    } else {
      AddKey(node, layer, diagnostics);
    }
  }
}

void Settings::AddGroup(const ConfigNode& group, Layer layer, Diagnostics* diagnostics) {
  if (group.kind != Kind::kTable) {
    diagnostics->Error(group.place,
                       "expected a table, [" + group.key + "], found " + std::string(KindName(group.kind)));
    return;
  }
  for (const ConfigNode& node : group.children) {
    if (group.key == "keys" && node.key == "url") {
      rules_.url = &node;
      continue;
    }
    const std::string name = group.key + '.' + node.key;
    if (const OptionRow* row = FindFileOption(command_, name)) {
      AddValue(*row, node, layer, diagnostics);
    } else if (!IsSharedFileOption(name)) {
      ReportUnknownKey(group.key, node, diagnostics);
    }
  }
}

void Settings::AddKey(const ConfigNode& node, Layer layer, Diagnostics* diagnostics) {
  const OptionRow* row = node.key.find('.') == std::string::npos ? FindFileOption(command_, node.key) : nullptr;
  const bool shared = IsSharedFileOption(node.key);
  if (layer == Layer::kTop && IsSection(node.key) && node.kind != Kind::kString) {
    diagnostics->Error(node.place, "expected a table, [" + node.key + "], found " + std::string(KindName(node.kind)));
    return;
  }
  if (row != nullptr && (layer == Layer::kSection || shared)) {
    AddValue(*row, node, layer, diagnostics);
  } else if (layer != Layer::kTop || !shared) {
    ReportUnknownKey(layer == Layer::kTop ? "" : CommandName(command_), node, diagnostics);
  }
}

void Settings::AddValue(const OptionRow& row, const ConfigNode& node, Layer layer, Diagnostics* diagnostics) {
  if (row.map_key != MapKey::kNone && node.kind == Kind::kTable) {
    AddMap(row, node, layer, diagnostics);
    return;
  }
  if (node.kind == Kind::kArray && (row.repeatable || row.list) && row.kind != ValueKind::kSwitch) {
    for (const ConfigNode& element : node.children) {
      if (element.kind == Kind::kArray) {
        diagnostics->Error(element.place, "expected " + Expected(row.kind) + ", found an array");
      } else {
        AddValue(row, element, layer, diagnostics);
      }
    }
    return;
  }
  const ValueKind kind = row.map_key == MapKey::kNone ? row.kind : ValueKind::kText;
  if (!Fits(kind, node.kind)) {
    const std::string expected =
        row.map_key == MapKey::kNone ? Expected(kind) : "a table of " + std::string(row.metavar);
    diagnostics->Error(node.place, "expected " + expected + ", found " + std::string(KindName(node.kind)));
    return;
  }
  settings_.push_back({&row, node.text, node.place, layer});
}

void Settings::AddMap(const OptionRow& row, const ConfigNode& table, Layer layer, Diagnostics* diagnostics) {
  for (const ConfigNode& node : table.children) {
    if (row.map_key == MapKey::kMetric) {
      const Status known = CheckMetricName(node.key);
      if (!known.ok()) {
        diagnostics->Error(node.key_place, known.message());
        continue;
      }
    } else if (!IsIdentifier(node.key)) {
      diagnostics->Error(node.key_place,
                         NotA(node.key, "the name of a label: letters, digits and _, no digit first").message());
      continue;
    }
    if (!Fits(row.kind, node.kind)) {
      diagnostics->Error(node.place, "expected " + Expected(row.kind) + ", found " + std::string(KindName(node.kind)));
      continue;
    }
    settings_.push_back({&row, node.key + '=' + node.text, node.place, layer});
  }
}

void Settings::AddFlags(const std::vector<FlagUse>& flags, Diagnostics* diagnostics) {
  for (const FlagUse& flag : flags) {
    const OptionRow* row = FindOption(command_, flag.name);
    const Place place{"--" + flag.name};
    if (row == nullptr) {
      diagnostics->Error(place, "unknown flag");
      continue;
    }
    const bool bare_switch = row->kind == ValueKind::kSwitch && flag.value.empty();
    settings_.push_back({row, bare_switch ? "true" : flag.value, place, Layer::kFlag});
  }
}

void Settings::Apply(Options* options, Diagnostics* diagnostics) const {
  std::map<const OptionRow*, Layer> last_layer;
  for (const Setting& setting : settings_) {
    last_layer[setting.row] = std::max(last_layer[setting.row], setting.layer);
  }
  std::map<const OptionRow*, std::string> lists;
  for (const Setting& setting : settings_) {
    const OptionRow& row = *setting.row;
    const bool overridden = Accumulates(row) && setting.layer != last_layer[&row];
    Options scratch;
    const Status status = row.set(overridden || row.list ? &scratch : options, setting.text);
    if (!status.ok()) {
      diagnostics->Error(setting.place, status.message());
    } else if (row.list && !overridden) {
      std::string& list = lists[&row];
      list += (list.empty() ? "" : ",") + setting.text;
    }
  }
  for (const auto& [row, text] : lists) {
    const Status status = row->set(options, text);
    if (!status.ok()) diagnostics->Error(PlaceOf(row->name), status.message());
  }
}

const Setting* Settings::Find(std::string_view name) const {
  const Setting* found = nullptr;
  for (const Setting& setting : settings_) {
    if (setting.row->name == name && (found == nullptr || setting.layer >= found->layer)) found = &setting;
  }
  return found;
}

Place Settings::PlaceOf(std::string_view name) const {
  const Setting* setting = Find(name);
  return setting != nullptr ? setting->place : Place{"--" + std::string(name)};
}

}  // namespace socklog
