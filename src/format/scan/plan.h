// What the scanner does with a line of one text format, worked out once when the format is made.
#ifndef SOCKLOG_FORMAT_SCAN_PLAN_H_
#define SOCKLOG_FORMAT_SCAN_PLAN_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "format/bind.h"
#include "format/entry_builder.h"
#include "format/field_rule.h"
#include "format/scan/stamp.h"
#include "format/template.h"
#include "socklog/log_entry.h"

namespace socklog {

// Where the value of a step ends. It starts where the literal of the step before ended.
enum class ScanExtent : std::uint8_t {
  kNone,   // there is no value, only a literal
  kBlank,  // before the next blank
  kByte,   // before the next `stop`
  kQuote,  // before the line's next quote
  kEnd,    // at the line's end
  kFixed,  // after `fixed_size` bytes
  kOwn,    // wherever the field itself ends: kStatus, kNumber, kBytes, kStamp, kNames
};

// What becomes of the value.
enum class ScanField : std::uint8_t {
  kSkip,
  kText,      // LogEntry::*text; "-" is empty
  kClient,    // without its port
  kHost,      // without its port
  kRequest,   // method, target, protocol
  kStatus,    // three digits
  kNumber,    // digits or "-", skipped
  kBytes,     // digits or "-"
  kStamp,     // a time stamp of StampShape's form
  kRules,     // whatever EntryBuilder makes of it
  kNames,     // the Apache family's words before the time stamp
  kMayEnd,    // no value: the line may end here
  kMayExtra,  // no value: the line ends here, or goes on with a blank and anything
};

// What else the format's expression demands of a value.
enum class ScanShape : std::uint8_t {
  kAny,
  kNoBlank,    // [^ ]*
  kNoBracket,  // [^[]*
  kIso,        // [0-9]+-[0-9TtZz:.,+-]+
  kEpoch,      // [0-9]+(\.[0-9]+)?
  kDigits,     // [0-9]+
  kNoSmallZ,   // TimePattern reads "z" as a zone, its expression does not
};

// Values that formats have often and nobody asks for: nothing is to be done but to find their end.
enum class ScanSkip : std::uint8_t {
  kNone,      // it is none of these
  kQuoted,    // all bytes before the next quote
  kLastWord,  // the rest of the line, without a blank
};

// A value and the literal after it. A literal of more than eight bytes is continued by steps without a value.
struct ScanStep {
  ScanExtent extent = ScanExtent::kNone;
  ScanField field = ScanField::kSkip;
  ScanShape shape = ScanShape::kAny;
  char stop = '\0';  // kByte; kStamp: where one of another size ends, or 0 if there is none
  std::uint8_t literal_size = 0;
  std::uint8_t literal_quotes = 0;  // how many of its bytes are quotes
  std::uint16_t fixed_size = 0;
  bool at_end = false;  // kStamp: of the request's end
  ScanSkip skip = ScanSkip::kNone;
  std::uint64_t literal = 0;  // its bytes as they stand in memory
  std::uint64_t literal_mask = 0;
  std::string_view LogEntry::*text = nullptr;
  std::vector<FieldRule> rules;  // kRules, kStamp
};

// Immutable, thread-safe.
struct ScanPlan {
  std::vector<ScanStep> steps;
  StampShape stamp;
  Escape escape = Escape::kApache;
  std::uint32_t fields = 0;     // FieldMask
  std::uint8_t quotes = 0;      // in a line
  bool exact_quotes = true;     // false: or more
  bool uses_builder = false;    // a step is kRules
  bool is_family = false;       // of MakeFamilyPlan, and referer and agent are not asked for
  std::uint8_t core = kNoCore;  // the first of core_steps() steps that are %h %l %u %t "%r" %>s %b
  bool core_has_host = false;   // or the same with one word before it, the host if that is asked for

  static constexpr std::uint8_t kNoCore = 0xFF;
  static constexpr std::size_t kCoreSteps = 7;
  std::size_t core_steps() const { return kCoreSteps + (core_has_host ? 1 : 0); }
  std::size_t core_stamp() const { return 3 + (core_has_host ? 1 : 0); }  // which of them it is
};

// Whether `value` has the shape.
bool HasShape(ScanShape shape, std::string_view value);

// The plan of a format; nothing if its lines cannot be taken apart this way: values side by side, an unquoted request,
// rare time stamps. A line that the plan accepts is one that the format's LineExpression accepts, with the same values:
// each value ends at the first byte that its expression excludes.
std::optional<ScanPlan> MakeScanPlan(const Template& format, const Bindings& bindings, std::uint32_t fields);

// What MakeFamilyPlan is to read besides the names, which `fields` tells.
struct FamilyRules {
  FieldRule time;
  std::vector<FieldRule> referer, agent;
};
ScanPlan MakeFamilyPlan(const FamilyRules& rules, std::uint32_t fields);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_PLAN_H_
