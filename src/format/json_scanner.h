// Finds a few members in JSON lines many bytes at a time.
//
// The lines of a log look much like each other: behind one member comes the one that came behind it in the line before.
// So a name is compared with that one first, and nothing is looked up. What a line consists of is looked at once.
#ifndef SOCKLOG_FORMAT_JSON_SCANNER_H_
#define SOCKLOG_FORMAT_JSON_SCANNER_H_

#include <deque>
#include <string>
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
  JsonScanner(const JsonScanner&) = delete;
  JsonScanner& operator=(const JsonScanner&) = delete;

  // Reads the line that starts at `line`. Returns the end of it, where its newline is; nullptr if JsonReader is to read
  // it. REQUIRES: the line has a newline, and TextBuffer::kPadding bytes behind that are readable
  const char* Read(const char* line);
  // Of the last line that was read, one for each slot: views into it.
  const std::vector<JsonValue>& values() const { return values_; }
  // Whether a string of that line has an escape.
  bool escaped() const { return escaped_; }

 private:
  struct Shape;

  // A name that members of an object had.
  struct Member {
    std::string name;
    JsonToken token;                 // the name with its quotes and a colon
    const JsonEdge* edge = nullptr;  // nullptr: nothing is wanted there
    Shape* child = nullptr;          // of objects there; nullptr: nothing is wanted in them
    Member* next = nullptr;          // what was behind it the last time; never nullptr once it is in a Shape
  };
  // An object in which something is wanted, as it was in the lines so far.
  struct Shape {
    Member start;                // none: what is before the first one
    Member unknown;              // any that was not remembered
    std::deque<Member> members;  // those that are wanted, then others
  };

  static Member MakeMember(std::string_view name, Shape* shape);

  // Each reads a piece of the line from `p` on; returns its end, or nullptr if the line is to be left. `edge`: where it
  // is wanted, or nullptr.
  const char* Object(const char* p, Shape* shape, int depth);
  const char* Value(const char* p, const JsonEdge* edge, Shape* child, int depth);
  const char* Other(const char* p, const JsonEdge* edge, Shape* child, int depth);
  const char* Array(const char* p, const JsonEdge* edge, int depth);
  const char* Scalar(const char* p, const JsonEdge* edge);
  const char* StringEnd(const char* p);
  const char* OddStringEnd(const char* p);
  // A name and its colon; *member is the member before, and becomes this one.
  static const char* Name(const char* p, Shape* shape, Member** member);
  static const char* FindName(const char* p, Shape* shape, Member** member);

  std::deque<Shape> shapes_;  // of the nodes of the paths, in their order
  std::vector<JsonValue> values_;
  bool usable_ = true;  // false: some path cannot be looked for like this
  bool escaped_ = false;
  bool ascii_ = true;
};

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_JSON_SCANNER_H_
