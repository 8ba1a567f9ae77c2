// Turns the pieces of one line into a LogEntry.
#ifndef SOCKLOG_FORMAT_ENTRY_BUILDER_H_
#define SOCKLOG_FORMAT_ENTRY_BUILDER_H_

#include <memory>
#include <string>
#include <string_view>

#include "format/escape.h"
#include "format/field_rule.h"
#include "socklog/log_entry.h"

namespace socklog {

// One for each parser. Begin, Set for each piece, Finish; then again. Thread-compatible.
class EntryBuilder {
 public:
  // `fields`: FieldMask bits that a request line is taken apart for.
  EntryBuilder(std::shared_ptr<const TimeZone> zone, std::uint32_t fields) : times_(std::move(zone)), fields_(fields) {}

  // *entry and *batch must live until Finish.
  void Begin(Escape escape, LogEntry* entry, LogBatch* batch);
  // `raw` as it stands in the line; becomes a view in the entry, or in batch->decoded where escapes had to be undone.
  // Returns nullptr, or why the line is malformed.
  const char* Set(const FieldRule& rule, std::string_view raw);
  // The rest: what is put together from several pieces. As Set. Where the end of the request is asked for (by
  // kFieldDuration), a line that tells only its start is malformed: kNoDuration.
  const char* Finish();

  static constexpr char kNoDuration[] =
      "the line does not tell how long the request took, which --event-time end needs";

 private:
  std::string_view Text(std::string_view raw);
  void SetRequest(std::string_view raw);
  const char* SetNumber(const FieldRule& rule, std::string_view raw);
  std::string_view WithQuery();

  TimeReader times_;
  std::uint32_t fields_;

  Escape escape_ = Escape::kNone;
  LogEntry* entry_ = nullptr;
  LogBatch* batch_ = nullptr;
  CivilParts parts_;
  bool has_parts_ = false;
  bool has_request_ = false;
  bool has_target_ = false;
  bool has_method_ = false;
  std::string_view path_, query_;
  std::string scratch_;
};

// The address of "192.0.2.1:4711", "[2001:db8::1]:4711", "[2001:db8::1]"; a bare IPv6 address is left as it is.
std::string_view StripClientPort(std::string_view client);
// "example.com" of "example.com:80"; the brackets of an IPv6 address stay.
std::string_view StripHostPort(std::string_view host);

}  // namespace socklog

#endif  // SOCKLOG_FORMAT_ENTRY_BUILDER_H_
