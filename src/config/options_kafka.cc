#include <algorithm>

#include "base/kafka_property.h"
#include "config/option_rows.h"
#include "config/values.h"

namespace socklog {
namespace {

constexpr std::string_view kKafka = "Kafka";

Status AddProperty(Options* options, std::string_view text) {
  const Result<KafkaProperty> property = ParseKafkaProperty(text);
  if (!property.ok()) return property.status();
  if (IsKafkaSecret(property.value().name)) {
    return Status::Usage(property.value().name +
                         " is a secret, which everybody could read here: put the line into a file that only you can "
                         "read, and name that with --kafka-config");
  }
  options->connection.kafka.properties.emplace_back(text);
  return {};
}

// beginning, end, stored, N, -N, s@MS
Status ReadOffset(std::string_view text, std::string* out) {
  std::string_view number = text;
  if (number.starts_with("s@")) {
    number.remove_prefix(2);
  } else if (number.starts_with("-")) {
    number.remove_prefix(1);
  }
  constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
  const std::optional<std::uint64_t> value = ParseUnsigned(number);
  if (value && *value <= kLargest) return ReadText(text, out);
  constexpr std::string_view kWords = "beginning|end|stored";
  std::size_t index = 0;
  const Status status = ReadChoice(text, kWords, &index);
  if (!status.ok()) {
    return Status::Usage(status.message() +
                         "; an offset, -N (N before the end) and s@MS (from that time on, in ms since 1970) are "
                         "possible, too");
  }
  return ReadText(text, out);
}

// Names of topics, transactional ids and records are made of it.
Status ReadGroup(std::string_view text, std::string* out) {
  constexpr std::size_t kLongest = 249;
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (text.size() > kLongest) return Status::Usage("a group's name has at most 249 bytes");
  if (std::any_of(text.begin(), text.end(), is_control))
    return Status::Usage("a group's name has no control characters");
  if (!text.empty() && text.find_first_not_of(' ') == std::string_view::npos)
    return Status::Usage("a group's name cannot be blank");
  return ReadText(text, out);
}

}  // namespace

std::vector<OptionRow> KafkaRows() {
  return {
      {.name = "group",
       .commands = kReaders,
       .section = kKafka,
       .kind = ValueKind::kText,
       .metavar = "G",
       .help =
           "work for this consumer group: alerts and windows that go to Kafka, offsets and state are one transaction",
       .elsewhere = {.commands = kCommandThresholds,
                     .help = "consumer group whose stored offsets are meant by --offset stored"},
       .set = [](Options* o, std::string_view t) { return ReadGroup(t, &o->connection.kafka.group); }},
      {.name = "state-topic",
       .commands = kCommandAnalyze,
       .section = kKafka,
       .kind = ValueKind::kText,
       .metavar = "T",
       .default_text = "socklog-state",
       .help = "topic of one partition, compacted, that keeps the state of the group",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->connection.kafka.state_topic); }},
      {.name = "standby",
       .commands = kCommandAnalyze,
       .section = kKafka,
       .kind = ValueKind::kSwitch,
       .help = "with --group: several instances may run; one works, the others wait and take over",
       .set = [](Options* o, std::string_view t) { return ReadSwitch(t, &o->connection.kafka.standby); }},
      {.name = "offset",
       .commands = kReaders,
       .section = kKafka,
       .kind = ValueKind::kText,
       .metavar = "WHERE",
       .help =
           "where to begin in each partition: beginning, end, stored, an offset, -N before the end, or s@MS for a time",
       .set = [](Options* o, std::string_view t) { return ReadOffset(t, &o->connection.kafka.offset); }},
      {.name = "kafka-property",
       .letter = 'X',
       .commands = kJobs,
       .section = kKafka,
       .kind = ValueKind::kText,
       .metavar = "NAME=VALUE",
       .help = "set a property of librdkafka, such as security.protocol=sasl_ssl",
       .repeatable = true,
       .set = AddProperty},
      {.name = "kafka-config",
       .commands = kJobs,
       .section = kKafka,
       .kind = ValueKind::kFile,
       .metavar = "FILE",
       .help = "read such properties from this file, a line each; the place for passwords",
       .set = [](Options* o, std::string_view t) { return ReadText(t, &o->connection.kafka.config); }},
      {.name = "kafka-insecure",
       .commands = kJobs,
       .section = kKafka,
       .kind = ValueKind::kSwitch,
       .help = "heed properties that turn off the verification of brokers",
       .set = [](Options* o, std::string_view t) { return ReadSwitch(t, &o->connection.kafka.insecure); }},
  };
}

}  // namespace socklog
