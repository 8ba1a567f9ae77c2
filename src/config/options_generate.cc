#include "config/incident.h"
#include "config/option_rows.h"
#include "config/values.h"

namespace socklog {
namespace {

constexpr std::string_view kTraffic = "Traffic";
constexpr std::string_view kErrors = "Errors and incidents";
// As generate/check.cc has them, so that check-config finds what generate would refuse.
constexpr double kMinRate = 1e-6;
constexpr double kMaxRate = 1e9;
constexpr std::uint64_t kMaxPeople = 10'000'000;
constexpr std::uint64_t kMaxUrls = 1'000'000;

Status ReadRate(std::string_view text, double* out) {
  double rate = 0;
  Status status = ReadNumber(text, false, &rate);
  if (!status.ok()) return status;
  if (rate < kMinRate || rate > kMaxRate) {
    return Status::Usage("'" + std::string(text) + "' is out of range: it must be from 0.000001 to 1000000000");
  }
  *out = rate;
  return {};
}

}  // namespace

std::vector<OptionRow> GenerateRows() {
  return {
      {.name = "rate",
       .commands = kCommandGenerate,
       .section = kTraffic,
       .kind = ValueKind::kNumber,
       .metavar = "N",
       .default_text = "1",
       .help = "lines per second of log time, in even steps",
       .set = [](Options* o, std::string_view t) { return ReadRate(t, &o->generate.rate); }},
      {.name = "speed",
       .commands = kCommandGenerate,
       .section = kTraffic,
       .kind = ValueKind::kNumber,
       .metavar = "X",
       .default_text = "1",
       .help = "seconds of log time per second on the clock; 0: as fast as possible",
       .set = [](Options* o, std::string_view t) { return ReadNumber(t, true, &o->generate.speed); }},
      {.name = "count",
       .commands = kCommandGenerate,
       .section = kTraffic,
       .kind = ValueKind::kNumber,
       .metavar = "N",
       .help = "stop after this many lines",
       .set = [](Options* o, std::string_view t) { return ReadCount(t, 0, kUnlimited, &o->generate.count); }},
      {.name = "duration",
       .commands = kCommandGenerate,
       .section = kTraffic,
       .kind = ValueKind::kDuration,
       .metavar = "TIME",
       .help = "stop after this much log time",
       .set = [](Options* o, std::string_view t) { return ReadDuration(t, {.min = 1}, &o->generate.duration); }},
      {.name = "start",
       .commands = kCommandGenerate,
       .section = kTraffic,
       .kind = ValueKind::kTime,
       .metavar = "TIME",
       .help = "log time of the first line (default: now; with --speed 0 the last line is now)",
       .set = [](Options* o, std::string_view t) { return ReadTime(t, &o->generate.start); }},
      {.name = "seed",
       .commands = kCommandGenerate,
       .section = kTraffic,
       .kind = ValueKind::kNumber,
       .metavar = "N",
       .help = "the same seed and start give the same bytes (default: drawn at random)",
       .set =
           [](Options* o, std::string_view t) {
             std::uint64_t seed = 0;
             Status status = ReadWhole(t, 0, kUnlimited, &seed);
             if (status.ok()) o->generate.seed = seed;
             return status;
           }},
      {.name = "users",
       .commands = kCommandGenerate,
       .section = kTraffic,
       .kind = ValueKind::kNumber,
       .metavar = "N",
       .default_text = "1000",
       .help = "number of users",
       .set = [](Options* o, std::string_view t) { return ReadCount(t, 1, kMaxPeople, &o->generate.users); }},
      {.name = "clients",
       .commands = kCommandGenerate,
       .section = kTraffic,
       .kind = ValueKind::kNumber,
       .metavar = "N",
       .default_text = "1000",
       .help = "number of client addresses",
       .set = [](Options* o, std::string_view t) { return ReadCount(t, 1, kMaxPeople, &o->generate.clients); }},
      {.name = "urls",
       .commands = kCommandGenerate,
       .section = kTraffic,
       .kind = ValueKind::kNumber,
       .metavar = "N",
       .default_text = "200",
       .help = "number of URLs",
       .set = [](Options* o, std::string_view t) { return ReadCount(t, 1, kMaxUrls, &o->generate.urls); }},
      {.name = "daily-cycle",
       .commands = kCommandGenerate,
       .section = kTraffic,
       .kind = ValueKind::kSwitch,
       .help = "busy days and quiet nights around the rate",
       .set = [](Options* o, std::string_view t) { return ReadSwitch(t, &o->generate.daily_cycle); }},

      {.name = "error-users",
       .commands = kCommandGenerate,
       .section = kErrors,
       .kind = ValueKind::kRatio,
       .metavar = "%",
       .default_text = "0",
       .help = "percentage of the users who get errors",
       .set = [](Options* o, std::string_view t) { return ReadShare(t, true, &o->generate.error_users); }},
      {.name = "error-urls",
       .commands = kCommandGenerate,
       .section = kErrors,
       .kind = ValueKind::kRatio,
       .metavar = "%",
       .default_text = "0",
       .help = "percentage of the URLs on which they get them",
       .set = [](Options* o, std::string_view t) { return ReadShare(t, true, &o->generate.error_urls); }},
      {.name = "error-rate",
       .commands = kCommandGenerate,
       .section = kErrors,
       .kind = ValueKind::kRatio,
       .metavar = "%",
       .default_text = "0",
       .help = "percentage of those users' requests to those URLs that fail",
       .set = [](Options* o, std::string_view t) { return ReadShare(t, true, &o->generate.error_rate); }},
      {.name = "background-error-rate",
       .commands = kCommandGenerate,
       .section = kErrors,
       .kind = ValueKind::kRatio,
       .metavar = "%",
       .default_text = "2",
       .help = "percentage of all other requests that fail",
       .set = [](Options* o, std::string_view t) { return ReadShare(t, true, &o->generate.background_error_rate); }},
      {.name = "error-status",
       .commands = kCommandGenerate,
       .section = kErrors,
       .kind = ValueKind::kNumber,
       .metavar = "STATUS[:WEIGHT],...",
       .default_text = "404:6,403:1,401:1,500:2,503:1",
       .help = "mix of statuses of failed requests",
       .list = true,
       .set = [](Options* o, std::string_view t) { return ReadErrorStatus(t, &o->generate.error_status); }},
      {.name = "incident",
       .commands = kCommandGenerate,
       .section = kErrors,
       .kind = ValueKind::kText,
       .metavar = "'KIND at=T for=T ...'",
       .help = "something goes wrong for a while: error-burst at=20h for=5m rate=40% url=/cart",
       .repeatable = true,
       .set = [](Options* o, std::string_view t) { return ReadIncident(t, &o->generate.incidents); }},
  };
}

}  // namespace socklog
