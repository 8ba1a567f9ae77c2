#include "base/json_writer.h"

#include <limits>

#include "support/catch.h"

namespace socklog::testing {
namespace {

std::string Json(std::string_view text) {
  std::string json;
  JsonWriter(&json).String(text);
  return json;
}

std::string Json(double value) {
  std::string json;
  JsonWriter(&json).Double(value);
  return json;
}

}  // namespace

TEST_CASE("nested, compact, commas where they belong") {
  std::string json = "before ";
  JsonWriter writer(&json);
  writer.BeginObject();
  writer.Key("a").Unsigned(1).Key("b").BeginArray().EndArray().Key("c").BeginObject().EndObject();
  writer.Key("d")
      .BeginArray()
      .Bool(true)
      .Bool(false)
      .Null()
      .BeginObject()
      .Key("e")
      .String("x")
      .EndObject()
      .Unsigned(0)
      .EndArray();
  writer.Key("f").Unsigned(std::numeric_limits<std::uint64_t>::max());
  writer.EndObject();
  CHECK(json == R"(before {"a":1,"b":[],"c":{},"d":[true,false,null,{"e":"x"},0],"f":18446744073709551615})");
}

TEST_CASE("text in JSON") {
  CHECK(Json("") == R"("")");
  CHECK(Json("a\"b\\c") == R"("a\"b\\c")");
  CHECK(Json("\n\t\r\b\x1b\x7f") == R"("\n\t\r\u0008\u001b\u007f")");
  CHECK(Json(std::string_view("\0", 1)) == R"("\u0000")");
  CHECK(Json("caf\xc3\xa9 \xf0\x9f\x98\x80") == "\"caf\xc3\xa9 \xf0\x9f\x98\x80\"");
  CHECK(Json("\xff|\xc3|\xed\xa0\x80") == "\"\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
  CHECK(Json("</script>") == R"("</script>")");
}

TEST_CASE("numbers in JSON") {
  CHECK(Json(0.5) == "0.5");
  CHECK(Json(42.0) == "42");
  CHECK(Json(1e300) == "1e+300");
  CHECK(Json(std::numeric_limits<double>::infinity()) == "null");
  CHECK(Json(std::numeric_limits<double>::quiet_NaN()) == "null");
}

}  // namespace socklog::testing
