#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include "base/text.h"
#include "generate/people.h"
#include "generate/schedule.h"
#include "generate/traffic.h"

namespace socklog {
namespace {

constexpr std::uint32_t kMaxUsers = 10'000'000;
constexpr std::uint32_t kMaxUrls = 1'000'000;

Status CheckCount(std::string_view flag, std::uint32_t value, std::uint32_t limit) {
  if (value >= 1 && value <= limit) return {};
  return Status::Usage(std::string(flag) + ": must be from 1 to " + FormatThousands(limit) + ", not " +
                       FormatThousands(value));
}

Status CheckShare(std::string_view flag, double share) {
  if (share >= 0 && share <= 1) return {};
  return Status::Usage(std::string(flag) + ": must be from 0 % to 100 %, not " + FormatDouble(share * 100) + " %");
}

Status CheckStatuses(const GenerateOptions& options) {
  double total = 0;
  for (const auto& [status, weight] : options.error_status) {
    if (status < 400 || status > 599) {
      return Status::Usage("--error-status: " + std::to_string(status) + " is no error; give statuses from 400 to 599");
    }
    if (!(weight >= 0) || std::isinf(weight)) {
      return Status::Usage("--error-status: the weight of " + std::to_string(status) + " must be 0 or more");
    }
    total += weight;
  }
  if (!(total > 0) || std::isinf(total))
    return Status::Usage("--error-status: at least one status must have a weight above 0");
  return {};
}

Status CheckIncident(const Incident& incident) {
  if (incident.kind != "error-burst") {
    return Status::Usage("incident: unknown kind '" + incident.kind + "'" + DidYouMean(incident.kind, {"error-burst"}) +
                         "; there is error-burst");
  }
  if (incident.at < 0) return Status::Usage("incident: at must not be before the start");
  if (incident.length <= 0) return Status::Usage("incident: for must be longer than 0");
  return CheckShare("incident: rate", incident.rate);
}

}  // namespace

Status CheckTraffic(const GenerateOptions& options) {
  if (!(options.rate >= kMinRate && options.rate <= kMaxRate)) {
    return Status::Usage("--rate: must be from 0.000001 to 1000000000 lines a second, not " +
                         FormatDouble(options.rate));
  }
  if (options.duration < 0) return Status::Usage("--duration: must not be negative");
  const Status checks[] = {
      CheckCount("--users", options.users, kMaxUsers),
      CheckCount("--clients", options.clients, kMaxClients),
      CheckCount("--urls", options.urls, kMaxUrls),
      CheckShare("--error-users", options.error_users),
      CheckShare("--error-rate", options.error_rate),
      CheckShare("--error-urls", options.error_urls),
      CheckShare("--background-error-rate", options.background_error_rate),
      CheckStatuses(options),
  };
  for (const Status& check : checks) {
    if (!check.ok()) return check;
  }
  for (const Incident& incident : options.incidents) {
    if (Status check = CheckIncident(incident); !check.ok()) return check;
  }
  return {};
}

std::vector<std::string> TrafficWarnings(const GenerateOptions& options) {
  std::vector<std::string> warnings;
  if (options.error_users > 0 && options.error_urls > 0) {
    if (std::llround(options.error_users * options.users) == 0) {
      warnings.push_back("--error-users: that share of " + FormatCount(options.users, "user") + " is nobody");
    }
    if (std::llround(options.error_urls * options.urls) == 0) {
      warnings.push_back("--error-urls: that share of " + FormatCount(options.urls, "URL") + " is none");
    }
  }
  const Micros length = TrafficLength(options);
  for (const Incident& incident : options.incidents) {
    if (length != 0 && incident.at >= length) {
      warnings.push_back("incident: at=" + FormatDuration(incident.at) + " is after the end of the log, which is " +
                         FormatDuration(length) + " long");
    }
  }
  return warnings;
}

Micros TrafficLength(const GenerateOptions& options) {
  constexpr auto kMax = std::numeric_limits<Micros>::max();
  const Micros by_duration = options.duration == 0 ? kMax : options.duration;
  const Micros by_count = options.count == kUnlimited ? kMax : Schedule(options.rate, false, 0).TimeOf(options.count);
  const Micros length = std::min(by_duration, by_count);
  return length == kMax ? 0 : std::max<Micros>(length, 1);
}

}  // namespace socklog
