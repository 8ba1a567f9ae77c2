// What the scanner learns of JSON lines, and which lines it then reads.
#include "format/scan/json_shape.h"

#include "base/text.h"
#include "format/log_parser.h"
#include "format/scan/kernel.h"
#include "parse_helper.h"

namespace socklog {
namespace {

constexpr const char* kMap = "json:time=ts|t.at,status=s,user=u|user.name,method=m,target=p,bytes=n,agent=a";

// Only the scanner says what is plain.
bool IsScanned(const LogEntry& entry) { return entry.plain_user || entry.path_size > 0; }

std::size_t CountScanned(const LogBatch& batch) {
  return static_cast<std::size_t>(std::count_if(batch.entries.begin(), batch.entries.end(), IsScanned));
}

std::string Form(int form, int line) {
  std::string text = R"({"ts":)" + std::to_string(1431857103 + line) + R"(,"s":200,"p":"/a)" + std::to_string(line);
  return text + R"(","form)" + std::to_string(form) + R"(":"x"})";
}

std::vector<std::string> Forms(int first, int count, int lines) {
  std::vector<std::string> all;
  all.reserve(static_cast<std::size_t>(lines));
  for (int i = 0; i < lines; ++i) all.push_back(Form(first + i * 7919 / 8 % count, i));
  return all;
}

TEST_CASE("forms of JSON lines that take turns are all scanned", "[format][json]") {
  for (const int forms : {1, 2, 3, 4}) {
    Parsed parsed(kMap);
    CHECK(CountScanned(parsed.Lines(Forms(0, forms, 1000))) == static_cast<std::size_t>(1000 - forms));
  }
}

TEST_CASE("Caddy's logs of many sites in one stream are of one form", "[format][json]") {
  std::vector<std::string> lines;
  for (int i = 0; i < 1000; ++i) {
    lines.push_back(R"({"level":"info","ts":1431857103.25,"logger":"http.log.access.log)" + std::to_string(i % 16) +
                    R"(","msg":"handled request","request":{"remote_ip":"192.0.2.9","method":"GET","host":"a.example",)"
                    R"("uri":"/a"},"duration":0.001,"size":9,"status":200})");
  }
  Parsed parsed("caddy");
  CHECK(CountScanned(parsed.Lines(lines)) == 999);
}

TEST_CASE("a JSON log that changes its form is soon scanned again", "[format][json]") {
  Parsed parsed(kMap);
  parsed.Lines(Forms(0, 4, 2000));
  CHECK(CountScanned(parsed.Lines(Forms(10, 1, 1000))) > 900);
  CHECK(CountScanned(parsed.Lines(Forms(20, 4, 1000))) > 600);
  std::vector<std::string> different;
  for (int i = 0; i < 2000; ++i) different.push_back(Form(100 + i, i));
  CHECK(CountScanned(parsed.Lines(different)) == 0);
  CHECK(CountScanned(parsed.Lines(Forms(30, 1, 2000))) > 1300);
}

TEST_CASE("little is spent on JSON lines that have no form", "[format][json]") {
  JsonShapes shapes;
  int lessons = 0;
  for (int i = 0; i < 32000; ++i) {
    if (!shapes.MayLearn()) continue;
    ++lessons;
    const Block block = MakeBlock({Form(i, i)});
    shapes.Learn(LineAt(block, 0), {}, {}, kFieldTime);
  }
  CHECK(lessons <= 1000 + static_cast<int>(JsonShapes::kMax));
  CHECK(shapes.count == JsonShapes::kMax);
}

// The second line is read by a parser that has learnt of the first one.
struct Pair {
  const char* first;
  const char* second;
  bool scanned;
};

constexpr Pair kPairs[] = {
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":2.5,"s":404,"x":-8.5e+3})", true},
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":1,"s":200,"x":true})", true},
    {R"({"ts":1,"s":200,"x":false})", R"({"ts":1,"s":200,"x":0})", true},
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":1,"s":200,"x":null})", false},
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":1,"s":200,"x":01})", false},
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":1,"s":200,"x":1.})", false},
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":1,"s":200,"x":-})", false},
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":1,"s":200,"x":1e})", false},
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":1,"s":200,"x":tru})", false},
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":1,"s":200,"x":7} )", true},
    {R"({"ts":1,"s":200,"x":7})", "{\"ts\":1,\"s\":200,\"x\":7}\r", true},
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":1,"s":200,"x":7}})", false},
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":1,"s":200,"x":7)", false},
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":1,"s":000,"x":7})", false},
    {R"({"ts":1,"s":200,"x":7})", R"({"ts":1,"s":1000,"x":7})", true},
    {R"({"ts":1,"s":200,"u":7})", R"({"ts":1,"s":200,"u":true})", false},
    {R"({"ts":1,"s":200,"u":true})", R"({"ts":1,"s":200,"u":true})", false},
    {R"({"ts":1,"s":200,"u":"x"})", R"({"ts":1,"s":200,"u":""})", true},
    {R"({"ts":1,"s":200,"u":"x"})", R"({"ts":1,"s":200,"u":"-"})", true},
    {R"({"ts":1,"s":200,"u":"x"})", R"({"ts":1,"s":200,"u":"a\"b"})", false},
    {R"({"ts":1,"s":200,"u":"x","p":"/"})", "{\"ts\":1,\"s\":200,\"u\":\"\xc3\xa9\x7f\",\"p\":\"/a\"}", true},
    {R"({"ts":1,"s":200,"u":"x","p":"/"})", "{\"ts\":1,\"s\":200,\"u\":\"\xc3\",\"p\":\"/a\"}", false},
    {R"({"ts":1,"s":200,"u":"x","p":"/"})", "{\"ts\":1,\"s\":200,\"u\":\"\xed\xa0\x80\",\"p\":\"/a\"}", false},
    {"{\"ts\":1,\"s\":200,\"\xc3\xa9\":0,\"p\":\"/\"}", "{\"ts\":1,\"s\":200,\"\xc3\xa9\":9,\"p\":\"/a\"}", true},
    {R"({"ts":1,"s":200,"u":"x"})", "{\"ts\":1,\"s\":200,\"u\":\"\t\"}", false},
    {R"({"ts":1,"s":200,"u":"x"})", R"({"ts":1,"s":200,"u":"a","b"})", false},
    {R"({"ts":1,"s":200,"u":null,"user":{"name":"x"}})", R"({"ts":1,"s":200,"u":null,"user":{"name":"y"}})", true},
    {R"({"ts":1,"s":200,"u":null,"user":{"name":"x"}})", R"({"ts":1,"s":200,"u":0,"user":{"name":"y"}})", false},
    {R"({"ts":1,"s":200,"user":{"name":"x"},"u":"a"})", R"({"ts":1,"s":200,"user":{"name":"y"},"u":"b"})", true},
    {R"({"ts":1,"s":200,"u":"x","u":"a"})", R"({"ts":1,"s":200,"u":"y","u":"b"})", true},
    {R"({"ts":1,"s":200,"a":["x","y"]})", R"({"ts":1,"s":200,"a":["z",""]})", true},
    {R"({"ts":1,"s":200,"a":[true]})", R"({"ts":1,"s":200,"a":[5]})", false},
    {R"({"ts":1,"s":200,"a":[]})", R"({"ts":1,"s":200,"a":[]})", true},
    {R"({"ts":1,"s":200,"a":[["x"],7]})", R"({"ts":1,"s":200,"a":[["x"],7]})", true},
    {R"({"ts":1,"s":200,"m":"GET","p":"/"})", R"({"ts":1,"s":200,"m":"get it","p":"/"})", true},
    {R"({"ts":1,"s":200,"m":"GET","p":"/"})", R"({"ts":1,"s":200,"m":"","p":"/x?y"})", true},
    {R"({"ts":1,"s":200,"m":"GET","p":"/"})", R"({"ts":1,"s":200,"m":"GET","p":"-"})", true},
    {R"({"ts":1,"s":200,"n":5})", R"({"ts":1,"s":200,"n":-5.75})", true},
    {R"({"ts":1,"s":200,"n":5})", R"({"ts":1,"s":200,"n":12345678901234567890123})", true},
    {R"({"ts":1,"s":"200"})", R"({"ts":1,"s":"-"})", true},
    {R"({"ts":1,"s":"200"})", R"({"ts":1,"s":"abc"})", false},
    {R"({"ts":1,"s":200})", R"({"ts":1e3,"s":200})", true},
    {R"({"t":{"at":1},"s":200})", R"({"t":{"at":2},"s":201})", true},
    {R"( { "ts" : 1 , "s" : 200 } )", R"( { "ts" : 2 , "s" : 200 } )", true},
    {R"( { "ts" : 1 , "s" : 200 } )", R"( { "ts" : 2 , "s" :  200 } )", false},
    {R"({"ts":"2026-01-05T10:05:03Z","s":200})", R"({"ts":"2026-01-05T10:59:59.123456789Z","s":200})", true},
    {R"({"ts":"2026-01-05T10:05:03.5+02:00","s":200})", R"({"ts":"2026-01-05T10:05:03.25+02:00","s":200})", true},
    {R"({"ts":"2026-01-05T10:05:03.5+02:00","s":200})", R"({"ts":"2026-01-05T10:05:03.25+03:00","s":200})", true},
    {R"({"ts":"2026-01-05T10:05:03Z","s":200})", R"({"ts":"2026-01-05T10:05:60Z","s":200})", true},
    {R"({"ts":"2026-01-05T10:05:03Z","s":200})", R"({"ts":"2026-01-05T10:05:03.Z","s":200})", false},
    {R"({"ts":"2026-01-05T10:05:03Z","s":200})", R"({"ts":"2026-01-05T10:05:03","s":200})", true},
    {R"({"ts":"05/Jan/2026:10:05:03 +0100","s":200})", R"({"ts":"05/Jan/2026:10:06:03.5 +0100","s":200})", true},
    {R"({"ts":"05/Jan/2026:10:05:03 +0100","s":200})", R"({"ts":"1767607503","s":200})", true},
};

TEST_CASE("which JSON lines have the shape of one before", "[format][json]") {
  for (const Pair& pair : kPairs) {
    INFO(pair.first << "\n" << pair.second);
    const Block block = MakeBlock({pair.first, pair.first, pair.second});
    const auto reference = MakeLogFormat(MakeRequest(kMap), nullptr);
    REQUIRE(reference.ok());
    const LogBatch wanted = ParseAll(*reference.value()->NewParser(), block);
    Parsed parsed(kMap);
    const LogBatch& batch = parsed.Lines({pair.first, pair.first, pair.second});
    REQUIRE(batch.entries.size() == wanted.entries.size());
    REQUIRE(batch.malformed.size() == wanted.malformed.size());
    const bool well_formed = batch.malformed.empty();
    CHECK((well_formed && IsScanned(batch.entries.back())) == pair.scanned);
    if (!well_formed) {
      CHECK(std::string_view(batch.malformed[0].reason) == wanted.malformed[0].reason);
      continue;
    }
    const LogEntry& got = batch.entries.back();
    const LogEntry& want = wanted.entries.back();
    CHECK(got.time == want.time);
    CHECK(got.status == want.status);
    CHECK(got.bytes == want.bytes);
    CHECK(got.user == want.user);
    CHECK(got.agent == want.agent);
    CHECK(got.method == want.method);
    CHECK(got.target == want.target);
    CHECK(got.request_valid == want.request_valid);
    CHECK(got.size == want.size);
  }
}

TEST_CASE("the last of several members for one field counts", "[format][json]") {
  Parsed parsed("json:time=ts,status=s,request=r,request=q");
  const std::string line = R"({"q":"GET /q HTTP/1.1","ts":1,"s":200,"r":"no request"})";
  for (const LogEntry& entry : parsed.Lines({line, line, line}).entries) {
    CHECK(entry.request_valid);
    CHECK(entry.target == "/q");
  }
}

TEST_CASE("what looks like a zone in a time stamp", "[format][json]") {
  const auto line = [](const char* stamp) { return R"({"s":200,"ts":")" + std::string(stamp) + R"("})"; };
  for (const char* rest : {"", ".25", ",5", "Z", ".5z", ",5Z", "+0200", ".25+02", " GMT", ".25 -0330", ",25 UTC"}) {
    INFO(rest);
    Parsed parsed(kMap);
    const std::string first = "2026-01-05T10:05:03" + std::string(rest);
    const std::string last = "2026-01-05T10:06:04" + std::string(rest);
    const LogBatch& batch = parsed.Lines({line(first.c_str()), line(first.c_str()), line(last.c_str())});
    REQUIRE(batch.entries.size() == 3);
    CHECK(batch.entries[2].time - batch.entries[0].time == kMinute + kSecond);
  }
}

TEST_CASE("a time stamp that is not remembered leaves no zone behind", "[format][json]") {
  const auto line = [](const char* stamp) { return R"({"s":200,"ts":")" + std::string(stamp) + R"("})"; };
  const std::string first = line("2026-01-05T10:05:03+02:00");
  Parsed parsed(kMap);
  const LogBatch& batch = parsed.Lines(
      {first, first, line("9998-12-31T23:59:59Z"), line("2026-01-05T10:05:04Z"), line("2026-01-05T10:05:05.5Z")});
  REQUIRE(batch.entries.size() == 5);
  CHECK(FormatTime(batch.entries[1].time) == "2026-01-05T08:05:03Z");
  CHECK(FormatTime(batch.entries[3].time) == "2026-01-05T10:05:04Z");
  CHECK(FormatTime(batch.entries[4].time) == "2026-01-05T10:05:05.5Z");
}

// Literals of more than one step, and lines of more than a chunk.
TEST_CASE("long JSON lines", "[format][json]") {
  for (const std::size_t size : {50u, 63u, 64u, 65u, 128u, 200u, 5000u, 16300u, 16384u, 20000u}) {
    INFO(size);
    const std::string name(size, 'n'), value(size, 'v');
    for (const std::string& line :
         {R"({"ts":1,")" + name + R"(":1,"s":200})", R"({"ts":1,"x":")" + value + R"(","s":200})"}) {
      Parsed parsed(kMap);
      const LogBatch& batch = parsed.Lines({line, line, line, line});
      CHECK(batch.entries.size() == 4);
      const bool few_steps = size <= 5000 || line.find('v') != std::string::npos;
      CHECK(CountScanned(batch) == (line.size() < StructuralIndex::kChunk && few_steps ? 3u : 0u));
    }
  }
}

}  // namespace
}  // namespace socklog
