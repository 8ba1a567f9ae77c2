// The least that reading nginx's JSON lines can cost: the members that `socklog analyze` reads, by simdjson, and
// nothing done with them.
#include <simdjson.h>

#include <cstdint>
#include <cstdio>
#include <string_view>

namespace {

// What was read, so that no reading can be left out.
struct Totals {
  std::uint64_t lines = 0;
  std::uint64_t failed = 0;
  std::uint64_t text_bytes = 0;
};

void ReadLine(simdjson::ondemand::document_reference line, Totals* totals) {
  simdjson::ondemand::object members = line.get_object();
  for (const char* name : {"time_iso8601", "remote_addr", "remote_user", "request_method", "request_uri", "host"}) {
    totals->text_bytes += std::string_view(members.find_field_unordered(name)).size();
  }
  if (std::int64_t(members.find_field_unordered("status")) >= 400) ++totals->failed;
  ++totals->lines;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: bare_simdjson FILE\n");
    return 2;
  }
  try {
    const simdjson::padded_string text = simdjson::padded_string::load(argv[1]);
    simdjson::ondemand::parser parser;
    Totals totals;
    simdjson::ondemand::document_stream lines = parser.iterate_many(text);
    for (auto line : lines) ReadLine(line.value(), &totals);
    std::printf("%llu lines, %llu failed, %llu bytes of text\n", static_cast<unsigned long long>(totals.lines),
                static_cast<unsigned long long>(totals.failed), static_cast<unsigned long long>(totals.text_bytes));
  } catch (const simdjson::simdjson_error& error) {
    std::fprintf(stderr, "bare_simdjson: %s\n", error.what());
    return 1;
  }
  return 0;
}
