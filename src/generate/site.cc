#include "generate/site.h"

#include <array>

namespace socklog {
namespace {

constexpr std::string_view kShop = "shop.example";
constexpr std::string_view kApiHost = "api.shop.example";

struct NamedPage {
  std::string_view path;
  PageKind kind;
};

constexpr NamedPage kNamedPages[] = {
    {"/", PageKind::kPage},
    {"/static/app.css", PageKind::kAsset},
    {"/search", PageKind::kPage},
    {"/cart", PageKind::kForm},
    {"/products", PageKind::kPage},
    {"/static/app.js", PageKind::kAsset},
    {"/login", PageKind::kForm},
    {"/api/v1/stock", PageKind::kApi},
    {"/images/logo.svg", PageKind::kAsset},
    {"/account", PageKind::kPage},
    {"/checkout", PageKind::kForm},
    {"/api/v1/cart", PageKind::kApi},
    {"/favicon.ico", PageKind::kAsset},
    {"/orders", PageKind::kPage},
    {"/help", PageKind::kPage},
    {"/robots.txt", PageKind::kAsset},
};

constexpr std::string_view kAdjectives[] = {"warm",   "soft", "blue",  "green", "striped",
                                            "winter", "long", "light", "thick", "plain"};
constexpr std::string_view kNouns[] = {"socks",   "scarf",    "hat",    "gloves", "sweater",
                                       "blanket", "slippers", "poncho", "cape"};

// Bounds of what a page of each kind costs.
struct Cost {
  std::int32_t min_bytes, max_bytes, min_latency, max_latency;
};

Cost CostOf(PageKind kind) {
  switch (kind) {
    case PageKind::kPage:
      return {6'000, 48'000, 15'000, 120'000};
    case PageKind::kForm:
      return {2'500, 9'000, 40'000, 300'000};
    case PageKind::kAsset:
      return {900, 240'000, 300, 3'000};
    case PageKind::kMedia:
      return {18'000, 900'000, 800, 12'000};
    case PageKind::kApi:
      return {180, 6'000, 4'000, 60'000};
  }
  return {};
}

NamedPage NamedOrNone(std::uint32_t index) { return index < std::size(kNamedPages) ? kNamedPages[index] : NamedPage{}; }

// The pages beyond the named ones: mostly products, numbered so that no two are the same.
std::string InventedPath(std::uint32_t number, PageKind* kind, SplitMix64* random) {
  const std::string adjective(kAdjectives[random->Below(std::size(kAdjectives))]);
  const std::string noun(kNouns[random->Below(std::size(kNouns))]);
  const std::string id = std::to_string(1000 + number);
  switch (number % 8) {
    case 3:
      *kind = PageKind::kPage;
      return "/category/" + adjective + "-" + noun + "-" + id;
    case 5:
      *kind = PageKind::kMedia;
      return "/images/" + noun + "-" + id + ".jpg";
    case 7:
      *kind = PageKind::kApi;
      return "/api/v1/products/" + id;
    default:
      *kind = PageKind::kPage;
      return "/products/" + adjective + "-" + noun + "-" + id;
  }
}

std::int32_t Between(std::int32_t low, std::int32_t high, SplitMix64* random) {
  // The smaller of two draws: small answers are more common than big ones.
  const auto width = static_cast<std::uint64_t>(high - low);
  const std::uint64_t a = random->Below(width);
  const std::uint64_t b = random->Below(width);
  return low + static_cast<std::int32_t>(a < b ? a : b);
}

struct Weighted {
  int value;
  unsigned percent;
};

template <std::size_t n>
int PickWeighted(const Weighted (&choices)[n], std::uint64_t random) {
  auto point = static_cast<unsigned>(random % 100);
  for (const Weighted& choice : choices) {
    if (point < choice.percent) return choice.value;
    point -= choice.percent;
  }
  return choices[0].value;
}

}  // namespace

std::vector<Page> MakePages(std::uint32_t count, SplitMix64* random) {
  std::vector<Page> pages(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    Page& page = pages[i];
    const NamedPage named = NamedOrNone(i);
    page.kind = named.kind;
    const std::string path = named.path.empty() ? InventedPath(i, &page.kind, random) : std::string(named.path);
    const std::string_view host = page.kind == PageKind::kApi ? kApiHost : kShop;
    page.url = "https://" + std::string(host) + path;
    page.host_size = static_cast<std::uint32_t>(host.size());
    page.path_size = static_cast<std::uint32_t>(path.size());
    if (path.ends_with(".css") || path.ends_with(".js")) page.url += "?v=" + std::to_string(10 + random->Below(90));
    const Cost cost = CostOf(page.kind);
    page.bytes = Between(cost.min_bytes, cost.max_bytes, random);
    page.latency = Between(cost.min_latency, cost.max_latency, random);
  }
  return pages;
}

std::string_view PickMethod(PageKind kind, std::uint64_t random) {
  static constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "DELETE", "HEAD"};
  static constexpr Weighted kPlain[] = {{0, 99}, {4, 1}};
  static constexpr Weighted kForm[] = {{0, 60}, {1, 40}};
  static constexpr Weighted kApi[] = {{0, 70}, {1, 20}, {2, 6}, {3, 4}};
  switch (kind) {
    case PageKind::kForm:
      return kMethods[PickWeighted(kForm, random)];
    case PageKind::kApi:
      return kMethods[PickWeighted(kApi, random)];
    default:
      return kMethods[PickWeighted(kPlain, random)];
  }
}

int PickSuccessStatus(PageKind kind, std::string_view method, std::uint64_t random) {
  static constexpr Weighted kPage[] = {{200, 93}, {304, 5}, {301, 2}};
  static constexpr Weighted kAsset[] = {{200, 74}, {304, 26}};
  static constexpr Weighted kMedia[] = {{200, 76}, {304, 18}, {206, 6}};
  static constexpr Weighted kPosted[] = {{200, 65}, {303, 35}};
  static constexpr Weighted kCreated[] = {{200, 40}, {201, 60}};
  static constexpr Weighted kChanged[] = {{200, 55}, {204, 45}};
  if (method == "POST") return kind == PageKind::kApi ? PickWeighted(kCreated, random) : PickWeighted(kPosted, random);
  if (method == "PUT" || method == "DELETE") return PickWeighted(kChanged, random);
  switch (kind) {
    case PageKind::kAsset:
      return PickWeighted(kAsset, random);
    case PageKind::kMedia:
      return PickWeighted(kMedia, random);
    case PageKind::kApi:
      return 200;
    default:
      return PickWeighted(kPage, random);
  }
}

Micros PickDuration(Micros typical, std::uint64_t random) {
  // Quantiles 0, 1/16, ... 1 of the factor, times 256.
  static constexpr std::array<Micros, 17> kQuantiles = {51,  102, 128, 150, 171, 191, 211, 233, 256,
                                                        281, 310, 343, 384, 436, 510, 643, 1536};
  const auto step = static_cast<std::size_t>(random >> 60);
  const auto within = static_cast<Micros>((random >> 44) & 0xffff);
  const Micros factor = (kQuantiles[step] << 16) + (kQuantiles[step + 1] - kQuantiles[step]) * within;
  return (typical * factor) >> 24;
}

}  // namespace socklog
