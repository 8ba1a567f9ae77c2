// Making requests, and writing them in several formats.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "format/format.h"
#include "micro/sample.h"

namespace socklog {
namespace {

void BM_Traffic(benchmark::State& state) {
  const std::unique_ptr<Traffic> traffic = SampleTraffic();
  WrittenRequest request;
  for (auto _ : state) benchmark::DoNotOptimize(traffic->Next(&request));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Traffic);

void BM_Write(benchmark::State& state, const char* log_format) {
  FormatOptions options;
  options.log_format = log_format;
  Result<std::unique_ptr<LogWriter>> writer = MakeLogWriter(options);
  if (!writer.ok()) std::abort();
  WrittenRequest request;
  SampleTraffic()->Next(&request);
  request.client = "192.0.2.17";  // its own text ended with its traffic
  request.user = "ada.alder";
  request.host = "shop.example";
  request.target = "/products/warm-socks-1016";
  request.referer = "https://shop.example/products";
  std::string text;
  for (auto _ : state) {
    text.clear();
    request.time += 100;
    writer.value()->Write(request, &text);
    benchmark::DoNotOptimize(text.data());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(BM_Write, combined, "combined");
BENCHMARK_CAPTURE(BM_Write, nginx_json, "nginx-json");
BENCHMARK_CAPTURE(BM_Write, milliseconds, "nginx:$msec $remote_addr \"$request\" $status $request_time");

}  // namespace
}  // namespace socklog
