#include "transport/kafka/member_settings.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>

#include "base/hash.h"
#include "transport/file_io.h"

namespace socklog {
namespace {

// The broker's least: so long a worker that died keeps others waiting.
constexpr std::string_view kSessionTimeout = "6000";
constexpr std::size_t kMachineDigits = 8;

// The first by name has the work: an instance that may not stand by, else who began earliest. Names of the former begin
// with what comes before '~'. What the user calls it comes behind.
std::string StandbyClientId(const KafkaSettings& user, const Clock& clock) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "~socklog-%016llx-%d", static_cast<unsigned long long>(clock.Now()),
                getpid());
  const std::string given = SettingOf(user, "client.id");
  return given.empty() ? text.data() : text.data() + ("-" + given);
}

}  // namespace

MemberSettings SettingsOfMember(const KafkaOptions& options, const KafkaSettings& user, const Clock& clock) {
  MemberSettings settings;
  settings.chosen = ConsumerSettings(options.group);
  settings.chosen["session.timeout.ms"] = kSessionTimeout;
  // With the next of them members hear that one has left.
  settings.chosen["heartbeat.interval.ms"] = options.standby ? "500" : "1500";
  settings.chosen["partition.assignment.strategy"] = "range";  // to the first by name
  settings.chosen["auto.offset.reset"] = "earliest";
  settings.binding["client.rack"] = "";  // a follower may not have the last state yet
  if (options.standby) {
    settings.binding["client.id"] = StandbyClientId(user, clock);
  } else {
    settings.chosen["group.instance.id"] = GroupInstanceId(user);
    settings.chosen["client.id"] = "socklog@" + settings.chosen["group.instance.id"];
  }
  return settings;
}

std::string GroupInstanceId(const KafkaSettings& user) {
  if (std::string given = SettingOf(user, "group.instance.id"); !given.empty()) return given;
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  const Result<std::string> machine = ReadWholeFile("/etc/machine-id", 4096);
  return GroupInstanceIdOf(host.data(), machine.ok() ? machine.value() : std::string());
}

// The machine's own id is not to be shown.
std::string GroupInstanceIdOf(std::string_view host, std::string_view machine_id) {
  std::string id(host.empty() ? "socklog" : host);
  const auto is_allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-'; };
  std::replace_if(
      id.begin(), id.end(), [&](char c) { return !is_allowed(static_cast<unsigned char>(c)); }, '_');
  return id + "-" + Hash128Hex("socklog " + std::string(machine_id)).substr(0, kMachineDigits);
}

Micros SessionTimeout(const KafkaSettings& user) {
  const std::string text = SettingOf(user, "session.timeout.ms", kSessionTimeout);
  return std::atoll(text.c_str()) * kMillisecond;
}

}  // namespace socklog
