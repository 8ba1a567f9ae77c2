// Finds a few members in JSON lines. The only user of simdjson.
#ifndef SOCKLOG_FORMAT_JSON_READER_H_
#define SOCKLOG_FORMAT_JSON_READER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace socklog {

// Reads the same members of one line after the other. Thread-compatible.
class JsonReader {
 public:
  // One for each value that is wanted: dotted paths, the best first. "a.b" is the member b of the object a, or a member
  // called "a.b".
  explicit JsonReader(const std::vector<std::vector<std::string>>& slots);
  ~JsonReader();

  struct Value {
    std::string_view
        raw;  // part of the line: a string without its quotes, with its escapes; a number, true or false as it stands
    bool present = false;  // false also for null and for objects; of an array the first element counts
    bool is_string = false;
  };

  // Returns nullptr, or why the line is no JSON object; static storage.
  const char* Read(std::string_view line);

  // Of the last line that was read; views into it.
  const Value& value(std::size_t slot) const { return values_[slot]; }
  // Whether that line was not quite JSON: raw control bytes, or bytes that are not UTF-8, in its strings.
  bool mended() const { return mended_; }

 private:
  struct Impl;
  std::vector<Value> values_;
  bool mended_ = false;
  std::unique_ptr<Impl> impl_;
};

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_JSON_READER_H_
