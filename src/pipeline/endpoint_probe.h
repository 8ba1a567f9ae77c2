// Whether what a configuration names could be used.
#ifndef SOCKLOG_PIPELINE_ENDPOINT_PROBE_H_
#define SOCKLOG_PIPELINE_ENDPOINT_PROBE_H_

#include <vector>

#include "socklog/endpoint_use.h"
#include "socklog/probe_row.h"
#include "socklog/time.h"
#include "transport/kafka_probe.h"

namespace socklog {

// What a topic of that role is used for.
ProbedTopic::Use TopicUse(EndpointRole role);

// Connects, listens for a moment, looks at permissions; keeps nothing, writes nothing but what is taken back in Kafka,
// and takes a few seconds at the most for each endpoint, and for all topics together. Failures say what a job would
// say, and what to do. Topics come last, those of the same brokers together.
std::vector<ProbeRow> Probe(const std::vector<EndpointUse>& uses, const Clock& clock);

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_ENDPOINT_PROBE_H_
