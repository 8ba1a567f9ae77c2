#include "base/kafka_property.h"

#include <algorithm>

namespace socklog {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

}  // namespace

Result<KafkaProperty> ParseKafkaProperty(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = Trim(text.substr(0, equals));
  // The text may be a secret that was put where it does not belong: it is not repeated.
  if (equals == std::string_view::npos || name.empty())
    return Status::Usage("a property of Kafka is written NAME=VALUE, such as security.protocol=sasl_ssl");
  if (text.find('\0') != std::string_view::npos) return Status::Usage("there is a NUL byte in it");
  return KafkaProperty{std::string(name), std::string(Trim(text.substr(equals + 1)))};
}

bool IsKafkaSecret(std::string_view name) {
  constexpr std::string_view kSecrets[] = {
      "sasl.password",
      "ssl.key.password",
      "ssl.key.pem",
      "ssl.keystore.password",
      "sasl.oauthbearer.client.secret",
      "sasl.oauthbearer.config",
  };
  if (std::find(std::begin(kSecrets), std::end(kSecrets), name) != std::end(kSecrets)) return true;
  // Those of later versions of the library.
  return name.ends_with(".password") || name.ends_with(".secret") || name.ends_with(".passphrase") ||
         name.ends_with("key.pem");
}

}  // namespace socklog
