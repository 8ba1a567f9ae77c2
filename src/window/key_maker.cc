#include "window/key_maker.h"

#include "base/byte_scan.h"
#include "base/text.h"

namespace socklog {
namespace {

constexpr std::size_t kUrlCacheEntries = 100'000;
constexpr std::size_t kRememberedClients = 8192;  // a power of two

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

// `text` as a key. Almost every one is fit as it stands, and then nothing is copied.
std::string_view MakeKey(std::string_view text, bool plain, TextArena* texts) {
  if (plain && text.size() <= KeyRules::kMaxKeyBytes) return text;
  std::string printable;
  AppendPrintable(text, &printable);
  return texts->Add(CutKey(std::move(printable)));
}

std::string_view MakeKey(std::string_view text, TextArena* texts) {
  return MakeKey(text, PlainPrefix<false>(text) == text.size(), texts);
}

// What a folding rule made of a key: backslashes are escapes already, but a group may have cut a character in two.
std::string MakeFoldedKey(std::string_view text) {
  std::string printable;
  AppendTerminalSafe(text, &printable);
  return CutKey(std::move(printable));
}

// `text` is cut where its path ends. Whether all of the path is plain.
bool CutPath(std::string_view* text) {
  const std::size_t prefix = PlainPrefix<true>(*text);
  if (prefix == text->size()) return true;
  const std::size_t end = EndsPath((*text)[prefix]) ? prefix : text->find_first_of("?#;", prefix);
  *text = text->substr(0, end);
  return end == prefix;
}

}  // namespace

std::string_view TargetPath(const LogEntry& entry, bool* plain) {
  std::string_view path = entry.target;
  *plain = true;
  if (!entry.request_valid || path.empty()) return "(invalid)";
  if (entry.method == "CONNECT") return "(connect)";
  if (path.front() != '/') {
    if (path == "*") return "(star)";
    const std::size_t scheme = path.find("://");
    if (scheme == std::string_view::npos || scheme == 0 ||
        path.substr(0, scheme).find_first_of("/?#") != std::string_view::npos)
      return "(invalid)";
    path.remove_prefix(scheme + 3);
    const std::size_t start = path.find_first_of("/?#");
    path = start == std::string_view::npos ? std::string_view() : path.substr(start);
  }
  *plain = CutPath(&path);
  return path.empty() ? "/" : path;
}

KeyMaker::KeyMaker(const KeyRules& rules) : rules_(rules), seed_(RandomSeed()) {}

void KeyMaker::SetKey(Dimension dimension, std::string_view key, Request* request) const {
  Key& made = request->keys[KeyedIndex(dimension)];
  made.data = key.data();
  made.size = static_cast<std::uint32_t>(key.size());
  made.hash = Hash64(key, seed_);
}

void KeyMaker::Apply(const LogEntry& entry, TextArena* texts, Request* request) {
  request->time = rules_.TimeOf(entry);
  request->line = entry.line;
  request->offset = entry.offset;
  request->size = entry.size;
  request->outcome = rules_.OutcomeOf(entry.status);
  request->slow_path = entry.slow_path;
  std::uint64_t url_ignored_by = 0;
  std::string_view client;
  if (rules_.reads(kFieldTarget)) {
    const std::string_view url = UrlKey(entry, texts, &url_ignored_by);
    if (rules_.wants(Dimension::kUrl)) SetKey(Dimension::kUrl, url, request);
  }
  if (rules_.reads(kFieldClient)) {
    client = ClientKey(entry, texts);
    if (rules_.wants(Dimension::kClient)) SetKey(Dimension::kClient, client, request);
  }
  if (rules_.wants(Dimension::kUser))
    SetKey(Dimension::kUser, rules_.options().user == "client" ? client : UserKey(entry, texts), request);
  request->ignored = rules_.ignores() && rules_.IsIgnored(entry, client, url_ignored_by);
}

std::string_view KeyMaker::UrlKey(const LogEntry& entry, TextArena* texts, std::uint64_t* ignored_by) {
  bool plain = true;
  std::string_view key = TargetPath(entry, &plain);
  if (!entry.host.empty()) {
    const std::string_view host = entry.host;
    const std::size_t slash = key.front() == '/' ? 0 : 1;
    char* joined = texts->Allocate(host.size() + slash + key.size());
    host.copy(joined, host.size());
    if (slash != 0) joined[host.size()] = '/';
    key.copy(joined + host.size() + slash, key.size());
    plain = plain && PlainPrefix<false>(host) == host.size();
    key = {joined, host.size() + slash + key.size()};
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

std::string_view KeyMaker::ClientKey(const LogEntry& entry, TextArena* texts) {
  const std::string_view client = rules_.ClientOf(entry);
  if (client.empty()) return {};
  if (client.find(':') == std::string_view::npos) return MakeKey(client, texts);
  if (clients_.empty()) clients_.resize(kRememberedClients);
  RememberedClient& remembered = clients_[Hash64(client, seed_) % kRememberedClients];
  if (remembered.address != client) {
    std::string scratch;
    remembered.key = MakeKey(ClientAddressKey(client, rules_.options().ipv6_prefix, &scratch), texts);
    remembered.address = client;
  }
  return texts->Add(remembered.key);
}

std::string_view KeyMaker::UserKey(const LogEntry& entry, TextArena* texts) const {
  const std::string_view user = rules_.reads(kFieldUserHeader) ? entry.user_header : entry.user;
  if (user.empty() || user == "-") return {};
  return MakeKey(user, texts);
}

}  // namespace socklog
