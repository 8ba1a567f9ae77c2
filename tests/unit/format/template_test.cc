// Pasted format strings of Apache, nginx and GoAccess.
#include "base/text.h"
#include "parse_helper.h"

namespace socklog {
namespace {

// One line in some format, and the values that every case here has.
struct Case {
  std::string format;
  std::string line;
};

constexpr const char* kStamp = "[17/May/2015:10:05:03 +0000]";

// The message of the error that `format` gives.
std::string Error(const FormatRequest& request) {
  const auto made = MakeLogFormat(request);
  INFO(request.options.log_format);
  REQUIRE_FALSE(made.ok());
  CHECK(made.status().code() == StatusCode::kUsage);
  return made.status().message();
}

bool Contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

TEST_CASE("format strings as servers have them", "[format]") {
  const std::string stamp = kStamp;
  const std::vector<Case> cases = {
      {R"(%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D)",
       "192.0.2.1 - alice " + stamp + R"( "GET /a?b=c HTTP/1.1" 404 12 "http://r/" "A/1" 2500)"},
      {R"("%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" %D")",
       "192.0.2.1 - alice " + stamp + R"( "GET /a?b=c HTTP/1.1" 404 12 "http://r/" "A/1" 2500)"},
      {R"(LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" %D" mine)",
       "192.0.2.1 - alice " + stamp + R"( "GET /a?b=c HTTP/1.1" 404 12 "http://r/" "A/1" 2500)"},
      {R"(%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" %D)",
       "192.0.2.1 - alice " + stamp + R"( "GET /a?b=c HTTP/1.1" 404 12 "http://r/" "A/1" 2500)"},
      {R"(apache:%a %u %{sec}t %m %U%q %H %s %>s %B %!200,304{Referer}i "%{user-agent}i" %{us}T)",
       R"(192.0.2.1 alice 1431857103 GET /a?b=c HTTP/1.1 200 404 12 http://r/ "A/1" 2500)"},
      {R"(%h %u %{%Y-%m-%d %T}t.%{usec_frac}t %{%z}t "%m %U" "%q" %>s %b "%{Referer}i" "%{User-Agent}i" %{us}T)",
       R"(192.0.2.1 alice 2015-05-17 12:05:03.000000 +0200 "GET /a" "?b=c" 404 12 "http://r/" "A/1" 2500)"},
      {"%h\\t%u\\t%{msec}t\\t%r\\t%>s\\t%b\\t%{Referer}i\\t%{User-Agent}i\\t%D",
       "192.0.2.1\talice\t1431857103000\tGET /a?b=c HTTP/1.1\t404\t12\thttp://r/\tA/1\t2500"},
      {R"({"t":"%{%Y-%m-%dT%H:%M:%S%z}t","c":"%h","u":"%u","r":"%r","s":%>s,"b":%B,"d":%D,"re":"%{Referer}i","ua":"%{User-Agent}i"})",
       R"({"t":"2015-05-17T10:05:03+0000","c":"192.0.2.1","u":"alice","r":"GET /a?b=c HTTP/1.1","s":404,"b":12,"d":2500,"re":"http://r/","ua":"A/1"})"},
      {R"(%h %% %X %k %P %p %f %R %l %u %t "%r" %>s %O %{X-A}o %{c}C %{E}e %{n}n "%{Referer}i" "%{User-Agent}i" \x41 %D)",
       "192.0.2.1 % + 0 99 80 /srv - - alice " + stamp +
           R"( "GET /a?b=c HTTP/1.1" 404 12 - - - - "http://r/" "A/1" A 2500)"},
      {R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time)",
       "192.0.2.1 - alice " + stamp + R"( "GET /a?b=c HTTP/1.1" 404 12 "http://r/" "A/1" 0.0025)"},
      {"log_format main '$remote_addr - $remote_user [$time_local] \"$request\" '\n    '$status $body_bytes_sent "
       "\"$http_referer\" '\n"
       "    '\"$http_user_agent\" \"$http_x_forwarded_for\" $request_time';",
       "192.0.2.1 - alice " + stamp + R"( "GET /a?b=c HTTP/1.1" 404 12 "http://r/" "A/1" "-" 0.0025)"},
      {R"(nginx:${remote_addr} $remote_user $time_iso8601 $request_method $uri$is_args$args $server_protocol $status $bytes_sent $http_referer $http_user_agent $upstream_response_time)",
       "192.0.2.1 alice 2015-05-17T12:05:03+02:00 GET /a?b=c HTTP/1.1 404 12 http://r/ A/1 0.001, 0.0015"},
      {R"(log_format j escape=json '{"time":"$msec","client":"$remote_addr","user":"$remote_user","request":"$request",'
          '"status":$status,"size":$body_bytes_sent,"ref":"$http_referer","ua":"$http_user_agent","t":$request_time}';)",
       R"({"time":"1431857103.000","client":"192.0.2.1","user":"alice","request":"GET /a?b=c HTTP/1.1","status":404,"size":12,"ref":"http://r/","ua":"A/1","t":0.0025})"},
      {R"(escape=none $remote_addr|$remote_user|$time_local|$request|$status|$body_bytes_sent|$http_referer|$http_user_agent|$request_time)",
       "192.0.2.1|alice|17/May/2015:10:05:03 +0000|GET /a?b=c HTTP/1.1|404|12|http://r/|A/1|0.0025"},
      {R"(goaccess:%h %e %^[%d:%t %^] "%r" %s %b "%R" "%u" %D)",
       "192.0.2.1 alice x[17/May/2015:12:05:03 +0200] \"GET /a?b=c HTTP/1.1\" 404 12 \"http://r/\" \"A/1\" 2500"},
      {R"(goaccess:%x %h %e %m %U %q %H %s %b %R %u %L)",
       "17/May/2015:10:05:03 +0000 192.0.2.1 alice GET /a b=c HTTP/1.1 404 12 http://r/ A/1 2.5"},
      {"goaccess:time-format %T\ndate-format %Y-%m-%d\nlog-format %d %t %h %e \"%r\" %s %b \"%R\" \"%u\" %T",
       "2015-05-17 10:05:03 192.0.2.1 alice \"GET /a?b=c HTTP/1.1\" 404 12 \"http://r/\" \"A/1\" 0.0025"},
      {"regex:^(?P<client>\\S+) (?P<user>\\S+) (?P<time>\\S+) \"(?P<request>[^\"]*)\" (?P<status>\\d+) (?P<bytes>\\d+) "
       "(?P<referer>\\S+) (?P<agent>\\S+) (?P<duration_us>\\d+)",
       "192.0.2.1 alice 2015-05-17T10:05:03Z \"GET /a?b=c HTTP/1.1\" 404 12 http://r/ A/1 2500 and more"},
  };
  for (const Case& c : cases) {
    INFO("format: " << c.format);
    Parsed parsed(MakeRequest(c.format, kAllButHeaders | kFieldDuration));
    const LogEntry& e = parsed.Line(c.line);
    CHECK(FormatTime(e.time) == "2015-05-17T10:05:03Z");
    CHECK(e.status == 404);
    CHECK(e.method == "GET");
    CHECK(e.target == "/a?b=c");
    CHECK(e.protocol == (Contains(c.format, "\"%q\"") ? "" : "HTTP/1.1"));
    CHECK(e.request_valid);
    CHECK(e.client == "192.0.2.1");
    CHECK(e.user == "alice");
    CHECK(e.bytes == 12);
    CHECK(e.duration == 2500);
    CHECK(e.referer == "http://r/");
    CHECK(e.agent == "A/1");
    CHECK(parsed.parser().chosen() == c.format);
  }
}

TEST_CASE("a last number swallows nothing", "[format][template]") {
  for (const char* last : {"%D", "%b", "%>s"}) {
    const std::string format = std::string("%t ") + (last == std::string("%>s") ? "" : "%>s ") + last;
    CAPTURE(format);
    Parsed parsed(MakeRequest(format, kFieldTime | kFieldDuration * (last == std::string("%D"))));
    const std::string line = "[17/May/2015:10:05:03 +0000] 200" + std::string(last == std::string("%>s") ? "" : " 7");
    CHECK(parsed.Line(line).status == 200);
    CHECK(parsed.Reason(line + " \"http://r/\" \"A/1\"") == "there is more text after the last field");
    CHECK(parsed.Reason(line + " 9000") == "there is more text after the last field");
  }
  Parsed nginx(MakeRequest("nginx:[$time_local] $status $upstream_response_time", kFieldTime | kFieldDuration));
  CHECK(nginx.Line("[17/May/2015:10:05:03 +0000] 200 0.5, 0.25 : 0.25").duration == kSecond);
  CHECK(nginx.Line("[17/May/2015:10:05:03 +0000] 200 -").duration == -1);
}

TEST_CASE("without its duration a line tells no end", "[format][template]") {
  constexpr const char* kReason = "the line does not tell how long the request took, which --event-time end needs";
  const std::string line = std::string("192.0.2.1 ") + kStamp + R"( "GET / HTTP/1.1" 200)";
  const FormatRequest request = MakeRequest(R"(%h %t "%r" %>s %D)", kFieldTime | kFieldTarget | kFieldDuration);
  for (const char* missing : {"", " ", " -", " soon"}) CHECK(Parsed(request).Reason(line + missing) == kReason);
  CHECK(Parsed(request).Reason('"' + line + '"') == kReason);
  CHECK(Parsed(request).Line(line + " 0").duration == 0);
  Parsed parsed(request);
  const LogBatch& batch = parsed.Lines({line + " 7", line, line + " 8", line + " -"});
  CHECK(batch.entries.size() == 2);
  CHECK(batch.malformed.size() == 2);
  // Nobody asks where a line counts when it began.
  CHECK(Parsed(MakeRequest(R"(%h %t "%r" %>s %D)", kFieldTime)).Line(line).duration == -1);

  Parsed regex(
      MakeRequest(R"(regex:(?P<time>\S+) (?P<status>\d+)(?: (?P<duration>\d+))?)", kFieldTime | kFieldDuration));
  CHECK(regex.Reason("2015-05-17T10:05:03Z 200") == kReason);
}

TEST_CASE("nginx and Caddy stamp the end of a request", "[format][template]") {
  const auto is_end = [](const std::string& format, const std::string& line) {
    return Parsed(MakeRequest(format, kFieldTime | kFieldDuration)).Line(line).time_is_end;
  };
  CHECK(is_end("nginx:[$time_local] $status $request_time", "[17/May/2015:10:05:03 +0000] 200 1.5"));
  CHECK(is_end("nginx:[$time_local] $status", "[17/May/2015:10:05:03 +0000] 200"));  // the duration is not needed
  CHECK(is_end("nginx-json", R"({"time":"2015-05-17T10:05:03Z","remote_addr":"192.0.2.1","status":200})"));
  CHECK(is_end("%{end:sec}t %>s %D", "1431857103 200 1500"));
  CHECK_FALSE(is_end("%t %>s %D", "[17/May/2015:10:05:03 +0000] 200 1500"));
  CHECK_FALSE(is_end("json:time=t,status=s,duration=d:s", R"({"t":"2015-05-17T10:05:03Z","s":200,"d":1})"));
}

TEST_CASE("only the fields asked for are there", "[format]") {
  const std::string line =
      std::string("192.0.2.1 - alice ") + kStamp + R"( "GET /a HTTP/1.1" 404 12 "http://r/" "A/1")";
  for (const char* format : {"combined", R"(%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i")"}) {
    Parsed parsed(MakeRequest(format, kFieldTime));
    const LogEntry& e = parsed.Line(line);
    CHECK(e.status == 404);
    CHECK((e.client.empty() && e.user.empty() && e.target.empty() && e.method.empty() && e.agent.empty() &&
           e.referer.empty()));
    CHECK(e.bytes == -1);
    for (std::uint32_t mask = 0; mask < (1u << 11); ++mask) {  // every combination makes a valid expression
      if ((mask & kFieldDuration) != 0) continue;
      Parsed some(MakeRequest(format, mask | kFieldTime));
      CHECK((some.Line(line).client.empty()) == ((mask & kFieldClient) == 0));
      if ((mask & 7) == 7) mask += 97;  // a sample of them
    }
  }
}

TEST_CASE("headers as users and clients", "[format]") {
  FormatRequest request = MakeRequest(R"(%h %t "%r" %>s "%{X-User}i" "%{X-Forwarded-For}i")",
                                      kFieldTime | kFieldUserHeader | kFieldClientHeader | kFieldClient);
  request.user_header = "x-user";
  request.client_header = "X-Forwarded-For";
  Parsed parsed(request);
  const LogEntry& e = parsed.Line(std::string("192.0.2.1 ") + kStamp +
                                  R"( "GET / HTTP/1.1" 200 "al\"ice" "203.0.113.5, 198.51.100.7")");
  CHECK(e.user_header == "al\"ice");
  CHECK(e.client_header == "203.0.113.5, 198.51.100.7");
  CHECK(e.client == "192.0.2.1");

  request = MakeRequest("combined", kFieldTime | kFieldUserHeader | kFieldAgent);
  request.user_header = "User-Agent";
  Parsed combined(request);
  const LogEntry& c = combined.Line(std::string("192.0.2.1 - - ") + kStamp + R"( "GET / HTTP/1.1" 200 1 "-" "A/1")");
  CHECK(c.user_header == "A/1");
  CHECK(c.agent == "A/1");

  // Behind a load balancer the header often takes the place of %h.
  Parsed forwarded(R"("%{X-Forwarded-For}i" %t "%r" %>s)");
  CHECK(forwarded.Line(std::string("\"203.0.113.5, 198.51.100.7\" ") + kStamp + " \"GET / HTTP/1.1\" 200").client ==
        "203.0.113.5");
}

TEST_CASE("values that hold what should follow them", "[format]") {
  Parsed parsed(R"($remote_addr - $remote_user [$time_local] "$request" $status $http_x_forwarded_for)");
  const std::string stamp = kStamp;
  const LogEntry& e =
      parsed.Line("192.0.2.1 - John Q. Doe " + stamp + R"( "GET / HTTP/1.1" 200 203.0.113.5, 203.0.113.6)");
  CHECK(e.user == "John Q. Doe");
  CHECK(parsed.slow_path() == 1);
  CHECK(parsed.Line("192.0.2.1 - joe " + stamp + R"( "GET / HTTP/1.1" 200 -)").user == "joe");
  CHECK(parsed.slow_path() == 0);
  CHECK(parsed.Line("192.0.2.1 - joe " + stamp + R"( "GET / HTTP/1.1" 200)").status ==
        200);  // an empty end, the blank cut off
}

TEST_CASE("an empty user name is written as two quotes by Apache", "[format]") {
  const std::string rest = std::string(kStamp) + " GET / HTTP/1.1 401 12";
  Parsed unquoted("%h %l %u %t %r %>s %b");
  CHECK(unquoted.Line("192.0.2.1 - \"\" " + rest).target == "/");
  CHECK(unquoted.batch().entries[0].user.empty());
  CHECK(unquoted.Line("192.0.2.1 - a b c " + rest).user == "a b c");
  Parsed quoted(R"(%h "%u" %t %>s)");
  CHECK(quoted.Line(std::string("192.0.2.1 \"\"\"\" ") + kStamp + " 200").user.empty());
}

TEST_CASE("why a line is malformed", "[format]") {
  const std::string stamp = kStamp;
  struct Malformed {
    std::string line;
    std::string reason;
  };
  const std::vector<Malformed> lines = {
      {"", "the line is empty"},
      {" \r", "the line is empty"},
      {"192.0.2.1 - - [31/Feb/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"-\"",
       "the time stamp is not of the form"},
      {"192.0.2.1 - - [2015-05-17T10:05:03Z] \"GET / HTTP/1.1\" 200 12 \"-\" \"-\"",
       "the time stamp is not of the form"},
      {"192.0.2.1 - - 17/May/2015:10:05:03 +0000 \"GET / HTTP/1.1\" 200 12 \"-\" \"-\"",
       "the time stamp is not of the form"},
      {"192.0.2.1 - - " + stamp + " \"GET / HTTP/1.1 200 12", "no closing quote"},
      {"192.0.2.1 - - " + stamp + " \"GET / HTTP/1.1\\\" 200 12", "no closing quote"},
      {"192.0.2.1 - - " + stamp + " \"GET / HTTP/1.1\" OK 12 \"-\" \"-\"", "the status is not a number"},
      {"192.0.2.1 - - " + stamp + " \"GET / HTTP/1.1\" 200 many \"-\" \"-\"", "the size is not a number"},
      {"192.0.2.1 - - " + stamp + " GET / HTTP/1.1 200 12 \"-\" \"-\"", "no quoted request"},
      {"192.0.2.1 - - " + stamp, "no quoted request where the format has one|the line ends before its last field"},
      {"192.0.2.1 - - " + stamp + " \"GET / HTTP/1.1\" 200 12 \"-\" \"cut off", "no closing quote|two quoted strings"},
      {"192.0.2.1 - - " + stamp + " \"GET / HTTP/1.1\" 200 12 \"-\"",
       "the line ends before its last field|two quoted strings|quoted"},
      {"hello", "the line ends before|the line has not|time stamp"},
      {std::string(100, '\0'), "the line"},
      {"\xff\xfe\x01", "the line"},
  };
  for (const char* format : {"combined", R"(%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i")"}) {
    for (const Malformed& c : lines) {
      Parsed parsed{std::string_view(format)};
      const std::string reason = parsed.Reason(c.line);
      bool any = false;
      std::string_view rest = c.reason;
      while (true) {
        const std::size_t bar = rest.find('|');
        any |= Contains(reason, rest.substr(0, bar));
        if (bar == std::string_view::npos) break;
        rest.remove_prefix(bar + 1);
      }
      INFO(format << ": " << c.line << ": " << reason);
      CHECK(any);
    }
  }
  Block block = MakeBlock({"x"});
  block.too_long = true;
  LogBatch batch;
  BlockCursor cursor;
  auto format = MakeLogFormat(MakeRequest("combined"));
  format.value()->NewParser()->Parse(block, &cursor, &batch);
  REQUIRE(batch.malformed.size() == 1);
  CHECK(batch.malformed[0].size == 1);
  CHECK(cursor.offset == block.text.size());
  CHECK(std::string(batch.malformed[0].reason) == "the line is longer than 1 MiB");
}

TEST_CASE("errors in formats say what and where", "[format]") {
  struct Bad {
    std::string format;
    std::string message;
  };
  for (const Bad& c : std::vector<Bad>{
           {"combind", "did you mean 'combined'?"},
           {"nginxjson", "did you mean 'nginx-json'?"},
           {"%h %Z %t %>s", "unknown directive '%Z' at byte offset 3"},
           {R"("%h \"%Z\" %t %>s")", "unknown directive '%Z' at byte offset 6"},
           {"%h %^[%d:%t] %s", "goaccess:"},
           {"%h %{Referer i", "no closing brace"},
           {"%h %i %t %>s", "needs a name"},
           {"%h %{%Q}t %>s", "unknown strftime conversion '%Q'"},
           {"%h %{h}T %t %>s", "must be ms, us or s"},
           {"%h %>s", "no time stamp"},
           {"%h %{%H:%M}t %>s", "incomplete"},
           {"%h %t", "no status"},
           {"%h %", "unknown directive '%'"},
           {"$remote_addr $time_local", "no status"},
           {"nginx:$remote_addr $ $status", "no variable name after '$' at byte offset 13"},
           {"log_format x escape=xml '$status'", "escape=xml"},
           {"log_format x '$status", "no closing quote"},
           {"goaccess:%h %! %x", "unknown specifier '%!' at byte offset 3"},
           {"regex:(", "missing"},
           {"regex:(?P<tim>.)(?P<status>.)", "did you mean 'time'?"},
           {"regex:(?P<time>.)", "no group (?P<status>...)"},
           {"regex:(?P<status>.)", "no group (?P<time>...)"},
           {"json:time=ts", "no status"},
           {"json:status=ts", "no time"},
           {"json:time=ts,stats=s", "did you mean 'status'?"},
           {"json:time=ts:mz,status=s", "unknown unit 'mz'"},
           {"json:time=ts:%H,status=s", "date and time of day"},
           {"json:time=ts,status=s,user=u:ms", "only time and duration"},
           {"json:time=ts,status", "not of the form"},
           {"json:", "no time"},
       }) {
    const std::string message = Error(MakeRequest(c.format));
    INFO(c.format << ": " << message);
    CHECK(Contains(message, c.message));
  }
  FormatRequest request = MakeRequest("combined", kFieldTime | kFieldDuration);
  CHECK(Contains(Error(request), "no duration"));
  request = MakeRequest("%h %t %>s", kFieldTime | kFieldUserHeader);
  request.user_header = "X-User";
  CHECK(Contains(Error(request), "X-User"));
  request = MakeRequest("%h %t %>s");
  request.options.tz = "Mars/Olympus";
  CHECK(Contains(Error(request), "Mars/Olympus"));
}

}  // namespace socklog
