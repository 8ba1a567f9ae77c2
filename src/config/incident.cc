#include "config/incident.h"

#include <set>
#include <string>

#include "base/text.h"
#include "config/values.h"

namespace socklog {
namespace {

const std::vector<std::string_view> kKinds = {"error-burst"};
const std::vector<std::string_view> kParts = {"at", "for", "rate", "url"};

Status ReadPart(std::string_view name, std::string_view value, Incident* incident) {
  if (name == "at") return ReadDuration(value, {}, &incident->at);
  if (name == "for") return ReadDuration(value, {.min = 1}, &incident->length);
  if (name == "rate") return ReadShare(value, true, &incident->rate);
  if (name == "url") {
    if (value.substr(0, 1) != "/") return NotA(value, "a path: it must begin with /");
    return ReadText(value, &incident->url);
  }
  return Status::Usage("an incident has no part '" + std::string(name) + "'" + DidYouMean(name, kParts));
}

}  // namespace

Status ReadErrorStatus(std::string_view text, std::vector<std::pair<int, double>>* out) {
  std::vector<std::pair<int, double>> weights;
  std::set<std::uint64_t> seen;
  for (const std::string_view part : SplitList(text, ',')) {
    const std::size_t colon = part.find(':');
    std::uint64_t code = 0;
    double weight = 1;
    Status status = ReadWhole(part.substr(0, colon), 400, 599, &code);
    if (status.ok() && colon != std::string_view::npos) status = ReadNumber(part.substr(colon + 1), false, &weight);
    if (!status.ok()) return Status::Usage(status.message() + "; write statuses with weights, such as 404:5,500:2");
    if (!seen.insert(code).second) return Status::Usage("status " + std::to_string(code) + " is there twice");
    weights.emplace_back(static_cast<int>(code), weight);
  }
  *out = std::move(weights);
  return {};
}

Status ReadIncident(std::string_view text, std::vector<Incident>* out) {
  Incident incident;
  std::set<std::string, std::less<>> seen;
  bool first = true;
  for (const std::string_view part : SplitList(text, ' ')) {
    if (part.empty()) continue;
    if (first) {
      first = false;
      std::size_t index = 0;
      if (!ReadChoice(part, "error-burst", &index).ok()) {
        return Status::Usage("unknown kind of incident '" + std::string(part) + "'" + DidYouMean(part, kKinds));
      }
      incident.kind = part;
      continue;
    }
    std::string name;
    std::string_view value;
    Status status = SplitNameValue(part, &name, &value);
    if (status.ok()) status = ReadPart(name, value, &incident);
    if (!status.ok()) return Status::Usage(status.message() + " (in the incident '" + std::string(text) + "')");
    if (!seen.insert(name).second)
      return Status::Usage("'" + name + "' is there twice in the incident '" + std::string(text) + "'");
  }
  if (first) return Status::Usage("the incident is empty: write 'error-burst at=20h for=5m rate=40% url=/cart'");
  out->push_back(std::move(incident));
  return {};
}

}  // namespace socklog
