// Finds a few members in JSON lines many bytes at a time.
//
// The lines of a log look much like each other: behind one member comes the one that came behind it in the line before.
// So a name is compared with that one first, and nothing is looked up. What a line consists of is looked at once.
#ifndef SOCKLOG_FORMAT_JSON_SCANNER_H_
#define SOCKLOG_FORMAT_JSON_SCANNER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "format/json_bytes.h"
#include "format/json_paths.h"

namespace socklog {

// Reads the same members of one line after the other. It takes no line that JsonReader would refuse or mend, and finds
// the same values; some lines it leaves to JsonReader, broken and unusual ones. Thread-compatible.
class JsonScanner {
 public:
  // `paths` must outlive the scanner.
  explicit JsonScanner(const JsonPaths& paths);

  // Reads the line that starts at `line`. Returns the end of it, where its newline is; nullptr if JsonReader is to read
  // it. REQUIRES: the line has a newline, and TextBuffer::kPadding bytes behind that are readable
  const char* Read(const char* line);
  // Of the last line that was read, one for each slot: views into it.
  const std::vector<JsonValue>& values() const { return values_; }
  // Whether a string of that line has an escape.
  bool escaped() const { return escaped_; }

 private:
  using Index = std::uint32_t;
  static constexpr Index kNone = 0xFFFFFFFF;

  // A name that members of an object had.
  struct Member {
    JsonToken name;                  // with its quotes
    const JsonEdge* edge = nullptr;  // nullptr: nothing is wanted there
    Index child = kNone;             // the shape of the objects there, if something is wanted in them
    Index next = 0;                  // the member that was behind it the last time
  };
  // An object in which something is wanted: the members that it had in the lines so far.
  struct Shape {
    std::vector<Member> members;
  };
  // Two that are none: what is before the first, and what was not remembered.
  static constexpr Index kStart = 0;
  static constexpr Index kUnknown = 1;

  // Each takes the text from `p` on; returns where what it reads ends, or nullptr if the line is to be left.
  const char* Object(const char* p, Index shape, int depth);
  const char* Name(const char* p, Shape* shape, Index* member);
  const char* Value(const char* p, const JsonEdge* edge, Index child, int depth);
  const char* Array(const char* p, const JsonEdge* edge, int depth);
  const char* Scalar(const char* p, const JsonEdge* edge);
  const char* StringEnd(const char* p);

  std::vector<Shape> shapes_;  // of the nodes of the paths, in their order
  std::vector<JsonValue> values_;
  bool usable_ = true;  // false: some path cannot be looked for like this
  bool escaped_ = false;
  bool ascii_ = true;
};

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_JSON_SCANNER_H_
