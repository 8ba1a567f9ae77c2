// Writes JSON to a string: compact, members in the order of the calls, valid UTF-8 whatever the input.
#ifndef SOCKLOG_BASE_JSON_WRITER_H_
#define SOCKLOG_BASE_JSON_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace socklog {

// Appends to a string that the caller owns. Thread-compatible. REQUIRES: calls nest as JSON does; Key before every
// member's value.
class JsonWriter {
 public:
  explicit JsonWriter(std::string* out) : out_(*out) {}

  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(std::string_view name);
  JsonWriter& String(std::string_view text);  // bytes that are not UTF-8 become U+FFFD
  JsonWriter& Unsigned(std::uint64_t value);
  JsonWriter& Double(double value);  // shortest form that reads back the same; not finite: null
  JsonWriter& Bool(bool value);
  JsonWriter& Null();

 private:
  void Separate();

  std::string& out_;
  bool need_comma_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_BASE_JSON_WRITER_H_
