// Arbitrary configuration and thresholds files: mistakes have a place in the file, and thresholds that are right
// survive being written and read.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/config.h"
#include "config/thresholds_file.h"
#include "config/toml_document.h"

namespace socklog {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

ThresholdSet Read(std::string_view text) {
  ConfigNode root;
  Diagnostics diagnostics;
  ThresholdSet set;
  Require(ParseToml("t.toml", text, &root, &diagnostics));
  ReadThresholds(root, &set, &diagnostics);
  Require(!diagnostics.has_errors());
  return set;
}

void CheckRoundTrip(std::string_view text) {
  const std::string written = FormatThresholds(Read(text));
  Require(FormatThresholds(Read(written)) == written);
}

void CheckOne(std::string_view text) {
  Diagnostics diagnostics;
  const FileSummary summary = CheckText("c.toml", text, {.check_format = nullptr, .touch_files = false}, &diagnostics);
  for (const Diagnostic& item : diagnostics.items()) {
    Require(!item.what.empty() && item.place.file == "c.toml" && item.place.line >= 1 && item.place.column >= 1);
  }
  if (summary.kind == FileSummary::Kind::kThresholds && !diagnostics.has_errors()) CheckRoundTrip(text);
}

}  // namespace
}  // namespace socklog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  socklog::CheckOne(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
