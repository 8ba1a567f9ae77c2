// The text of --incident: "error-burst at=20h for=5m rate=40% url=/cart".
#ifndef SOCKLOG_CONFIG_INCIDENT_H_
#define SOCKLOG_CONFIG_INCIDENT_H_

#include <string_view>
#include <vector>

#include "socklog/options.h"
#include "socklog/status.h"

namespace socklog {

// "404:5,500:2": statuses of errors (400..599) with their weights; a weight that is left out is 1. Replaces *out.
Status ReadErrorStatus(std::string_view text, std::vector<std::pair<int, double>>* out);

// Appends one incident. Errors: unknown kind or part with the nearest known one, a part twice, a bad value.
Status ReadIncident(std::string_view text, std::vector<Incident>* out);

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_INCIDENT_H_
