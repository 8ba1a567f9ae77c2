#include "format/bind.h"

#include <initializer_list>
#include <utility>

namespace socklog {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// The FieldMask bits that ask for a field; 0: always asked for.
std::uint32_t MaskOf(Field field) {
  switch (field) {
    case Field::kTime:
    case Field::kStatus:
      return 0;
    case Field::kRequest:
      return kFieldTarget | kFieldProtocol;
    case Field::kProtocol:
      return kFieldProtocol;
    case Field::kHost:
      return kFieldHost;
    case Field::kClient:
      return kFieldClient;
    case Field::kUser:
      return kFieldUser;
    case Field::kAgent:
      return kFieldAgent;
    case Field::kReferer:
      return kFieldReferer;
    case Field::kBytes:
      return kFieldBytes;
    case Field::kDuration:
      return kFieldDuration;
    case Field::kUserHeader:
      return kFieldUserHeader;
    case Field::kClientHeader:
      return kFieldClientHeader;
    default:
      return kFieldTarget;
  }
}

class Binder {
 public:
  Binder(const Template& format, const FormatRequest& request)
      : elements_(format.elements),
        stamps_end_(format.stamps_end),
        request_(request),
        bindings_(format.elements.size()) {}

  Result<Bindings> Bind() {
    if (Status status = BindTime(); !status.ok()) return status;
    if (!BindBest(Content::kStatus, Field::kStatus)) return Status::Usage("the format has no status (%>s, $status)");
    BindRequest();
    if (Wanted(kFieldHost)) BindHost();
    if (Wanted(kFieldClient)) BindClient();
    if (Wanted(kFieldUser)) BindBest(Content::kUser, Field::kUser);
    if (Wanted(kFieldBytes)) BindBest(Content::kBytes, Field::kBytes);
    if (Wanted(kFieldAgent)) BindHeader("user-agent", Field::kAgent);
    if (Wanted(kFieldReferer)) BindHeader("referer", Field::kReferer);
    const bool duration = (Wanted(kFieldDuration) && BindDuration()) || time_is_end_;  // the end needs no sum then
    const bool user = Wanted(kFieldUserHeader) && BindHeader(HeaderName(request_.user_header), Field::kUserHeader);
    const bool client =
        Wanted(kFieldClientHeader) && BindHeader(HeaderName(request_.client_header), Field::kClientHeader);
    for (const auto& [has, field] :
         {std::pair{duration, kFieldDuration}, {user, kFieldUserHeader}, {client, kFieldClientHeader}}) {
      if (Status status = NeedField(has, field, request_); !status.ok()) return status;
    }
    return std::move(bindings_);
  }

 private:
  bool Wanted(std::uint32_t field) const { return (request_.fields & field) != 0; }

  // The element with this content that has the lowest rank, the first of equals.
  std::size_t Best(Content content) const {
    std::size_t best = kNone;
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      if (elements_[i].content == content && (best == kNone || elements_[i].rank < elements_[best].rank)) best = i;
    }
    return best;
  }

  void Add(std::size_t element, Field field) {
    FieldRule rule;
    rule.field = field;
    rule.time = elements_[element].time;
    rule.at_end = stamps_end_ || elements_[element].at_end;
    rule.exponent = elements_[element].exponent;
    if (field == Field::kTime || field == Field::kTimePart) time_is_end_ = rule.at_end;
    bindings_[element].push_back(rule);
  }

  bool BindBest(Content content, Field field) {
    const std::size_t best = Best(content);
    if (best != kNone) Add(best, field);
    return best != kNone;
  }

  bool BindHeader(const std::string& name, Field field) {
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      if (elements_[i].content != Content::kHeader || elements_[i].name != name) continue;
      Add(i, field);
      return true;
    }
    return false;
  }

  bool BindDuration() {
    const std::size_t best = Best(Content::kDuration);
    if (best == kNone) return false;
    Add(best, Field::kDuration);
    return true;
  }

  void BindHost() {
    if (!BindBest(Content::kHost, Field::kHost)) BindHeader("host", Field::kHost);
  }

  void BindClient() {
    if (BindBest(Content::kClient, Field::kClient)) return;
    if (!BindHeader("x-forwarded-for", Field::kClientList)) BindHeader("x-real-ip", Field::kClient);
  }

  void BindRequest() {
    if (!Wanted(kFieldTarget) && !Wanted(kFieldProtocol)) return;
    if (BindBest(Content::kRequest, Field::kRequest)) return;
    if (Wanted(kFieldTarget)) {
      BindBest(Content::kMethod, Field::kMethod);
      if (!BindBest(Content::kTarget, Field::kTarget) && BindBest(Content::kPath, Field::kPath)) {
        BindBest(Content::kQuery, Field::kQuery);
      }
    }
    if (Wanted(kFieldProtocol)) BindBest(Content::kProtocol, Field::kProtocol);
  }

  // A directive that is a whole time stamp, with a fraction if another one adds it; else strftime pieces. The request's
  // start is preferred to its end, and the two are not mixed.
  Status BindTime() {
    for (const bool at_end : {false, true}) {
      if (const std::size_t best = BestWholeTime(at_end); best != kNone) {
        const bool coarse = elements_[best].time.form == TimeForm::kClf ||
                            (elements_[best].time.form == TimeForm::kEpoch && elements_[best].time.exponent == 6);
        const bool split = coarse && BindPieces(at_end, TimeForm::kFraction);
        Add(best, split ? Field::kTimePart : Field::kTime);
        return {};
      }
      if (!PiecesAreComplete(at_end)) continue;
      BindPieces(at_end, TimeForm::kPattern);
      BindPieces(at_end, TimeForm::kFraction);
      BindPieces(at_end, TimeForm::kZone);
      return {};
    }
    const bool some = Best(Content::kTime) != kNone;
    return Status::Usage(some ? "the format's time stamp is incomplete: date and time of day must be in it"
                              : "the format has no time stamp (%t, $time_local)");
  }

  std::size_t BestWholeTime(bool at_end) const {
    std::size_t best = kNone;
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      const Element& e = elements_[i];
      const bool whole =
          e.time.form == TimeForm::kClf || e.time.form == TimeForm::kIso || e.time.form == TimeForm::kEpoch;
      if (e.content != Content::kTime || e.at_end != at_end || !whole) continue;
      if (best == kNone || e.rank < elements_[best].rank) best = i;
    }
    return best;
  }

  bool PiecesAreComplete(bool at_end) const {
    bool date = false, time_of_day = false;
    for (const Element& e : elements_) {
      if (e.content != Content::kTime || e.at_end != at_end || e.time.form != TimeForm::kPattern) continue;
      date |= e.time.pattern->has_date();
      time_of_day |= e.time.pattern->has_time_of_day();
    }
    return date && time_of_day;
  }

  bool BindPieces(bool at_end, TimeForm form) {
    bool any = false;
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      if (elements_[i].content != Content::kTime || elements_[i].at_end != at_end || elements_[i].time.form != form)
        continue;
      Add(i, Field::kTimePart);
      any = true;
    }
    return any;
  }

  const std::vector<Element>& elements_;
  const bool stamps_end_;
  bool time_is_end_ = false;
  const FormatRequest& request_;
  Bindings bindings_;
};

}  // namespace

Status NeedField(bool has, std::uint32_t field, const FormatRequest& request) {
  if (has || (request.fields & field) == 0) return {};
  if (field == kFieldDuration) {
    return Status::Usage(
        "the format has no duration (%D, %{ms}T, $request_time), which was asked for (--event-time end)");
  }
  if (field == kFieldUserHeader) {
    return Status::Usage("the format does not log the header " + request.user_header +
                         ", from which users are to be taken");
  }
  if (field == kFieldClientHeader) {
    return Status::Usage("the format does not log the header " + request.client_header +
                         ", from which clients are to be taken");
  }
  return {};
}

bool IsWanted(Field field, const FormatRequest& request) {
  const std::uint32_t mask = MaskOf(field);
  return mask == 0 || (request.fields & mask) != 0;
}

Result<Bindings> BindFields(const Template& format, const FormatRequest& request) {
  return Binder(format, request).Bind();
}

}  // namespace socklog
