// Everything a user can set, as plain structs with their defaults. src/config/option_table.h gives each member its name
// on the command line and in TOML.
#ifndef SOCKLOG_OPTIONS_H_
#define SOCKLOG_OPTIONS_H_

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "socklog/time.h"

namespace socklog {

inline constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

enum class ColorMode { kAuto, kAlways, kNever };
enum class OutputMode { kAuto, kJson, kText };  // kAuto: text on a terminal, JSON lines elsewhere
enum class EventTime { kStart, kEnd };          // kEnd: time stamp plus the request's duration

// Flags of every command.
struct CommonOptions {
  std::string config;         // path of the TOML file that was read, empty if none
  std::string config_source;  // its name and the first 8 hex digits of its hash
  int verbosity = 0;          // -v adds one, -q takes one
  ColorMode color = ColorMode::kAuto;
  bool progress = true;
};

// How lines are read. Shared by analyze and thresholds; log_format and envelope also by generate.
struct FormatOptions {
  std::string log_format =
      "auto";            // auto, a format's name, or a pasted format string (apache:, nginx:, goaccess:, regex:, json:)
  std::string envelope;  // JSON member that holds the line, empty: none
  std::string tz = "UTC";  // zone of time stamps without one
};

struct TlsOptions {
  std::string ca;    // PEM file of authorities; empty: the system's
  std::string cert;  // PEM chain shown to the peer; needed to listen
  std::string key;   // PEM private key; must not be readable by others

  friend bool operator==(const TlsOptions&, const TlsOptions&) = default;
};

// How Kafka is talked to: what librdkafka calls its properties, and where reading begins.
struct KafkaOptions {
  std::vector<std::string> properties;        // NAME=VALUE; no secrets
  std::string config;                         // file of such lines, which may have secrets
  std::string group;                          // whose stored offsets are meant; of analyze: and whose work is done
  std::string state_topic = "socklog-state";  // where the state of the group is, on the brokers of the first topic read
  bool standby = false;                       // wait while another instance of the group works, and take over from it
  std::string offset;     // beginning, end, stored, N, -N, s@MS; empty: stored with a group, else see docs/kafka.md
  bool insecure = false;  // properties that turn verification off are heeded

  friend bool operator==(const KafkaOptions&, const KafkaOptions&) = default;
};

// Connections of sources and sinks.
struct ConnectionOptions {
  TlsOptions tls;
  std::string host;  // --host and --port; config turns them into an endpoint of InputOptions or GenerateOptions
  std::uint16_t port = 0;
  Micros connect_timeout = 30 * kSecond;  // retries until the first success
  bool reconnect = false;                 // the peer's close is not the end
  bool once = false;                      // listening ends when the first client has closed
  std::uint32_t max_clients = 16;         // at the same time, on one listening endpoint; each is a partition
  KafkaOptions kafka;
};

struct InputOptions {
  std::vector<std::string> inputs;  // endpoints; "-" is stdin
  bool follow = false;
  std::optional<Micros> since;  // earlier lines are `outside`
  std::optional<Micros> until;  // lines at or after it are `outside`
  bool until_end = false;       // --until end: what is appended after the start is not read
};

struct UrlRule {
  std::string match;  // RE2 expression on the whole URL key
  std::string to;     // what the key becomes; \1 names a group
};

struct StatusRange {
  int first = 400;
  int last = 599;
};

// A request for which every given part matches is counted as ignored and is in no metric. Empty parts match everything.
struct IgnoreRule {
  std::string url;     // RE2 expression on the whole URL key
  std::string client;  // address, CIDR or host name
  std::string agent;   // RE2 expression found anywhere in the agent
  std::vector<StatusRange> status;
};

// How a key's source names a header: "header:X-User".
inline constexpr std::string_view kHeaderSource = "header:";

struct KeyOptions {
  std::string user = "user";      // user | client | header:NAME
  std::string client = "client";  // client | header:NAME (its first address)
  int ipv6_prefix = 64;
  std::vector<UrlRule> url;
  std::vector<StatusRange> errors = {StatusRange{}};

  // The NAME of header:NAME, empty where the source is no header.
  std::string user_header() const { return HeaderOf(user); }
  std::string client_header() const { return HeaderOf(client); }

 private:
  static std::string HeaderOf(const std::string& source) {
    return source.starts_with(kHeaderSource) ? source.substr(kHeaderSource.size()) : std::string();
  }
};

// What shapes windows and cells: a thresholds file holds for these values only.
struct WindowOptions {
  Micros window = 10 * kSecond;
  Micros slide = 0;  // 0: as long as the window; divides it
  Micros lateness = 5 * kSecond;
  EventTime event_time = EventTime::kStart;
  Micros idle_timeout = 30 * kSecond;
  Micros max_ahead = 10 * kMinute;
  Micros max_gap = kDay;
  Micros max_skew = 0;         // 0: two windows + lateness
  std::uint64_t max_keys = 0;  // per table; 0: 100,000, or as many as --max-memory allows for the partitions there are
  std::uint64_t max_memory = std::uint64_t{1} << 30;  // bytes

  Micros slide_or_window() const { return slide == 0 ? window : slide; }
  Micros max_skew_or_default() const { return max_skew == 0 ? 2 * window + lateness : max_skew; }
};

// When a series that is over its threshold becomes an alert, and when it stops being one.
struct AlertOptions {
  Micros for_time = 0;
  std::optional<Micros> keep_firing_for;  // default: two windows
  double clear = 1.0;                     // the clear level as a share of the threshold, 0..1
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> severity;  // by metric; others are "warning"
};

struct AnalyzeOptions {
  std::vector<std::string> alerts_to;
  std::string windows_to;
  std::string thresholds;                               // file, empty: default thresholds
  std::map<std::string, double> threshold;              // by metric; over the file and the defaults
  std::map<std::string, std::string> threshold_source;  // of those: "--threshold", or CommonOptions::config_source
  std::vector<std::string> metrics;                     // empty: all (or the thresholds file's)
  std::map<std::string, std::uint64_t> min_samples;     // by metric
  bool list_metrics = false;
  std::string state;  // directory, empty: none
  bool reset_state = false;
  bool close = false;
  OutputMode output = OutputMode::kAuto;
  std::string summary;
  std::string invalid_requests;
  std::string late_to;
  bool fail_on_alert = false;
  std::uint32_t top = 10;
  std::uint32_t jobs = 0;  // 0: as many as there are processors
};

struct ThresholdsOptions {
  double budget = 0.01;  // share of judged windows that may alert
  double holdout = 0.3;  // the last share of windows, used for measuring only
  std::string output_file = "-";
  std::string report;  // HTML file
};

struct Incident {
  std::string kind = "error-burst";
  Micros at = 0;  // after the start
  Micros length = 5 * kMinute;
  double rate = 0.4;  // share of requests that fail
  std::string url;    // empty: all
};

struct GenerateOptions {
  double rate = 1.0;   // lines per second of log time
  double speed = 1.0;  // log seconds per real second; 0: as fast as possible
  std::uint64_t count = kUnlimited;
  Micros duration = 0;  // 0: no end
  std::optional<Micros> start;
  std::optional<std::uint64_t> seed;
  std::uint32_t users = 1000;
  std::uint32_t clients = 1000;
  std::uint32_t urls = 200;
  double error_users = 0;  // shares, 0..1
  double error_rate = 0;
  double error_urls = 0;
  double background_error_rate = 0.02;
  std::vector<std::pair<int, double>> error_status = {
      {404, 6}, {403, 1}, {401, 1}, {500, 2}, {503, 1}};  // status, weight
  bool daily_cycle = false;
  std::vector<Incident> incidents;
  std::vector<std::string> to;
};

struct CheckConfigOptions {
  std::vector<std::string> files;
  bool probe = false;
  bool fail_on_warning = false;
  OutputMode output = OutputMode::kAuto;
};

// One run's settings, whatever the command.
struct Options {
  CommonOptions common;
  FormatOptions format;
  ConnectionOptions connection;
  InputOptions input;
  WindowOptions window;
  KeyOptions keys;
  std::vector<IgnoreRule> ignore;
  AlertOptions alert;
  AnalyzeOptions analyze;
  ThresholdsOptions thresholds;
  GenerateOptions generate;
  CheckConfigOptions check_config;
};

}  // namespace socklog

#endif  // SOCKLOG_OPTIONS_H_
