#include "window/key_rules.h"

#include <algorithm>

#include "base/text.h"

namespace socklog {
namespace {

constexpr std::size_t kUrlCacheEntries = 100'000;
constexpr std::size_t kMaxIgnoreRules = 64;

bool IsPlainByte(char c) { return c >= 0x20 && c < 0x7f && c != '\\'; }

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

// `text` as a key: printable, at most kMaxKeyBytes. Almost every key is fit as it stands, and then nothing is copied.
// `text` may be a view of *scratch.
std::string_view MakeKey(std::string_view text, std::string* scratch) {
  const bool plain = std::all_of(text.begin(), text.end(), IsPlainByte);
  if (plain && text.size() <= KeyRules::kMaxKeyBytes) return text;
  std::string printable;
  AppendPrintable(text, &printable);
  *scratch = CutKey(std::move(printable));
  return *scratch;
}

// What a folding rule made of a key: backslashes are escapes already, but a group may have cut a character in two.
std::string MakeFoldedKey(std::string_view text) {
  std::string printable;
  AppendTerminalSafe(text, &printable);
  return CutKey(std::move(printable));
}

std::string_view FirstAddress(std::string_view list) {
  list = list.substr(0, list.find(','));
  while (!list.empty() && list.front() == ' ') list.remove_prefix(1);
  while (!list.empty() && list.back() == ' ') list.remove_suffix(1);
  return list;
}

bool InRanges(int status, const std::vector<StatusRange>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const StatusRange& range) { return status >= range.first && status <= range.last; });
}

Result<std::unique_ptr<Regex>> CompileOptional(const std::string& expression) {
  if (expression.empty()) return std::unique_ptr<Regex>();
  Result<Regex> regex = Regex::Compile(expression);
  if (!regex.ok()) return Status::Usage("[[ignore]] '" + expression + "': " + regex.status().message());
  return std::make_unique<Regex>(std::move(*regex));
}

}  // namespace

std::string_view TargetPath(const LogEntry& entry) {
  std::string_view path = entry.target;
  if (!entry.request_valid || path.empty()) return "(invalid)";
  if (entry.method == "CONNECT") return "(connect)";
  if (path == "*") return "(star)";
  if (path.front() != '/') {
    const std::size_t scheme = path.find("://");
    if (scheme == std::string_view::npos || scheme == 0 ||
        path.substr(0, scheme).find_first_of("/?#") != std::string_view::npos)
      return "(invalid)";
    path.remove_prefix(scheme + 3);
    const std::size_t start = path.find_first_of("/?#");
    path = start == std::string_view::npos ? std::string_view() : path.substr(start);
  }
  path = path.substr(0, path.find_first_of("?#;"));
  return path.empty() ? "/" : path;
}

Result<std::unique_ptr<KeyRules>> KeyRules::Make(const KeyOptions& keys, const std::vector<IgnoreRule>& ignore,
                                                 EventTime event_time,
                                                 const std::array<bool, kDimensionCount>& dimensions) {
  std::unique_ptr<KeyRules> rules(new KeyRules);
  rules->options_ = keys;
  rules->event_time_ = event_time;
  rules->wanted_ = dimensions;
  for (std::size_t status = 0; status < rules->is_error_.size(); ++status) {
    rules->is_error_[status] = status >= 100 && InRanges(static_cast<int>(status), keys.errors);
  }
  if (Status status = rules->AddFolds(keys.url); !status.ok()) return status;
  if (Status status = rules->AddIgnores(ignore); !status.ok()) return status;

  const auto wants = [&](Dimension dimension) { return dimensions[static_cast<std::size_t>(dimension)]; };
  std::uint32_t fields = rules->fields_ | kFieldStatus;
  const bool user_is_client = keys.user == "client";
  if (event_time == EventTime::kEnd) fields |= kFieldDuration;
  if (wants(Dimension::kUrl)) fields |= kFieldTarget | kFieldHost;
  if (wants(Dimension::kClient) || (wants(Dimension::kUser) && user_is_client)) fields |= kFieldClient;
  if (fields & kFieldClient && keys.client != "client") fields |= kFieldClientHeader;
  if (wants(Dimension::kUser) && keys.user == "user") fields |= kFieldUser;
  if (wants(Dimension::kUser) && !keys.user_header().empty()) fields |= kFieldUserHeader;
  rules->fields_ = fields;
  return rules;
}

Status KeyRules::AddFolds(const std::vector<UrlRule>& rules) {
  for (const UrlRule& rule : rules) {
    Result<Regex> match = Regex::Compile(rule.match);
    if (!match.ok()) return Status::Usage("[[keys.url]] match '" + rule.match + "': " + match.status().message());
    if (Status status = match->CheckRewrite(rule.to); !status.ok()) {
      return Status::Usage("[[keys.url]] to '" + rule.to + "': " + status.message());
    }
    folds_.push_back({std::move(*match), rule.to});
  }
  url_rules_ = url_rules_ || !folds_.empty();
  return {};
}

Status KeyRules::AddIgnores(const std::vector<IgnoreRule>& rules) {
  if (rules.size() > kMaxIgnoreRules)
    return Status::Usage("more than " + std::to_string(kMaxIgnoreRules) +
                         " [[ignore]] rules: join some with | in their expressions");
  for (const IgnoreRule& rule : rules) {
    Ignore ignore;
    Result<std::unique_ptr<Regex>> url = CompileOptional(rule.url);
    if (!url.ok()) return url.status();
    ignore.url = std::move(*url);
    Result<std::unique_ptr<Regex>> agent = CompileOptional(rule.agent);
    if (!agent.ok()) return agent.status();
    ignore.agent = std::move(*agent);
    if (const std::optional<AddressRange> range = AddressRange::Parse(rule.client)) {
      ignore.client = std::make_unique<AddressRange>(*range);
    } else if (!rule.client.empty() && !IsHostName(rule.client)) {
      return Status::Usage("[[ignore]] client '" + rule.client + "' is no address, network or name of a host");
    } else {
      ignore.client_name = rule.client;
    }
    ignore.status = rule.status;
    if (ignore.url) fields_ |= kFieldTarget | kFieldHost;
    if (ignore.url) url_rules_ = true;
    if (ignore.agent) fields_ |= kFieldAgent;
    if (!rule.client.empty()) fields_ |= kFieldClient;
    ignores_.push_back(std::move(ignore));
  }
  return {};
}

void KeyRules::Apply(const LogEntry& entry, CountedRequest* request) {
  request->time = entry.time;
  const bool adds = event_time_ == EventTime::kEnd && !entry.time_is_end && entry.duration > 0;
  if (adds && entry.duration < kEndOfTime - entry.time) request->time += entry.duration;
  request->cell = CellOf(entry);
  std::uint64_t url_ignored_by = 0;
  const std::string_view url = fields_ & kFieldTarget ? UrlKey(entry, &url_ignored_by) : std::string_view();
  const std::string_view client = fields_ & kFieldClient ? ClientKey(entry) : std::string_view();
  std::string_view user;
  if (wanted_[static_cast<std::size_t>(Dimension::kUser)]) user = options_.user == "client" ? client : UserKey(entry);
  request->keys[static_cast<std::size_t>(Dimension::kUrl)] = url;
  request->keys[static_cast<std::size_t>(Dimension::kClient)] = client;
  request->keys[static_cast<std::size_t>(Dimension::kUser)] = user;
  request->ignored = !ignores_.empty() && IsIgnored(entry, client, url_ignored_by);
}

std::string_view KeyRules::UrlKey(const LogEntry& entry, std::uint64_t* ignored_by) {
  std::string& scratch = scratch_[static_cast<std::size_t>(Dimension::kUrl)];
  const std::string_view path = TargetPath(entry);
  std::string_view key = path;
  if (!entry.host.empty()) {
    scratch.assign(entry.host);
    if (path.front() != '/') scratch += '/';
    scratch.append(path);
    key = MakeKey(scratch, &scratch);
  } else {
    key = MakeKey(path, &scratch);
  }
  if (!url_rules_) return key;
  const UrlFacts& facts = FactsOf(key);
  *ignored_by = facts.ignored_by;
  return facts.key;
}

const KeyRules::UrlFacts& KeyRules::FactsOf(std::string_view url) {
  const auto found = url_cache_.find(url);
  if (found != url_cache_.end()) return found->second;
  if (url_cache_.size() >= kUrlCacheEntries) url_cache_.clear();  // only a matter of speed
  UrlFacts facts;
  facts.key = url;
  for (const Fold& fold : folds_) {
    std::string folded;
    if (!fold.match.Rewrite(url, fold.to, &folded)) continue;
    facts.key = MakeFoldedKey(folded);
    break;
  }
  for (std::size_t i = 0; i < ignores_.size(); ++i) {
    if (!ignores_[i].url || ignores_[i].url->Match(url, Regex::Anchor::kBoth))
      facts.ignored_by |= std::uint64_t{1} << i;
  }
  return url_cache_.emplace(std::string(url), std::move(facts)).first->second;
}

// The address, or the first one of the header that [keys] client names.
std::string_view KeyRules::ClientOf(const LogEntry& entry) const {
  const std::string_view first = fields_ & kFieldClientHeader ? FirstAddress(entry.client_header) : std::string_view();
  return first.empty() ? entry.client : first;
}

std::string_view KeyRules::ClientKey(const LogEntry& entry) {
  const std::string_view client = ClientOf(entry);
  if (client.empty()) return {};
  return MakeKey(ClientAddressKey(client, options_.ipv6_prefix, &address_scratch_),
                 &scratch_[static_cast<std::size_t>(Dimension::kClient)]);
}

std::string_view KeyRules::UserKey(const LogEntry& entry) {
  const std::string_view user = fields_ & kFieldUserHeader ? entry.user_header : entry.user;
  if (user.empty() || user == "-") return {};
  return MakeKey(user, &scratch_[static_cast<std::size_t>(Dimension::kUser)]);
}

bool KeyRules::IsIgnored(const LogEntry& entry, std::string_view client, std::uint64_t url_ignored_by) const {
  for (std::size_t i = 0; i < ignores_.size(); ++i) {
    const Ignore& rule = ignores_[i];
    if (rule.url && !((url_ignored_by >> i) & 1)) continue;
    if (!rule.status.empty() && !InRanges(entry.status, rule.status)) continue;
    if (rule.agent && !rule.agent->Match(entry.agent, Regex::Anchor::kNone)) continue;
    if (rule.client) {
      const std::optional<Address> address = ParseAddress(ClientOf(entry));
      if (!address || !rule.client->Contains(*address)) continue;
    } else if (!rule.client_name.empty() && rule.client_name != client) {
      continue;
    }
    return true;
  }
  return false;
}

Cell KeyRules::CellOf(const LogEntry& entry) const {
  const int status = entry.status;
  Cell cell;
  cell.requests = 1;
  cell.errors = status < 600 && is_error_[static_cast<std::size_t>(status)] ? 1 : 0;
  cell.server_errors = status >= 500 && status <= 599 ? 1 : 0;
  cell.throttled = status == 429 || status == 503 ? 1 : 0;
  cell.auth_failures = status == 401 || status == 403 ? 1 : 0;
  cell.not_found = status == 404 || status == 410 ? 1 : 0;
  return cell;
}

}  // namespace socklog
