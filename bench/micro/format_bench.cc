// Reading lines of several formats, and time stamps.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "format/format.h"
#include "format/time_zone.h"
#include "format/timestamp.h"
#include "micro/sample.h"

namespace socklog {
namespace {

constexpr std::uint64_t kLines = 4'000;  // about a block of a file

void BM_Parse(benchmark::State& state, const char* log_format) {
  const std::unique_ptr<Block> block = SampleBlock(log_format, kLines);
  FormatRequest request;
  request.options.log_format = log_format;
  request.fields = kFieldTime | kFieldStatus | kFieldTarget | kFieldHost | kFieldClient | kFieldUser;
  Result<std::unique_ptr<LogFormat>> format = MakeLogFormat(request);
  if (!format.ok()) std::abort();
  const std::unique_ptr<LogParser> parser = format.value()->NewParser();
  LogBatch batch;
  std::uint64_t entries = 0;
  for (auto _ : state) {
    batch.clear();
    for (BlockCursor cursor; cursor.offset < block->text.size();) {
      parser->Parse(*block, &cursor, &batch);
      entries += batch.entries.size();
    }
  }
  if (entries != kLines * state.iterations()) std::abort();
  state.SetItemsProcessed(static_cast<std::int64_t>(entries));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(block->text.size()));
}
BENCHMARK_CAPTURE(BM_Parse, combined, "combined");
BENCHMARK_CAPTURE(BM_Parse, vhost_combined, "vhost_combined");
BENCHMARK_CAPTURE(BM_Parse, pasted, R"(%v %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D)");
BENCHMARK_CAPTURE(BM_Parse, nginx_json, "nginx-json");
BENCHMARK_CAPTURE(BM_Parse, caddy, "caddy");

void BM_ReadTime(benchmark::State& state, TimeForm form, std::string_view text) {
  TimeReader reader(TimeZone::Utc());
  TimeSpelling spelling;
  spelling.form = form;
  Micros time = 0;
  for (auto _ : state) {
    if (!reader.Read(spelling, text, &time)) std::abort();
    benchmark::DoNotOptimize(time);
  }
}
BENCHMARK_CAPTURE(BM_ReadTime, clf, TimeForm::kClf, "17/May/2015:10:05:03 +0000");
BENCHMARK_CAPTURE(BM_ReadTime, iso, TimeForm::kIso, "2015-05-17T10:05:03.123+02:00");
BENCHMARK_CAPTURE(BM_ReadTime, epoch, TimeForm::kEpoch, "1431857103.250");

}  // namespace
}  // namespace socklog
