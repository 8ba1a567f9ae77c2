#include "micro/sample.h"

#include <cstdlib>
#include <utility>

#include "format/format.h"

namespace socklog {
namespace {

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) std::abort();
  return std::move(result).value();
}

}  // namespace

std::unique_ptr<Traffic> SampleTraffic() {
  constexpr Micros kStart = 1'767'225'600 * kSecond;  // 2026-01-01
  GenerateOptions options;
  options.rate = 10'000;
  options.urls = 20'000;
  options.users = 50'000;
  options.clients = 50'000;
  return Must(MakeTraffic(options, kStart, /*seed=*/1));
}

std::unique_ptr<Block> SampleBlock(const std::string& log_format, std::uint64_t lines) {
  FormatOptions options;
  options.log_format = log_format;
  const std::unique_ptr<LogWriter> writer = Must(MakeLogWriter(options));
  const std::unique_ptr<Traffic> traffic = SampleTraffic();
  std::string text;
  WrittenRequest request;
  for (std::uint64_t i = 0; i < lines && traffic->Next(&request); ++i) writer->Write(request, &text);
  auto block = std::make_unique<Block>();
  block->text.Append(text);
  return block;
}

}  // namespace socklog
