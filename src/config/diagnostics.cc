#include "config/diagnostics.h"

#include <algorithm>
#include <tuple>

namespace socklog {

void Diagnostics::AddInOrder(const Diagnostics& other) {
  std::vector<Diagnostic> items = other.items_;
  const auto order = [](const Diagnostic& item) {
    const Place& place = item.place;
    return std::make_tuple(place.line == 0 ? std::string() : place.file, place.line, place.column);
  };
  std::stable_sort(items.begin(), items.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return order(a) < order(b); });
  for (const Diagnostic& item : items) {
    const bool known = std::any_of(items_.begin(), items_.end(), [&](const Diagnostic& old) {
      return old.where == item.where && old.what == item.what;
    });
    if (!known) Add(item.severity, item.place, item.what);
  }
}

}  // namespace socklog
