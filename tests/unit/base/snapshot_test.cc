#include "base/snapshot.h"

#include <cmath>
#include <limits>

#include "base/hash.h"
#include "support/catch.h"

namespace socklog::testing {

TEST_CASE("values read back as they were written") {
  SnapshotWriter writer;
  writer.U32(0xdeadbeef);
  writer.U64(0x0123456789abcdef);
  writer.I64(-1);
  writer.Time(kNoTime);
  writer.Double(-0.1);
  writer.Double(std::numeric_limits<double>::infinity());
  writer.Double(std::numeric_limits<double>::quiet_NaN());
  writer.Bool(true);
  writer.Bool(false);
  writer.String("");
  writer.String(std::string_view("a\0b", 3));
  writer.U64(2);
  writer.U64(7);
  writer.U64(8);
  SnapshotReader reader(writer.bytes());
  CHECK(reader.U32() == 0xdeadbeef);
  CHECK(reader.U64() == 0x0123456789abcdef);
  CHECK(reader.Time() == -1);
  CHECK(reader.Time() == kNoTime);
  CHECK(reader.Double() == -0.1);
  CHECK(reader.Double() == std::numeric_limits<double>::infinity());
  CHECK(std::isnan(reader.Double()));
  CHECK(reader.Bool());
  CHECK_FALSE(reader.Bool());
  CHECK(reader.String().empty());
  CHECK(reader.String() == std::string("a\0b", 3));
  CHECK(reader.Count(8) == 2);
  CHECK(reader.U64() == 7);
  CHECK_FALSE(reader.at_end());
  CHECK(reader.U64() == 8);
  CHECK(reader.at_end());
  CHECK(reader.ok());
}

TEST_CASE("little-endian on every machine") {
  SnapshotWriter writer;
  writer.U32(0x04030201);
  writer.String("x");
  CHECK(writer.bytes() == std::string("\1\2\3\4\1\0\0\0\0\0\0\0x", 13));
}

TEST_CASE("beyond the end everything is zero and not ok") {
  SnapshotReader reader(std::string_view("\1\2\3", 3));
  CHECK(reader.U32() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.U64() == 0);
  CHECK(reader.Double() == 0);
  CHECK(reader.String().empty());
  CHECK(reader.Count(1) == 0);
  CHECK_FALSE(reader.ok());
}

TEST_CASE("a length that cannot be there allocates nothing") {
  SnapshotWriter writer;
  writer.U64(std::numeric_limits<std::uint64_t>::max());
  writer.String("rest");
  SnapshotReader text(writer.bytes());
  CHECK(text.String().empty());
  CHECK_FALSE(text.ok());
  SnapshotReader count(writer.bytes());
  CHECK(count.Count(1) == 0);
  CHECK_FALSE(count.ok());
  SnapshotWriter two;
  two.U64(2);
  two.U64(0);
  CHECK(SnapshotReader(two.bytes()).Count(4) == 2);
  CHECK(SnapshotReader(two.bytes()).Count(5) == 0);
}

TEST_CASE("a time that no log can hold is damage") {
  for (const Micros time :
       {std::numeric_limits<Micros>::max(), std::numeric_limits<Micros>::min() + 1, 30'001 * 365 * kDay}) {
    CAPTURE(time);
    SnapshotWriter writer;
    writer.Time(time);
    writer.U64(7);
    SnapshotReader reader(writer.bytes());
    CHECK(reader.Time() == 0);
    CHECK_FALSE(reader.ok());
    CHECK(reader.U64() == 0);
  }
  SnapshotWriter writer;
  writer.Time(253'402'300'799 * kSecond);  // the end of the year 9999
  SnapshotReader reader(writer.bytes());
  CHECK(reader.Time() == 253'402'300'799 * kSecond);
  CHECK(reader.ok());
}

TEST_CASE("cut anywhere: no crash, and not ok") {
  SnapshotWriter writer;
  for (int i = 0; i < 5; ++i) {
    writer.U64(3);
    writer.String("some text");
    writer.Double(1.5);
  }
  for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
    SnapshotReader reader(std::string_view(writer.bytes()).substr(0, size));
    for (int i = 0; i < 5; ++i) {
      reader.U64();
      reader.String();
      reader.Double();
    }
    REQUIRE_FALSE(reader.ok());
  }
}

}  // namespace socklog::testing
