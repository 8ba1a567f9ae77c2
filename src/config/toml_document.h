// A TOML file as a plain tree with the place of every key and value. toml_document.cc is the only user of toml++.
#ifndef SOCKLOG_CONFIG_TOML_DOCUMENT_H_
#define SOCKLOG_CONFIG_TOML_DOCUMENT_H_

#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "socklog/status.h"

namespace socklog {

struct ConfigNode {
  enum class Kind { kTable, kArray, kString, kInteger, kFloat, kBoolean, kTime };
  Kind kind = Kind::kTable;
  std::string key;                   // empty in an array
  std::string text;                  // of a scalar, as a flag would have it
  Place place;                       // of the value
  Place key_place;                   // of the key; in an array as `place`
  std::vector<ConfigNode> children;  // of a table or an array, in the order of the file

  // nullptr if there is none.
  const ConfigNode* Find(std::string_view name) const;
};

// "a string", "an integer", ...
std::string_view KindName(ConfigNode::Kind kind);

// The whole of a configuration file; larger ones than 4 MiB are refused. Error (kUsage): why it cannot be read, without
// its name.
Result<std::string> ReadConfigFile(const std::string& path);

// How messages and alerts name a file that settings come from: its name and the first 8 hex digits of its hash.
std::string SourceName(const std::string& path, std::string_view text);

// False with a diagnostic if it is no TOML; `name` stands for the file there.
bool ParseToml(const std::string& name, std::string_view text, ConfigNode* root, Diagnostics* diagnostics);

// A TOML basic string with its quotes, whatever `text` holds; bytes that are not UTF-8 become U+FFFD.
std::string QuoteToml(std::string_view text);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_TOML_DOCUMENT_H_
