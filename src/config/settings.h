// Settings: what the user wrote, option by option, before it becomes Options. Flags and TOML meet here.
#ifndef SOCKLOG_CONFIG_SETTINGS_H_
#define SOCKLOG_CONFIG_SETTINGS_H_

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/diagnostics.h"
#include "config/option_table.h"
#include "config/toml_document.h"
#include "socklog/options.h"

namespace socklog {

// Where a setting comes from; a later layer wins.
enum class Layer { kTop, kSection, kFlag };

// One value of one option.
struct Setting {
  const OptionRow* row = nullptr;
  std::string text;  // as a flag would have it
  Place place;
  Layer layer = Layer::kTop;
};

// The [[keys.url]] and [[ignore]] tables, which no flag can say.
struct RuleTables {
  const ConfigNode* url = nullptr;
  const ConfigNode* ignore = nullptr;
};

// Everything that one command was told.
class Settings {
 public:
  explicit Settings(Command command) : command_(command) {}

  // Takes the top level and the command's section; others' sections are skipped, but not the unknown. `root` must
  // outlive *this.
  void AddFile(const ConfigNode& root, Diagnostics* diagnostics);
  void AddFlags(const std::vector<FlagUse>& flags, Diagnostics* diagnostics);

  // Sets what was said in *options. Values that a later layer overrides are checked all the same.
  void Apply(Options* options, Diagnostics* diagnostics) const;

  Command command() const { return command_; }
  const std::vector<Setting>& all() const { return settings_; }
  const RuleTables& rules() const { return rules_; }
  // The last setting of the option that counts; nullptr if it has its default.
  const Setting* Find(std::string_view name) const;
  // The place of that, or of the option's flag.
  Place PlaceOf(std::string_view name) const;

 private:
  void AddLevel(const ConfigNode& table, Layer layer, Diagnostics* diagnostics);
  void AddGroup(const ConfigNode& group, Layer layer, Diagnostics* diagnostics);
  void AddKey(const ConfigNode& node, Layer layer, Diagnostics* diagnostics);
  void AddValue(const OptionRow& row, const ConfigNode& node, Layer layer, Diagnostics* diagnostics);
  void AddMap(const OptionRow& row, const ConfigNode& table, Layer layer, Diagnostics* diagnostics);

  Command command_;
  std::vector<Setting> settings_;
  RuleTables rules_;
};

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_SETTINGS_H_
