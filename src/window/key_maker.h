// Applies the rules of a run to parsed entries: what each request counts as.
#ifndef SOCKLOG_WINDOW_KEY_MAKER_H_
#define SOCKLOG_WINDOW_KEY_MAKER_H_

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "base/text_arena.h"
#include "socklog/log_entry.h"
#include "socklog/request.h"
#include "window/key_rules.h"

namespace socklog {

// One for each thread at a time. Keys come out printable and at most KeyRules::kMaxKeyBytes long; what is remembered
// from line to line is only a matter of speed. Thread-compatible.
class KeyMaker {
 public:
  // Borrowed.
  explicit KeyMaker(const KeyRules& rules);

  // Keys that are not in the line as they stand are put into *texts.
  void Apply(const LogEntry& entry, TextArena* texts, Request* request);

 private:
  // What is worth remembering of a distinct URL.
  struct UrlFacts {
    std::string key;               // folded
    std::uint64_t ignored_by = 0;  // bit i: the URL part of ignore rule i matches
  };
  struct UrlHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return Hash64(text, RandomSeed()); }
  };
  // The key of an address that is not its own key (IPv6). A place is overwritten by the next one with its hash.
  struct RememberedClient {
    std::string address;
    std::string key;
  };

  std::string_view UrlKey(const LogEntry& entry, TextArena* texts, std::uint64_t* ignored_by);
  const UrlFacts& FactsOf(std::string_view url);
  std::string_view ClientKey(const LogEntry& entry, TextArena* texts);
  std::string_view UserKey(const LogEntry& entry, TextArena* texts) const;
  void SetKey(Dimension dimension, std::string_view key, Request* request) const;

  const KeyRules& rules_;
  const std::uint64_t seed_;
  std::unordered_map<std::string, UrlFacts, UrlHash, std::equal_to<>> url_cache_;
  std::vector<RememberedClient> clients_;  // empty until the first
};

// The path that a request asks for: no scheme, authority, query, fragment and ;params. "(connect)", "(star)",
// "(invalid)" stand for what has none. A view into the entry or static text. *plain: it may be a key as it stands, but
// for its length.
std::string_view TargetPath(const LogEntry& entry, bool* plain);

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_KEY_MAKER_H_
