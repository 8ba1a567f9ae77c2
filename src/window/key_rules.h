// What a request counts as: its keys, its cell, and whether it counts at all.
#ifndef SOCKLOG_WINDOW_KEY_RULES_H_
#define SOCKLOG_WINDOW_KEY_RULES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/hash.h"
#include "base/regex.h"
#include "socklog/cell.h"
#include "socklog/log_entry.h"
#include "socklog/options.h"
#include "socklog/status.h"

namespace socklog {

// One request, ready to be counted. Views point into the LogEntry or into the KeyRules that made it, and live until its
// next call.
struct CountedRequest {
  Micros time = 0;
  Cell cell;
  bool ignored = false;
  std::string_view raw;                                // the line itself, where late lines are kept; set by the caller
  std::array<std::string_view, kDimensionCount> keys;  // [kGlobal] unused; empty: not counted in that dimension
};

// Applies [keys], [errors] and [[ignore]]. Keys come out printable and at most kMaxKeyBytes long. Thread-compatible.
class KeyRules {
 public:
  static constexpr std::size_t kMaxKeyBytes = 256;

  // `dimensions[d]`: whether keys of that dimension are wanted. Errors (kUsage): an expression or address range that is
  // none.
  static Result<std::unique_ptr<KeyRules>> Make(const KeyOptions& keys, const std::vector<IgnoreRule>& ignore,
                                                EventTime event_time,
                                                const std::array<bool, kDimensionCount>& dimensions);

  void Apply(const LogEntry& entry, CountedRequest* request);

  // FieldMask bits that Apply reads.
  std::uint32_t fields() const { return fields_; }

 private:
  struct Fold {
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
  // What is worth remembering of a distinct URL.
  struct UrlFacts {
    std::string key;               // folded
    std::uint64_t ignored_by = 0;  // bit i: the URL part of ignore rule i matches
  };
  struct UrlHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return Hash64(text, RandomSeed()); }
  };

  KeyRules() = default;
  Status AddFolds(const std::vector<UrlRule>& rules);
  Status AddIgnores(const std::vector<IgnoreRule>& rules);
  std::string_view UrlKey(const LogEntry& entry, std::uint64_t* ignored_by);
  const UrlFacts& FactsOf(std::string_view url);
  std::string_view ClientOf(const LogEntry& entry) const;
  std::string_view ClientKey(const LogEntry& entry);
  std::string_view UserKey(const LogEntry& entry);
  bool IsIgnored(const LogEntry& entry, std::string_view client, std::uint64_t url_ignored_by) const;
  Cell CellOf(const LogEntry& entry) const;

  KeyOptions options_;
  EventTime event_time_ = EventTime::kStart;
  std::array<bool, kDimensionCount> wanted_{};
  std::uint32_t fields_ = kFieldTime;
  std::array<bool, 600> is_error_{};
  std::vector<Fold> folds_;
  std::vector<Ignore> ignores_;
  bool url_rules_ = false;
  std::unordered_map<std::string, UrlFacts, UrlHash, std::equal_to<>> url_cache_;
  std::array<std::string, kDimensionCount> scratch_;
  std::string address_scratch_;
};

// The path that a request asks for: no scheme, authority, query, fragment and ;params. "(connect)", "(star)",
// "(invalid)" stand for what has none. A view into the entry or static text.
std::string_view TargetPath(const LogEntry& entry);

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_KEY_RULES_H_
