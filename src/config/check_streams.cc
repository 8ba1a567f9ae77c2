#include "config/check_streams.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unordered_map>
#include <vector>

#include "base/endpoint.h"

namespace socklog {
namespace {

using Kind = Endpoint::Kind;

struct Stream {
  std::string_view option;  // "alerts-to"
  std::string_view what;    // "the alerts": of an output that goes to stdout because nothing else was said; else empty
  std::string text;
  Place place;
  Endpoint endpoint;
  bool is_file = false;
  bool input = false;
};

enum class Takes { kEndpoint, kFile, kFileOrTopic };

// Collects the streams whose endpoints are well-formed; the others get their diagnostic.
class StreamList {
 public:
  StreamList(const Settings& settings, Diagnostics* diagnostics) : settings_(settings), diagnostics_(*diagnostics) {
    for (const Setting& setting : settings.all()) places_.emplace(NameOf(setting.row->name, setting.text), &setting);
  }

  // `what` goes to stdout by default.
  void AddDefault(std::string_view option, std::string_view what) {
    streams_.push_back({option, what, "-", Place{"--" + std::string(option)}, FileOrStdio("-"), false, false});
  }

  void Add(std::string_view option, const std::string& text, Takes takes, bool input) {
    if (text.empty()) return;
    Stream stream{option, {}, text, PlaceOf(option, text), {}, false, input};
    Result<Endpoint> endpoint = takes == Takes::kEndpoint      ? ParseEndpoint(text)
                                : takes == Takes::kFileOrTopic ? FileOrTopic(text)
                                                               : FileOrStdio(text);
    if (!endpoint.ok()) {
      diagnostics_.Error(stream.place, endpoint.status().message());
      return;
    }
    stream.endpoint = std::move(*endpoint);
    stream.is_file = takes != Takes::kEndpoint && !stream.endpoint.is_topic();
    streams_.push_back(std::move(stream));
  }

  const std::vector<Stream>& streams() const { return streams_; }

 private:
  // Where that very text was given; endpoints can be given several times.
  Place PlaceOf(std::string_view option, const std::string& text) const {
    const auto found = places_.find(NameOf(option, text));
    if (found != places_.end()) return found->second->place;
    if (option == "state-topic") return PlaceOfStateTopic();
    if (settings_.Find("host") != nullptr) return settings_.PlaceOf("host");
    if (settings_.Find("port") != nullptr) return settings_.PlaceOf("port");
    return Place{"--" + std::string(option)};
  }

  // Its endpoint was made of its name, or of the default's because a file names a group.
  Place PlaceOfStateTopic() const {
    const Place group = settings_.PlaceOf("group");
    return settings_.Find("state-topic") == nullptr && group.line > 0 ? group : settings_.PlaceOf("state-topic");
  }

  static std::string NameOf(std::string_view option, const std::string& text) {
    return std::string(option) + '=' + text;
  }

  const Settings& settings_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string, const Setting*> places_;  // by option and text, the first of each
  std::vector<Stream> streams_;
};

// stdout is the default for alerts and thresholds; a file alone does not tell whether a flag will change that.
void AddAnalyze(const Options& options, CheckScope scope, StreamList* list) {
  const AnalyzeOptions& analyze = options.analyze;
  if (analyze.alerts_to.empty() && !scope.file_only) list->AddDefault("alerts-to", "the alerts");
  for (const std::string& text : analyze.alerts_to) list->Add("alerts-to", text, Takes::kEndpoint, false);
  list->Add("windows-to", analyze.windows_to, Takes::kEndpoint, false);
  list->Add("invalid-requests", analyze.invalid_requests, Takes::kFileOrTopic, false);
  list->Add("late-to", analyze.late_to, Takes::kFileOrTopic, false);
  list->Add("summary", analyze.summary, Takes::kFile, false);
  list->Add("state-topic", GroupStateTopic(options), Takes::kEndpoint, false);
}

void AddThresholds(const Settings& settings, const Options& options, CheckScope scope, StreamList* list) {
  if (settings.Find("output-file") != nullptr) {
    list->Add("output-file", options.thresholds.output_file, Takes::kFile, false);
  } else if (!scope.file_only) {
    list->AddDefault("output-file", "the thresholds");
  }
  list->Add("report", options.thresholds.report, Takes::kFile, false);
  list->Add("summary", options.analyze.summary, Takes::kFile, false);
}

// What is the matter with `b`, if it is where `a` is.
std::string SharedText(const Stream& a, const Stream& b) {
  if (a.input && b.input) {
    return "'" + a.text + "' and '" + b.text + "' are the same input; its lines would count twice, so give it once";
  }
  const std::string place = b.text == "-" ? "stdout" : "'" + b.text + "'";
  const std::string elsewhere = "send --" + std::string(b.option) + " somewhere else";
  if (!a.what.empty()) {
    return place + " has " + std::string(a.what) + ": " + elsewhere + ", or " + std::string(a.what) + " with --" +
           std::string(a.option);
  }
  return place + (a.input ? " is read as input" : " is taken by --" + std::string(a.option)) + ": " + elsewhere;
}

// An output is held against all before it: there are few, and which file a name means is looked up.
void CheckOutputs(const std::vector<Stream>& streams, bool touch_files, Diagnostics* diagnostics) {
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const Stream& b = streams[i];
    for (std::size_t j = 0; j < i && !b.input; ++j) {
      const Stream& a = streams[j];
      // stdin is not stdout.
      const bool is_stdio = a.endpoint.kind == Kind::kStdio || b.endpoint.kind == Kind::kStdio;
      if (a.input && is_stdio) continue;
      if (IsSamePlace(a.endpoint, b.endpoint, touch_files)) diagnostics->Error(b.place, SharedText(a, b));
    }
  }
}

// Of inputs there may be thousands: their files are looked at when they are opened.
void CheckInputs(const std::vector<Stream>& streams, Diagnostics* diagnostics) {
  std::unordered_map<std::string, std::vector<const Stream*>> buckets;
  for (const Stream& b : streams) {
    if (!b.input) continue;
    std::vector<const Stream*>& bucket = buckets[PlaceBucket(b.endpoint)];
    const auto same = std::find_if(bucket.begin(), bucket.end(),
                                   [&b](const Stream* a) { return IsSamePlace(a->endpoint, b.endpoint, false); });
    if (same == bucket.end()) {
      bucket.push_back(&b);
    } else {
      diagnostics->Error(b.place, SharedText(**same, b));
    }
  }
}

void CheckState(const Settings& settings, const Options& options, const std::vector<Stream>& streams, CheckScope scope,
                Diagnostics* diagnostics) {
  if (settings.command() != kCommandAnalyze) return;
  const bool has_directory = !options.analyze.state.empty();
  const bool has_group_state = !GroupStateTopic(options).empty();
  for (const char* name : {"state-topic", "standby"}) {
    if (settings.Find(name) == nullptr || has_group_state || scope.file_only) continue;
    diagnostics->Warning(settings.PlaceOf(name),
                         std::string("has no effect ") + (has_directory ? "with --state" : "without --group"));
  }
  if (!has_directory && !has_group_state) {
    if (!options.connection.kafka.group.empty()) return;  // a file alone does not tell what is read
    for (const char* name : {"close", "reset-state"}) {
      const bool given = std::string_view(name) == "close" ? options.analyze.close : options.analyze.reset_state;
      if (given) diagnostics->Warning(settings.PlaceOf(name), "has no effect without --state");
    }
    return;
  }
  const std::string option = has_directory ? "state" : "group";
  bool any = false;
  for (const Stream& stream : streams) {
    if (!stream.input) continue;
    any = true;
    if (stream.endpoint.kind == Kind::kFile || stream.endpoint.is_topic()) continue;
    diagnostics->Error(
        settings.PlaceOf(option),
        "--" + option + " needs inputs that can be read again, files or Kafka; '" + stream.text + "' cannot");
  }
  if (!any && !scope.file_only) {
    diagnostics->Error(settings.PlaceOf("state"),
                       "--state needs inputs that can be read again, files or Kafka; stdin cannot");
  }
}

// What is told at least once is written as it comes, also by a group.
bool IsAtLeastOnce(const Stream& stream) { return stream.option == "late-to" || stream.option == "invalid-requests"; }

// A transaction is of one cluster.
void CheckGroup(const Settings& settings, const Options& options, const std::vector<Stream>& streams,
                Diagnostics* diagnostics) {
  if (settings.command() != kCommandAnalyze || GroupStateTopic(options).empty()) return;
  const Stream* first = nullptr;
  for (const Stream& stream : streams) {
    if (!stream.endpoint.is_topic() || IsAtLeastOnce(stream)) continue;
    if (first == nullptr) first = &stream;  // inputs come first
    if (BrokersOf(stream.endpoint) == BrokersOf(first->endpoint)) continue;
    diagnostics->Error(stream.place, "'" + stream.text + "' has other brokers than '" + first->text +
                                         "'; with --group all is one transaction, of one cluster: name the same "
                                         "brokers, or keep the state with --state and not in Kafka");
  }
}

// The next instance, perhaps on another machine, would take the state's places and lengths for those of its own files.
void CheckStandby(const Options& options, const std::vector<Stream>& streams, Diagnostics* diagnostics) {
  if (!options.connection.kafka.standby || GroupStateTopic(options).empty()) return;
  for (const Stream& stream : streams) {
    if (stream.endpoint.kind != Kind::kFile || stream.option == "summary") continue;
    if (stream.endpoint.path.starts_with("/dev/")) continue;
    const std::string what =
        stream.input ? "send its lines to a topic" : "send --" + std::string(stream.option) + " to a topic";
    diagnostics->Error(
        stream.place, "'" + stream.text +
                          "' is a file of this machine, and with --standby the work may go on at another one: " + what +
                          ", or run one instance, without --standby");
  }
}

// A file of TLS: there, readable; a key by nobody else.
void CheckTlsFile(const Settings& settings, std::string_view option, const std::string& path,
                  Diagnostics* diagnostics) {
  if (path.empty()) return;
  const Place place = settings.PlaceOf(option);
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || access(path.c_str(), R_OK) != 0) {
    diagnostics->Error(place, "cannot read '" + path + "': " + std::strerror(errno));
  } else if (S_ISDIR(info.st_mode)) {
    diagnostics->Error(place, "'" + path + "' is a directory");
  } else if (option == "tls-key" && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    diagnostics->Error(place, "other users can read or change the private key '" + path + "': run chmod 600 on it");
  }
}

void CheckTls(const Settings& settings, const Options& options, const std::vector<Stream>& streams, bool touch_files,
              Diagnostics* diagnostics) {
  const TlsOptions& tls = options.connection.tls;
  if (!tls.key.empty() && tls.cert.empty())
    diagnostics->Error(settings.PlaceOf("tls-key"), "a key needs its certificate: give --tls-cert");
  if (!tls.cert.empty() && tls.key.empty())
    diagnostics->Error(settings.PlaceOf("tls-cert"), "a certificate needs its key: give --tls-key");
  for (const Stream& stream : streams) {
    if (stream.endpoint.kind == Kind::kTlsListen && (tls.cert.empty() || tls.key.empty())) {
      diagnostics->Error(stream.place, "'" + stream.text + "' needs --tls-cert and --tls-key");
    }
  }
  if (!touch_files) return;
  CheckTlsFile(settings, "tls-ca", tls.ca, diagnostics);
  CheckTlsFile(settings, "tls-cert", tls.cert, diagnostics);
  CheckTlsFile(settings, "tls-key", tls.key, diagnostics);
}

// What is written when all is done: it would be a pity to find out then.
void CheckReport(const Settings& settings, std::string_view option, const std::string& path, Diagnostics* diagnostics) {
  if (path.empty() || path == "-") return;
  struct stat info {};
  if (stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode))
      diagnostics->Error(settings.PlaceOf(option), "'" + path + "' is a directory; give a file");
    return;
  }
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  if (access(directory.c_str(), W_OK | X_OK) == 0) return;
  diagnostics->Error(settings.PlaceOf(option), "cannot write '" + path + "': " + std::strerror(errno));
}

void CheckReports(const Settings& settings, const Options& options, Diagnostics* diagnostics) {
  if (settings.command() == kCommandGenerate) return;
  CheckReport(settings, "summary", options.analyze.summary, diagnostics);
  if (settings.command() != kCommandThresholds) return;
  CheckReport(settings, "output-file", options.thresholds.output_file, diagnostics);
  CheckReport(settings, "report", options.thresholds.report, diagnostics);
}

void WarnOfInsecure(const std::vector<Stream>& streams, const TlsOptions& tls, Diagnostics* diagnostics) {
  for (const Stream& stream : streams) {
    if (!IsRemote(stream.endpoint)) continue;
    if (stream.endpoint.kind == Kind::kTcp) {
      diagnostics->Warning(stream.place,
                           "'" + stream.text + "' is insecure: neither encrypted nor authenticated; use tls://");
    } else if (stream.endpoint.kind == Kind::kTcpListen) {
      diagnostics->Warning(stream.place,
                           "'" + stream.text + "' is insecure: anybody on the network may connect; use tls-listen://");
    } else if (stream.endpoint.kind == Kind::kTlsListen && tls.ca.empty()) {
      diagnostics->Warning(stream.place, "'" + stream.text +
                                             "' lets anybody on the network connect; --tls-ca admits only clients "
                                             "with a certificate of that authority");
    }
  }
}

StreamList CollectStreams(const Settings& settings, const Options& options, CheckScope scope,
                          Diagnostics* diagnostics) {
  StreamList list(settings, diagnostics);
  if (settings.command() == kCommandGenerate) {
    for (const std::string& text : options.generate.to) list.Add("to", text, Takes::kEndpoint, false);
  } else {
    for (const std::string& text : options.input.inputs) list.Add("from", text, Takes::kEndpoint, true);
    if (settings.command() == kCommandAnalyze) AddAnalyze(options, scope, &list);
    if (settings.command() == kCommandThresholds) AddThresholds(settings, options, scope, &list);
  }
  return list;
}

EndpointRole RoleOf(const Stream& stream, bool has_group_state) {
  if (stream.input) return EndpointRole::kInput;
  if (stream.option == "state-topic") return EndpointRole::kGroupState;
  if (has_group_state && stream.endpoint.is_topic() && !IsAtLeastOnce(stream)) return EndpointRole::kGroupOutput;
  return stream.is_file ? EndpointRole::kOutputFile : EndpointRole::kOutput;
}

}  // namespace

std::string GroupStateTopic(const Options& options) {
  if (options.connection.kafka.group.empty() || !options.analyze.state.empty()) return "";
  for (const std::string& text : options.input.inputs) {
    const Result<Endpoint> input = ParseEndpoint(text);
    if (input.ok() && input.value().is_topic())
      return text.substr(0, text.rfind('/') + 1) + options.connection.kafka.state_topic;
  }
  return "";
}

void CheckStreams(const Settings& settings, const Options& options, CheckScope scope, Diagnostics* diagnostics) {
  const StreamList list = CollectStreams(settings, options, scope, diagnostics);
  CheckInputs(list.streams(), diagnostics);
  CheckOutputs(list.streams(), scope.touch_files, diagnostics);
  CheckState(settings, options, list.streams(), scope, diagnostics);
  CheckGroup(settings, options, list.streams(), diagnostics);
  if (settings.command() == kCommandAnalyze) CheckStandby(options, list.streams(), diagnostics);
  CheckTls(settings, options, list.streams(), scope.touch_files, diagnostics);
  if (scope.touch_files && !scope.file_only) CheckReports(settings, options, diagnostics);
  if (scope.file_only) WarnOfInsecure(list.streams(), options.connection.tls, diagnostics);
}

std::vector<NamedEndpoint> ListEndpoints(const Settings& settings, const Options& options) {
  Diagnostics ignored;  // CheckStreams tells them
  const StreamList list = CollectStreams(settings, options, {.file_only = true}, &ignored);
  const bool has_group_state = settings.command() == kCommandAnalyze && !GroupStateTopic(options).empty();
  std::vector<NamedEndpoint> endpoints;
  for (const Stream& stream : list.streams()) {
    if (stream.endpoint.kind == Kind::kStdio) continue;
    endpoints.push_back({stream.place, {RoleOf(stream, has_group_state), stream.text, options.connection}});
  }
  if (settings.command() == kCommandAnalyze && !options.analyze.state.empty()) {
    endpoints.push_back({settings.PlaceOf("state"), {EndpointRole::kState, options.analyze.state, {}}});
  }
  return endpoints;
}

}  // namespace socklog
