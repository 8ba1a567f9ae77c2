// How the JSON lines of one log are alike: between the values stand the same bytes. Learnt from lines that JsonReader
// has read; lines of the same shape are then read by the scanner (json_lines.h).
#ifndef SOCKLOG_FORMAT_SCAN_JSON_SHAPE_H_
#define SOCKLOG_FORMAT_SCAN_JSON_SHAPE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "format/field_rule.h"
#include "format/scan/stamp.h"
#include "socklog/log_entry.h"

namespace socklog {

enum class JsonExtent : std::uint8_t {
  kNone,    // there is no value: the literal goes on in the next step, or the line ends
  kString,  // up to the line's next quote
  kNumber,  // as JSON has it
  kBare,    // that, true or false: of members that nobody asks for
};

// A literal and the value behind it.
struct JsonStep {
  static constexpr std::size_t kMaxLiteral = 64;

  std::uint64_t literal_bits = 0;   // a bit for each of its bytes
  std::uint8_t literal_size = 0;    // 1..kMaxLiteral
  std::uint8_t literal_quotes = 0;  // how many of its bytes are quotes
  JsonExtent value = JsonExtent::kNone;
};

enum class JsonTarget : std::uint8_t {
  kText,    // LogEntry::*text
  kClient,  // without its port
  kHost,    // without its port
  kStatus,  // three digits
  kBytes,   // digits
  kStamp,   // with the zone of the one before
  kRequest,
  kMethod,
  kTarget,
  kRules,  // whatever EntryBuilder makes of it
};

// What becomes of the value of a step.
struct JsonField {
  JsonTarget target = JsonTarget::kRules;
  std::uint8_t step = 0;
  std::string_view LogEntry::*text = nullptr;
  const FieldRule* rule = nullptr;
};

// A value that a line has for a field.
struct JsonValue {
  const FieldRule* rule = nullptr;  // outlives what is learnt of it
  std::string_view raw;             // part of the line: a string without its quotes, or a number
};

// One way in which lines are alike.
struct JsonShape {
  static constexpr std::size_t kMaxSteps = 128;

  std::vector<JsonStep> steps;    // at most kMaxSteps
  std::vector<char> literals;     // of all steps, and kMaxLiteral bytes more
  std::vector<JsonField> fields;  // in the order in which EntryBuilder would set them
  StampShape stamp;               // of kStamp, without fraction and zone
  StampCache cache;
  StampZone zone;
  std::uint64_t hits = 0;       // lines that had it, of late
  std::uint8_t quotes = 0;      // in a line; at least one
  bool uses_builder = false;    // only EntryBuilder knows how some fields belong together
  bool gives_target = false;    // kRequest: method and target, too, not only whether it is a request
  bool gives_protocol = false;  // kRequest
  bool checks_target = false;   // there is no kRequest: the method and the target tell whether it is a request
  bool has_method = false;
};

// Whether in JSON each byte of `text` stands for itself: no backslash, no control byte, valid UTF-8. 64 bytes
// behind it may be read, as those behind the lines of a Block.
bool IsVerbatimJson(std::string_view text);

// The few shapes of a log that are most frequent. Belongs to one parser; Thread-compatible.
struct JsonShapes {
  static constexpr std::size_t kMax = 4;
  static constexpr int kLessonCost = 32;  // in lines
  static constexpr int kMostCredit = kLessonCost * static_cast<int>(kMax);

  JsonShape shapes[kMax];
  std::size_t count = 0;
  std::size_t current = 0;  // of the last line
  int credit = kMostCredit;

  // To be asked for each line that has none of the shapes. From the first few on, one in kLessonCost may be learnt, so
  // that little is spent on a log in which each line is another.
  bool MayLearn();
  // Learns the shape of a well-formed line, if it is verbatim and not too long. `values`:
  // what JsonReader found for the fields, in the order in which they are set. `fixed`: the first bytes of a string in
  // the line, which all lines of the shape have there; may be empty. `fields`: FieldMask. Where there are kMax shapes,
  // the rarest of late is forgotten.
  void Learn(std::string_view line, const std::vector<JsonValue>& values, std::string_view fixed, std::uint32_t fields);
};

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_JSON_SHAPE_H_
