// The least that reading nginx's JSON lines can cost: the members that `socklog analyze` reads, by simdjson, and
// nothing done with them.
#include <simdjson.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

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

// Reads the lines of `file` a MiB at a time: a big file in one piece would measure how fast memory comes.
void ReadFile(std::FILE* file, Totals* totals) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  std::vector<char> text(kPiece + simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::parser parser;
  std::size_t kept = 0;
  for (std::size_t got; (got = std::fread(text.data() + kept, 1, kPiece - kept, file)) > 0;) {
    const std::string_view read(text.data(), kept + got);
    const std::size_t whole = read.rfind('\n') + 1;
    simdjson::ondemand::document_stream lines = parser.iterate_many(text.data(), whole, kPiece);
    for (auto line : lines) ReadLine(line.value(), totals);
    kept = read.size() - whole;
    std::memmove(text.data(), text.data() + whole, kept);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::FILE* file = argc == 2 ? std::fopen(argv[1], "rb") : nullptr;
  if (file == nullptr) {
    std::fprintf(stderr, "usage: bare_simdjson FILE\n");
    return 2;
  }
  std::setvbuf(file, nullptr, _IONBF, 0);
  try {
    Totals totals;
    ReadFile(file, &totals);
    std::printf("%llu lines, %llu failed, %llu bytes of text\n", static_cast<unsigned long long>(totals.lines),
                static_cast<unsigned long long>(totals.failed), static_cast<unsigned long long>(totals.text_bytes));
  } catch (const simdjson::simdjson_error& error) {
    std::fprintf(stderr, "bare_simdjson: %s\n", error.what());
    return 1;
  }
  return 0;
}
