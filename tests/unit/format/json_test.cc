// JSON lines, envelopes, auto-detection.
#include "base/text.h"
#include "parse_helper.h"

namespace socklog {
namespace {

constexpr const char* kCaddy =
    R"({"level":"info","ts":1431857103.25,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.9",)"
    R"("client_ip":"192.0.2.1","proto":"HTTP/2.0","method":"GET","host":"example.com:443","uri":"/a?b=c","headers":{"User-Agent":)"
    R"(["A/1"],"Referer":["http://r/"],"X-User":["carol"]}},"user_id":"alice","duration":0.0025,"size":12,"status":404,)"
    R"("resp_headers":{"Server":["Caddy"]}})";
constexpr const char* kTraefik =
    R"({"ClientAddr":"192.0.2.1:4711","ClientHost":"192.0.2.1","ClientUsername":"alice","DownstreamContentSize":12,"DownstreamStatus":404,)"
    R"("Duration":2500000,"RequestHost":"example.com","RequestMethod":"GET","RequestPath":"/a?b=c","RequestProtocol":"HTTP/2.0",)"
    R"("StartUTC":"2015-05-17T10:05:03.25Z","request_User-Agent":"A/1","request_Referer":"http://r/","request_X-User":"carol",)"
    R"("level":"info","msg":"","time":"2015-05-17T10:05:04Z"})";
constexpr const char* kEcs =
    R"({"@timestamp":"2015-05-17T12:05:03.250+02:00","client":{"ip":"192.0.2.1"},"user":{"name":"alice"},"http":{"version":"2.0",)"
    R"("request":{"method":"GET","referrer":"http://r/","headers":{"X-User":"carol"}},"response":{"status_code":404,"body":{"bytes":12}}},)"
    R"("url":{"path":"/a","query":"b=c","domain":"example.com"},"event":{"duration":2500000},"user_agent":{"original":"A/1"}})";
constexpr const char* kFlatEcs =
    R"({"@timestamp":"2015-05-17T10:05:03.250Z","client.ip":"192.0.2.1","user.name":"alice","http.version":"2",)"
    R"("http.request.method":"GET","http.request.referrer":"http://r/","http.request.headers.X-User":"carol",)"
    R"("http.response.status_code":404,"http.response.body.bytes":12,"url.original":"/a?b=c","url.path":"/other","url.domain":"example.com",)"
    R"("event.duration":2500000,"user_agent.original":"A/1"})";
constexpr const char* kNginx =
    R"({"msec":"1431857103.250","remote_addr":"192.0.2.1","remote_user":"alice","request":"GET /a?b=c HTTP/2.0","uri":"/index.php",)"
    R"("status":"404","body_bytes_sent":"12","request_time":"0.0025","http_referer":"http://r/","http_user_agent":"A/1",)"
    R"("http_x_user":"carol","host":"example.com"})";

void CheckCommonValues(const LogEntry& e, std::string_view name) {
  INFO(name);
  CHECK(FormatTime(e.time) == "2015-05-17T10:05:03.25Z");
  CHECK(e.status == 404);
  CHECK(e.method == "GET");
  CHECK(e.target == "/a?b=c");
  CHECK(e.protocol == "HTTP/2.0");
  CHECK(e.host == "example.com");
  CHECK(e.client == "192.0.2.1");
  CHECK(e.user == "alice");
  CHECK(e.user_header == "carol");
  CHECK(e.agent == "A/1");
  CHECK(e.referer == "http://r/");
  CHECK(e.bytes == 12);
  CHECK(e.duration == 2500);
  CHECK(e.request_valid);
}

FormatRequest WithHeader(std::string_view format) {
  FormatRequest request = MakeRequest(format, kAllButHeaders | kFieldDuration | kFieldUserHeader);
  request.user_header = "x-user";
  return request;
}

}  // namespace

TEST_CASE("JSON presets", "[format][json]") {
  for (const auto& [name, line] : std::vector<std::pair<std::string, std::string>>{
           {"caddy", kCaddy}, {"traefik", kTraefik}, {"ecs", kEcs}, {"ecs", kFlatEcs}, {"nginx-json", kNginx}}) {
    Parsed preset(WithHeader(name));
    CheckCommonValues(preset.Line(line), name);
    CHECK(preset.parser().chosen() == name);
    Parsed detected(WithHeader("auto"));
    CheckCommonValues(detected.Line(line), "detected " + name);
    CHECK(detected.parser().chosen() == name);
  }
}

TEST_CASE("JSON field maps", "[format][json]") {
  Parsed parsed(
      WithHeader("json:time=t.when:ms, status=res.code|code,method=m,target=u,protocol=p,host=h,client=ip,user=who,"
                 "agent=ua,referer=ref,bytes=n,duration=took:us,header:X-User=xu"));
  CheckCommonValues(
      parsed.Line(R"({"t":{"when":1431857103250},"code":404,"m":"GET","u":"\/a?b=c","p":"HTTP/2.0","h":"example.com",)"
                  R"("ip":"192.0.2.1","who":"alice","ua":"A/1","ref":"http://r/","n":12,"took":2500,"xu":"carol"})"),
      "map");
  const struct {
    const char* map;
    const char* value;
  } times[] = {
      {"time=t", "1431857103"},
      {"time=t", "1431857103000"},
      {"time=t", "\"17\\/May\\/2015:10:05:03 +0000\""},
      {"time=t", "\"2015-05-17T10:05:03Z\""},
      {"time=t:s", "\"1431857103\""},
      {"time=t:ns", "1431857103000000000"},
      {"time=t:clf", "\"17/May/2015:12:05:03 +0200\""},
      {"time=t:rfc3339", "\"2015-05-17T10:05:03.000Z\""},
      {"time=t:%d.%m.%Y, %H:%M:%S", "\"17.05.2015, 10:05:03\""},
      {"time=missing|t", "1431857103"},
  };
  for (const auto& c : times) {
    Parsed one("json:" + std::string(c.map) + ",status=s");
    CHECK(FormatTime(one.Line("{\"t\":" + std::string(c.value) + ",\"s\":200}").time) == "2015-05-17T10:05:03Z");
  }
}

TEST_CASE("odd JSON lines", "[format][json]") {
  Parsed parsed("json:time=ts,status=s,user=u,method=m,target=t");
  CHECK(parsed.Line(R"({"ts":1,"s":"-"})").status == 0);
  CHECK(parsed.Line(R"({"ts":1,"s":99})").status == 0);
  CHECK(parsed.Line(R"({"ts":1,"s":200.0})").status == 200);
  CHECK(parsed.Line(R"({"ts":1,"s":200,"u":"-"})").user.empty());
  CHECK(parsed.Line(R"({"ts":1,"s":200,"u":null})").user.empty());
  CHECK(parsed.Line(R"({"ts":1,"s":200,"u":{"name":"x"}})").user.empty());
  CHECK(parsed.Line(R"({"ts":1,"s":200,"u":["x","y"]})").user == "x");
  CHECK(parsed.Line(R"({"ts":1,"s":200,"u":[]})").user.empty());
  CHECK(parsed.Line(R"(  {"ts" : 1 , "s" : 200 , "u" : "x" }  )").user == "x");
  CHECK(parsed.Line(R"({"ts":1,"s":200,"u":"a\"\\\/\n\u00e9\ud83d\ude00\ud83d"})").user ==
        "a\"\\/\n\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd");
  CHECK(parsed.Line(R"({"ts":1,"s":200,"u":"a\x22b"})").user == "a\"b");  // nginx without escape=json
  CHECK(parsed.Line("{\"ts\":1,\"s\":200,\"u\":\"a\xff\x80\"}").user == "a\xff\x80");
  CHECK(parsed.slow_path() == 1);
  CHECK(parsed.Line("{\"ts\":1,\"s\":200,\"u\":\"a\x01\tb\"}").user == "a\x01\tb");
  CHECK_FALSE(parsed.Line(R"({"ts":1,"s":400,"m":"","t":""})").request_valid);
  CHECK_FALSE(parsed.Line(R"({"ts":1,"s":400,"m":"\u0016","t":"/"})").request_valid);
  CHECK(parsed.Line(R"({"ts":1,"s":400,"m":"GET","t":"/"})").request_valid);
  CHECK(parsed.Line(R"({"ts":1,"s":400})").request_valid);
  CHECK(parsed.Reason(R"({"ts":1,"s":"abc"})") == "the status is not a number");
  CHECK(parsed.Reason(R"({"ts":1,"s":true})") == "the status is not a number");
  CHECK(parsed.Reason(R"({"s":200})") == "the member that holds the time is missing");
  CHECK(parsed.Reason(R"({"ts":1})") == "the member that holds the status is missing");
  CHECK(parsed.Reason(R"({"ts":"soon","s":200})") == "the time stamp is of no known form");
  CHECK(parsed.Reason(R"({"ts":1,"s":200)") == "the JSON is damaged or cut off");
  CHECK(parsed.Reason(R"({"ts":1,"s":200,"u":"x)") == "the JSON is damaged or cut off");
  CHECK(parsed.Reason(R"({"ts":1,"s":200} {"ts":2,"s":200})") == "there is more text after the JSON object");
  CHECK(parsed.Reason(R"([1,2])") == "the line is no JSON object");
  CHECK(parsed.Reason("GET /") == "the line is no JSON object");
  CHECK(parsed.Reason("{") == "the JSON is damaged or cut off");
  CHECK(parsed.Reason("{}") == "the member that holds the time is missing");
}

TEST_CASE("auto-detection takes the first line that fits", "[format]") {
  const std::string stamp = "[17/May/2015:10:05:03 +0000]";
  const std::string common = "192.0.2.1 - - " + stamp + " \"GET / HTTP/1.1\" 200 12";
  const struct {
    std::string line;
    std::string name;
  } cases[] = {
      {common, "common"},
      {common + " \"-\" \"curl\"", "combined"},
      {"example.com:80 " + common, "vhost_common"},
      {"example.com:80 " + common + " \"-\" \"curl\"", "vhost_combined"},
      {R"({"log":"192.0.2.1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12\n","stream":"stdout"})",
       "common in log"},
      {R"({"message":"192.0.2.1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"-\"","host":"x"})",
       "combined in message"},
      {R"({"log":"{\"ts\":1,\"status\":200,\"request\":{\"method\":\"GET\",\"uri\":\"/\"}}\n"})", "caddy in log"},
      {kCaddy, "caddy"},
  };
  for (const auto& c : cases) {
    Parsed parsed("auto");
    CHECK(parsed.parser().chosen().empty());
    CHECK_FALSE(parsed.Reason("starting up").empty());
    CHECK_FALSE(parsed.Reason("{\"level\":\"info\"}").empty());
    CHECK(parsed.parser().chosen().empty());
    CHECK(parsed.Line(c.line).status == 200 + (c.name == "caddy" ? 204 : 0));
    CHECK(parsed.parser().chosen() == c.name);
    Parsed restored("auto");
    REQUIRE(restored.parser().Restore(c.name).ok());
    CHECK(restored.parser().chosen() == c.name);
    restored.Line(c.line);
    CHECK(restored.parser().chosen() == c.name);
  }
  Parsed mixed("auto");  // the Apache family reads all its members
  const LogBatch& batch = mixed.Lines({common, common + " \"-\" \"curl\"", "example.com:80 " + common});
  CHECK(batch.entries.size() == 3);
  CHECK(batch.entries[1].agent == "curl");
  CHECK(batch.entries[2].host == "example.com");
  CHECK(mixed.parser().chosen() == "common");
  CHECK_FALSE(mixed.Reason(kCaddy).empty());  // but no others

  Parsed unknown("auto");
  CHECK_FALSE(unknown.parser().Restore("no such format").ok());
  CHECK_FALSE(unknown.parser().Restore("combined in elsewhere").ok());
  CHECK(unknown.parser().Restore("").ok());
  Parsed named("caddy");
  CHECK(named.parser().Restore("caddy").ok());
  CHECK_FALSE(named.parser().Restore("combined").ok());
}

TEST_CASE("a duration that was asked for leaves out formats without one", "[format]") {
  Parsed parsed(MakeRequest("auto", kFieldTime | kFieldDuration));
  CHECK_FALSE(parsed.Reason("192.0.2.1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12").empty());
  CHECK(parsed.Line(kCaddy).duration == 2500);
}

TEST_CASE("a JSON line that lacks the duration that was asked for is malformed", "[format][json]") {
  constexpr const char* kReason = "the line does not tell how long the request took, which --event-time end needs";
  const FormatRequest request = MakeRequest("json:time=t,status=s,duration=d:ms", kFieldTime | kFieldDuration);
  const std::string start = R"({"t":"2015-05-17T10:05:03Z","s":200)";
  Parsed parsed(request);
  for (const char* missing : {"}", R"(,"d":null})", R"(,"d":"-"})"}) CHECK(parsed.Reason(start + missing) == kReason);
  // By the scanner, which knows the shape from the lines before.
  const std::string known = start + R"(,"d":"7"})";
  const LogBatch& batch = parsed.Lines({known, known, start + R"(,"d":"-"})", known});
  CHECK(batch.entries.size() == 3);
  REQUIRE(batch.malformed.size() == 1);
  CHECK(batch.malformed[0].reason == std::string(kReason));

  const FormatRequest any = MakeRequest("auto", kFieldTime | kFieldDuration);
  CHECK(Parsed(any).Reason(R"({"@timestamp":"2015-05-17T10:05:03Z","http.response.status_code":200})") == kReason);
}

TEST_CASE("what Caddy logs beside its requests is no request", "[format][json]") {
  const auto line = [](const std::string& logger) {
    return R"({"level":"info","ts":1431857103.25,)" + logger +
           R"("msg":"handled request","request":{"remote_ip":"192.0.2.1","method":"GET","host":"a.example","uri":"/a"},)" +
           R"("duration":0.0025,"size":12,"status":502})";
  };
  const std::string access = line(R"("logger":"http.log.access",)");
  const std::string named = line(R"("logger":"http.log.access.log0",)");
  const std::string error = line(R"("logger":"http.log.error",)");
  const std::string other = R"({"level":"warn","ts":1431857103.5,"logger":"tls.renew","msg":"will retry"})";
  for (const char* format : {"caddy", "auto"}) {
    CAPTURE(format);
    Parsed parsed(format);
    const LogBatch& batch = parsed.Lines({access, access, error, named, other, line(""), access, error, named});
    CHECK(batch.malformed.empty());
    std::string requests;
    for (const LogEntry& entry : batch.entries) requests += entry.no_request ? '-' : '+';
    CHECK(requests == "++-+-++-+");
    CHECK(batch.entries[4].time == 1431857103500 * kMillisecond);
    CHECK(batch.entries[4].status == 0);
    CHECK(parsed.slow_path() == 0);
  }
  CHECK(Parsed("auto").Line(error).no_request);
  CHECK(Parsed("caddy").Reason(R"({"level":"info","logger":"admin","msg":"started"})") ==
        "the member that holds the time is missing");
}

TEST_CASE("envelopes", "[format][json]") {
  FormatRequest request = MakeRequest(R"(%h %t "%r" %>s)");
  request.options.envelope = "a.b";
  Parsed parsed(request);
  CHECK(parsed.Line(R"({"a":{"b":"192.0.2.1 [17/May/2015:10:05:03 +0000] \"GET /\\x80 HTTP/1.1\" 200\r\n"}})").target ==
        "/\x80");
  CHECK(parsed.Line(R"({"a.b":"192.0.2.1 [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200"})").client ==
        "192.0.2.1");
  for (const char* mark : {"\\ufeff", "\xEF\xBB\xBF"}) {
    const std::string inner = mark + std::string(R"(192.0.2.1 [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200)");
    CHECK(parsed.Line(R"({"a.b":")" + inner + R"("})").client == "192.0.2.1");
  }
  CHECK(parsed.Reason(R"({"a":{"c":"x"}})") == "the envelope has no string of that name");
  CHECK(parsed.Reason(R"({"a":{"b":7}})") == "the envelope has no string of that name");
  CHECK(parsed.Reason(R"({"a":{"b":" \n"}})") == "the line in the envelope is empty");
  CHECK(parsed.Reason("x") == "the line is no JSON object");
  CHECK_FALSE(parsed.Reason(R"({"a":{"b":"hello"}})").empty());

  request.options.log_format = "auto";
  Parsed detected(request);
  CHECK(detected.Line(R"({"a":{"b":"192.0.2.1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1"}})").status ==
        200);
  CHECK(detected.parser().chosen() == "common");
}

TEST_CASE("views live as long as block and batch", "[format]") {
  Parsed parsed("json:time=ts,status=s,user=u,agent=a");
  std::vector<std::string> lines;
  lines.reserve(1000);
  for (int i = 0; i < 1000; ++i) {
    lines.push_back("{\"ts\":1,\"s\":200,\"u\":\"user" + std::to_string(i) + "\",\"a\":\"x\\n" + std::to_string(i) +
                    "\"}");
  }
  const LogBatch& batch = parsed.Lines(lines);
  REQUIRE(batch.entries.size() == 1000);
  for (std::size_t i = 0; i < 1000; ++i) {
    CHECK(batch.entries[i].line == i);
    CHECK(batch.entries[i].user == "user" + std::to_string(i));
    CHECK(batch.entries[i].agent == "x\n" + std::to_string(i));
  }
}

}  // namespace socklog
