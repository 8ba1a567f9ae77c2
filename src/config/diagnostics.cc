#include "config/diagnostics.h"

#include <algorithm>

namespace socklog {

void Diagnostics::AddInOrder(const Diagnostics& other) {
  std::vector<Diagnostic> items = other.items_;
  std::stable_sort(items.begin(), items.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return a.place.line != b.place.line ? a.place.line < b.place.line : a.place.column < b.place.column;
  });
  for (const Diagnostic& item : items) {
    const bool known = std::any_of(items_.begin(), items_.end(),
                                   [&](const Diagnostic& old) { return old.where == item.where && old.what == item.what; });
    if (!known) Add(item.severity, item.place, item.what);
  }
}

}  // namespace socklog
