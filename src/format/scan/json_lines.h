// Stage 2 of the scanner for JSON lines (lines.h tells of the stages).
//
//     {"time":"2026-01-05T00:00:00Z","status":200,"user":"ann","request":"GET /a HTTP/1.1","size":5}\n
//     |literal |stamp              |literal   |s |literal |u  |literal    |request        |liter  |b |
//
// A line of a known shape has the same bytes between its values. A string ends at the line's next quote, a number with
// its digits, and then the next literal must follow. No byte of the line is a backslash or a control byte, so it is
// JSON, and its strings are what they look like.
#ifndef SOCKLOG_FORMAT_SCAN_JSON_LINES_H_
#define SOCKLOG_FORMAT_SCAN_JSON_LINES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "format/request_line.h"
#include "format/scan/json_shape.h"
#include "format/scan/kernel.h"
#include "format/scan/values.h"

namespace socklog {
namespace {

template <typename Simd>
class JsonLineScanner {
 public:
  static bool Scan(ScanJob* job) {
    while (job->entry != job->entries_end && job->line_start < job->chunk_size) {
      while (*job->newline < job->line_start) ++job->newline;
      while (*job->quote < job->line_start) ++job->quote;
      while (*job->odd < job->line_start) ++job->odd;
      const std::uint32_t newline = *job->newline;
      if (!JsonLineScanner(job).ReadLine(newline)) return false;
      FinishLine(newline, job);
    }
    return true;
  }

 private:
  // Of a step.
  struct Value {
    const char* begin;
    const char* end;
  };

  explicit JsonLineScanner(ScanJob* job) : job_(*job), entry_(*job->entry), start_(job->chunk + job->line_start) {}

  bool ReadLine(std::uint32_t newline) {
    end_ = TrimmedEnd(start_, job_.chunk + newline);
    const char* const odd = job_.chunk + *job_.odd;
    plain_ = odd >= end_;
    if (!plain_ && !IsVerbatimJson(View(odd, end_))) return false;
    JsonShapes& shapes = *job_.shapes;
    for (std::size_t left = shapes.count; left > 0; --left) {
      JsonShape& shape = shapes.shapes[shapes.current];
      if (FindValues(shape, newline)) {
        ++shape.hits;
        job_.quote += shape.quotes;
        return SetFields(&shape);
      }
      shapes.current = shapes.current + 1 < shapes.count ? shapes.current + 1 : 0;
    }
    return false;
  }

  bool FindValues(const JsonShape& shape, std::uint32_t newline) {
    const std::uint16_t* quote = job_.quote;
    if ((quote[shape.quotes - 1] >= newline) | (quote[shape.quotes] < newline)) return false;
    const char* p = start_;
    const char* literal = shape.literals.data();
    const JsonStep* const steps_end = shape.steps.data() + shape.steps.size();
    Value* value = values_;
    for (const JsonStep* step = shape.steps.data(); step != steps_end; ++step, ++value) {
      if (!Simd::StartsWith(p, literal, step->literal_bits)) return false;
      p += step->literal_size;
      literal += step->literal_size;
      quote += step->literal_quotes;
      value->begin = p;
      if (step->value == JsonExtent::kString) {
        p = job_.chunk + *quote;
      } else if (step->value != JsonExtent::kNone) {
        const bool word = step->value == JsonExtent::kBare && (*p == 't' || *p == 'f');
        p = word ? WordEnd(p) : NumberEnd(p);
        if (p == nullptr) return false;
      }
      value->end = p;
    }
    return p == end_;
  }

  // The end of a number as JSON has it; nullptr if there is none.
  static const char* NumberEnd(const char* p) {
    p += *p == '-' ? 1 : 0;
    const char* end = DigitsEnd(p);
    if ((end == p) | ((*p == '0') & (end != p + 1))) return nullptr;
    if (*end == '.') {
      const char* const fraction = end + 1;
      end = DigitsEnd(fraction);
      if (end == fraction) return nullptr;
    }
    return (*end | 0x20) == 'e' ? ExponentEnd(end + 1) : end;
  }

  static const char* ExponentEnd(const char* p) {
    p += *p == '-' || *p == '+' ? 1 : 0;
    const char* const end = DigitsEnd(p);
    return end == p ? nullptr : end;
  }

  static const char* DigitsEnd(const char* p) {
    unsigned run;
    do {
      run = Simd::DigitRun(p);
      p += run;
    } while (run == 16);
    return p;
  }

  static const char* WordEnd(const char* p) {
    if (std::memcmp(p, "true", 4) == 0) return p + 4;
    return std::memcmp(p, "false", 5) == 0 ? p + 5 : nullptr;
  }

  bool SetFields(JsonShape* shape) {
    entry_ = kNoEntry;
    entry_.plain_user = plain_;
    if (shape->uses_builder) job_.builder->Begin(Escape::kNone, &entry_, job_.batch);
    const JsonField* const fields_end = shape->fields.data() + shape->fields.size();
    for (const JsonField* field = shape->fields.data(); field != fields_end; ++field) {
      const Value& value = values_[field->step];
      if (!SetField(*field, value.begin, value.end, shape) &&
          !SetJsonField(*field, View(value.begin, value.end), shape, &job_))
        return false;
    }
    if (shape->uses_builder) return job_.builder->Finish() == nullptr;
    if (shape->checks_target) CheckTarget(*shape);
    return true;
  }

  // False: EntryBuilder is to set it.
  bool SetField(const JsonField& field, const char* begin, const char* end, JsonShape* shape) {
    switch (field.target) {
      case JsonTarget::kText:
        entry_.*field.text = Text(begin, end);
        return true;
      case JsonTarget::kClient: {
        const unsigned colons = Colons<Simd>(begin, end);
        entry_.client = Client(begin, end, colons);
        entry_.plain_client = plain_ && colons == 0;
        return true;
      }
      case JsonTarget::kHost:
        entry_.host = Host<Simd>(begin, end);
        entry_.plain_host = plain_;
        return true;
      case JsonTarget::kStatus:
        return end - begin == 3 && ReadStatus(begin, &entry_.status);
      case JsonTarget::kBytes: {
        const unsigned digits = Simd::DigitRun(begin);
        if (end - begin != digits || digits == 0 || digits == 16) return false;
        entry_.bytes = NumberOf(end, digits);
        return true;
      }
      case JsonTarget::kStamp:
        entry_.time_is_end = field.rule->at_end;
        return ReadZonedStamp(begin, end, *shape);
      case JsonTarget::kRequest:
        SetRequest(begin, end, *shape);
        return true;
      case JsonTarget::kMethod:
        entry_.method = Text(begin, end);
        return true;
      case JsonTarget::kTarget:
        entry_.target = Text(begin, end);
        entry_.path_size = PathSize<Simd>(begin, end);
        return true;
      case JsonTarget::kRules:
        return false;
    }
    return false;
  }

  bool ReadZonedStamp(const char* begin, const char* end, const JsonShape& shape) {
    const char* p = begin + shape.stamp.size;
    if (p >= end || shape.zone.size == 0) return false;
    Micros fraction = 0;
    if (*p == '.') {
      const unsigned digits = Simd::DigitRun(++p);
      if (digits == 0 || digits == 16) return false;
      fraction = MicrosOf(p, digits);
      p += digits;
    }
    if (end - p != shape.zone.size || !Simd::StartsWith(p, shape.zone.text, shape.zone.bits)) return false;
    if (!ReadSameStamp<Simd>(begin, shape.stamp, shape.cache, &entry_.time)) return false;
    entry_.time += fraction;
    return true;
  }

  void SetRequest(const char* begin, const char* end, const JsonShape& shape) {
    RequestLine usual;
    if (ReadUsualRequest<Simd>(begin, end, &usual)) {
      entry_.request_valid = true;
      KeepRequest(usual, shape);
      if (shape.gives_target) entry_.path_size = PathSize<Simd>(usual.target.data(), end - 9);
      return;
    }
    RequestLine request;
    entry_.request_valid = ParseRequestLine(View(begin, end), &request);
    KeepRequest(request, shape);
    entry_.path_size = 0;
  }

  void KeepRequest(const RequestLine& request, const JsonShape& shape) {
    if (shape.gives_target) {
      entry_.method = request.method;
      entry_.target = request.target;
    }
    if (shape.gives_protocol) entry_.protocol = request.protocol;
  }

  // As EntryBuilder::Finish.
  void CheckTarget(const JsonShape& shape) {
    const std::string_view method = entry_.method;
    const auto is_method = [method] {
      const bool usual = !method.empty() && method.size() < 16 && Simd::UpperRun(method.data()) == method.size();
      return usual || IsMethod(method);
    };
    if (!entry_.target.empty() && (!shape.has_method || is_method())) return;
    entry_.request_valid = false;
    entry_.target = {};
    entry_.path_size = 0;
  }

  ScanJob& job_;
  LogEntry& entry_;
  const char* const start_;
  const char* end_ = nullptr;
  bool plain_ = true;  // the whole line
  Value values_[JsonShape::kMaxSteps];
};

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_JSON_LINES_H_
