// The one table of options: command line, TOML, check-config, --help, man pages and completions are all read from it.
#ifndef SOCKLOG_CONFIG_OPTION_TABLE_H_
#define SOCKLOG_CONFIG_OPTION_TABLE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "socklog/options.h"
#include "socklog/status.h"

namespace socklog {

// Commands as bits, so that a row can name several.
enum Command : std::uint32_t {
  kCommandGenerate = 1u << 0,
  kCommandAnalyze = 1u << 1,
  kCommandThresholds = 1u << 2,
  kCommandCheckConfig = 1u << 3,
};

// What an option's value is, for completions and error texts.
enum class ValueKind : std::uint8_t {
  kSwitch,
  kText,
  kNumber,
  kDuration,
  kTime,
  kRatio,
  kBytes,
  kFile,
  kDirectory,
  kEndpoint,
  kMetric,
  kFormat,
  kChoice
};

// What the NAME of a NAME=VALUE option is; kNone: the option is no such pair.
enum class MapKey : std::uint8_t { kNone, kMetric, kLabel };

// What the help of some commands says in place of an option's own texts.
struct OtherHelp {
  std::uint32_t commands = 0;
  std::string_view default_text = {};
  std::string_view help = {};
};

struct OptionRow {
  std::string_view name = {};  // long flag without dashes; in TOML with - as _
  char letter = 0;             // short flag, 0: none
  std::uint32_t commands = 0;
  std::string_view section = {};  // heading in --help and man pages: "Input", "Windows", ...
  ValueKind kind = ValueKind::kText;
  MapKey map_key = MapKey::kNone;      // NAME=VALUE, `kind` is the value's; in TOML a table
  std::string_view metavar = {};       // "" for a switch
  std::string_view choices = {};       // "auto|json|text" for kChoice
  std::string_view default_text = {};  // as shown; "" for none
  std::string_view help = {};          // one sentence without full stop
  OtherHelp elsewhere = {};
  bool repeatable = false;  // each use adds one; in TOML an array as well
  bool list = false;        // VALUE[,VALUE...]; in TOML an array as well, whose elements are joined before `set`
  bool in_file = true;      // false: makes no sense in a file (--config, --version)
  std::string_view file_place = {};  // where it stands in TOML, if not under its name: "keys.user"
  // Parses `text` ("true" or "false" for a switch) into the member. Error: what is wrong with the value, without its
  // place.
  Status (*set)(Options* options, std::string_view text) = nullptr;

  std::string_view HelpOf(Command command) const { return (elsewhere.commands & command) != 0 ? elsewhere.help : help; }
  std::string_view DefaultOf(Command command) const {
    return (elsewhere.commands & command) != 0 ? elsewhere.default_text : default_text;
  }
};

// "generate", "analyze", "thresholds", "check-config". REQUIRES: one bit
std::string_view CommandName(Command command);

// In the order in which --help shows them.
const std::vector<OptionRow>& OptionTable();
// nullptr if the command has no such option.
const OptionRow* FindOption(Command command, std::string_view name);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_OPTION_TABLE_H_
