// Applies the rules of a run to parsed entries: what each request counts as.
#ifndef SOCKLOG_WINDOW_KEY_MAKER_H_
#define SOCKLOG_WINDOW_KEY_MAKER_H_

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "base/key_hash.h"
#include "socklog/log_entry.h"
#include "socklog/request.h"
#include "socklog/text_arena.h"
#include "window/key_rules.h"

namespace socklog {

// One for each thread at a time. Texts of entries must be padded, as those in a Block or a TextArena are. Keys come out
// printable and at most KeyRules::kMaxKeyBytes long; what is remembered from line to line is only a matter of speed.
// Thread-compatible.
class KeyMaker {
 public:
  // Borrowed.
  explicit KeyMaker(const KeyRules& rules);

  // Keys that are not in the line as they stand are put into *texts, where nothing of the entry may be.
  void Apply(const LogEntry& entry, TextArena* texts, Request* request);
  // The same for each of the entries, at the end of *requests.
  void Apply(const LogEntries& entries, TextArena* texts, Requests* requests);

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
  std::string_view UrlKey(const LogEntry& entry, TextArena* texts, std::uint64_t* ignored_by);
  const UrlFacts& FactsOf(std::string_view url);
  void SetClientKey(const LogEntry& entry, TextArena* texts, Key* key);
  void SetUserKey(const LogEntry& entry, TextArena* texts, Key* key) const;
  void Make(const LogEntry& entry, TextArena* texts, Request* request);
  void HashWritten();
  void SetKeys(const LogEntry& entry, TextArena* texts, Request* request);
  void SetUsualKeys(const LogEntry& entry, TextArena* texts, Request* request);
  void Set(std::string_view text, Key* key) const;
  void SetWritten(std::string_view text, Key* key);

  const KeyRules& rules_;
  const bool usual_rules_;  // keys are fields of the entry, and nothing is ignored
  const KeyHash hash_;
  std::vector<Key*> written_;  // keys whose text was just put together, still without hash
  std::unordered_map<std::string, UrlFacts, UrlHash, std::equal_to<>> url_cache_;
};

}  // namespace socklog

#endif  // SOCKLOG_WINDOW_KEY_MAKER_H_
