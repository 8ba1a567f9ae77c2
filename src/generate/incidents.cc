#include "generate/incidents.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.h"
#include "generate/schedule.h"

namespace socklog {
namespace {

Status UnknownUrl(const std::string& url, const std::vector<Page>& pages) {
  std::vector<std::string_view> paths;
  paths.reserve(std::min<std::size_t>(pages.size(), 1000));
  for (const Page& page : pages) {
    if (paths.size() == 1000) break;
    paths.push_back(page.path());
  }
  return Status::Usage("incident: url=" + url + " is not among the " + FormatCount(pages.size(), "generated URL") +
                       DidYouMean(url, paths) + "; run `socklog generate --count 100 --speed 0` to see some of them");
}

}  // namespace

Result<Incidents> Incidents::Make(const std::vector<Incident>& incidents, const std::vector<Page>& pages,
                                  Micros start) {
  Incidents made;
  for (const Incident& incident : incidents) {
    Active active;
    active.start = AddSaturated(start, incident.at);
    active.end = AddSaturated(active.start, incident.length);
    active.rate = incident.rate;
    if (!incident.url.empty()) {
      const auto page =
          std::find_if(pages.begin(), pages.end(), [&](const Page& p) { return p.path() == incident.url; });
      if (page == pages.end()) return UnknownUrl(incident.url, pages);
      active.page = static_cast<std::uint32_t>(page - pages.begin());
    }
    made.last_end_ = std::max(made.last_end_, active.end);
    made.incidents_.push_back(active);
  }
  return made;
}

double Incidents::FailureRate(Micros time, std::uint32_t page) const {
  if (time >= last_end_) return 0;
  double rate = 0;
  for (const Active& incident : incidents_) {
    if (time < incident.start || time >= incident.end) continue;
    if (incident.page == kEveryPage || incident.page == page) rate = std::max(rate, incident.rate);
  }
  return rate;
}

}  // namespace socklog
