// Arbitrary lines, read by the scanner and by the expressions that define a format; the first byte of the input picks
// the format and the fields.
#include <cstdint>
#include <cstdio>

#include "fuzz_helper.h"
#include "scan_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const socklog::ScanCheck check;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string difference = check.Compare(data[0] % check.size(), text);
  if (!difference.empty()) std::fprintf(stderr, "%s\n", difference.c_str());
  socklog::Require(difference.empty());
  return 0;
}
