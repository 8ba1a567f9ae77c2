#include "config/file_keys.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <map>

#include "base/text.h"
#include "config/option_rows.h"

namespace socklog {
namespace {

constexpr Command kSections[] = {kCommandGenerate, kCommandAnalyze, kCommandThresholds};

std::uint32_t SectionCommands(std::string_view section) {
  for (const Command command : kSections) {
    if (CommandName(command) == section) return command;
  }
  return kJobs;
}

// The rows of that name in a file.
const std::vector<const OptionRow*>& RowsOf(std::string_view file_name) {
  static const std::map<std::string, std::vector<const OptionRow*>, std::less<>> index = [] {
    std::map<std::string, std::vector<const OptionRow*>, std::less<>> rows;
    for (const OptionRow& row : OptionTable()) {
      if (row.in_file) rows[FileName(row)].push_back(&row);
    }
    return rows;
  }();
  static const std::vector<const OptionRow*> none;
  const auto found = index.find(file_name);
  return found == index.end() ? none : found->second;
}

// Commands that have the option, over all rows of that name.
std::uint32_t CommandsOf(std::string_view file_name) {
  std::uint32_t commands = 0;
  for (const OptionRow* row : RowsOf(file_name)) commands |= row->commands & kJobs;
  return commands;
}

// Names that may stand at that place.
std::vector<std::string> KnownNames(std::string_view section) {
  std::vector<std::string> names;
  if (IsGroup(section)) {
    const std::string prefix = std::string(section) + '.';
    for (const OptionRow& row : OptionTable()) {
      if (row.file_place.substr(0, prefix.size()) == prefix) names.emplace_back(row.file_place.substr(prefix.size()));
    }
    if (section == "keys") names.emplace_back("url");
    return names;
  }
  const bool top = section.empty();
  for (const OptionRow& row : OptionTable()) {
    if (!row.in_file || !row.file_place.empty() || (row.commands & SectionCommands(section)) == 0) continue;
    if (!top || IsSharedFileOption(FileName(row))) names.push_back(FileName(row));
  }
  if (top) {
    for (const Command command : kSections) names.emplace_back(CommandName(command));
  }
  if (top || section != CommandName(kCommandGenerate)) names.insert(names.end(), {"keys", "errors", "ignore"});
  return names;
}

std::string Bracketed(std::string_view name) { return '[' + std::string(name) + ']'; }

}  // namespace

std::string FileName(const OptionRow& row) {
  std::string name(row.file_place.empty() ? row.name : row.file_place);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

bool IsSection(std::string_view name) {
  return std::any_of(std::begin(kSections), std::end(kSections), [&](Command c) { return CommandName(c) == name; });
}

bool IsGroup(std::string_view name) { return name == "keys" || name == "errors"; }

const OptionRow* FindFileOption(Command command, std::string_view file_name) {
  for (const OptionRow* row : RowsOf(file_name)) {
    if ((row->commands & command) != 0) return row;
  }
  return nullptr;
}

bool IsSharedFileOption(std::string_view file_name) { return std::popcount(CommandsOf(file_name)) >= 2; }

std::string ExplainUnknownKey(std::string_view section, std::string_view name) {
  const std::string place = section.empty() ? "" : " in " + Bracketed(section);
  for (const OptionRow& row : OptionTable()) {
    std::string flag_name(row.name);
    std::replace(flag_name.begin(), flag_name.end(), '-', '_');
    if (flag_name != name || (row.commands & kJobs) == 0) continue;
    if (!row.in_file) return "'" + std::string(name) + "' is a flag only: it has no place in a file";
    if (!row.file_place.empty()) {
      const std::size_t point = row.file_place.find('.');
      return "write this as " + std::string(row.file_place.substr(point + 1)) + " under " +
             Bracketed(row.file_place.substr(0, point));
    }
  }
  if (const std::uint32_t commands = CommandsOf(name); commands != 0) {
    std::string sections;
    for (const Command command : kSections) {
      if ((commands & command) != 0) sections += (sections.empty() ? "" : " or ") + Bracketed(CommandName(command));
    }
    return "'" + std::string(name) + "' belongs under " + sections + (section.empty() ? "" : ", not" + place);
  }
  const std::vector<std::string> names = KnownNames(section);
  std::string suggestion = DidYouMean(name, {names.begin(), names.end()});
  if (suggestion.empty() && section.empty()) {
    // At the top level a key of any section may be meant.
    for (const Command command : kSections) {
      const std::vector<std::string> more = KnownNames(CommandName(command));
      const std::string_view nearest = NearestWord(name, {more.begin(), more.end()});
      if (!nearest.empty()) {
        suggestion = " (did you mean '" + std::string(nearest) + "' under " + Bracketed(CommandName(command)) + "?)";
        break;
      }
    }
  }
  return "unknown key '" + std::string(name) + "'" + place + suggestion;
}

}  // namespace socklog
