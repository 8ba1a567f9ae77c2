#include "format/json_map.h"

#include <array>
#include <memory>

#include "base/text.h"
#include "format/template.h"

namespace socklog {
namespace {

struct NamedField {
  std::string_view name;
  Field field;
};

constexpr std::array kFields = {
    NamedField{"time", Field::kTime},         NamedField{"status", Field::kStatus},
    NamedField{"request", Field::kRequest},   NamedField{"method", Field::kMethod},
    NamedField{"target", Field::kTarget},     NamedField{"path", Field::kPath},
    NamedField{"query", Field::kQuery},       NamedField{"protocol", Field::kProtocol},
    NamedField{"host", Field::kHost},         NamedField{"client", Field::kClient},
    NamedField{"user", Field::kUser},         NamedField{"agent", Field::kAgent},
    NamedField{"referer", Field::kReferer},   NamedField{"bytes", Field::kBytes},
    NamedField{"duration", Field::kDuration},
};

// "ms" -> 3: of ten, from the unit to microseconds.
bool UnitExponent(std::string_view unit, int* exponent) {
  if (unit == "s") *exponent = 6;
  if (unit == "ms") *exponent = 3;
  if (unit == "us") *exponent = 0;
  if (unit == "ns") *exponent = -3;
  return unit == "s" || unit == "ms" || unit == "us" || unit == "ns";
}

JsonMember Member(std::string_view field, std::vector<std::string> paths) {
  JsonMember member;
  FieldRuleByName(field, &member.rule);
  member.paths = std::move(paths);
  return member;
}

JsonMember Required(JsonMember member) {
  member.required = true;
  return member;
}

JsonMember Number(JsonMember member, int exponent = 6, int decimals = 0) {
  member.number = true;
  member.rule.exponent = exponent;
  member.rule.time.exponent = exponent;
  member.rule.time.decimals = decimals;
  return member;
}

JsonMember Epoch(JsonMember member, int decimals) {
  member = Number(std::move(member), 6, decimals);
  member.rule.time.form = TimeForm::kAny;  // Caddy can be told to write RFC 3339
  return member;
}

JsonMember Array(JsonMember member) {
  member.array = true;
  return member;
}

// Of a time: it is that of the request's end.
JsonMember AtEnd(JsonMember member) {
  member.rule.at_end = true;
  return member;
}

JsonMap Caddy() {
  JsonMap map;
  map.members = {
      Required(AtEnd(Epoch(Member("time", {"ts"}), 6))),
      Member("client", {"request.client_ip", "request.remote_ip", "request.remote_addr"}),
      Required(Member("method", {"request.method"})),
      Member("protocol", {"request.proto"}),
      Member("host", {"request.host"}),
      Required(Member("target", {"request.uri"})),
      Array(Member("agent", {"request.headers.User-Agent"})),
      Array(Member("referer", {"request.headers.Referer"})),
      Member("user", {"user_id"}),
      Number(Member("duration", {"duration"})),
      Number(Member("bytes", {"size"})),
      Required(Number(Member("status", {"status"}))),
  };
  map.header_prefix = "request.headers.";
  map.constants = {{"level", "info"}, {"logger", "http.log.access"}, {"msg", "handled request"}};
  map.logger = "logger";  // http.log.error repeats the requests that the proxy could not answer
  map.access_logger = "http.log.access";
  return map;
}

JsonMap Traefik() {
  JsonMap map;
  map.members = {
      Required(Member("time", {"StartUTC", "StartLocal", "time"})),
      Member("client", {"ClientHost", "ClientAddr"}),
      Member("user", {"ClientUsername"}),
      Required(Member("method", {"RequestMethod"})),
      Required(Member("target", {"RequestPath"})),
      Member("protocol", {"RequestProtocol"}),
      Member("host", {"RequestHost", "RequestAddr"}),
      Required(Number(Member("status", {"DownstreamStatus"}))),
      Number(Member("bytes", {"DownstreamContentSize"})),
      Number(Member("duration", {"Duration"}), -3),
      Member("agent", {"request_User-Agent"}),
      Member("referer", {"request_Referer"}),
  };
  map.header_prefix = "request_";
  map.constants = {{"level", "info"}, {"msg", ""}};
  return map;
}

JsonMap Ecs() {
  JsonMap map;
  map.members = {
      Required(Member("time", {"@timestamp"})),
      Member("client", {"client.ip", "source.ip", "client.address", "source.address"}),
      Member("user", {"user.name", "client.user.name", "source.user.name"}),
      Member("method", {"http.request.method"}),
      Member("target", {"url.original"}),
      Member("path", {"url.path"}),
      Member("query", {"url.query"}),
      Member("protocol", {"http.version"}),
      Member("host", {"url.domain", "destination.domain"}),
      Required(Number(Member("status", {"http.response.status_code"}))),
      Number(Member("bytes", {"http.response.body.bytes", "http.response.bytes"})),
      Number(Member("duration", {"event.duration"}), -3),
      Member("agent", {"user_agent.original"}),
      Member("referer", {"http.request.referrer"}),
  };
  map.header_prefix = "http.request.headers.";
  map.header_underscores = false;
  return map;
}

JsonMap Nginx() {
  JsonMap map;
  map.members = {
      Required(AtEnd(Member("time", {"time_iso8601", "msec", "time_local", "time", "timestamp", "@timestamp", "ts"}))),
      Required(Member("client", {"remote_addr", "client_ip", "client", "remote_ip"})),
      Member("user", {"remote_user", "user"}),
      Member("request", {"request"}),
      Member("method", {"request_method", "method"}),
      Member("target", {"request_uri"}),
      Member("path", {"uri", "path"}),
      Member("query", {"args", "query_string"}),
      Member("protocol", {"server_protocol", "protocol"}),
      Member("host", {"host", "http_host", "server_name", "vhost"}),
      Required(Number(Member("status", {"status"}))),
      Number(Member("bytes", {"body_bytes_sent", "bytes_sent", "bytes"})),
      Number(Member("duration", {"request_time", "duration"}), 6, 3),
      Member("referer", {"http_referer", "http_referrer", "referer", "referrer"}),
      Member("agent", {"http_user_agent", "user_agent", "agent"}),
  };
  map.header_prefix = "http_";
  map.header_underscores = true;
  return map;
}

// Reads one "FIELD=PATH[|PATH...][:UNIT]".
class EntryReader {
 public:
  explicit EntryReader(std::string_view entry) : entry_(entry) {
    while (!entry_.empty() && entry_.front() == ' ') entry_.remove_prefix(1);
    while (!entry_.empty() && entry_.back() == ' ') entry_.remove_suffix(1);
  }

  Result<JsonMember> Read() {
    const std::size_t equals = entry_.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == entry_.size()) {
      return Status::Usage("'" + std::string(entry_) + "' in the JSON map is not of the form FIELD=MEMBER");
    }
    if (Status status = ReadField(entry_.substr(0, equals)); !status.ok()) return status;
    std::string_view paths = entry_.substr(equals + 1);
    if (const std::size_t colon = paths.find(':'); colon != std::string_view::npos) {
      if (Status status = ReadUnit(paths.substr(colon + 1)); !status.ok()) return status;
      paths = paths.substr(0, colon);
    }
    while (true) {
      const std::size_t bar = paths.find('|');
      if (paths.substr(0, bar).empty())
        return Status::Usage("empty member name in '" + std::string(entry_) + "' of the JSON map");
      member_.paths.emplace_back(paths.substr(0, bar));
      if (bar == std::string_view::npos) return std::move(member_);
      paths.remove_prefix(bar + 1);
    }
  }

 private:
  Status ReadField(std::string_view name) {
    constexpr std::string_view kHeader = "header:";
    if (name.substr(0, kHeader.size()) == kHeader) {
      member_.rule.field = Field::kUserHeader;
      member_.header = HeaderName(name.substr(kHeader.size()));
      return {};
    }
    if (!FieldRuleByName(name, &member_.rule)) {
      return Status::Usage(
          "unknown field '" + std::string(name) + "' in the JSON map" + DidYouMean(name, FieldNames()) +
          "; known are time, status, request, method, target, path, query, protocol, host, client, user, agent, "
          "referer, bytes, duration, header:NAME");
    }
    member_.number = member_.rule.field == Field::kStatus || member_.rule.field == Field::kBytes ||
                     member_.rule.field == Field::kDuration;
    return {};
  }

  Status ReadUnit(std::string_view unit) {
    const bool time = member_.rule.field == Field::kTime;
    if (!time && member_.rule.field != Field::kDuration) {
      return Status::Usage("only time and duration take a unit, in '" + std::string(entry_) + "' of the JSON map");
    }
    TimeSpelling& spelling = member_.rule.time;
    if (UnitExponent(unit, &member_.rule.exponent)) {
      spelling.form = TimeForm::kEpoch;
      spelling.exponent = member_.rule.exponent;
      spelling.decimals = unit == "s" ? 6 : 0;
      member_.number = true;
    } else if (time && unit == "rfc3339") {
      spelling.form = TimeForm::kIso;
      spelling.decimals = 6;
    } else if (time && unit == "clf") {
      spelling.form = TimeForm::kClf;
    } else if (time && unit.find('%') != std::string_view::npos) {
      Result<TimePattern> pattern = TimePattern::Make(unit);
      if (!pattern.ok())
        return Status::Usage(pattern.status().message() + " in '" + std::string(entry_) + "' of the JSON map");
      if (!pattern->complete())
        return Status::Usage("date and time of day must be in the time format of '" + std::string(entry_) + "'");
      spelling.form = TimeForm::kPattern;
      spelling.pattern = std::make_shared<TimePattern>(std::move(pattern).value());
    } else {
      return Status::Usage("unknown unit '" + std::string(unit) + "' in '" + std::string(entry_) + "' of the JSON map" +
                           DidYouMean(unit, {"s", "ms", "us", "ns", "rfc3339", "clf"}) +
                           "; known are s, ms, us, ns, and for times rfc3339, clf and strftime formats");
    }
    return {};
  }

  std::string_view entry_;
  JsonMember member_;
};

// The end of the entry at `at`: a comma that is followed by another FIELD=, since strftime formats may hold commas.
std::size_t EntryEnd(std::string_view text, std::size_t at) {
  while (true) {
    const std::size_t comma = text.find(',', at);
    if (comma == std::string_view::npos) return text.size();
    const std::size_t stop = text.find_first_of("=,", comma + 1);
    if (stop != std::string_view::npos && text[stop] == '=') return comma;
    if (text.substr(at, comma - at).find('%') == std::string_view::npos) return comma;
    at = comma + 1;
  }
}

}  // namespace

const JsonMap* JsonPreset(std::string_view name) {
  static const JsonMap caddy = Caddy();
  static const JsonMap traefik = Traefik();
  static const JsonMap ecs = Ecs();
  static const JsonMap nginx = Nginx();
  if (name == "caddy") return &caddy;
  if (name == "traefik") return &traefik;
  if (name == "ecs") return &ecs;
  if (name == "nginx-json") return &nginx;
  return nullptr;
}

Result<JsonMap> ParseJsonMap(std::string_view text) {
  JsonMap map;
  bool time = false, status = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = EntryEnd(text, at);
    Result<JsonMember> member = EntryReader(text.substr(at, end - at)).Read();
    if (!member.ok()) return member.status();
    time |= member->rule.field == Field::kTime;
    status |= member->rule.field == Field::kStatus;
    map.members.push_back(std::move(member).value());
    at = end + 1;
  }
  if (!time) return Status::Usage("the JSON map has no time (json:time=MEMBER,status=MEMBER,...)");
  if (!status) return Status::Usage("the JSON map has no status (json:time=MEMBER,status=MEMBER,...)");
  return map;
}

bool FieldRuleByName(std::string_view name, FieldRule* rule) {
  for (const NamedField& known : kFields) {
    if (known.name != name) continue;
    *rule = FieldRule();
    rule->field = known.field;
    rule->exponent = 6;
    return true;
  }
  return false;
}

const std::vector<std::string_view>& FieldNames() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    all.reserve(kFields.size());
    for (const NamedField& known : kFields) all.push_back(known.name);
    return all;
  }();
  return names;
}

}  // namespace socklog
