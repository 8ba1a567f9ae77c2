// One format behind one interface: what LogParser calls for each line.
#ifndef SOCKLOG_FORMAT_LINE_PARSER_H_
#define SOCKLOG_FORMAT_LINE_PARSER_H_

#include <memory>
#include <string>
#include <string_view>

#include "format/entry_builder.h"
#include "format/format.h"
#include "format/json_map.h"
#include "format/template.h"
#include "socklog/log_entry.h"
#include "socklog/status.h"

namespace socklog {

// Parses the lines of one partition. Thread-compatible.
class LineParser {
 public:
  virtual ~LineParser() = default;

  // `line` without its end and trailing blanks, not empty. Returns nullptr and a full *entry (but for `line`), or why
  // the line is malformed, a string with static storage; *entry may then be half filled. Views as in LogEntry; `line`
  // must be part of the Block or of batch->decoded.
  virtual const char* Parse(std::string_view line, LogEntry* entry, LogBatch* batch) = 0;

  // Parses the lines from *cursor on and moves it behind them, until the batch has LogBatch::kMaxLines or the block is
  // at its end; adds to *batch. Line by line with Parse, unless a parser knows better.
  virtual void ParseLines(const Block& block, BlockCursor* cursor, LogBatch* batch);

  // ParseNextLine for a line that the scanner did not take; an entry is marked as slow_path.
  virtual bool ParseMisfit(const Block& block, BlockCursor* cursor, LogEntry* entry, LogBatch* batch);

  // As LogParser.
  virtual std::string_view chosen() const = 0;
  virtual Status Restore(std::string_view chosen);

  // Parses the line at *cursor with Parse and moves behind it. True: *entry is full. False: the line is malformed, and
  // *batch has the reason. REQUIRES: the block is not at its end
  bool ParseNextLine(const Block& block, BlockCursor* cursor, LogEntry* entry, LogBatch* batch);
};

// A line as the formats see it: without what an editor or another system puts around it.
std::string_view TrimLine(std::string_view line);

// The line at `offset` of the block's text, without its newline.
std::string_view LineAt(const Block& block, std::uint32_t offset);

// Whether a batch has room and the block has lines.
inline bool HasNextLine(const Block& block, const BlockCursor& cursor, const LogBatch& batch) {
  return cursor.offset < block.text.size() && batch.entries.size() + batch.malformed.size() < LogBatch::kMaxLines;
}

// Immutable, thread-safe; outlives its parsers.
class LineFormat {
 public:
  virtual ~LineFormat() = default;
  virtual std::unique_ptr<LineParser> NewParser() const = 0;
};

struct ScanKernel;

// What all formats of one run share.
struct FormatContext {
  FormatRequest request;
  std::shared_ptr<const TimeZone> zone;
  // For the scanner. nullptr: every line is read on its own, text by the format's regular expressions: the reference.
  const ScanKernel* kernel = nullptr;
};

using LineFormatResult = Result<std::unique_ptr<LineFormat>>;

// A pasted format string; `name` is what chosen() gives.
LineFormatResult MakeTextFormat(const FormatContext& context, std::string name, Template format);
// vhost_combined, vhost_common, combined, common: one expression reads them all. `name`: the one that was asked for, or
// empty where the first line decides what chosen() gives.
LineFormatResult MakeFamilyFormat(const FormatContext& context, std::string name);
// The user's expression with named groups, without its prefix.
LineFormatResult MakeRegexFormat(const FormatContext& context, std::string name, std::string_view expression);
// JSON lines. With `strict`, every member by which the preset is recognised must be there.
LineFormatResult MakeJsonFormat(const FormatContext& context, std::string name, const JsonMap& map, bool strict);
// The line is the string in the member `path` of a JSON object, and of the format `inner`.
std::unique_ptr<LineFormat> MakeEnvelopeFormat(std::string path, std::unique_ptr<LineFormat> inner);
// The first line that fits one of the named formats decides.
LineFormatResult MakeAutoFormat(const FormatContext& context);

// The Apache format string of a family name ("%h %l %u %t ..."), empty if it is none.
std::string_view FamilyString(std::string_view name);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_LINE_PARSER_H_
