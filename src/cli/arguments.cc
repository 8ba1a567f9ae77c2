#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "base/text.h"

namespace socklog {
namespace {

// One command's CLI11 application, made from its rows.
class Parser {
 public:
  explicit Parser(const CommandRow& row) : row_(row) {
    app_.set_help_flag();
    app_.allow_extras();
    for (const OptionRow& option : OptionTable()) {
      if ((option.commands & row.command) != 0) AddOption(option);
    }
  }

  Arguments Parse(const std::vector<std::string>& args) {
    Arguments out;
    RefuseEmptyValues(args, &out);
    if (!out.errors.empty()) return out;
    std::vector<std::string> reversed(args.rbegin(), args.rend());
    try {
      app_.parse(reversed);
    } catch (const CLI::ArgumentMismatch&) {
      // Every option takes one value, so only the last argument can lack it.
      out.errors.push_back(args.back() + " needs a value");
      return out;
    } catch (const CLI::Error& error) {
      out.errors.emplace_back(error.what());
      return out;
    }
    CollectFlags(&out);
    CollectRest(&out);
    return out;
  }

 private:
  static CLI::callback_t Accept() {
    return [](const CLI::results_t&) { return true; };
  }

  static void TakeAsIs(CLI::Option* option) {
    option->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }

  void AddOption(const OptionRow& option) {
    std::string names = "--" + std::string(option.name);
    if (option.letter != 0) names = '-' + std::string(1, option.letter) + ',' + names;
    CLI::Option* added = app_.add_option(names, Accept());
    added->type_size(option.kind == ValueKind::kSwitch ? 0 : 1)->expected(option.kind == ValueKind::kSwitch ? 0 : 1);
    TakeAsIs(added);
    rows_[added] = &option;
  }

  // CLI11 would take the next argument for the value of "--window=".
  static void RefuseEmptyValues(const std::vector<std::string>& args, Arguments* out) {
    for (const std::string& arg : args) {
      if (arg == "--") return;
      if (arg.substr(0, 2) == "--" && arg.find('=') == arg.size() - 1) out->errors.push_back(arg + " needs a value");
    }
  }

  void CollectFlags(Arguments* out) {
    std::map<const CLI::Option*, std::size_t> used;
    for (const CLI::Option* option : app_.parse_order()) {
      const std::string& value = option->results()[used[option]++];
      const OptionRow& row = *rows_.at(option);
      if (row.name == "help") out->help = true;
      if (row.name == "version") out->version = true;
      out->flags.push_back({std::string(row.name), value});
    }
  }

  // What belongs to no flag. CLI11's own positional options differ between its versions, so they are not used.
  void CollectRest(Arguments* out) {
    bool flags_ended = false;
    for (const std::string& arg : app_.remaining()) {
      if (arg == "--" && !flags_ended) {
        flags_ended = true;
      } else if (!flags_ended && arg.size() > 1 && arg[0] == '-') {
        out->errors.push_back("unknown flag '" + arg + '\'' + ExplainFlag(arg.substr(0, arg.find('='))));
      } else if (row_.arguments.empty()) {
        out->errors.push_back("unexpected argument '" + arg + "'");
      } else if (row_.command == kCommandCheckConfig) {
        out->positionals.push_back(arg);
      } else {
        out->flags.push_back({"from", arg});
      }
    }
  }

  // Who has that flag, or the nearest one.
  std::string ExplainFlag(const std::string& flag) const {
    const std::string name = flag.substr(std::min(flag.find_first_not_of('-'), flag.size()));
    std::vector<std::string> known;
    for (const OptionRow& option : OptionTable()) {
      if ((option.commands & row_.command) != 0) known.push_back("--" + std::string(option.name));
    }
    for (const CommandRow& other : Commands()) {
      if (FindOption(other.command, name) != nullptr)
        return " (it is one of 'socklog " + std::string(other.name) + "')";
    }
    return DidYouMean(flag, {known.begin(), known.end()});
  }

  const CommandRow& row_;
  CLI::App app_;
  std::map<const CLI::Option*, const OptionRow*> rows_;
};

}  // namespace

Arguments ParseArguments(const CommandRow& row, const std::vector<std::string>& args) {
  return Parser(row).Parse(args);
}

}  // namespace socklog
