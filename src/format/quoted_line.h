// Lines that some shipper or spreadsheet has put into quotes as a whole.
#ifndef SOCKLOG_FORMAT_QUOTED_LINE_H_
#define SOCKLOG_FORMAT_QUOTED_LINE_H_

#include <string>
#include <string_view>

#include "socklog/log_entry.h"

namespace socklog {

// How the quotes inside of the quoted line are spelled.
enum class LineQuoting { kBare, kDoubled, kBackslash };

// The text between the quotes of `line` with the inner ones undone; in *store unless it is a plain part of the line.
// Empty if `line` is not in quotes, or holds nothing of that spelling.
std::string_view Unquote(std::string_view line, LineQuoting quoting, std::string* store);

// Offers what `line` may hold between its quotes to `parse` until it returns true. The text lives as long as the batch.
template <typename Parse>
bool TryUnquoted(std::string_view line, LogBatch* batch, Parse parse) {
  if (line.size() < 2 || line.front() != '"' || line.back() != '"') return false;
  for (const LineQuoting quoting : {LineQuoting::kBare, LineQuoting::kDoubled, LineQuoting::kBackslash}) {
    std::string store;
    std::string_view inner = Unquote(line, quoting, &store);
    if (quoting != LineQuoting::kBare) inner = batch->decoded.Add(inner);
    if (!inner.empty() && parse(inner)) return true;
  }
  return false;
}

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_QUOTED_LINE_H_
