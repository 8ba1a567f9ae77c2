#include "config/option_table.h"

#include "config/option_rows.h"

namespace socklog {

std::string_view CommandName(Command command) {
  switch (command) {
    case kCommandGenerate:
      return "generate";
    case kCommandAnalyze:
      return "analyze";
    case kCommandThresholds:
      return "thresholds";
    case kCommandCheckConfig:
      return "check-config";
  }
  return "";
}

const std::vector<OptionRow>& OptionTable() {
  static const std::vector<OptionRow> table = [] {
    std::vector<OptionRow> rows;
    for (const auto& part : {GenerateRows(), InputRows(), WindowRows(), DetectionRows(), OutputRows(), ConnectionRows(),
                             KafkaRows(), GeneralRows()}) {
      rows.insert(rows.end(), part.begin(), part.end());
    }
    return rows;
  }();
  return table;
}

const OptionRow* FindOption(Command command, std::string_view name) {
  for (const OptionRow& row : OptionTable()) {
    if (row.name == name && (row.commands & command) != 0) return &row;
  }
  return nullptr;
}

}  // namespace socklog
