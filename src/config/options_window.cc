#include "config/option_rows.h"
#include "config/values.h"

namespace socklog {
namespace {

constexpr std::string_view kWindows = "Windows";
constexpr std::string_view kKeys = "Keys and errors";
constexpr std::string_view kMemory = "Memory and processors";

}  // namespace

std::vector<OptionRow> WindowRows() {
  return {
      {.name = "window",
       .commands = kReaders,
       .section = kWindows,
       .kind = ValueKind::kDuration,
       .metavar = "TIME",
       .default_text = "10s",
       .help = "length of a window, in whole seconds",
       .set =
           [](Options* o, std::string_view t) {
             return ReadDuration(t, {.min = kSecond, .whole_seconds = true}, &o->window.window);
           }},
      {.name = "slide",
       .commands = kReaders,
       .section = kWindows,
       .kind = ValueKind::kDuration,
       .metavar = "TIME",
       .help = "a new window begins every TIME, which divides the window (default: the window's length)",
       .set =
           [](Options* o, std::string_view t) {
             return ReadDuration(t, {.min = kSecond, .whole_seconds = true}, &o->window.slide);
           }},
      {.name = "lateness",
       .commands = kReaders,
       .section = kWindows,
       .kind = ValueKind::kDuration,
       .metavar = "TIME",
       .default_text = "5s",
       .help = "a line this much older than the newest one of its input still counts",
       .set = [](Options* o, std::string_view t) { return ReadDuration(t, {}, &o->window.lateness); }},
      {.name = "event-time",
       .commands = kReaders,
       .section = kWindows,
       .kind = ValueKind::kChoice,
       .metavar = "WHICH",
       .choices = "start|end",
       .default_text = "start",
       .help = "a request counts when it started, or when it ended (the format must log how long it took)",
       .set = [](Options* o, std::string_view t) { return ReadChoice(t, "start|end", &o->window.event_time); }},
      {.name = "idle-timeout",
       .commands = kReaders,
       .section = kWindows,
       .kind = ValueKind::kDuration,
       .metavar = "TIME",
       .default_text = "30s",
       .help =
           "an input silent for this long holds up the others no more (followed files, sockets, partitions of a topic)",
       .elsewhere = {.commands = kCommandThresholds,
                     .default_text = "30s",
                     .help = "a socket silent for this long holds up the other inputs no more"},
       .set = [](Options* o, std::string_view t) { return ReadDuration(t, {.min = 1}, &o->window.idle_timeout); }},
      {.name = "max-ahead",
       .commands = kReaders,
       .section = kWindows,
       .kind = ValueKind::kDuration,
       .metavar = "TIME",
       .default_text = "10m",
       .help = "a line this far in the future must be confirmed by others",
       .set = [](Options* o, std::string_view t) { return ReadDuration(t, {}, &o->window.max_ahead); }},
      {.name = "max-gap",
       .commands = kReaders,
       .section = kWindows,
       .kind = ValueKind::kDuration,
       .metavar = "TIME",
       .default_text = "1d",
       .help = "empty windows are told one by one up to this length, the rest of a gap at once",
       .set = [](Options* o, std::string_view t) { return ReadDuration(t, {}, &o->window.max_gap); }},
      {.name = "max-skew",
       .commands = kReaders,
       .section = kWindows,
       .kind = ValueKind::kDuration,
       .metavar = "TIME",
       .help = "an input this far ahead of the slowest one waits (default: two windows and the lateness)",
       .set = [](Options* o, std::string_view t) { return ReadDuration(t, {.min = 1}, &o->window.max_skew); }},

      {.name = "user-key",
       .commands = kReaders,
       .section = kKeys,
       .kind = ValueKind::kText,
       .metavar = "user|client|header:NAME",
       .default_text = "user",
       .help = "what tells users apart",
       .file_place = "keys.user",
       .set = [](Options* o, std::string_view t) { return ReadKeySource(t, "user|client", &o->keys.user); }},
      {.name = "client-key",
       .commands = kReaders,
       .section = kKeys,
       .kind = ValueKind::kText,
       .metavar = "client|header:NAME",
       .default_text = "client",
       .help = "what tells clients apart; a header's first address, such as header:X-Forwarded-For",
       .file_place = "keys.client",
       .set = [](Options* o, std::string_view t) { return ReadKeySource(t, "client", &o->keys.client); }},
      {.name = "ipv6-prefix",
       .commands = kReaders,
       .section = kKeys,
       .kind = ValueKind::kNumber,
       .metavar = "BITS",
       .default_text = "64",
       .help = "IPv6 clients that share so many leading bits are one",
       .file_place = "keys.ipv6_prefix",
       .set = [](Options* o, std::string_view t) { return ReadCount(t, 1, 128, &o->keys.ipv6_prefix); }},
      {.name = "errors",
       .commands = kReaders,
       .section = kKeys,
       .kind = ValueKind::kNumber,
       .metavar = "STATUS[-STATUS],...",
       .default_text = "400-599",
       .help = "statuses that are errors",
       .list = true,
       .file_place = "errors.status",
       .set = [](Options* o, std::string_view t) { return ReadStatusRanges(t, &o->keys.errors); }},

      {.name = "max-keys",
       .commands = kReaders,
       .section = kMemory,
       .kind = ValueKind::kNumber,
       .metavar = "N",
       .help = "keys that a table holds, one table for each window, input and kind of key "
               "(default: 100000, or as many as --max-memory allows)",
       .set = [](Options* o, std::string_view t) { return ReadCount(t, 64, 16'000'000, &o->window.max_keys); }},
      {.name = "max-memory",
       .commands = kReaders,
       .section = kMemory,
       .kind = ValueKind::kBytes,
       .metavar = "SIZE",
       .default_text = "1GiB",
       .help = "more memory than this is not used for keys",
       .set = [](Options* o, std::string_view t) -> Status {
         Result<std::uint64_t> bytes = ParseBytes(t);
         if (!bytes.ok()) return bytes.status();
         if (*bytes < (1u << 20)) return Status::Usage("'" + std::string(t) + "' is too little: the least is 1MiB");
         o->window.max_memory = *bytes;
         return {};
       }},
      {.name = "jobs",
       .letter = 'j',
       .commands = kReaders,
       .section = kMemory,
       .kind = ValueKind::kNumber,
       .metavar = "N",
       .default_text = "0",
       .help = "threads that read, parse and count; 0: as many as there are processors",
       .set = [](Options* o, std::string_view t) { return ReadCount(t, 0, 1024, &o->analyze.jobs); }},
  };
}

}  // namespace socklog
