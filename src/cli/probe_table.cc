#include "cli/probe_table.h"

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/text.h"
#include "cli/messages.h"

namespace socklog {
namespace {

using Outcome = ProbeRow::Outcome;
using Cells = std::array<std::string, 4>;

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
  const std::string texts[] = {row.check, row.endpoint, std::string(OutcomeName(row.outcome)), Detail(row)};
  for (std::size_t i = 0; i < cells.size(); ++i) AppendTerminalSafe(texts[i], &cells[i]);
  return cells;
}

std::string Table(const std::vector<Cells>& lines) {
  std::array<std::size_t, std::tuple_size_v<Cells>> widths{};
  for (const Cells& cells : lines) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string out;
  for (const Cells& cells : lines) {
    for (std::size_t i = 0; i + 1 < cells.size(); ++i)
      out += cells[i] + std::string(widths[i] + 2 - cells[i].size(), ' ');
    out += cells.back() + '\n';
  }
  return out;
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
  return table.size() == 1 ? out : out + Table(table);
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
