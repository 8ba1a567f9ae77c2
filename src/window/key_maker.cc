#include "window/key_maker.h"

#include <cstring>

#include "base/byte_scan.h"
#include "base/text.h"

namespace socklog {
namespace {

constexpr std::size_t kUrlCacheEntries = 100'000;

// Text that is printable already, cut to the longest key.
std::string CutKey(std::string printable) {
  constexpr std::size_t kKept = KeyRules::kMaxKeyBytes - 16;
  if (printable.size() <= KeyRules::kMaxKeyBytes) return printable;
  std::size_t cut = kKept;
  while (cut > 0 && (static_cast<unsigned char>(printable[cut]) & 0xc0) == 0x80) --cut;  // not inside a UTF-8 sequence
  const std::string hash = Hash128Hex(printable).substr(0, 16);
  printable.resize(cut);
  return printable + hash;
}

[[gnu::noinline]] std::string_view MakeOddKey(std::string_view text, TextArena* texts) {
  std::string printable;
  AppendPrintable(text, &printable);
  return texts->Add(CutKey(std::move(printable)));
}

// `text` as a key. Almost every one is fit as it stands, and then nothing is copied.
std::string_view MakeKey(std::string_view text, bool plain, TextArena* texts) {
  if (plain && text.size() <= KeyRules::kMaxKeyBytes) [[likely]]
    return text;
  return MakeOddKey(text, texts);
}

bool IsPlain(std::string_view text) { return PlainPrefix<StopAt::kOdd>(text) == text.size(); }

// Keys that stand for what has no path, padded.
constexpr char kInvalid[TextArena::kPadding * 2] = "(invalid)";
constexpr char kConnect[TextArena::kPadding * 2] = "(connect)";
constexpr char kStar[TextArena::kPadding * 2] = "(star)";
constexpr char kRoot[TextArena::kPadding * 2] = "/";

// Copies 64 bytes at a time: both texts are padded. REQUIRES: there is room for so many more.
char* CopyPadded(std::string_view text, char* to) {
  for (std::size_t i = 0; i < text.size(); i += TextArena::kPadding)
    std::memcpy(to + i, text.data() + i, TextArena::kPadding);
  return to + text.size();
}

// "host/path".
std::string_view Join(std::string_view host, std::string_view path, TextArena* texts) {
  constexpr std::size_t kFew = TextArena::kPadding;
  if (host.size() <= kFew && path.size() <= kFew && path.front() == '/') [[likely]] {
    char* const joined = texts->Allocate(host.size() + path.size());
    std::memcpy(joined, host.data(), kFew);
    std::memcpy(joined + host.size(), path.data(), kFew);
    return {joined, host.size() + path.size()};
  }
  const std::size_t slash = path.front() == '/' ? 0 : 1;
  const std::size_t size = host.size() + slash + path.size();
  char* joined = texts->Allocate(size);
  char* end = CopyPadded(host, joined);
  if (slash != 0) *end = '/';
  CopyPadded(path, end + slash);
  return {joined, size};
}

// What a folding rule made of a key: backslashes are escapes already, but a group may have cut a character in two.
std::string MakeFoldedKey(std::string_view text) {
  std::string printable;
  AppendTerminalSafe(text, &printable);
  return CutKey(std::move(printable));
}

// `text` is cut where its path ends. Whether all of the path is plain.
bool CutPath(std::string_view* text) {
  const std::size_t prefix = PlainPrefix<StopAt::kPathEnd>(*text);
  if (prefix == text->size()) return true;
  const std::size_t end = EndsPath((*text)[prefix]) ? prefix : text->find_first_of("?#;", prefix);
  *text = text->substr(0, end);
  return end == prefix;
}

// The path of a target that is no path.
[[gnu::noinline]] std::string_view OddTargetPath(const LogEntry& entry, bool* plain) {
  std::string_view path = entry.target;
  *plain = true;
  if (!entry.request_valid || path.empty()) return kInvalid;
  if (entry.method == "CONNECT") return kConnect;
  if (path == "*") return kStar;
  const std::size_t scheme = path.find("://");
  if (scheme == std::string_view::npos || scheme == 0 ||
      path.substr(0, scheme).find_first_of("/?#") != std::string_view::npos)
    return kInvalid;
  path.remove_prefix(scheme + 3);
  const std::size_t start = path.find_first_of("/?#");
  path = start == std::string_view::npos ? std::string_view() : path.substr(start);
  *plain = CutPath(&path);
  return path.empty() ? kRoot : path;
}

// The path that a request asks for: no scheme, authority, query, fragment and ;params. "(connect)", "(star)",
// "(invalid)" stand for what has none. *plain: it may be a key as it stands, but for its length.
std::string_view TargetPath(const LogEntry& entry, bool* plain) {
  std::string_view path = entry.target;
  const bool is_path = entry.request_valid && !path.empty() && path.front() == '/' && entry.method != "CONNECT";
  if (!is_path) [[unlikely]]
    return OddTargetPath(entry, plain);
  if (entry.path_size > 0) {
    *plain = true;
    return path.substr(0, entry.path_size);
  }
  *plain = CutPath(&path);
  return path;
}

}  // namespace

KeyMaker::KeyMaker(const KeyRules& rules)
    : rules_(rules),
      usual_rules_(!rules.ignores() && !rules.has_url_rules() && !rules.user_is_client() &&
                   !rules.reads(kFieldUserHeader) && !rules.reads(kFieldClientHeader)) {}

// Keys are written where they stay: to copy one right after its parts were written would stall.
inline void KeyMaker::Set(std::string_view text, Key* key) const {
  key->data = text.data();
  key->size = static_cast<std::uint32_t>(text.size());
  key->hash = hash_(text);
}

// Of a text that may just have been put together: HashWritten does the rest.
inline void KeyMaker::SetWritten(std::string_view text, Key* key) {
  key->data = text.data();
  key->size = static_cast<std::uint32_t>(text.size());
  written_.push_back(key);
}

void KeyMaker::Apply(const LogEntries& entries, TextArena* texts, Requests* requests) {
  written_.clear();  // a call before may have ended early
  const std::size_t first = requests->size();
  requests->ResizeForOverwrite(first + entries.size());
  Request* request = requests->data() + first;
  for (const LogEntry& entry : entries) Make(entry, texts, request++);
  HashWritten();
}

void KeyMaker::Apply(const LogEntry& entry, TextArena* texts, Request* request) {
  written_.clear();
  Make(entry, texts, request);
  HashWritten();
}

// Late, at the end of a batch: to read a text right after it was written piece by piece would stall.
void KeyMaker::HashWritten() {
  for (Key* key : written_) key->hash = hash_(key->text());
  written_.clear();
}

// Of what was in *request before, nothing stays but the rest of a key without size: nobody looks at that but to fetch
// what it may need.
inline void KeyMaker::Make(const LogEntry& entry, TextArena* texts, Request* request) {
  request->time = rules_.TimeOf(entry);
  request->line = entry.line;
  request->offset = entry.offset;
  request->size = entry.size;
  request->outcome = rules_.OutcomeOf(entry.status);
  request->ignored = entry.no_request;
  request->slow_path = entry.slow_path;
  for (Key& key : request->keys) key.size = 0;
  usual_rules_ ? SetUsualKeys(entry, texts, request) : SetKeys(entry, texts, request);
}

// What SetKeys does where keys are fields of the entry and nothing is ignored. Nearly all are so as they stand.
inline void KeyMaker::SetUsualKeys(const LogEntry& entry, TextArena* texts, Request* request) {
  const auto fits = [](std::size_t size) { return size - 1 < KeyRules::kMaxKeyBytes; };
  if (rules_.wants(Dimension::kUrl)) {
    Key* const key = &request->keys[KeyedIndex(Dimension::kUrl)];
    const bool is_path = fits(entry.path_size) && entry.request_valid && entry.method != "CONNECT";
    if (is_path && entry.host.empty()) {
      Set(entry.target.substr(0, entry.path_size), key);
    } else if (is_path && entry.plain_host && fits(entry.host.size() + entry.path_size)) {
      SetWritten(Join(entry.host, entry.target.substr(0, entry.path_size), texts), key);
    } else {
      std::uint64_t unused = 0;
      SetWritten(UrlKey(entry, texts, &unused), key);
    }
  }
  if (rules_.wants(Dimension::kUser)) {
    Key* const key = &request->keys[KeyedIndex(Dimension::kUser)];
    const bool is_name = entry.plain_user && fits(entry.user.size()) && entry.user != "-";
    is_name ? Set(entry.user, key) : SetUserKey(entry, texts, key);
  }
  if (rules_.wants(Dimension::kClient)) {
    Key* const key = &request->keys[KeyedIndex(Dimension::kClient)];
    const bool is_usual = entry.plain_client && fits(entry.client.size());
    is_usual ? Set(entry.client, key) : SetClientKey(entry, texts, key);
  }
}

[[gnu::noinline]] void KeyMaker::SetKeys(const LogEntry& entry, TextArena* texts, Request* request) {
  std::uint64_t url_ignored_by = 0;
  if (rules_.reads(kFieldTarget)) {
    const std::string_view url = UrlKey(entry, texts, &url_ignored_by);
    if (rules_.wants(Dimension::kUrl)) Set(url, &request->keys[KeyedIndex(Dimension::kUrl)]);
  }
  Key unused;
  Key& client = rules_.wants(Dimension::kClient) ? request->keys[KeyedIndex(Dimension::kClient)] : unused;
  if (rules_.reads(kFieldClient)) SetClientKey(entry, texts, &client);
  HashWritten();  // the key may be copied, or be gone soon
  if (rules_.wants(Dimension::kUser)) {
    Key& user = request->keys[KeyedIndex(Dimension::kUser)];
    rules_.user_is_client() ? void(user = client) : SetUserKey(entry, texts, &user);
  }
  request->ignored |= rules_.ignores() && rules_.IsIgnored(entry, client.text(), url_ignored_by);
}

[[gnu::noinline]] std::string_view KeyMaker::UrlKey(const LogEntry& entry, TextArena* texts,
                                                    std::uint64_t* ignored_by) {
  bool plain = true;
  std::string_view key = TargetPath(entry, &plain);
  if (!entry.host.empty()) {
    plain = plain && IsPlain(entry.host);
    key = Join(entry.host, key, texts);
  }
  key = MakeKey(key, plain, texts);
  if (!rules_.has_url_rules()) return key;
  const UrlFacts& facts = FactsOf(key);
  *ignored_by = facts.ignored_by;
  return texts->Add(facts.key);
}

const KeyMaker::UrlFacts& KeyMaker::FactsOf(std::string_view url) {
  const auto found = url_cache_.find(url);
  if (found != url_cache_.end()) return found->second;
  if (url_cache_.size() >= kUrlCacheEntries) url_cache_.clear();
  UrlFacts facts;
  std::string folded;
  facts.key = rules_.Fold(url, &folded) ? MakeFoldedKey(folded) : std::string(url);
  facts.ignored_by = rules_.IgnoredBy(url);
  return url_cache_.emplace(std::string(url), std::move(facts)).first->second;
}

[[gnu::noinline]] void KeyMaker::SetClientKey(const LogEntry& entry, TextArena* texts, Key* key) {
  const std::string_view client = rules_.ClientOf(entry);
  if (client.empty()) {
    *key = Key();
  } else if ((entry.plain_client && !rules_.reads(kFieldClientHeader)) ||
             PlainPrefix<StopAt::kOddOrColon>(client) == client.size()) {
    Set(MakeKey(client, true, texts), key);
  } else {
    const std::string_view address = ClientAddressKey(client, rules_.options().ipv6_prefix, texts);
    const bool plain = address.data() != client.data() || IsPlain(client);
    SetWritten(MakeKey(address, plain, texts), key);
  }
}

[[gnu::noinline]] void KeyMaker::SetUserKey(const LogEntry& entry, TextArena* texts, Key* key) const {
  const std::string_view user = rules_.reads(kFieldUserHeader) ? entry.user_header : entry.user;
  if (user.empty() || (user.size() == 1 && user.front() == '-')) {
    *key = Key();
    return;
  }
  const bool plain = (entry.plain_user && !rules_.reads(kFieldUserHeader)) || IsPlain(user);
  Set(MakeKey(user, plain, texts), key);
}

}  // namespace socklog
