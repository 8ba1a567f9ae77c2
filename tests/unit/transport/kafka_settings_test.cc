#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/kafka_property.h"
#include "support/catch.h"
#include "transport/kafka/settings.h"

namespace socklog {
namespace {

// A file that only its owner may read, for the time of a test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text, mode_t mode = 0600) {
    std::string path = (std::filesystem::temp_directory_path() / "socklog-kafka-XXXXXX").string();
    const int fd = mkstemp(path.data());
    REQUIRE(fd >= 0);
    close(fd);
    path_ = path;
    std::ofstream(path_) << text;
    chmod(path_.c_str(), mode);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string ErrorOf(const ConnectionOptions& options) {
  const Result<KafkaSettings> settings = ReadKafkaSettings(options);
  if (settings.ok()) return "";
  CHECK(settings.status().code() == StatusCode::kUsage);
  return settings.status().message();
}

std::string ErrorOf(const std::string& property) {
  ConnectionOptions options;
  options.kafka.properties = {property};
  return ErrorOf(options);
}

bool Has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_CASE("Properties of Kafka as text") {
  const Result<KafkaProperty> property = ParseKafkaProperty(" sasl.username =  anna b \r");
  REQUIRE(property.ok());
  CHECK(property.value().name == "sasl.username");
  CHECK(property.value().value == "anna b");
  CHECK(ParseKafkaProperty("a=b=c").value().value == "b=c");
  CHECK(ParseKafkaProperty("a=").value().value.empty());
  for (const char* wrong : {"", "a", "=b", " = b"}) CHECK(!ParseKafkaProperty(wrong).ok());
  for (const char* secret :
       {"sasl.password", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password", "sasl.oauthbearer.client.secret",
        "sasl.oauthbearer.config", "some.new.password", "sasl.oauthbearer.assertion.private.key.pem"})
    CHECK(IsKafkaSecret(secret));
  for (const char* open : {"sasl.username", "ssl.key.location", "ssl.ca.pem", "security.protocol"})
    CHECK(!IsKafkaSecret(open));
}

TEST_CASE("Settings: the flags go before the file, the file before --tls-ca") {
  const TemporaryFile ca("");
  const TemporaryFile file("# login\n\n security.protocol = sasl_ssl\nssl.ca.location=" + ca.path() +
                           "\nsasl.password = geheim\n");
  ConnectionOptions options;
  options.tls.ca = "/tls";
  options.kafka.config = file.path();
  options.kafka.properties = {"security.protocol=ssl"};
  const Result<KafkaSettings> settings = ReadKafkaSettings(options);
  REQUIRE(settings.ok());
  CHECK(SettingOf(settings.value(), "security.protocol") == "ssl");
  CHECK(SettingOf(settings.value(), "ssl.ca.location") == ca.path());
  CHECK(SettingOf(settings.value(), "sasl.password") == "geheim");
  CHECK(SettingOf(settings.value(), "linger.ms", "7") == "7");
}

TEST_CASE("Settings that are refused") {
  CHECK(Has(ErrorOf("security.protocl=ssl"), "did you mean 'security.protocol'?"));
  CHECK(Has(ErrorOf("sasl.usrname=a"), "did you mean 'sasl.username'?"));
  CHECK(Has(ErrorOf("group.id=a"), "--group"));
  CHECK(Has(ErrorOf("bootstrap.servers=a"), "kafka://"));
  CHECK(Has(ErrorOf("batch.size=soon"), "batch.size"));
  for (const char* alias : {"topic.auto.offset.reset=latest", "topic.message.timeout.ms=0", "topic.acks=0"})
    CHECK(Has(ErrorOf(alias), "leave 'topic.' out"));
  CHECK(ErrorOf("topic.metadata.refresh.interval.ms=1000").empty());
  CHECK(Has(ErrorOf("opaque=1"), "-X: opaque cannot be set here"));
  CHECK(Has(ErrorOf("ssl.ca.location=/no/such/file"), "ssl.ca.location: cannot read '/no/such/file': No such file"));
  CHECK(ErrorOf("ssl.ca.location=probe").empty());
  CHECK(Has(ErrorOf("ssl.endpoint.identification.algorithm=none"), "--kafka-insecure"));
  CHECK(Has(ErrorOf("enable.ssl.certificate.verification=false"), "--kafka-insecure"));
  CHECK(ErrorOf("enable.ssl.certificate.verification=true").empty());
  for (const char* name :
       {"isolation.level=read_uncommitted", "transactional.id=a", "delivery.report.only.error=true", "enabled_events=1",
        "auto.commit.enable=true", "partition.assignment.strategy=cooperative-sticky", "group.protocol=consumer",
        "topic.blacklist=a", "plugin.library.paths=a"})
    CHECK(Has(ErrorOf(name), "cannot be set here"));
  for (const char* endless : {"message.timeout.ms=0", "delivery.timeout.ms=0", "message.timeout.ms=00"})
    CHECK(Has(ErrorOf(endless), "for ever"));
  CHECK(ErrorOf("message.timeout.ms=1000").empty());
}

TEST_CASE("Numbers that the library would take for others") {
  CHECK(Has(ErrorOf("session.timeout.ms=4294973296"), "takes session.timeout.ms=4294973296 for 6000"));
  CHECK(Has(ErrorOf("linger.ms=010"), "linger.ms"));
  CHECK(Has(ErrorOf("queued.max.messages.kbytes=1e3"), "takes queued.max.messages.kbytes=1e3 for 1;"));
  for (const char* tail : {"batch.size=1024abc", "batch.size=0x400", "batch.size=1 000", "batch.size=+1024"})
    CHECK(Has(ErrorOf(tail), "give a decimal number"));
  CHECK(ErrorOf("acks=all").empty());
  for (const char* text : {"session.timeout.ms=6000", "request.required.acks=-1", "client.id=007",
                           "sasl.username=4294973296", "socket.keepalive.enable=1"}) {
    INFO(text);
    CHECK(ErrorOf(text).empty());
  }
  const TemporaryFile file("sasl.password=4294973296\n");
  ConnectionOptions options;
  options.kafka.config = file.path();
  CHECK(ErrorOf(options).empty());
}

TEST_CASE("A name for one instance is refused where several may run") {
  ConnectionOptions options;
  options.kafka.properties = {"group.instance.id=a"};
  CHECK(ErrorOf(options).empty());
  options.kafka.standby = true;
  CHECK(Has(ErrorOf(options), "cannot be set with --standby"));
  const TemporaryFile file("group.instance.id=a\n");
  options.kafka.properties.clear();
  options.kafka.config = file.path();
  CHECK(Has(ErrorOf(options), ":1: group.instance.id cannot be set with --standby"));
}

TEST_CASE("All words of the library for no verification") {
  for (const char* off : {"0", "f", "F", "false", "False", "FALSE"}) {
    INFO(off);
    CHECK(Has(ErrorOf(std::string("enable.ssl.certificate.verification=") + off), "--kafka-insecure"));
    const KafkaSettings settings = {{"security.protocol", "ssl"}, {"enable.ssl.certificate.verification", off}};
    CHECK(KafkaWarnings(*ParseEndpoint("kafka://b/t"), settings).size() == 1);
  }
  for (const char* off : {"none", "None", "NONE"}) {
    INFO(off);
    CHECK(Has(ErrorOf(std::string("ssl.endpoint.identification.algorithm=") + off), "--kafka-insecure"));
  }
}

TEST_CASE("Settings without verification, said twice, are heeded with a warning") {
  ConnectionOptions options;
  options.kafka.insecure = true;
  options.kafka.properties = {"enable.ssl.certificate.verification=false", "security.protocol=ssl"};
  const Result<KafkaSettings> settings = ReadKafkaSettings(options);
  REQUIRE(settings.ok());
  const std::vector<std::string> warnings = KafkaWarnings(*ParseEndpoint("kafka://b/t"), settings.value());
  REQUIRE(warnings.size() == 1);
  CHECK(Has(warnings[0], "pretend"));
}

TEST_CASE("Records that are not encrypted") {
  CHECK(KafkaWarnings(*ParseEndpoint("kafka://localhost/t"), {}).empty());
  CHECK(KafkaWarnings(*ParseEndpoint("kafka://b/t"), {}).size() == 1);
  CHECK(KafkaWarnings(*ParseEndpoint("kafka://b/t"), {{"security.protocol", "SASL_PLAINTEXT"}}).size() == 1);
  CHECK(KafkaWarnings(*ParseEndpoint("kafka://b/t"), {{"security.protocol", "SASL_SSL"}}).empty());
}

TEST_CASE("Files of settings that are refused") {
  ConnectionOptions options;
  const auto error_of = [&](const std::string& text, mode_t mode) {
    const TemporaryFile file(text, mode);
    options.kafka.config = file.path();
    return ErrorOf(options);
  };
  CHECK(Has(error_of("sasl.password=geheim\n", 0644), "chmod 600"));
  CHECK(!Has(error_of("sasl.password=geheim\n", 0644), "geheim"));
  CHECK(error_of("sasl.username=anna\n", 0644).empty());
  CHECK(Has(error_of("\nsasl.password=\n", 0600), ":2: sasl.password is empty"));
  CHECK(Has(error_of("\nsasl.username=anna\ngeheim\n", 0600), ":3: "));
  CHECK(!Has(error_of("geheim\n", 0600), "geheim"));
  CHECK(error_of("\xef\xbb\xbfsasl.username=anna\n", 0600).empty());
  CHECK(error_of("queued.max.messages.kbytes=99999999\n", 0600).back() != '\n');
  CHECK(Has(error_of("a.b=c\n", 0600), ":1: librdkafka knows no property 'a.b'"));
  options.kafka.config = "/no/such/file";
  CHECK(Has(ErrorOf(options), "--kafka-config: /no/such/file"));
}

TEST_CASE("A private key that others can read is refused") {
  const TemporaryFile key("", 0644);
  CHECK(Has(ErrorOf("ssl.key.location=" + key.path()), "chmod 600"));
  chmod(key.path().c_str(), 0600);
  CHECK(ErrorOf("ssl.key.location=" + key.path()).empty());
}

TEST_CASE("A process that has a secret leaves no core dump") {
  const auto leaves_dump = [](const ConnectionOptions& options) {
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    CHECK(ErrorOf(options).empty());
    const bool leaves = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return leaves;
  };
  const TemporaryFile password("sasl.password=geheim\n");
  const TemporaryFile name("sasl.username=anna\n");
  const TemporaryFile key("");
  ConnectionOptions options;
  options.kafka.config = name.path();
  CHECK(leaves_dump(options));
  options.kafka.config = password.path();
  CHECK(!leaves_dump(options));
  options.kafka.config.clear();
  options.tls.key = key.path();
  CHECK(!leaves_dump(options));
}

}  // namespace
}  // namespace socklog
