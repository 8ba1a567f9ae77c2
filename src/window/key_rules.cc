#include "window/key_rules.h"

#include <algorithm>

#include "base/text.h"

namespace socklog {
namespace {

constexpr std::size_t kMaxIgnoreRules = 64;

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

Result<std::unique_ptr<KeyRules>> KeyRules::Make(const KeyOptions& keys, const std::vector<IgnoreRule>& ignore,
                                                 EventTime event_time,
                                                 const std::array<bool, kDimensionCount>& dimensions) {
  std::unique_ptr<KeyRules> rules(new KeyRules);
  rules->options_ = keys;
  rules->event_time_ = event_time;
  rules->wanted_ = dimensions;
  rules->SetOutcomes();
  if (Status status = rules->AddFolds(keys.url); !status.ok()) return status;
  if (Status status = rules->AddIgnores(ignore); !status.ok()) return status;

  const auto wants = [&](Dimension dimension) { return dimensions[static_cast<std::size_t>(dimension)]; };
  std::uint32_t fields = rules->fields_ | kFieldStatus;
  rules->user_is_client_ = keys.user == "client";
  if (event_time == EventTime::kEnd) fields |= kFieldDuration;
  if (wants(Dimension::kUrl)) fields |= kFieldTarget | kFieldHost;
  if (wants(Dimension::kClient) || (wants(Dimension::kUser) && rules->user_is_client_)) fields |= kFieldClient;
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

Micros KeyRules::EndOf(const LogEntry& entry) {
  const bool adds = !entry.time_is_end && entry.duration > 0;
  return adds && entry.duration < kEndOfTime - entry.time ? entry.time + entry.duration : entry.time;
}

std::string_view KeyRules::FirstClientOf(const LogEntry& entry) {
  const std::string_view first = FirstAddress(entry.client_header);
  return first.empty() ? entry.client : first;
}

bool KeyRules::Fold(std::string_view url, std::string* folded) const {
  return std::any_of(folds_.begin(), folds_.end(),
                     [&](const FoldRule& fold) { return fold.match.Rewrite(url, fold.to, folded); });
}

std::uint64_t KeyRules::IgnoredBy(std::string_view url) const {
  std::uint64_t ignored_by = 0;
  for (std::size_t i = 0; i < ignores_.size(); ++i) {
    if (!ignores_[i].url || ignores_[i].url->Match(url, Regex::Anchor::kBoth)) ignored_by |= std::uint64_t{1} << i;
  }
  return ignored_by;
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

void KeyRules::SetOutcomes() {
  for (std::size_t i = 100; i < outcomes_.size(); ++i) {
    const auto status = static_cast<int>(i);
    std::uint8_t& outcome = outcomes_[i];
    if (InRanges(status, options_.errors)) outcome |= kOutcomeError;
    if (status >= 500) outcome |= kOutcomeServerError;
    if (status == 429 || status == 503) outcome |= kOutcomeThrottled;
    if (status == 401 || status == 403) outcome |= kOutcomeAuthFailure;
    if (status == 404 || status == 410) outcome |= kOutcomeNotFound;
  }
}

}  // namespace socklog
