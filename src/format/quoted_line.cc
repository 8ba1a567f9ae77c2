#include "format/quoted_line.h"

namespace socklog {

std::string_view Unquote(std::string_view line, LineQuoting quoting, std::string* store) {
  if (line.size() < 2 || line.front() != '"' || line.back() != '"') return {};
  const std::string_view inner = line.substr(1, line.size() - 2);
  if (quoting == LineQuoting::kBare) return inner;
  const char before = quoting == LineQuoting::kDoubled ? '"' : '\\';
  store->clear();
  for (std::size_t i = 0; i < inner.size(); ++i) {
    const bool pair = inner[i] == before && i + 1 < inner.size() && (inner[i + 1] == '"' || inner[i + 1] == before);
    if (pair) ++i;
    store->push_back(inner[i]);
  }
  return store->size() == inner.size() ? std::string_view() : std::string_view(*store);
}

}  // namespace socklog
