#include "transport/kafka/settings.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "base/kafka_property.h"
#include "base/text.h"
#include "transport/core_dump.h"
#include "transport/fd.h"
#include "transport/file_io.h"

namespace socklog {
namespace {

constexpr std::uint64_t kLargestFile = 1 << 20;

// What a run depends on, and what has an option of its own.
constexpr std::pair<std::string_view, std::string_view> kOwnBusiness[] = {
    {"bootstrap.servers", "the brokers stand in kafka://BROKER[,BROKER]/TOPIC"},
    {"metadata.broker.list", "the brokers stand in kafka://BROKER[,BROKER]/TOPIC"},
    {"group.id", "the group is given by --group"},
    {"auto.offset.reset", "where to begin is given by --offset"},
    {"enable.auto.commit", "socklog decides what is committed"},
    {"enable.auto.offset.store", "socklog decides what is committed"},
    {"auto.commit.enable", "socklog decides what is committed"},
    {"enable.partition.eof", "socklog needs it"},
    {"enable.idempotence", "nothing is written without it"},
    {"transactional.id", "it is made of the group's name (--group)"},
    {"isolation.level", "only what is committed is read"},
    {"delivery.report.only.error", "socklog waits for what is delivered"},
    {"enabled_events", "socklog needs the callbacks"},
    {"partition.assignment.strategy", "it decides which instance works"},
    {"group.protocol", "which instance works is decided by its members"},
    {"allow.auto.create.topics", "topics are made by those who know their partitions"},
    {"topic.blacklist", "a topic that it names could not be used, and why would not be told"},
    {"plugin.library.paths", "other programs' code is not loaded"},
};

// All names that the library knows, from the table that it prints.
std::vector<std::string> KnownProperties() {
  std::vector<std::string> names;
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* file = open_memstream(&text, &size);
  if (file == nullptr) return names;
  rd_kafka_conf_properties_show(file);
  std::fclose(file);
  std::string_view rest(text, size);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::string_view name = line.substr(0, line.find_first_of(" |"));
    if (name.find('.') != std::string_view::npos && line.find('|') != std::string_view::npos) names.emplace_back(name);
  }
  std::free(text);
  return names;
}

std::string NearestProperty(const std::string& name) {
  const std::vector<std::string> known = KnownProperties();
  return DidYouMean(name, {known.begin(), known.end()});
}

// The library takes "topic.NAME" for some of its properties, and would apply it over socklog's own NAME.
bool IsOtherSpelling(const std::string& name) {
  if (!name.starts_with("topic.")) return false;
  const std::vector<std::string> known = KnownProperties();
  return std::find(known.begin(), known.end(), name) == known.end();
}

// As the library understood it: it takes several words for one value. Empty: it does not take this one.
std::string ReadBack(const KafkaProperty& property) {
  const KafkaConf conf(rd_kafka_conf_new());
  std::array<char, 512> text{};
  const char* const name = property.name.c_str();
  if (rd_kafka_conf_set(conf.get(), name, property.value.c_str(), text.data(), text.size()) != RD_KAFKA_CONF_OK)
    return "";
  std::size_t size = text.size();
  return rd_kafka_conf_get(conf.get(), name, text.data(), &size) == RD_KAFKA_CONF_OK ? text.data() : "";
}

bool TurnsVerificationOff(const KafkaProperty& property) {
  if (property.name == "enable.ssl.certificate.verification") return ReadBack(property) == "false";
  return property.name == "ssl.endpoint.identification.algorithm" && ReadBack(property) == "none";
}

// Records that are never given up: the end of a run would wait for them for ever.
bool WaitsForEver(const KafkaProperty& property) {
  const bool is_timeout = property.name == "message.timeout.ms" || property.name == "delivery.timeout.ms";
  return is_timeout && ReadBack(property) == "0";
}

// The library cuts a number that has more than 32 bits and what stands behind one ("1e3"), and takes one that begins
// with 0 for octal. Words that stand for a number ("all") are well.
std::optional<std::string> OtherNumber(const KafkaProperty& property) {
  if (IsKafkaSecret(property.name) || property.value.find_first_of("+-0123456789") != 0) return std::nullopt;
  const std::string taken = ReadBack(property);
  const bool is_taken_for_number = !taken.empty() && taken.find_first_not_of("-0123456789") == std::string::npos;
  if (!is_taken_for_number || taken == property.value) return std::nullopt;
  return taken;
}

// Passwords, and keys that the library reads itself.
bool HasSecrets(const KafkaSettings& settings) {
  return std::any_of(settings.begin(), settings.end(), [](const auto& setting) {
    const std::string& name = setting.first;
    return IsKafkaSecret(name) || name == "ssl.key.location" || name == "ssl.keystore.location";
  });
}

// The library would say so without the file's name, or not before it connects.
Status CheckFile(const KafkaProperty& property, const std::string& place) {
  constexpr std::string_view kFiles[] = {"ssl.ca.location", "ssl.certificate.location", "ssl.key.location",
                                         "ssl.keystore.location", "ssl.crl.location"};
  const bool names_file = std::find(std::begin(kFiles), std::end(kFiles), property.name) != std::end(kFiles);
  const bool is_word = property.name == "ssl.ca.location" && property.value == "probe";
  if (!names_file || is_word || property.value.empty() || access(property.value.c_str(), R_OK) == 0) return Status();
  return Status::Usage(place + ": " + property.name + ": cannot read '" + property.value + "': " + ErrnoText(errno));
}

// Tries a property on a configuration that is thrown away.
Status CheckProperty(const KafkaProperty& property, const KafkaOptions& options, const std::string& place) {
  for (const auto& [name, why] : kOwnBusiness) {
    if (property.name == name)
      return Status::Usage(place + ": " + property.name + " cannot be set here: " + std::string(why));
  }
  if (IsOtherSpelling(property.name)) {
    return Status::Usage(place + ": librdkafka knows no property '" + property.name + "'; leave 'topic.' out");
  }
  if (property.name == "group.instance.id" && options.standby) {
    return Status::Usage(place +
                         ": group.instance.id cannot be set with --standby: instances of one name would put each other "
                         "out; leave it out");
  }
  if (TurnsVerificationOff(property) && !options.insecure) {
    return Status::Usage(place + ": " + property.name + "=" + property.value +
                         " lets anybody pretend to be the broker; leave it out and give the authority with --tls-ca, "
                         "or say --kafka-insecure as well");
  }
  if (IsKafkaSecret(property.name) && property.value.empty())
    return Status::Usage(place + ": " + property.name + " is empty; write it there, or leave the line out");
  if (WaitsForEver(property)) {
    return Status::Usage(place + ": " + property.name +
                         "=0 would wait for a broker that is away for ever; give a time in ms");
  }
  if (const std::optional<std::string> taken = OtherNumber(property)) {
    return Status::Usage(place + ": librdkafka takes " + property.name + "=" + property.value + " for " + *taken +
                         "; give a decimal number of 32 bits");
  }
  const KafkaConf conf(rd_kafka_conf_new());
  std::array<char, 512> text{};
  switch (rd_kafka_conf_set(conf.get(), property.name.c_str(), property.value.c_str(), text.data(), text.size())) {
    case RD_KAFKA_CONF_OK:
      return CheckFile(property, place);
    case RD_KAFKA_CONF_UNKNOWN:
      return Status::Usage(place + ": librdkafka knows no property '" + property.name + "'" +
                           NearestProperty(property.name));
    default:
      break;
  }
  if (std::string_view(text.data()).find("dedicated") != std::string_view::npos)
    return Status::Usage(place + ": " + property.name + " cannot be set here: it is for programs, not a text");
  // The library's text repeats the value.
  if (IsKafkaSecret(property.name)) return Status::Usage(place + ": the value of " + property.name + " cannot be used");
  return Status::Usage(place + ": " + std::string(Chomp(text.data())));
}

Status CheckPrivate(const std::string& path, unsigned mode, const std::string& what) {
  if (IsPrivate(path, mode)) return Status();
  return Status::Usage(path + ": " + what + " and can be read or changed by other users; run chmod 600 on it");
}

Status CheckKey(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return Status::Usage(path + ": " + ErrnoText(errno));
  return CheckPrivate(path, info.st_mode, "is a private key");
}

Status ReadFile(const KafkaOptions& options, KafkaSettings* settings) {
  unsigned mode = 0;
  const Result<std::string> text = ReadWholeFile(options.config, kLargestFile, &mode);
  if (!text.ok()) return Status::Usage("--kafka-config: " + text.status().message());
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::string_view rest = text.value();
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  for (int number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    const std::string place = options.config + ":" + std::to_string(number);
    Result<KafkaProperty> property = ParseKafkaProperty(line);
    if (!property.ok()) return Status::Usage(place + ": " + property.status().message());
    if (Status status = CheckProperty(*property, options, place); !status.ok()) return status;
    if (IsKafkaSecret(property->name)) {
      if (Status status = CheckPrivate(options.config, mode, "has a secret in it (" + property->name + ")");
          !status.ok())
        return status;
    }
    (*settings)[property->name] = property->value;
  }
  return Status();
}

// What the library would find out when it logs in, or tell in words of Kerberos.
Status CheckLogin(const KafkaSettings& settings) {
  const std::string protocol = LowerCase(SettingOf(settings, "security.protocol"));
  if (!protocol.starts_with("sasl")) return Status();
  const bool is_chosen = settings.contains("sasl.mechanisms") || settings.contains("sasl.mechanism");
  const auto kerberos = settings.lower_bound("sasl.kerberos.");
  const bool has_kerberos = kerberos != settings.end() && kerberos->first.starts_with("sasl.kerberos.");
  if (!is_chosen && !has_kerberos) {
    return Status::Usage("security.protocol=" + protocol +
                         " needs sasl.mechanisms: set it to what the broker offers (SCRAM-SHA-512, PLAIN, ...)");
  }
  const bool has_tokens = LowerCase(SettingOf(settings, "sasl.oauthbearer.method")) == "oidc" ||
                          settings.contains("enable.sasl.oauthbearer.unsecure.jwt");
  if (LoginMechanism(settings) == "OAUTHBEARER" && !has_tokens) {
    return Status::Usage(
        "sasl.mechanisms=OAUTHBEARER needs a place to get tokens from: set sasl.oauthbearer.method=oidc, and "
        "sasl.oauthbearer.client.id, sasl.oauthbearer.client.secret and sasl.oauthbearer.token.endpoint.url");
  }
  return Status();
}

}  // namespace

Result<KafkaSettings> ReadKafkaSettings(const ConnectionOptions& options) {
  KafkaSettings settings;
  const std::pair<const char*, const std::string&> tls[] = {{"ssl.ca.location", options.tls.ca},
                                                            {"ssl.certificate.location", options.tls.cert},
                                                            {"ssl.key.location", options.tls.key}};
  for (const auto& [name, path] : tls) {
    if (!path.empty()) settings[name] = path;
  }
  if (!options.kafka.config.empty()) {
    if (Status status = ReadFile(options.kafka, &settings); !status.ok()) return status;
  }
  for (const std::string& text : options.kafka.properties) {
    Result<KafkaProperty> property = ParseKafkaProperty(text);
    if (!property.ok()) return property.status();
    if (Status status = CheckProperty(*property, options.kafka, "-X"); !status.ok()) return status;
    settings[property->name] = property->value;
  }
  if (HasSecrets(settings)) ForbidCoreDumps();
  if (const std::string key = SettingOf(settings, "ssl.key.location"); !key.empty()) {
    if (Status status = CheckKey(key); !status.ok()) return status;
  }
  return settings;
}

std::vector<std::string> KafkaWarnings(const Endpoint& endpoint, const KafkaSettings& settings) {
  std::vector<std::string> warnings;
  if (!UsesTls(settings) && IsRemote(endpoint)) {
    warnings.push_back("'" + endpoint.text +
                       "' is insecure: records are not encrypted; set security.protocol=sasl_ssl or ssl");
  }
  for (const auto& [name, value] : settings) {
    if (TurnsVerificationOff({name, value}))
      warnings.push_back("'" + endpoint.text + "' is insecure: with " + name + "=" + value +
                         " anybody can pretend to be the broker");
  }
  return warnings;
}

std::string SettingOf(const KafkaSettings& settings, std::string_view name, std::string_view fallback) {
  const auto found = settings.find(name);
  return found == settings.end() ? std::string(fallback) : found->second;
}

std::string_view Chomp(std::string_view text) { return text.substr(0, text.find_last_not_of('\n') + 1); }

bool UsesTls(const KafkaSettings& settings) {
  return LowerCase(SettingOf(settings, "security.protocol", "plaintext")).find("ssl") != std::string::npos;
}

std::string LoginMechanism(const KafkaSettings& settings) {
  return SettingOf(settings, "sasl.mechanisms", SettingOf(settings, "sasl.mechanism", "GSSAPI"));
}

KafkaSettings ConsumerSettings(const std::string& group) {
  return {
      {"group.id", group},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"isolation.level", "read_committed"},
      {"enable.partition.eof", "true"},
      {"allow.auto.create.topics", "false"},
      {"fetch.wait.max.ms", "100"},
      // A peer that is silent for so long is away: sooner than silence is believed.
      {"socket.timeout.ms", "10000"},
      {"reconnect.backoff.max.ms", "2000"},
  };
}

Result<KafkaConf> MakeKafkaConf(const Endpoint& endpoint, const KafkaSettings& chosen, const KafkaSettings& settings,
                                const KafkaSettings& binding) {
  std::string brokers;
  for (const HostAndPort& broker : endpoint.brokers) brokers += (brokers.empty() ? "" : ",") + TextOf(broker);
  KafkaConf conf(rd_kafka_conf_new());
  std::array<char, 512> text{};
  KafkaSettings all = binding;
  all.insert(settings.begin(), settings.end());
  all.insert(chosen.begin(), chosen.end());
  if (Status status = CheckLogin(all); !status.ok()) return Status::Usage(endpoint.text + ": " + status.message());
  if (!brokers.empty()) all["bootstrap.servers"] = brokers;
  for (const auto& [name, value] : all) {
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), text.data(), text.size()) == RD_KAFKA_CONF_OK)
      continue;
    return Status::Usage(endpoint.text + ": " + name + " cannot be set");
  }
  return conf;
}

}  // namespace socklog
