// Finds a few members in JSON lines: what a JSON line is and says, by simdjson. The only user of simdjson.
#ifndef SOCKLOG_FORMAT_JSON_READER_H_
#define SOCKLOG_FORMAT_JSON_READER_H_

#include <memory>
#include <string_view>
#include <vector>

#include "format/json_paths.h"

namespace socklog {

// Reads the same members of one line after the other. Thread-compatible.
class JsonReader {
 public:
  // `paths` must outlive the reader.
  explicit JsonReader(const JsonPaths& paths);
  ~JsonReader();

  // Returns nullptr, or why the line is no JSON object; static storage.
  const char* Read(std::string_view line);
  // Of the last line that was read, one for each slot: views into it. Of an array the first element counts.
  const std::vector<JsonValue>& values() const { return values_; }
  // Whether that line was not quite JSON: raw control bytes, or bytes that are not UTF-8, in its strings.
  bool mended() const { return mended_; }

 private:
  struct Impl;
  std::vector<JsonValue> values_;
  bool mended_ = false;
  std::unique_ptr<Impl> impl_;
};

// Whether all of `text` is UTF-8.
bool IsUtf8(std::string_view text);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_JSON_READER_H_
