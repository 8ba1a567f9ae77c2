// Keys and certificates made on the spot.
#ifndef SOCKLOG_TESTS_UNIT_TRANSPORT_CERTIFICATES_H_
#define SOCKLOG_TESTS_UNIT_TRANSPORT_CERTIFICATES_H_

#include <memory>
#include <string>

#include "socklog/options.h"

namespace socklog::testing {

// An authority of its own kind: two of them do not trust each other.
class Authority {
 public:
  explicit Authority(const std::string& name = "test authority");
  ~Authority();

  // Writes the authority's certificate; for TlsOptions::ca.
  void WriteTo(const std::string& path) const;

  // Writes PREFIX.crt and PREFIX.key (mode 0600). `names`: as OpenSSL writes them, "DNS:localhost,IP:127.0.0.1".
  // valid_days: from yesterday; negative: it ended so many days ago.
  void Issue(const std::string& prefix, const std::string& names, int valid_days = 10) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_UNIT_TRANSPORT_CERTIFICATES_H_
