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
struct Page {
  std::string target;
  std::string referer;        // as the pages that it leads to are told
  std::string_view host;      // static storage
  std::size_t path_size = 0;  // of `target` without the query
  PageKind kind = PageKind::kPage;
  std::int32_t bytes = 0;    // typical size of the answer
  std::int32_t latency = 0;  // typical duration, microseconds
  bool fails = false;        // one of --error-urls

  std::string_view path() const { return std::string_view(target).substr(0, path_size); }
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
