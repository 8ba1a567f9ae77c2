// Which instance of a group works, and what decides it.
#include <array>
#include <string>
#include <vector>

#include "support/catch.h"
#include "testing.h"
#include "transport/kafka/client.h"
#include "transport/kafka/group_peers.h"
#include "transport/kafka/member_settings.h"

namespace socklog {
namespace {

using testing::At;
using testing::TestClock;

// Empty: it has none.
std::string ValueOf(const KafkaClient& client, const char* name) {
  std::array<char, 256> text{};
  std::size_t size = text.size();
  rd_kafka_conf_get(rd_kafka_conf(client.handle()), name, text.data(), &size);
  return text.data();
}

std::unique_ptr<KafkaClient> NewMember(const ConnectionOptions& options) {
  const Result<KafkaSettings> user = ReadKafkaSettings(options);
  REQUIRE(user.ok());
  const MemberSettings settings = SettingsOfMember(options.kafka, user.value(), TestClock());
  KafkaClient::Options client_options{At("kafka://127.0.0.1:1/t"), options, RD_KAFKA_CONSUMER, settings.chosen, {}};
  client_options.binding = settings.binding;
  Result<std::unique_ptr<KafkaClient>> client = KafkaClient::New(std::move(client_options));
  REQUIRE(client.ok());
  return std::move(client).value();
}

ConnectionOptions OptionsOf(bool standby, const std::vector<std::string>& properties) {
  ConnectionOptions options;
  options.kafka.group = "g";
  options.kafka.standby = standby;
  options.kafka.properties = properties;
  return options;
}

TEST_CASE("Who stands by is called by the time of its start, whatever else the user calls it") {
  const auto name_of = [](const std::vector<std::string>& properties) {
    return ValueOf(*NewMember(OptionsOf(true, properties)), "client.id");
  };
  const std::string first = name_of({"client.id=zz"});
  const std::string second = name_of({"client.id=aa"});
  CHECK(first.find("~socklog-") == 0);
  CHECK(first.substr(first.size() - 3) == "-zz");
  CHECK(second.substr(second.size() - 3) == "-aa");
  CHECK(first < second);
  CHECK(GroupInstanceId({{"group.instance.id", "web1"}}) < first);
}

TEST_CASE("A member reads the state from the leader, whatever the user set for reading") {
  for (const bool standby : {false, true})
    CHECK(ValueOf(*NewMember(OptionsOf(standby, {"client.rack=east"})), "client.rack").empty());
}

TEST_CASE("A member is called by its host and its machine, or as the user says") {
  CHECK(GroupInstanceIdOf("web1", "abc\n") == GroupInstanceIdOf("web1", "abc\n"));
  CHECK(GroupInstanceIdOf("web1", "abc\n") != GroupInstanceIdOf("web1", "abd\n"));
  CHECK(GroupInstanceIdOf("web1", "abc\n") != GroupInstanceIdOf("web2", "abc\n"));
  CHECK(GroupInstanceIdOf("web1", "").find("web1-") == 0);
  CHECK(GroupInstanceIdOf("a b/c", "").find("a_b_c-") == 0);
  CHECK(GroupInstanceIdOf("", "").find("socklog-") == 0);
  CHECK(GroupInstanceId({{"group.instance.id", "mine"}}) == "mine");
  CHECK(ValueOf(*NewMember(OptionsOf(false, {})), "group.instance.id") == GroupInstanceId({}));
  CHECK(ValueOf(*NewMember(OptionsOf(true, {})), "group.instance.id").empty());
}

TEST_CASE("How long a dead member is waited for goes by the session time-out in force") {
  CHECK(SessionTimeout({}) == 6 * kSecond);
  CHECK(SessionTimeout({{"session.timeout.ms", "30000"}}) == 30 * kSecond);
}

TEST_CASE("A member at another address is none of this machine's") {
  for (const char* mine : {"/127.0.0.1", "127.0.0.1", "broker/127.0.0.1"}) CHECK(IsOfThisMachine(mine));
  for (const char* other : {"/192.0.2.1", "/2001:db8:0:0:0:0:0:1", "/2001:db8:0:0:0:0:0:1%eth0", "/", "", "unknown"})
    CHECK(!IsOfThisMachine(other));
}

}  // namespace
}  // namespace socklog
