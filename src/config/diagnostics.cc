#include "config/diagnostics.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace socklog {

void Diagnostics::AddInOrder(const Diagnostics& other) {
  std::vector<Diagnostic> items = other.items_;
  const auto order = [](const Diagnostic& item) {
    const Place& place = item.place;
    return std::make_tuple(place.line == 0 ? std::string_view() : place.file, place.line, place.column);
  };
  std::stable_sort(items.begin(), items.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return order(a) < order(b); });
  std::unordered_set<std::string> known;
  const auto text = [](const Diagnostic& item) { return item.where + '\n' + item.what; };
  for (const Diagnostic& item : items_) known.insert(text(item));
  for (const Diagnostic& item : items) {
    if (known.insert(text(item)).second) Add(item.severity, item.place, item.what);
  }
}

}  // namespace socklog
