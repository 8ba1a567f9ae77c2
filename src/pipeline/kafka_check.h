// Whether Kafka could be talked to as a configuration says: without connecting.
#ifndef SOCKLOG_PIPELINE_KAFKA_CHECK_H_
#define SOCKLOG_PIPELINE_KAFKA_CHECK_H_

#include <string>
#include <vector>

#include "socklog/endpoint_use.h"
#include "socklog/options.h"
#include "socklog/status.h"

namespace socklog {

// What a job would say of librdkafka's properties (kUsage), and with them of the topics among `uses`. *warnings: what
// is right but unsafe.
Status CheckKafkaSettings(const ConnectionOptions& options, const std::vector<EndpointUse>& uses,
                          std::vector<std::string>* warnings);

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_KAFKA_CHECK_H_
