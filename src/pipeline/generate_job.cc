// generate: traffic -> lines -> outputs.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/log.h"
#include "format/format.h"
#include "generate/traffic.h"
#include "pipeline/jobs.h"
#include "pipeline/traffic_writer.h"
#include "transport/transport.h"

namespace socklog {
namespace {

Result<std::vector<Endpoint>> ParseOutputs(const std::vector<std::string>& texts) {
  std::vector<Endpoint> endpoints;
  for (const std::string& text : texts.empty() ? std::vector<std::string>{"-"} : texts) {
    Result<Endpoint> endpoint = ParseEndpoint(text);
    if (!endpoint.ok()) return endpoint.status();
    endpoints.push_back(std::move(endpoint).value());
  }
  return endpoints;
}

Result<std::vector<std::unique_ptr<Sink>>> OpenOutputs(const std::vector<Endpoint>& endpoints,
                                                       const ConnectionOptions& connection, const Clock& clock) {
  std::vector<std::unique_ptr<Sink>> sinks;
  for (const Endpoint& endpoint : endpoints) {
    SinkOptions sink_options;
    sink_options.connection = connection;
    Result<std::unique_ptr<Sink>> sink = OpenSink(endpoint, sink_options, clock);
    if (!sink.ok()) return sink.status();
    sinks.push_back(std::move(sink).value());
  }
  return sinks;
}

Micros WholeSecond(Micros time) { return time - ((time % kSecond) + kSecond) % kSecond; }

// Log time of the first line: as given, else now; a log that is made at once ends now.
Micros StartTime(const GenerateOptions& options, Micros now) {
  if (options.start) return *options.start;
  return WholeSecond(options.speed == 0 ? now - TrafficLength(options) : now);
}

bool ShowsProgress(const Options& options, const JobContext& context, const std::vector<Endpoint>& endpoints) {
  if (!context.ShowsProgress(options.common)) return false;
  for (const Endpoint& endpoint : endpoints) {
    if (endpoint.kind == Endpoint::Kind::kStdio && context.stdout_is_terminal) return false;
  }
  return true;
}

std::uint64_t SeedOf(const GenerateOptions& options) {
  if (options.seed) return *options.seed;
  const std::uint64_t seed = RandomSeed();
  LogDetail("seed " + std::to_string(seed) + "; the same --seed, --start and options give the same lines again");
  return seed;
}

}  // namespace

Result<JobOutcome> RunGenerate(const Options& options, const JobContext& context) {
  const GenerateOptions& generate = options.generate;
  Result<std::unique_ptr<LogWriter>> writer = MakeLogWriter(options.format);
  if (!writer.ok()) return writer.status();
  Result<std::vector<Endpoint>> endpoints = ParseOutputs(generate.to);
  if (!endpoints.ok()) return endpoints.status();

  // Mistakes in the options are found before an output is opened: a file would be emptied, and a client be waited for.
  const std::uint64_t seed = SeedOf(generate);
  Micros start = StartTime(generate, context.clock.Now());
  Result<std::unique_ptr<Traffic>> traffic = MakeTraffic(generate, start, seed);
  if (!traffic.ok()) return traffic.status();
  for (const std::string& warning : TrafficWarnings(generate)) LogWarning(warning);

  Result<std::vector<std::unique_ptr<Sink>>> sinks = OpenOutputs(*endpoints, options.connection, context.clock);
  if (StopRequested()) return JobOutcome::kDone;
  if (!sinks.ok()) return sinks.status();
  // "Now" is when there is somebody to read.
  if (const Micros now = StartTime(generate, context.clock.Now()); now != start) {
    start = now;
    traffic = MakeTraffic(generate, start, seed);
    if (!traffic.ok()) return traffic.status();
  }

  const TrafficWriter::Settings settings{generate.speed, start, ShowsProgress(options, context, *endpoints)};
  const Status status =
      TrafficWriter(settings, writer->get(), std::move(sinks).value(), context.clock).Run(traffic->get());
  if (status.ok() || status.code() == StatusCode::kBrokenPipe) return JobOutcome::kDone;
  // A reader that does not read must not turn a stop into a failure; a broker that does not confirm does.
  const bool confirms =
      std::any_of(endpoints->begin(), endpoints->end(), [](const Endpoint& endpoint) { return endpoint.is_topic(); });
  if (!StopRequested() || confirms) return status;
  LogWarning(status.message());
  return JobOutcome::kDone;
}

}  // namespace socklog
