#include "config/toml_document.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <sstream>

#include "base/hash.h"
#include "base/text.h"

namespace socklog {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20;
// toml++ bounds the nesting of arrays and inline tables, but not that of dotted keys, and works on both by recursion.
constexpr std::size_t kMaxKeyParts = 200;

Place PlaceOf(const std::string& name, const toml::source_region& region) {
  return {name, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

std::string TimeText(const toml::node& node) {
  std::ostringstream out;
  if (const auto* date_time = node.as_date_time()) out << date_time->get();
  if (const auto* date = node.as_date()) out << date->get();
  if (const auto* time = node.as_time()) out << time->get();
  return out.str();
}

bool Earlier(const Place& a, const Place& b) { return a.line != b.line ? a.line < b.line : a.column < b.column; }

ConfigNode Convert(const std::string& name, const toml::node& node);

void ConvertTable(const std::string& name, const toml::table& table, ConfigNode* out) {
  for (const auto& [key, value] : table) {
    ConfigNode child = Convert(name, value);
    child.key = std::string(key.str());
    child.key_place = PlaceOf(name, key.source());
    out->children.push_back(std::move(child));
  }
  std::stable_sort(out->children.begin(), out->children.end(),
                   [](const ConfigNode& a, const ConfigNode& b) { return Earlier(a.key_place, b.key_place); });
}

ConfigNode Convert(const std::string& name, const toml::node& node) {
  ConfigNode out;
  out.place = PlaceOf(name, node.source());
  out.key_place = out.place;
  if (const toml::table* table = node.as_table()) {
    out.kind = ConfigNode::Kind::kTable;
    ConvertTable(name, *table, &out);
  } else if (const toml::array* array = node.as_array()) {
    out.kind = ConfigNode::Kind::kArray;
    for (const toml::node& element : *array) out.children.push_back(Convert(name, element));
  } else if (const auto* text = node.as_string()) {
    out.kind = ConfigNode::Kind::kString;
    out.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    out.kind = ConfigNode::Kind::kInteger;
    out.text = std::to_string(integer->get());
  } else if (const auto* number = node.as_floating_point()) {
    out.kind = ConfigNode::Kind::kFloat;
    out.text = FormatDouble(number->get());
  } else if (const auto* boolean = node.as_boolean()) {
    out.kind = ConfigNode::Kind::kBoolean;
    out.text = boolean->get() ? "true" : "false";
  } else {
    out.kind = ConfigNode::Kind::kTime;
    out.text = TimeText(node);
  }
  return out;
}

// The first line with more than kMaxKeyParts points outside quotes and comments; 0 if there is none.
int FindDeepKey(std::string_view text) {
  int line = 1;
  std::size_t points = 0;
  char quote = 0;
  bool comment = false;
  for (const char c : text) {
    if (c == '\n') {
      ++line;
      points = 0;
      quote = 0;
      comment = false;
    } else if (comment) {
      continue;
    } else if (c == '#' && quote == 0) {
      comment = true;
    } else if (c == '"' || c == '\'') {
      quote = quote == 0 ? c : quote == c ? 0 : quote;
    } else if (c == '.' && quote == 0 && ++points > kMaxKeyParts) {
      return line;
    }
  }
  return 0;
}

}  // namespace

const ConfigNode* ConfigNode::Find(std::string_view name) const {
  for (const ConfigNode& child : children) {
    if (child.key == name) return &child;
  }
  return nullptr;
}

std::string_view KindName(ConfigNode::Kind kind) {
  switch (kind) {
    case ConfigNode::Kind::kTable:
      return "a table";
    case ConfigNode::Kind::kArray:
      return "an array";
    case ConfigNode::Kind::kString:
      return "a string";
    case ConfigNode::Kind::kInteger:
      return "an integer";
    case ConfigNode::Kind::kFloat:
      return "a float";
    case ConfigNode::Kind::kBoolean:
      return "a boolean";
    case ConfigNode::Kind::kTime:
      return "a time";
  }
  return "";
}

std::string SourceName(const std::string& path, std::string_view text) {
  return std::filesystem::path(path).filename().string() + ' ' + Hash128Hex(text).substr(0, 8);
}

Result<std::string> ReadConfigFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) return Status::Usage(std::string("cannot be opened: ") + std::strerror(errno));
  std::string text(kMaxFileBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return Status::Usage(std::string("cannot be read: ") + std::strerror(errno));
  if (text.size() > kMaxFileBytes) return Status::Usage("is larger than 4 MiB: that is no configuration");
  return text;
}

bool ParseToml(const std::string& name, std::string_view text, ConfigNode* root, Diagnostics* diagnostics) {
  if (const int line = FindDeepKey(text); line != 0) {
    diagnostics->Error(Place{name, line, 1}, "a key with more than " + std::to_string(kMaxKeyParts) + " parts");
    return false;
  }
  try {
    const toml::table table = toml::parse(text);
    *root = ConfigNode();
    root->place = root->key_place = Place{name, 1, 1};
    ConvertTable(name, table, root);
    return true;
  } catch (const toml::parse_error& error) {
    std::string message;
    AppendTerminalSafe(error.description(), &message);
    diagnostics->Error(PlaceOf(name, error.source()), "this is no TOML: " + message);
    return false;
  }
}

std::string QuoteToml(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = "\"";
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    std::size_t taken = 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20 || c == 0x7f) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else if ((taken = Utf8Length(text)) > 0) {
      out.append(text.data(), taken);
    } else {
      out += "\xEF\xBF\xBD";
      taken = 1;
    }
    text.remove_prefix(taken);
  }
  return out + '"';
}

}  // namespace socklog
