// What flows from a Source to the WindowAggregator: blocks of lines, then batches of parsed entries.
#ifndef SOCKLOG_LOG_ENTRY_H_
#define SOCKLOG_LOG_ENTRY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "socklog/reused_vector.h"
#include "socklog/text_arena.h"
#include "socklog/text_buffer.h"
#include "socklog/time.h"

namespace socklog {

// Index of a partition (a file, a connection, a Kafka partition) in the order the user named or the peer came; only
// grows.
using PartitionId = std::uint32_t;

// A line that is longer than this is counted as malformed; only its first bytes are kept.
inline constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20;

// Where a line starts. Ordered within one partition. `segment` counts what the Source reads one after the other as one
// partition (a rotated file, then its successor); `offset` is in bytes of plain text, or a record number.
// Only the Source that made it can turn it into text that survives a restart (Source::EncodePosition).
struct Position {
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

// Complete lines of ONE partition, oldest first. Owns its bytes; reused from read to read so that nothing is allocated
// in the steady state. Thread-compatible.
struct Block {
  PartitionId partition = 0;
  std::uint32_t segment = 0;
  std::uint64_t position = 0;  // Position::offset of the text's first byte
  TextBuffer text;             // whole lines, each with its newline; less than 4 GiB
  bool too_long = false;       // the only line was longer than kMaxLineBytes; the rest of it was skipped

  // Of the line that starts at `offset` of the text.
  Position PositionAt(std::uint32_t offset) const { return {segment, position + offset}; }
  std::string_view Line(std::uint32_t offset, std::uint32_t size) const { return text.view().substr(offset, size); }
  void clear() {
    text.clear();
    too_long = false;
  }
};

// How far a block was read.
struct BlockCursor {
  std::uint32_t offset = 0;  // of the next line in Block::text
  std::uint32_t line = 0;    // its number in the block
};

// The parts of a line that somebody asks for; a format extracts these and no others. Combine with |.
enum FieldMask : std::uint32_t {
  kFieldTime = 1u << 0,  // always asked for
  kFieldStatus = 1u << 1,
  kFieldTarget = 1u << 2,  // target and method: a URL key needs both
  kFieldHost = 1u << 3,
  kFieldClient = 1u << 4,
  kFieldUser = 1u << 5,
  kFieldAgent = 1u << 6,
  kFieldReferer = 1u << 7,
  kFieldBytes = 1u << 8,
  kFieldDuration = 1u << 9,
  kFieldProtocol = 1u << 10,
  kFieldUserHeader = 1u << 11,    // the header that KeyOptions::user names
  kFieldClientHeader = 1u << 12,  // the header that KeyOptions::client names
};

// One request as the log tells it. Text is what the server saw: the log's escapes (\x22, \" ...) are undone, a missing
// value ("-" or absent) is empty. Views point into the Block or the LogBatch it was parsed into and live as long as
// both. Fields that were not asked for keep their defaults.
struct LogEntry {
  Micros time = 0;       // as stamped by the server
  Micros duration = -1;  // how long the request took; -1 unknown
  std::int64_t bytes = -1;
  std::string_view method;
  std::string_view target;  // as sent: path with query, absolute URL, authority or `*`
  std::string_view protocol;
  std::string_view host;
  std::string_view client;
  std::string_view user;
  std::string_view agent;
  std::string_view referer;
  std::string_view user_header;
  std::string_view client_header;
  std::uint32_t line = 0;     // its number in the block
  std::uint32_t offset = 0;   // of the line in Block::text
  std::uint32_t size = 0;     // of the line, without its newline
  std::uint16_t status = 0;   // 100..599; 0: missing or outside
  bool request_valid = true;  // false: the request line was no HTTP request (TLS hello, empty, "-")
  bool time_is_end = false;   // `time` is when the request ended, not when it began
  bool slow_path = false;     // only the reference parser could read it
  bool no_request = false;    // a line that the server logs beside its requests: only `time` is told

  // What a parser happens to know of the bytes, so that nobody looks at them again; 0 and false where it does not.
  std::uint32_t path_size =
      0;                      // bytes of `target` up to '?', '#', ';' or its end; it begins with '/', and all is plain
  bool plain_client = false;  // `client` is plain (base/byte_scan.h) and without ':'
  bool plain_user = false;    // `user` is plain
  bool plain_host = false;    // `host` is plain
};

// A line that is no log line of its format.
struct MalformedLine {
  std::uint32_t line = 0;  // as in LogEntry
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
  const char* reason = nullptr;  // a string with static storage: a short sentence without a full stop
};

using LogEntries = ReusedVector<LogEntry>;

// Some lines of one Block, in their order: each is in exactly one of the two lists. Reused; Thread-compatible.
struct LogBatch {
  static constexpr std::size_t kMaxLines = 64;

  LogEntries entries;
  std::vector<MalformedLine> malformed;
  TextArena decoded;  // of all batches of the block: texts whose escapes had to be undone

  // Before the first batch of a block.
  void clear() {
    entries.clear();
    malformed.clear();
    decoded.Clear();
  }
};

}  // namespace socklog

#endif  // SOCKLOG_LOG_ENTRY_H_
