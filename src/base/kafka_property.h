// Properties of librdkafka as text: NAME=VALUE, and which of them are secrets.
#ifndef SOCKLOG_BASE_KAFKA_PROPERTY_H_
#define SOCKLOG_BASE_KAFKA_PROPERTY_H_

#include <string>
#include <string_view>

#include "socklog/status.h"

namespace socklog {

struct KafkaProperty {
  std::string name;
  std::string value;
};

// "sasl.username=anna", spaces around both parts left out. Errors (kUsage): no '=', no name, a NUL byte.
Result<KafkaProperty> ParseKafkaProperty(std::string_view text);

// Whether its value must not be seen by others: passwords, private keys, tokens.
bool IsKafkaSecret(std::string_view name);

}  // namespace socklog

#endif  // SOCKLOG_BASE_KAFKA_PROPERTY_H_
