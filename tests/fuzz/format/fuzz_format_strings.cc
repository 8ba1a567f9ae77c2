// Arbitrary --log-format texts: they are refused with a message, or read what they write.
#include <cstdint>

#include "fuzz_helper.h"

namespace socklog {
namespace {

constexpr std::string_view kLines =
    "192.0.2.1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"curl\"\n"
    "{\"ts\":1431857103,\"status\":200,\"request\":{\"method\":\"GET\",\"uri\":\"/\"}}\n"
    "\n"
    "2015-05-17T10:05:03Z 192.0.2.1 GET / 200\n";

void CheckWriter(const FormatOptions& options) {
  auto writer = MakeLogWriter(options);
  if (!writer.ok()) return;
  WrittenRequest request;
  request.time = 1431857103 * kSecond;
  request.client = "192.0.2.1";
  request.method = "GET";
  request.target = "/a?b";
  request.protocol = "HTTP/1.1";
  request.agent = "A \"1\"";
  std::string out;
  writer.value()->Write(request, &out);
  Require(!out.empty() && out.back() == '\n');
  CheckParse(MakePair(options.log_format), out, false);
}

}  // namespace
}  // namespace socklog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const socklog::FormatRequest request = socklog::RequestFor(text, socklog::kEveryField);
  const auto format = socklog::MakeLogFormat(request);
  if (!format.ok()) {
    socklog::Require(format.status().code() == socklog::StatusCode::kUsage && !format.status().message().empty());
    return 0;
  }
  socklog::CheckParse(socklog::MakePair(text), socklog::kLines, false);
  socklog::CheckWriter(request.options);
  return 0;
}
