// The web site that is visited: its URLs, and what each of them costs.
#ifndef SOCKLOG_GENERATE_SITE_H_
#define SOCKLOG_GENERATE_SITE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "socklog/time.h"

namespace socklog {

enum class PageKind : std::uint8_t { kPage, kForm, kAsset, kMedia, kApi };

// One URL. A target is its path, for some assets with a query that never changes: as many distinct targets as paths.
// Many pages are visited in no order, so what a request needs of one lies close together.
struct Page {
  static constexpr std::uint32_t kSchemeSize = 8;  // of "https://"

  std::string url;              // "https://shop.example/static/app.css?v=17"
  std::uint32_t host_size = 0;  // of its parts, in bytes
  std::uint32_t path_size = 0;
  std::int32_t bytes = 0;    // typical size of the answer
  std::int32_t latency = 0;  // typical duration, microseconds
  PageKind kind = PageKind::kPage;
  bool fails = false;  // one of --error-urls

  std::string_view host() const { return std::string_view(url).substr(kSchemeSize, host_size); }
  std::string_view path() const { return target().substr(0, path_size); }
  std::string_view target() const { return std::string_view(url).substr(kSchemeSize + host_size); }
  // As the pages that it leads to are told.
  std::string_view referer() const { return std::string_view(url).substr(0, kSchemeSize + host_size + path_size); }
};

// `count` pages with distinct paths, the most popular first. `/`, `/search` and `/cart` are among the first ones.
std::vector<Page> MakePages(std::uint32_t count, SplitMix64* random);

// What a successful request to a page of `kind` looks like. `random` decides; static storage.
std::string_view PickMethod(PageKind kind, std::uint64_t random);
int PickSuccessStatus(PageKind kind, std::string_view method, std::uint64_t random);

// A duration around `typical`: skewed to the right as response times are (log-normal, sigma 0.6, cut at six times).
Micros PickDuration(Micros typical, std::uint64_t random);

}  // namespace socklog

#endif  // SOCKLOG_GENERATE_SITE_H_
