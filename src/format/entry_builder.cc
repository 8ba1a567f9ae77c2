#include "format/entry_builder.h"

#include <cstring>

#include "base/text.h"
#include "format/request_line.h"

namespace socklog {
namespace {

bool IsMissing(std::string_view text) { return text.empty() || (text.size() == 1 && text[0] == '-'); }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The length of a trailing ":4711", or 0.
std::size_t PortSize(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && IsDigit(text[text.size() - 1 - digits])) ++digits;
  if (digits == 0 || digits > 5 || digits == text.size()) return 0;
  return text[text.size() - 1 - digits] == ':' ? digits + 1 : 0;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string_view FirstOfList(std::string_view list) { return Trim(list.substr(0, list.find(','))); }

// ECS writes the version alone.
std::string_view ProtocolOfVersion(std::string_view version) {
  if (version == "1.1") return "HTTP/1.1";
  if (version == "1.0") return "HTTP/1.0";
  if (version == "2" || version == "2.0") return "HTTP/2.0";
  if (version == "3" || version == "3.0") return "HTTP/3.0";
  return version;
}

// "0.012", or nginx's "0.001, 0.002 : 0.003" for several upstream servers, of which the sum is taken; or a Go duration
// ("1.2ms").
bool ReadDuration(std::string_view text, int exponent, Micros* duration) {
  if (ParseScaled(text, exponent, duration)) return true;
  Micros sum = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = rest.find_first_of(",: ");
    const std::string_view one = rest.substr(0, end);
    Micros value = 0;
    if (!IsMissing(one)) {
      if (!ParseScaled(one, exponent, &value) || value > kDay * 1000) break;
      sum += value;
    }
    if (end == std::string_view::npos) {
      *duration = sum;
      return true;
    }
    rest.remove_prefix(end + 1);
  }
  const Result<Micros> go = ParseDuration(text);
  if (go.ok()) *duration = go.value();
  return go.ok();
}

}  // namespace

const char* FieldReason(const FieldRule& rule) {
  switch (rule.field) {
    case Field::kTime:
    case Field::kTimePart:
      return TimeReason(rule.time.form);
    case Field::kStatus:
      return "the status is not a number";
    case Field::kBytes:
      return "the size is not a number";
    case Field::kDuration:
      return "the duration is not a number";
    default:
      return "a field does not fit the format";
  }
}

std::string_view StripClientPort(std::string_view client) {
  if (!client.empty() && client[0] == '[') {
    const std::size_t end = client.find(']');
    if (end != std::string_view::npos && (end + 1 == client.size() || PortSize(client) == client.size() - end - 1)) {
      return client.substr(1, end - 1);
    }
    return client;
  }
  const std::size_t port = PortSize(client);
  if (port == 0) return client;
  const std::string_view address = client.substr(0, client.size() - port);
  return address.find(':') == std::string_view::npos ? address : client;
}

std::string_view StripHostPort(std::string_view host) {
  const std::size_t port = PortSize(host);
  if (port == 0) return host;
  const std::string_view name = host.substr(0, host.size() - port);
  const bool bare_ipv6 = name.find(':') != std::string_view::npos && name.back() != ']';
  return bare_ipv6 ? host : name;
}

void EntryBuilder::Begin(Escape escape, LogEntry* entry, LogBatch* batch) {
  escape_ = escape;
  entry_ = entry;
  batch_ = batch;
  has_request_ = has_target_ = has_method_ = false;
  path_ = query_ = {};
  if (has_parts_) parts_ = CivilParts();
  has_parts_ = false;
}

// `raw` with its escapes undone; empty if it says that there is none.
std::string_view EntryBuilder::Text(std::string_view raw) {
  if (IsMissing(raw)) return {};
  if (escape_ == Escape::kNone || std::memchr(raw.data(), '\\', raw.size()) == nullptr) return raw;
  scratch_.clear();
  AppendUnescaped(raw, escape_, &scratch_);
  return batch_->decoded.Add(scratch_);
}

void EntryBuilder::SetRequest(std::string_view raw) {
  has_request_ = true;
  RequestLine request;
  entry_->request_valid = ParseRequestLine(Text(raw), &request);
  if ((fields_ & kFieldTarget) != 0) {
    entry_->method = request.method;
    entry_->target = request.target;
  }
  if ((fields_ & kFieldProtocol) != 0) entry_->protocol = request.protocol;
}

// Sizes and durations that are no numbers are unknown, so that a line is well-formed or not whatever fields were asked
// for; but for a duration without which its event time would be another (Finish).
const char* EntryBuilder::SetNumber(const FieldRule& rule, std::string_view raw) {
  const bool missing = IsMissing(raw);
  std::int64_t value = 0;
  switch (rule.field) {
    case Field::kStatus:
      if (!missing && !ParseScaled(raw, 0, &value)) return FieldReason(rule);
      entry_->status = static_cast<std::uint16_t>(value >= 100 && value <= 599 ? value : 0);
      return nullptr;
    case Field::kBytes:
      if (missing || ParseScaled(raw, 0, &value)) entry_->bytes = value;
      return nullptr;
    default:
      if (missing || !ReadDuration(raw, rule.exponent, &value)) return nullptr;
      entry_->duration = value < 0 ? 0 : value;  // a clock was set back meanwhile
      return nullptr;
  }
}

const char* EntryBuilder::Set(const FieldRule& rule, std::string_view raw) {
  switch (rule.field) {
    case Field::kTime:
      entry_->time_is_end = rule.at_end;
      return times_.Read(rule.time, raw, &entry_->time) ? nullptr : TimeReason(rule.time.form);
    case Field::kTimePart:
      has_parts_ = true;
      entry_->time_is_end = rule.at_end;
      return times_.ReadPart(rule.time, raw, &parts_) ? nullptr : TimeReason(rule.time.form);
    case Field::kStatus:
    case Field::kBytes:
    case Field::kDuration:
      return SetNumber(rule, raw);
    case Field::kRequest:
      SetRequest(raw);
      return nullptr;
    case Field::kMethod:
      has_method_ = true;
      entry_->method = Text(raw);
      return nullptr;
    case Field::kTarget:
      has_target_ = true;
      entry_->target = Text(raw);
      return nullptr;
    case Field::kPath:
      path_ = raw;
      return nullptr;
    case Field::kQuery:
      query_ = raw;
      return nullptr;
    case Field::kProtocol:
      entry_->protocol = ProtocolOfVersion(Text(raw));
      return nullptr;
    case Field::kHost:
      entry_->host = StripHostPort(Text(raw));
      return nullptr;
    case Field::kClient:
      entry_->client = StripClientPort(Text(raw));
      return nullptr;
    case Field::kClientList:
      entry_->client = StripClientPort(FirstOfList(Text(raw)));
      return nullptr;
    case Field::kUser:
      entry_->user = raw == "\"\"" ? std::string_view() : Text(raw);
      return nullptr;
    case Field::kAgent:
      entry_->agent = Text(raw);
      return nullptr;
    case Field::kReferer:
      entry_->referer = Text(raw);
      return nullptr;
    case Field::kUserHeader:
      entry_->user_header = Text(raw);
      return nullptr;
    case Field::kClientHeader:
      entry_->client_header = Text(raw);
      return nullptr;
  }
  return nullptr;
}

// path_ and query_ as one target; a view where the line has them side by side.
std::string_view EntryBuilder::WithQuery() {
  if (IsMissing(query_) || IsMissing(path_)) return Text(path_);
  const bool has_mark = query_[0] == '?';
  const char* end = path_.data() + path_.size();
  if (query_.data() == end + (has_mark ? 0 : 1) && *end == '?') {
    return Text(std::string_view(path_.data(), static_cast<std::size_t>(query_.data() + query_.size() - path_.data())));
  }
  scratch_.clear();
  AppendUnescaped(path_, escape_, &scratch_);
  if (!has_mark) scratch_.push_back('?');
  AppendUnescaped(query_, escape_, &scratch_);
  return batch_->decoded.Add(scratch_);
}

const char* EntryBuilder::Finish() {
  if (has_parts_ && !parts_.ToTime(times_.zone(), &entry_->time)) return TimeReason(TimeForm::kPattern);
  if (path_.data() != nullptr && !has_target_ && !has_request_) {
    has_target_ = true;
    entry_->target = WithQuery();
  }
  if (has_target_ && !has_request_) {
    entry_->request_valid = !entry_->target.empty() && (!has_method_ || IsMethod(entry_->method));
    if (!entry_->request_valid) entry_->target = {};
  }
  const bool lacks_end = (fields_ & kFieldDuration) != 0 && !entry_->time_is_end && entry_->duration < 0;
  return lacks_end ? kNoDuration : nullptr;
}

}  // namespace socklog
