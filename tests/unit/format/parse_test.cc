// The Apache family, and every line that was seen to break parsers.
#include "parse_helper.h"

namespace socklog {
namespace {

constexpr Micros kTime = 1431857103 * kSecond;  // 17/May/2015:10:05:03 +0000

struct Case {
  std::string line;
  bool request_valid = true;
  std::string method = {}, target = {}, protocol = {};
  int status = 200;
  std::string user = {}, client = "192.0.2.1", host = {};
  std::string referer = {}, agent = {};
  std::int64_t bytes = 12;
  std::uint64_t slow_path = 0;  // what the scanner leaves to the reference: escapes, rare statuses, odd quotes
};

void Check(const Case& c, const LogEntry& e) {
  INFO("line: " << c.line);
  CHECK(e.time == kTime);
  CHECK(e.request_valid == c.request_valid);
  CHECK(e.method == c.method);
  CHECK(e.target == c.target);
  CHECK(e.protocol == c.protocol);
  CHECK(e.status == c.status);
  CHECK(e.user == c.user);
  CHECK(e.client == c.client);
  CHECK(e.host == c.host);
  CHECK(e.referer == c.referer);
  CHECK(e.agent == c.agent);
  CHECK(e.bytes == c.bytes);
}

const std::string kStamp = "[17/May/2015:10:05:03 +0000]";

std::vector<Case> Cases() {
  const std::string long_url = "/" + std::string(7000, 'a');
  return {
      {.line = "192.0.2.1 - - " + kStamp + " \"GET / HTTP/1.1\" 200 12",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1"},
      {.line =
           "192.0.2.1 - alice " + kStamp + " \"GET / HTTP/1.1\" 200 12 \"http://example.com/\" \"Mozilla/5.0 (X11)\"",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .user = "alice",
       .referer = "http://example.com/",
       .agent = "Mozilla/5.0 (X11)"},
      {.line = "www.example.com:443 192.0.2.1 - alice " + kStamp + " \"GET / HTTP/2.0\" 200 12 \"-\" \"-\"",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/2.0",
       .user = "alice",
       .host = "www.example.com"},
      {.line = "www.example.com 192.0.2.1 - - " + kStamp + " \"GET / HTTP/1.1\" 200 12",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .host = "www.example.com"},
      {.line = "[2001:db8::1]:80 192.0.2.1 - - " + kStamp + " \"GET / HTTP/1.1\" 200 12",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .host = "[2001:db8::1]"},
      // Requests that are none.
      {.line = "192.0.2.1 - - " + kStamp + R"( "\x16\x03\x01\x00\xEE\x01" 400 226 "-" "-")",
       .request_valid = false,
       .status = 400,
       .bytes = 226,
       .slow_path = 1},
      {.line = "192.0.2.1 - - " + kStamp + R"( "" 400 0 "-" "-")", .request_valid = false, .status = 400, .bytes = 0},
      {.line = "192.0.2.1 - - " + kStamp + R"( "-" 408 -)", .request_valid = false, .status = 408, .bytes = 0},
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET " 400 12)", .request_valid = false, .status = 400},
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET" 400 12)", .request_valid = false, .status = 400},
      {.line = "192.0.2.1 - - " + kStamp + R"( "t3 12.1.2\n" 400 12)",
       .request_valid = false,
       .status = 400,
       .slow_path = 1},
      {.line = "192.0.2.1 - - " + kStamp + R"( " / HTTP/1.1" 400 12)", .request_valid = false, .status = 400},
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET HTTP/1.1" 400 12)", .request_valid = false, .status = 400},
      {.line = "192.0.2.1 - - " + kStamp + " \"\x80\xff\" 400 12", .request_valid = false, .status = 400},
      // Requests that look odd.
      {.line = "192.0.2.1 - - " + kStamp + R"( "CONNECT 192.0.2.7:7227 HTTP/1.1" 400 12)",
       .method = "CONNECT",
       .target = "192.0.2.7:7227",
       .protocol = "HTTP/1.1",
       .status = 400},
      {.line = "192.0.2.1 - - " + kStamp + R"( "get / HTTP/1.1" 302 12)",
       .method = "get",
       .target = "/",
       .protocol = "HTTP/1.1",
       .status = 302},
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET /ksc.html" 200 7074)",
       .method = "GET",
       .target = "/ksc.html",
       .bytes = 7074},
      {.line = "::1 - - " + kStamp + R"( "OPTIONS * HTTP/1.0" 200 -)",
       .method = "OPTIONS",
       .target = "*",
       .protocol = "HTTP/1.0",
       .client = "::1",
       .bytes = 0},
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET /a b c HTTP/1.1" 200 12)",
       .method = "GET",
       .target = "/a b c",
       .protocol = "HTTP/1.1"},
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET http://example.com/x HTTP/1.1" 200 12)",
       .method = "GET",
       .target = "http://example.com/x",
       .protocol = "HTTP/1.1"},
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET /\x80\"\\ HTTP/1.1" 200 12)",
       .method = "GET",
       .target = "/\x80\"\\",
       .protocol = "HTTP/1.1",
       .slow_path = 1},
      {.line = "192.0.2.1 - - " + kStamp + " \"GET /\xff\xfe HTTP/1.1\" 200 12",
       .method = "GET",
       .target = "/\xff\xfe",
       .protocol = "HTTP/1.1"},
      {.line = "192.0.2.1 - - " + kStamp + " \"GET " + long_url + " HTTP/1.1\" 200 12",
       .method = "GET",
       .target = long_url,
       .protocol = "HTTP/1.1"},
      {.line = "192.0.2.1 - - " + kStamp + std::string(" \"GET /\0 HTTP/1.1\" 200 12", 25),
       .method = "GET",
       .target = std::string("/\0", 2),
       .protocol = "HTTP/1.1"},
      // Users and clients.
      {.line = "192.0.2.1 - John Doe " + kStamp + R"( "GET / HTTP/1.1" 200 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .user = "John Doe"},
      {.line = "192.0.2.1 - John Q. Doe " + kStamp + R"( "GET / HTTP/1.1" 200 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .user = "John Q. Doe",
       .slow_path = 1},
      {.line = "192.0.2.1 - x [01/Jan/2000:00:00:00 +0000] " + kStamp + R"( "GET / HTTP/1.1" 200 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .user = "x [01/Jan/2000:00:00:00 +0000]",
       .slow_path = 1},
      {.line = "192.0.2.1 - " + std::string(R"(a\"b)") + " " + kStamp + R"( "GET / HTTP/1.1" 200 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .user = "a\"b",
       .slow_path = 1},
      {.line = "192.0.2.1 - \"\" " + kStamp + R"( "GET / HTTP/1.1" 401 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .status = 401,
       .slow_path = 1},
      {.line = "www.example.com:80 192.0.2.1 - John Doe " + kStamp + R"( "GET / HTTP/1.1" 200 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .user = "John Doe",
       .host = "www.example.com",
       .slow_path = 1},
      {.line = "client.example.org - - " + kStamp + R"( "GET / HTTP/1.1" 200 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .client = "client.example.org"},
      {.line = "192.0.2.1:4711 - - " + kStamp + R"( "GET / HTTP/1.1" 200 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1"},
      {.line = "[2001:db8::2]:4711 - - " + kStamp + R"( "GET / HTTP/1.1" 200 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .client = "2001:db8::2"},
      {.line = "2001:db8::2 - - " + kStamp + R"( "GET / HTTP/1.1" 200 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .client = "2001:db8::2"},
      // Ends of lines, quotes.
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET / HTTP/1.1" 200 12 "-" "User-Agent\" \"Mozilla/5.0")",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .agent = "User-Agent\" \"Mozilla/5.0",
       .slow_path = 1},
      {.line = "192.0.2.1 - - " + kStamp + " \"GET / HTTP/1.1\" 200 12  \r",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1"},
      {.line = "\"192.0.2.1 - - " + kStamp + " \"GET / HTTP/1.1\" 200 12\"",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .slow_path = 1},
      {.line = "\"192.0.2.1 - - " + kStamp + " \"\"GET / HTTP/1.1\"\" 200 12\"",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .slow_path = 1},
      {.line = "\"192.0.2.1 - - " + kStamp + " \\\"GET / HTTP/1.1\\\" 200 12\"",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .slow_path = 1},
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET / HTTP/1.1" 200 12 "-" "Mozilla "quoted" x")",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .agent = "Mozilla \"quoted",
       .slow_path = 1},
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET / HTTP/1.1" 200 12 "-" "curl" "203.0.113.9" 0.003)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .agent = "curl"},
      // Statuses and sizes.
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET / HTTP/1.1" - 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .status = 0,
       .slow_path = 1},
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET / HTTP/1.1" 000 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .status = 0},
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET / HTTP/1.1" 600 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .status = 0},
      {.line = "192.0.2.1 - - " + kStamp + R"( "GET / HTTP/1.1" 65736 12)",
       .method = "GET",
       .target = "/",
       .protocol = "HTTP/1.1",
       .status = 0,
       .slow_path = 1},
  };
}

}  // namespace

TEST_CASE("real lines that break parsers", "[format]") {
  for (const char* format : {"auto", "combined"}) {
    for (const Case& c : Cases()) {
      Parsed parsed{std::string_view(format)};
      Check(c, parsed.Line(c.line));
      INFO("line: " << c.line);
      CHECK(parsed.slow_path() == c.slow_path);
    }
  }
}

}  // namespace socklog
