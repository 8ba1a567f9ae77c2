#include "cli/probe_table.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "cli/columns.h"
#include "cli/messages.h"

namespace socklog {
namespace {

using Outcome = ProbeRow::Outcome;
using Cells = std::vector<std::string>;

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kWarning:
      return "warning";
    case Outcome::kFailed:
      return "failed";
    default:
      return "not tried";
  }
}

// Failures and warnings are told as such; their text is longer than a cell should be.
std::string Detail(const ProbeRow& row) {
  if (row.outcome == Outcome::kFailed) return "see the error";
  return row.outcome == Outcome::kWarning ? "see the warning" : row.detail;
}

Cells CellsOf(const ProbeRow& row) {
  Cells cells;
  for (const std::string& text : {row.check, row.endpoint, std::string(OutcomeName(row.outcome)), Detail(row)})
    AppendTerminalSafe(text, &cells.emplace_back());
  return cells;
}

}  // namespace

std::string ProbeRowsAsText(const std::string& path, const std::vector<ProbeRow>& rows) {
  std::string out;
  std::vector<Cells> table = {{"CHECK", "ENDPOINT", "OUTCOME", "DETAIL"}};
  for (const ProbeRow& row : rows) {
    if (row.of_kafka) {
      table.push_back(CellsOf(row));
    } else if (row.outcome == Outcome::kOk) {
      AppendTerminalSafe(path + ": " + row.endpoint + ": ok, " + row.detail, &out);
      out += '\n';
    }
  }
  return table.size() == 1 ? out : out + AlignColumns(table);
}

std::string ProbeRowAsJson(const ProbeRow& row, const Place& place) {
  std::string outcome(OutcomeName(row.outcome));
  std::replace(outcome.begin(), outcome.end(), ' ', '_');
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().Key("type").String("socklog.probe.v1").Key("file").String(place.file);
  json.Key("line").Unsigned(static_cast<std::uint64_t>(place.line));
  json.Key("column").Unsigned(static_cast<std::uint64_t>(place.column));
  json.Key("check").String(row.check).Key("endpoint").String(row.endpoint).Key("outcome").String(outcome);
  json.Key("detail").String(ShortMessage(row.detail)).EndObject();
  return out + '\n';
}

}  // namespace socklog
