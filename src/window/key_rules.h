// What a request counts as: its keys, its cell, and whether it counts at all.
#ifndef SOCKLOG_WINDOW_KEY_RULES_H_
#define SOCKLOG_WINDOW_KEY_RULES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/regex.h"
#include "socklog/cell.h"
#include "socklog/log_entry.h"
#include "socklog/options.h"
#include "socklog/request.h"
#include "socklog/status.h"

namespace socklog {

// [keys], [errors] and [[ignore]] as they were given; KeyMaker applies them. Immutable, thread-safe.
class KeyRules {
 public:
  static constexpr std::size_t kMaxKeyBytes = 256;

  // `dimensions[d]`: whether keys of that dimension are wanted. Errors (kUsage): an expression or address range that is
  // none.
  static Result<std::unique_ptr<KeyRules>> Make(const KeyOptions& keys, const std::vector<IgnoreRule>& ignore,
                                                EventTime event_time,
                                                const std::array<bool, kDimensionCount>& dimensions);

  const KeyOptions& options() const { return options_; }
  // FieldMask bits that are read.
  std::uint32_t fields() const { return fields_; }
  bool reads(FieldMask field) const { return (fields_ & field) != 0; }
  bool wants(Dimension dimension) const { return wanted_[static_cast<std::size_t>(dimension)]; }
  bool ignores() const { return !ignores_.empty(); }
  bool user_is_client() const { return user_is_client_; }
  // Whether Fold or IgnoredBy has anything to look at.
  bool has_url_rules() const { return url_rules_; }

  // Event time: when the request began, or ended.
  Micros TimeOf(const LogEntry& entry) const { return event_time_ == EventTime::kStart ? entry.time : EndOf(entry); }
  // OutcomeBits.
  std::uint8_t OutcomeOf(std::uint16_t status) const { return status < outcomes_.size() ? outcomes_[status] : 0; }
  // The address, or the first one of the header that [keys] client names.
  std::string_view ClientOf(const LogEntry& entry) const {
    return reads(kFieldClientHeader) ? FirstClientOf(entry) : entry.client;
  }
  // What the first folding rule that matches makes of `url`; false: none does.
  bool Fold(std::string_view url, std::string* folded) const;
  // Bit i: the URL part of ignore rule i matches, or it has none.
  std::uint64_t IgnoredBy(std::string_view url) const;
  // `client`: the entry's client key. `url_ignored_by`: IgnoredBy its URL.
  bool IsIgnored(const LogEntry& entry, std::string_view client, std::uint64_t url_ignored_by) const;

 private:
  struct FoldRule {
    Regex match;
    std::string to;
  };
  struct Ignore {
    std::unique_ptr<Regex> url;
    std::unique_ptr<Regex> agent;
    std::unique_ptr<AddressRange> client;
    std::string client_name;  // a host name, where it is no range
    std::vector<StatusRange> status;
  };

  KeyRules() = default;
  static std::string_view FirstClientOf(const LogEntry& entry);
  static Micros EndOf(const LogEntry& entry);
  void SetOutcomes();
  Status AddFolds(const std::vector<UrlRule>& rules);
  Status AddIgnores(const std::vector<IgnoreRule>& rules);

  KeyOptions options_;
  EventTime event_time_ = EventTime::kStart;
  std::array<bool, kDimensionCount> wanted_{};
  std::uint32_t fields_ = kFieldTime;
  std::array<std::uint8_t, 600> outcomes_{};  // by status
  std::vector<FoldRule> folds_;
  std::vector<Ignore> ignores_;
  bool url_rules_ = false;
  bool user_is_client_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_KEY_RULES_H_
