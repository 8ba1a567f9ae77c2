// What LogWriter writes, LogParser reads back: for every format, on random requests with awkward bytes.
#include "base/hash.h"
#include "base/json_writer.h"
#include "parse_helper.h"

namespace socklog {
namespace {

// Bytes that servers, quotes, escapes and encodings trip over.
std::string RandomText(SplitMix64* random, std::string_view alphabet, std::size_t min_size) {
  std::string text;
  const std::size_t size = min_size + random->Below(12);
  for (std::size_t i = 0; i < size; ++i) text += alphabet[random->Below(alphabet.size())];
  return text;
}

constexpr char kAwkwardBytes[] = "ab \"\\'[]{}%$\n\r\t\0\x01\x7f\x80\xff\xc3\xa9?&=:;,.-_";
constexpr std::string_view kAwkward(kAwkwardBytes, sizeof kAwkwardBytes - 1);  // with its NUL
constexpr std::string_view kWord("abcXYZ019-_.");

// A request that owns its text.
struct Owned {
  explicit Owned(SplitMix64* random) {
    client = random->Below(2) == 0 ? "192.0.2." + std::to_string(random->Below(256))
                                   : "2001:db8::" + std::to_string(random->Below(9999));
    user = random->Below(3) == 0 ? "" : "u" + RandomText(random, kAwkward, 0) + "x";
    method = random->Below(2) == 0 ? "GET" : "PROPFIND";
    target = "/" + RandomText(random, kAwkward, 0) + "x";
    if (random->Below(2) == 0) target += "?q=" + RandomText(random, kAwkward, 1) + "x";
    protocol = random->Below(2) == 0 ? "HTTP/1.1" : "HTTP/2.0";
    host = "h" + RandomText(random, kWord, 1) + "x";
    referer = random->Below(3) == 0 ? "" : RandomText(random, kAwkward, 1) + "x";
    agent = random->Below(3) == 0 ? "" : RandomText(random, kAwkward, 1) + "x";
    request.time = static_cast<Micros>(random->Below(4102444800)) * kSecond;
    request.duration = static_cast<Micros>(random->Below(100000)) * kMillisecond;
    request.bytes = static_cast<std::int64_t>(random->Below(1000000));
    request.status = 100 + static_cast<int>(random->Below(500));
    request.client = client;
    request.user = user;
    request.method = method;
    request.target = target;
    request.protocol = protocol;
    request.host = host;
    request.referer = referer;
    request.agent = agent;
  }
  std::string client, user, method, target, protocol, host, referer, agent;
  WrittenRequest request;
};

struct RoundTrip {
  std::string format;
  std::uint32_t fields = kAllButHeaders;  // that the format has
  bool utf8 = false;                      // bytes that are not UTF-8 become U+FFFD
  bool durations = false;
};

// `text` as a JSON line can hold it.
std::string AsJson(std::string_view text) {
  std::string json;
  JsonWriter(&json).BeginObject().Key("u").String(text).EndObject();
  Parsed parsed("json:time=ts,status=s,user=u");
  return std::string(parsed.Line("{\"ts\":1,\"s\":1," + json.substr(1)).user);
}

}  // namespace

TEST_CASE("written lines are read back", "[format]") {
  const std::uint32_t no_host = kAllButHeaders & ~static_cast<std::uint32_t>(kFieldHost);
  const std::uint32_t common = no_host & ~static_cast<std::uint32_t>(kFieldAgent | kFieldReferer);
  const std::vector<RoundTrip> formats = {
      {"vhost_combined"},
      {"vhost_common", common | kFieldHost},
      {"combined", no_host},
      {"common", common},
      {"auto", no_host},
      {R"(%v:%p %h %l %u %t "%r" %>s %B "%{Referer}i" "%{User-Agent}i" %D)", kAllButHeaders, false, true},
      {R"(%h %v "%u" %{sec}t.%{msec_frac}t "%m" "%U%q" "%H" %>s %B "%{Referer}i" "%{User-Agent}i" %{ms}T)",
       kAllButHeaders, false, true},
      {"%h\\t%v\\t%u\\t%{%a %d %b %Y %T %z}t\\t%r\\t%>s\\t%B\\t%{Referer}i\\t%{User-Agent}i", kAllButHeaders},
      {R"($remote_addr $host - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time)",
       kAllButHeaders, false, true},
      {R"(log_format j escape=json '{"t":"$time_iso8601","h":"$host","c":"$remote_addr","u":"$remote_user","r":"$request",)"
       R"("s":$status,"b":$body_bytes_sent,"re":"$http_referer","ua":"$http_user_agent","d":$request_time}';)",
       kAllButHeaders, false, true},
      {R"($remote_addr "$host" "$remote_user" $msec "$request_method" "$request_uri" "$server_protocol" $status $bytes_sent "$http_referer" "$http_user_agent")",
       kAllButHeaders},
      {R"(goaccess:%v %h %e [%d:%t %^] "%r" %s %b "%R" "%u" %L)", kAllButHeaders, false, true},
      {"caddy", kAllButHeaders, true, true},
      {"traefik", kAllButHeaders, true, true},
      {"ecs", kAllButHeaders, true, true},
      {"nginx-json", kAllButHeaders, true, true},
      {"json:time=t:ms,status=s,request=r,host=h,client=c.ip,user=c.user,agent=ua,referer=ref,bytes=n,duration=d:ms",
       kAllButHeaders, true, true},
  };
  SplitMix64 random(20261124);
  for (const RoundTrip& format : formats) {
    for (const char* envelope : {"", "message"}) {
      FormatRequest request = MakeRequest(format.format, kAllButHeaders | (format.durations ? kFieldDuration : 0u));
      request.options.envelope = envelope;
      auto writer = MakeLogWriter(request.options);
      INFO(format.format);
      REQUIRE(writer.ok());
      Parsed parsed(request);
      const bool utf8 = format.utf8 || (*envelope != '\0' && format.format.find("escape=json") != std::string::npos);
      for (int i = 0; i < 300; ++i) {
        const Owned owned(&random);
        std::string line;
        writer.value()->Write(owned.request, &line);
        REQUIRE(line.back() == '\n');
        line.pop_back();
        REQUIRE(line.find('\n') == std::string::npos);
        const LogEntry& e = parsed.Line(line);
        INFO(line);
        const auto expected = [&](const std::string& text, std::uint32_t field) {
          if ((format.fields & field) == 0) return std::string();
          return utf8 ? AsJson(text) : text;
        };
        REQUIRE(e.time == owned.request.time);
        REQUIRE(e.status == owned.request.status);
        REQUIRE(e.bytes == owned.request.bytes);
        REQUIRE(e.duration == (format.durations ? owned.request.duration : -1));
        REQUIRE(e.request_valid);
        REQUIRE(e.method == owned.method);
        REQUIRE(e.target == expected(owned.target, kFieldTarget));
        REQUIRE(e.protocol == owned.protocol);
        REQUIRE(e.client == owned.client);
        REQUIRE(e.user == expected(owned.user, kFieldUser));
        REQUIRE(e.host == expected(owned.host, kFieldHost));
        REQUIRE(e.referer == expected(owned.referer, kFieldReferer));
        REQUIRE(e.agent == expected(owned.agent, kFieldAgent));
      }
    }
  }
}

TEST_CASE("text that is said to be plain is written as it would be without that", "[format]") {
  WrittenRequest request;
  request.time = 1431857103 * kSecond + 250000;
  request.client = "192.0.2.1";
  request.user = "ada";
  request.method = "GET";
  request.target = "/a?q=1";
  request.host = "example.com";
  for (const char* format :
       {"combined", "common", "vhost_combined", "caddy", "traefik", "ecs", "nginx-json", "%U %q %H",
        "nginx:$time_iso8601 $status $args \"$http_referer\"", "escape=json $msec $status \"$request\"",
        "json:time=t,status=s,request=r,query=q,agent=a"}) {
    FormatOptions options;
    options.log_format = format;
    auto writer = MakeLogWriter(options);
    INFO(format);
    REQUIRE(writer.ok());
    std::string lines[2];
    for (const bool plain : {false, true}) {
      request.plain = plain;
      writer.value()->Write(request, &lines[plain ? 1 : 0]);
    }
    CHECK(lines[0] == lines[1]);
  }
}

TEST_CASE("time stamps go on from second to second, and before 1970", "[format]") {
  for (const char* format :
       {"%t %s", "%{sec}t.%{msec_frac}t %s", "%{%T %s}t %s", "nginx:$time_iso8601 $status", "nginx:$msec $status",
        "ecs", "caddy", "json:time=t,status=s", "json:time=t:ms,status=s"}) {
    FormatOptions options;
    options.log_format = format;
    auto once = MakeLogWriter(options);
    INFO(format);
    REQUIRE(once.ok());
    WrittenRequest request;
    for (request.time = -2 * kSecond; request.time < 2 * kSecond; request.time += 123'400) {
      std::string line;
      once.value()->Write(request, &line);
      std::string alone;
      MakeLogWriter(options).value()->Write(request, &alone);
      CHECK(line == alone);
    }
  }
}

TEST_CASE("lines are written as servers write them", "[format]") {
  WrittenRequest request;
  request.time = 1431857103 * kSecond + 250000;
  request.duration = 2500;
  request.bytes = 0;
  request.status = 404;
  request.client = "192.0.2.1";
  request.method = "GET";
  request.target = "/\"\\\x01\xff?q";
  request.protocol = "HTTP/1.1";
  request.host = "example.com";
  request.agent = "A/1";
  const struct {
    const char* format;
    const char* line;
  } cases[] = {
      {"common", R"(192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET /\"\\\x01\xff?q HTTP/1.1" 404 -)"},
      {"auto", R"(192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET /\"\\\x01\xff?q HTTP/1.1" 404 - "-" "A/1")"},
      {R"(%{usec}t %{msec_frac}t %D %T %{ms}T %q %U %X %P %B)",
       R"(1431857103250000 250 2500 0 2 ?q /\"\\\x01\xff + 4711 0)"},
      {R"($msec $request_time $time_iso8601 $args "$uri" $status $http_x)",
       R"(1431857103.250 0.002 2015-05-17T10:05:03+00:00 q "/\x22\x5C\x01\xFF" 404 -)"},
      {R"(escape=json $msec "$uri" $status $http_x.)", "1431857103.250 \"/\\\"\\\\\\u0001\xff\" 404 ."},
      {"json:time=t,status=s,duration=d,path=p", R"({"t":"2015-05-17T10:05:03.25Z","s":404,"d":0.0025,"p":"/\"\\\u0001)"
                                                 "\xef\xbf\xbd"
                                                 R"("})"},
  };
  for (const auto& c : cases) {
    FormatOptions options;
    options.log_format = c.format;
    auto writer = MakeLogWriter(options);
    REQUIRE(writer.ok());
    std::string line;
    writer.value()->Write(request, &line);
    CHECK(line == std::string(c.line) + "\n");
  }
  FormatOptions options;
  options.log_format = "regex:(?P<time>.)(?P<status>.)";
  CHECK_FALSE(MakeLogWriter(options).ok());
  options.log_format = "combind";
  CHECK_FALSE(MakeLogWriter(options).ok());
}

}  // namespace socklog
