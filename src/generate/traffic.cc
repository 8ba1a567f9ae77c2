#include "generate/traffic.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "generate/incidents.h"
#include "generate/outcomes.h"
#include "generate/people.h"
#include "generate/popularity.h"
#include "generate/schedule.h"
#include "generate/site.h"

namespace socklog {
namespace {

// How much of the popularity follows Zipf's law (see Popularity). Visitors are more alike than pages.
constexpr unsigned kUserZipf = 40;
constexpr unsigned kUrlZipf = 60;

constexpr double kThinkSeconds = 10;  // between two requests of one session, on average
constexpr std::uint32_t kMaxSessions = 4096;

// Steps through [0, 2^64) so evenly that any interval is hit in its share early on (a Weyl sequence): rare users turn
// up, too.
constexpr std::uint64_t kGoldenStep = 0x9e3779b97f4a7c15ULL;

struct User {
  std::string name;
  std::uint32_t visits = 0;
  bool fails = false;  // one of --error-users
  ErrorDeck deck;
};

// One user on a walk over several pages.
struct Session {
  std::uint32_t steps_left = 0;
  User* user = nullptr;
  std::string_view client;
  std::string_view agent;
  std::string_view referer;
};

// Each subject has a random stream of its own, and every request takes the same number of draws from it: an incident
// changes the requests that it hits and no others.
std::uint64_t StreamSeed(std::uint64_t seed, std::uint64_t stream) {
  return SplitMix64(seed + stream * kGoldenStep).Next();
}

class ShopTraffic : public Traffic {
 public:
  ShopTraffic(const GenerateOptions& options, Micros start, std::uint64_t seed);

  Status AddIncidents(const std::vector<Incident>& incidents, Micros start);
  bool Next(WrittenRequest* request) override;
  std::uint64_t total() const override { return total_; }

 private:
  void DrawNext();
  void DrawUser();
  void StartSession(Session* session);
  // 0: the request succeeds.
  int PickFailure(Micros time, User* user, std::uint32_t page);

  const double error_rate_;
  const double background_rate_;
  const Schedule schedule_;
  const StatusMix errors_;
  const StatusMix incident_errors_{{{500, 6}, {503, 4}}};
  std::uint64_t total_ = kUnlimited;
  std::uint64_t made_ = 0;

  SplitMix64 shape_;    // pages, users, who fails
  SplitMix64 walk_;     // sessions
  SplitMix64 outcome_;  // failures
  SplitMix64 decks_;
  std::uint64_t user_point_;

  std::vector<Page> pages_;
  std::vector<User> users_;
  std::vector<std::string> addresses_;
  Popularity page_popularity_;
  Popularity user_popularity_;
  std::vector<Session> sessions_;
  Session* next_session_ = nullptr;  // of the next request
  std::uint32_t next_page_ = 0;      // of the next request, too
  std::uint32_t next_user_ = 0;      // of the next session
  Incidents incidents_;
};

std::uint32_t SessionCount(const GenerateOptions& options) {
  const double wanted = std::max(1.0, std::min(options.rate * kThinkSeconds, static_cast<double>(kMaxSessions)));
  return std::min(static_cast<std::uint32_t>(wanted), options.users);
}

ShopTraffic::ShopTraffic(const GenerateOptions& options, Micros start, std::uint64_t seed)
    : error_rate_(options.error_rate),
      background_rate_(options.background_error_rate),
      schedule_(options.rate, options.daily_cycle, start),
      errors_(options.error_status),
      shape_(StreamSeed(seed, 1)),
      walk_(StreamSeed(seed, 2)),
      outcome_(StreamSeed(seed, 3)),
      decks_(StreamSeed(seed, 4)),
      user_point_(shape_.Next()),
      pages_(MakePages(options.urls, &shape_)),
      users_(options.users),
      addresses_(MakeAddresses(options.clients, &shape_)),
      page_popularity_(options.urls, kUrlZipf, nullptr),
      user_popularity_(options.users, kUserZipf, &shape_),
      sessions_(SessionCount(options)) {
  total_ = options.count;
  if (options.duration != 0) total_ = std::min(total_, schedule_.CountWithin(options.duration));

  std::vector<std::string> names = MakeUserNames(options.users, &shape_);
  const auto failing_users = static_cast<std::uint32_t>(std::llround(options.error_users * options.users));
  const std::vector<bool> user_fails = ChooseStratified(options.users, failing_users, &shape_);
  for (std::size_t i = 0; i < users_.size(); ++i) {
    users_[i].name = std::move(names[i]);
    users_[i].fails = user_fails[i] && error_rate_ > 0;
  }
  const auto failing_pages = static_cast<std::uint32_t>(std::llround(options.error_urls * options.urls));
  const std::vector<bool> page_fails = ChooseStratified(options.urls, failing_pages, &shape_);
  for (std::size_t i = 0; i < pages_.size(); ++i) pages_[i].fails = page_fails[i];
  DrawUser();
  DrawNext();
}

Status ShopTraffic::AddIncidents(const std::vector<Incident>& incidents, Micros start) {
  Result<Incidents> made = Incidents::Make(incidents, pages_, start);
  if (!made.ok()) return made.status();
  incidents_ = std::move(made).value();
  return {};
}

// Memory is the slowest part of all: what the next request needs is on its way while this one is written.
void ShopTraffic::DrawNext() {
  next_session_ = &sessions_[walk_.Below(sessions_.size())];
  next_page_ = page_popularity_.Pick(walk_.Next());
  __builtin_prefetch(pages_[next_page_].url.data());
  __builtin_prefetch(next_session_->client.data());
  __builtin_prefetch(next_session_->user);
  __builtin_prefetch(next_session_->referer.data());
}

// Likewise who comes next; it is some requests until then.
void ShopTraffic::DrawUser() {
  user_point_ += kGoldenStep;
  next_user_ = user_popularity_.Pick(user_point_);
  __builtin_prefetch(&users_[next_user_]);
  __builtin_prefetch(&addresses_[next_user_ % addresses_.size()]);
}

void ShopTraffic::StartSession(Session* session) {
  const std::uint32_t number = next_user_;
  const std::uint64_t random = walk_.Next();
  User& user = users_[number];
  // With more clients than users a user comes from one of several places, with fewer they share one.
  const auto users = static_cast<std::uint64_t>(users_.size());
  const std::uint64_t home = number % addresses_.size();
  const std::uint64_t places = (addresses_.size() - home + users - 1) / users;
  const std::uint64_t place = home + users * (user.visits++ % places);
  session->user = &user;
  session->client = addresses_[place];
  session->agent = PickAgent(SplitMix64(place * users + number).Next());
  session->referer = PickEntry(random >> 32);
  session->steps_left = 1 + static_cast<std::uint32_t>((random & 7) + ((random >> 3) & 7));
  DrawUser();
}

int ShopTraffic::PickFailure(Micros time, User* user, std::uint32_t page) {
  const double chance = outcome_.NextDouble();
  const double kind = outcome_.NextDouble();
  const bool prone = user->fails && pages_[page].fails;
  const bool fails = prone ? user->deck.Draw(error_rate_, chance, &decks_) : chance < background_rate_;
  const double incident_rate = incidents_.FailureRate(time, page);
  if (incident_rate > (prone ? error_rate_ : background_rate_))
    return chance < incident_rate ? incident_errors_.Pick(kind) : 0;
  return fails ? errors_.Pick(kind) : 0;
}

// Size and duration of the answer to *request, of which the status is known. `random`: uniform in 0..0xffff.
void FillAnswer(const Page& page, std::int64_t random, WrittenRequest* request) {
  const std::int64_t typical = page.bytes;
  const int status = request->status;
  if (status >= 500) {
    request->duration *= 2;
  } else if (status >= 400) {
    request->duration /= 2;
  }
  if (request->method == "HEAD" || status == 204 || status == 304) {
    request->bytes = 0;
  } else if (status >= 300) {
    request->bytes = 160 + (random & 0x1ff);
  } else if (status == 206) {
    request->bytes = 1 + typical * random / 0x10000;
  } else if (page.kind == PageKind::kAsset || page.kind == PageKind::kMedia) {
    request->bytes = typical;
  } else {
    request->bytes = typical - typical / 8 + typical * random / 0x40000;  // 7/8 to 9/8 of it
  }
}

bool ShopTraffic::Next(WrittenRequest* request) {
  if (made_ >= total_) return false;
  Session& session = *next_session_;
  const std::uint32_t number = next_page_;
  const Page& page = pages_[number];
  const std::uint64_t details = walk_.Next();
  const std::uint64_t pace = walk_.Next();
  if (session.steps_left == 0) StartSession(&session);
  --session.steps_left;

  request->plain = true;
  request->time = schedule_.TimeOf(made_++);
  request->client = session.client;
  request->user = session.user->name;
  request->agent = session.agent;
  request->referer = session.referer;
  request->host = page.host();
  request->target = page.target();
  request->protocol = page.kind == PageKind::kApi ? "HTTP/1.1" : "HTTP/2.0";
  request->method = PickMethod(page.kind, details);
  request->duration = PickDuration(page.latency, pace);
  const int failure = PickFailure(request->time, session.user, number);
  request->status = failure != 0 ? failure : PickSuccessStatus(page.kind, request->method, details >> 16);
  FillAnswer(page, static_cast<std::int64_t>((details >> 32) & 0xffff), request);
  if (page.kind == PageKind::kPage || page.kind == PageKind::kForm) session.referer = page.referer();
  DrawNext();
  return true;
}

}  // namespace

Result<std::unique_ptr<Traffic>> MakeTraffic(const GenerateOptions& options, Micros start, std::uint64_t seed) {
  if (Status check = CheckTraffic(options); !check.ok()) return check;
  if (!IsLogTime(start) || TrafficLength(options) > kEndOfTime - start) {
    return Status::Usage(
        "the log would have times before the year 1 or after 9998: mind --start, --count, --duration and --rate");
  }
  auto traffic = std::make_unique<ShopTraffic>(options, start, seed);
  if (Status added = traffic->AddIncidents(options.incidents, start); !added.ok()) return added;
  return std::unique_ptr<Traffic>(std::move(traffic));
}

}  // namespace socklog
